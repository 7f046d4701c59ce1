"""A student's pages: the checklist, and one step with all that is known of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import Schema

from onboarding import answering, explaining, giving, messages, pointing, private, reviewing, service, showing, words
from onboarding.checks.base import Field
from onboarding.pages_ending import ending_of
from onboarding.schemas.progress import AnswerIn, LinkIn, WordIn
from onboarding.service import ChecklistView
from plnapi.courses.access import Place, in_course
from plnapi.courses.pages import Link, course_links
from plnapi.errors import N_, NotFound, PlnapiError
from plnapi.harvest import service as harvest
from plnapi.resources.outlines import MOST_BYTES
from plnapi.web.pages import Form, read_form

blp = Blueprint("onboarding_pages", __name__, template_folder="templates")
Page = ResponseReturnValue
FORMS: dict[str, type[Schema]] = {"word": WordIn, "link": LinkIn}
blp.add_app_template_global(ending_of)


@blp.app_template_filter("word_of")
def word_of(key: str | None, table: str) -> str:
    """The reader's word for a key of one of the tables of `words`: `verdict | word_of("VERDICTS")`."""
    return words.label(getattr(words, table), key)


@blp.app_template_global("answers_in")
def answers_in(course_id: UUID, given: Sequence[Any]) -> dict[UUID, list[tuple[str, list[str]]]]:
    """What was asked and said in those of the queue's rows that are answers, by their ids."""
    some = [one for one in given if one.kind == "answer"]
    forms = answering.forms_of_course(course_id) if some else {}
    return {one.id: showing.told(forms.get(one.step_key, {}), one.data) for one in some}


@blp.app_template_filter("moment")
def moment(text: str) -> datetime:
    """A time out of stored evidence."""
    return datetime.fromisoformat(text)


@blp.get("/courses/<uuid:course_id>/steps")
@in_course(scope="progress:read")
def steps(place: Place) -> Page:
    """My checklist; staff go to the one that they edit."""
    if place.is_staff:
        return redirect(f"/courses/{place.course.id}/checklist", 303)
    return list_page(place, Form())


def list_page(place: Place, adding: Form) -> str:
    """The student's checklist; `adding` is the form for a step of their own, as it was typed."""
    view = service.view(place.course.id)
    shown = _shown(place.course.id, place.person_id, view)
    done = [one for one in shown if one.get("verdict") == "verified" and one["required"]]
    return render_template(
        "onboarding/steps.html",
        course=place.course,
        view=view,
        steps=shown,
        upcoming=upcoming(shown),
        done=len(done),
        required=sum(one["kind"] == "step" and one["required"] for one in shown),
        missing=pointing.missing(place.course.id, shown),
        links=[link for link in course_links(place) if link.url != home(place)],
        form=Form(),
        own=private.of_person(place.course.id, place.person_id),
        adding=adding,
        at=home(place),
    )


@blp.get("/courses/<uuid:course_id>/steps/<uuid:step_key>")
@in_course("student", scope="progress:read")
def one_step(place: Place, step_key: UUID) -> Page:
    """One step: how it stands, why, and what to do."""
    return _step_page(place, step_key, Form())


@blp.post("/courses/<uuid:course_id>/steps/<uuid:step_key>/<any(word, link):what>")
@in_course("student", scope="progress:write")
def give(place: Place, step_key: UUID, what: str) -> Page:
    """Give one's word or a link."""
    form = read_form(FORMS[what]())
    if form.valid:
        try:
            _give(place, step_key, what, form.data)
            flash(_thanks(what), "good")
            return redirect(f"/courses/{place.course.id}/steps", 303)
        except NotFound:
            raise
        except PlnapiError as error:
            form.refuse(error)
    return _step_page(place, step_key, form, what), 422


