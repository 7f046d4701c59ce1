"""An answer to what a kind of step asks for in its form: shown to the student and the reviewers only."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from onboarding import answers, giving, loading, progress, service
from onboarding.checks import CHECKS, flat
from onboarding.checks.answered import Answered
from onboarding.checks.base import ODD, Field
from onboarding.models import Decision
from plnapi.courses.models import Course
from plnapi.errors import N_, Conflict

Way = Mapping[str, Any]


def give_answer(course: Course, person_id: UUID, step_key: UUID, kind: str, given: Mapping[str, Any]) -> Decision:
    """Store an answer to the form of this kind. The same again changes nothing while it is the last; another replaces it.

    Raises NotFound, Conflict as `giving.give_word`, also `answer_not_wanted`, `answer_approved` and `link_used`; Invalid
    at `/data/<field>`.
    """
    giving.check_open(course, person_id, step_key, "answer")
    way = _way(course.id, step_key, kind)
    check = cast("Answered", CHECKS[kind])
    context = loading.contexts([course.id])[course.id]
    data = answers.read(check.form(way["config"], context), given)
    progress.lock([person_id])
    kept = dict(check.kept(way["config"], context, data))
    chain = giving.chain_of(course.id, person_id, step_key, "answer")
    tip = giving.end_of(chain)
    last = next((said for said in reversed(chain) if said.kind == "answer"), None)
    standing = last.data if last else {}
    if standing.get(kind) == kept and tip is not None and tip.kind == "answer":
        return tip
    if tip is not None and tip.kind == "approved" and kind in standing:
        raise Conflict(N_("A reviewer has approved your answer for this step already."), code="answer_approved")
    url = kept.get("url") or (last.url if last else "")
    kinds = {name: said for name, said in standing.items() if name not in ODD}
    fields = {
        "data": {**kinds, kind: kept, **_marks(course.id, person_id, url)},
        "about_id": tip.id if tip else None,
        **_link(course, person_id, step_key, url),
    }
    return giving.add(course, person_id, step_key, kind="answer", **fields)


def _link(course: Course, person_id: UUID, step_key: UUID, url: str) -> dict[str, Any]:
    """The link that an answer gives, if any, as links alone are stored."""
    if not url:
        return {}
    giving.check_unused(course.id, person_id, step_key, giving.url_key(url))
    return {"url": url, "url_key": giving.url_key(url)}


def _marks(course_id: UUID, person_id: UUID, url: str) -> dict[str, Any]:
    """Whether somebody else gave the address. Whose account it is says nothing here: a group may have several makers."""
    return {"same": True} if url and giving.is_same(course_id, url, person_id) else {}


def forms_of(course_id: UUID, step_key: UUID) -> dict[str, Sequence[Field]]:
    """Kind → the fields of its form, of each way of a step that takes an answer. Raises NotFound for no such step."""
    service.step(course_id, step_key)
    return forms_of_course(course_id)[step_key]


def forms_of_course(course_id: UUID) -> dict[UUID, dict[str, Sequence[Field]]]:
    """The same of every step of the newest checklist."""
    context = loading.contexts([course_id])[course_id]
    return {
        step.step_key: {
            way["kind"]: CHECKS[way["kind"]].form(way["config"], context) for way in flat(step.branches) if _takes(way)
        }
        for step in loading.all_steps(course_id)
    }


def _way(course_id: UUID, step_key: UUID, kind: str) -> Way:
    for way in flat(service.step(course_id, step_key).branches):
        if way["kind"] == kind and _takes(way):
            return way
    raise Conflict(N_("This step is not done in this way."), code="answer_not_wanted")


def _takes(way: Way) -> bool:
    return CHECKS[way["kind"]].takes(way["config"]) == "answer"
