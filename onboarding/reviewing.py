"""What reviewers say of links, answers and steps that wait, and how they take it back. Nothing is decided twice."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from onboarding import loading, progress, service
from onboarding.models import Decision, StepState
from onboarding.queue import BELOW
from plnapi.courses.models import Course
from plnapi.db import db
from plnapi.errors import N_, Conflict, Forbidden, Invalid, NotFound

GIVEN = frozenset({"link", "answer"})
REVIEWS = frozenset({"approved", "returned", "confirmed", "undone"})


def of_step(course_id: UUID, person_id: UUID, step_key: UUID) -> Sequence[Decision]:
    """All that was said about a student's step, by them and by reviewers, in its order. One statement."""
    mine = Decision.course_id == course_id, Decision.person_id == person_id, Decision.step_key == step_key
    return db.session.scalars(select(Decision).where(*mine).order_by(Decision.made_at, Decision.id)).all()


def returned(course_id: UUID, person_id: UUID, step_key: UUID) -> Decision | None:
    """The decision by which a reviewer returned the step as it stands, when nothing came after it."""
    tip = _last(_confirmations(of_step(course_id, person_id, step_key)))
    return tip if tip is not None and tip.kind == "returned" else None


def undoable(said: Sequence[Decision]) -> frozenset[UUID]:
    """The reviewers' decisions of a step that can be taken back: nothing came after them."""
    answered = {one.about_id for one in said}
    return frozenset(one.id for one in said if one.kind in REVIEWS - {"undone"} and one.id not in answered)


def decide(
    course: Course, decision_id: UUID, by: UUID, decision: Literal["approved", "returned"], comment: str = ""
) -> Decision:
    """Answer a link or an answer. Raises NotFound, Conflict `already_decided`, Forbidden for one's own, Invalid at `/text`
    when it is returned without saying why."""
    given = db.session.scalars(select(Decision).where(Decision.id == decision_id).with_for_update()).one_or_none()
    if given is None or given.course_id != course.id or given.kind not in GIVEN:
        raise NotFound(N_("link"), decision_id)
    _check(given.person_id, by, decision, comment)
    said = of_step(course.id, given.person_id, given.step_key)
    tip = _end(given, said)
    if tip is not given and (tip.kind, tip.link_id) != ("undone", given.id):
        raise Conflict(N_("Somebody has decided about this link already, or it was replaced."), code="already_decided")
    progress.lock([given.person_id])
    return _add(given, kind=decision, comment=comment.strip(), about_id=tip.id, link_id=given.id, made_by=by)


def confirm(
    course: Course,
    person_id: UUID,
    step_key: UUID,
    by: UUID,
    comment: str = "",
    decision: Literal["confirmed", "returned"] = "confirmed",
) -> Decision:
    """Confirm a step that waits because its evidence is below its least level, or return it until something better comes.

    Confirming twice is confirming once. Raises NotFound for no such student or step, Forbidden for one's own, Conflict
    `nothing_to_confirm`, Invalid at `/text` when it is returned without saying why.
    """
    service.step(course.id, step_key)
    if person_id not in loading.student_ids(course.id):
        raise NotFound(N_("student"), person_id)
    _check(person_id, by, decision, comment)
    progress.lock([person_id])
    chain = of_step(course.id, person_id, step_key)
    known = _last(_confirmations(chain))
    if known is not None and known.kind == decision == "confirmed":
        return known
    mine = {"course_id": course.id, "person_id": person_id, "step_key": step_key}
    if db.session.scalar(select(StepState.step_key).filter_by(**mine).where(BELOW)) is None:
        raise Conflict(N_("This step does not wait for a confirmation."), code="nothing_to_confirm")
    about_id = _end(known, chain).id if known else None
    said = Decision(**mine, kind=decision, comment=comment.strip(), made_by=by, about_id=about_id)
    return _stored(said)


def undo(course: Course, decision_id: UUID, by: UUID, comment: str = "") -> Decision:
    """Take a reviewer's decision back by another one; the step stands as if it had not been made.

    Raises NotFound, Forbidden for a decision about oneself, Conflict `already_decided` when something came after it,
    `not_a_review` for what a student said.
    """
    taken = db.session.scalars(select(Decision).where(Decision.id == decision_id).with_for_update()).one_or_none()
    if taken is None or taken.course_id != course.id:
        raise NotFound(N_("decision"), decision_id)
    if taken.kind not in REVIEWS - {"undone"}:
        raise Conflict(N_("Only a reviewer's decision can be taken back."), code="not_a_review")
    _check_own(taken.person_id, by)
    progress.lock([taken.person_id])
    if db.session.scalar(select(Decision.id).where(Decision.about_id == taken.id)) is not None:
        raise Conflict(N_("It was taken back already, or the student has answered since."), code="already_decided")
    link_id = taken.link_id or _link_of(taken)
    return _add(taken, kind="undone", comment=comment.strip(), about_id=taken.id, link_id=link_id, made_by=by)


def _add(about: Decision, **fields: object) -> Decision:
    return _stored(Decision(course_id=about.course_id, person_id=about.person_id, step_key=about.step_key, **fields))


def _stored(said: Decision) -> Decision:
    db.session.add(said)
    db.session.flush()
    key = (said.course_id, said.person_id, said.step_key)
    progress.refresh([said.person_id], [said.course_id], undone=key if said.kind == "undone" else None)
    return said


def _check(person_id: UUID, by: UUID, decision: str, comment: str) -> None:
    _check_own(person_id, by)
    if decision == "returned" and not comment.strip():
        raise Invalid.field("/text", N_("Say what to change, so that the student can go on."), code="required")


def _check_own(person_id: UUID, by: UUID) -> None:
    if person_id == by:
        raise Forbidden(N_("Nobody reviews their own work."), code="own_link")


def _confirmations(said: Sequence[Decision]) -> Sequence[Decision]:
    """What was said of the step as it stands, and taken back."""
    given = {one.id for one in said if one.kind in GIVEN}
    return [one for one in said if one.kind in REVIEWS and not {one.link_id, one.about_id} & given]


def _last(chain: Sequence[Decision]) -> Decision | None:
    """The end of a chain: what nothing of it is about."""
    answered = {said.about_id for said in chain}
    return next((said for said in reversed(chain) if said.id not in answered), None)


def _end(start: Decision, said: Sequence[Decision]) -> Decision:
    """Where the chain that goes on from `start` ends, whoever went on with it."""
    after = {one.about_id: one for one in said}
    while start.id in after:
        start = after[start.id]
    return start


def _link_of(taken: Decision) -> UUID | None:
    """The link that a decision is about which was made before `link_id` was written."""
    about = db.session.get(Decision, taken.about_id) if taken.about_id else None
    return about.id if about is not None and about.kind in GIVEN else None