@blp.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A file of subscriptions may be larger than other forms. Set before anything reads the body."""
    if endpoint and endpoint.endswith(".answer"):
        request.max_content_length = MOST_BYTES + 100_000


@blp.post("/courses/<uuid:course_id>/steps/<uuid:step_key>/answer")
@in_course("student", scope="progress:write")
def answer(place: Place, step_key: UUID) -> Page:
    """Answer what a step asks for."""
    form = read_form(AnswerIn(only=("kind",)))
    kind = form.data.get("kind", "")
    fields = answering.forms_of(place.course.id, step_key).get(kind, ())
    given = {field.name: _typed(field) for field in fields}
    form.values.update(given)
    if form.valid:
        try:
            answering.give_answer(place.course, place.person_id, step_key, kind, given)
            flash(gettext("Your answer is handed in."), "good")
            return redirect(f"/courses/{place.course.id}/steps/{step_key}", 303)
        except NotFound:
            raise
        except PlnapiError as error:
            form.refuse(error)
    return _step_page(place, step_key, form, kind), 422


def _typed(field: Field) -> Any:
    if field.type == "file":
        sent = request.files.get(field.name)
        return sent.read().decode("utf-8", "replace") if sent else ""
    return request.form.getlist(field.name) if field.type == "choices" else request.form.get(field.name, "")


@blp.post("/courses/<uuid:course_id>/check-now")
@in_course("student", scope="progress:write")
def check_now(place: Place) -> Page:
    """Ask for a look at my accounts soon."""
    due = harvest.check_now(place.person_id, place.course.id)
    if due:
        flash(gettext("plnapi looks at your accounts within a minute. Load this page again then."), "good")
    else:
        flash(
            gettext("There is nothing to look at just now: it was looked at shortly ago, or no account is ready."), ""
        )
    return redirect(f"/courses/{place.course.id}/steps", 303)


def link(place: Place) -> Link | None:
    """For students; staff have links of their own."""
    return None if place.is_staff else Link(gettext("My steps"), home(place))


def home(place: Place) -> str:
    """Where a student of the course begins."""
    return f"/courses/{place.course.id}/steps"


def _give(place: Place, step_key: UUID, what: str, data: dict[str, Any]) -> None:
    if what == "word":
        giving.give_word(place.course, place.person_id, step_key, data["text"])
    else:
        giving.give_link(place.course, place.person_id, step_key, data["url"], data["text"])


def _thanks(what: str) -> str:
    if what == "word":
        return str(gettext("Your word is noted; the step is done."))
    return str(gettext("Your link is handed in. An instructor looks at it."))


def _shown(course_id: UUID, person_id: UUID, view: ChecklistView) -> list[dict[str, Any]]:
    """Steps and headings in order, a step with its explanation."""
    known = explaining.everything(course_id, person_id)
    return [as_shown(step, known) for step in view.steps]


def as_shown(step: service.StepData, known: dict[UUID, explaining.Explanation]) -> dict[str, Any]:
    """A step or heading of the checklist as the templates take it."""
    texts = {"kind": step.kind, "title": step.title, "instructions": step.instructions, "why": step.why}
    if step.kind == "heading" or step.step_key is None:
        return {**texts, "required": False}
    return {**showing.explanation(known[step.step_key]), **texts}


def upcoming(shown: list[dict[str, Any]]) -> UUID | None:
    """The next step: the first required one that is open, else the first open one."""
    left = [one for one in shown if one["kind"] == "step" and _is_open(one)]
    chosen = next((one for one in left if one["required"]), left[0] if left else None)
    return chosen["step_key"] if chosen else None


def _is_open(step: dict[str, Any]) -> bool:
    return step["verdict"] not in {"verified", "waiting"} and not step["locked"]


def _step_page(place: Place, step_key: UUID, form: Form, what: str = "") -> str:
    view = service.view(place.course.id)
    shown = next((s for s in _shown(place.course.id, place.person_id, view) if s.get("step_key") == step_key), None)
    if shown is None:
        raise NotFound(N_("step"), step_key)
    talk = messages.of_places(place.course.id, [(place.person_id, step_key)]).get((place.person_id, step_key), ())
    return render_template(
        "onboarding/step.html", course=place.course, step=shown, form=form, failed=what, own=True, person=None, talk=talk,
        at=home(place), missing=pointing.missing(place.course.id, [shown]),
        history=reviewing.of_step(place.course.id, place.person_id, step_key), undoable=frozenset(),
    )  # fmt: skip
