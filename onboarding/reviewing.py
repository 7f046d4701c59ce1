"""Links that students gave, and what a reviewer says of them."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from onboarding import loading, progress, service
from onboarding.models import Checklist, ChecklistVersion, Decision, Step, StepState
from plnapi.accounts.models import Person
from plnapi.courses.models import Course, Enrolment
from plnapi.db import db
from plnapi.errors import N_, Conflict, Forbidden, Invalid, NotFound

_BELOW = StepState.verdict == "waiting", StepState.level.in_(("declared", "machine"))
_answer, _other = aliased(Decision), aliased(Decision)


def waiting(course_id: UUID) -> Select[Any]:
    """Links without an answer: `id`, `person_id`, `name`, `section`, `step_key`, `step_title` (None for a step that is
    gone), `url`, `comment`, `made_at`, `others` (how many other people of the course gave the same link)."""
    same = and_(_other.course_id == Decision.course_id, _other.url_key == Decision.url_key)
    others = select(func.count(_other.person_id.distinct())).where(same, _other.person_id != Decision.person_id)
    newest = and_(ChecklistVersion.checklist_id == Checklist.id, ChecklistVersion.number == Checklist.version)
    titles = select(Step.step_key, Step.title).join(ChecklistVersion, ChecklistVersion.id == Step.version_id)
    title = titles.join(Checklist, newest).where(Checklist.course_id == course_id).subquery()
    place = and_(Enrolment.course_id == Decision.course_id, Enrolment.person_id == Decision.person_id)
    return (
        select(
            Decision.id, Decision.person_id, Person.name, Enrolment.section, Decision.step_key,
            title.c.title.label("step_title"), Decision.url, Decision.comment, Decision.made_at,
            others.scalar_subquery().label("others"),
        )
        .join(Person, Person.id == Decision.person_id)
        .outerjoin(Enrolment, place)
        .outerjoin(title, title.c.step_key == Decision.step_key)
        .where(Decision.course_id == course_id, Decision.kind == "link", ~exists().where(_answer.about_id == Decision.id))
    )  # fmt: skip


def count(course_id: UUID) -> int:
    """How many links and confirmations wait. One statement."""
    below = select(func.count()).select_from(StepState).where(StepState.course_id == course_id, *_BELOW)
    wait = (Decision.course_id == course_id, Decision.kind == "link", ~exists().where(_answer.about_id == Decision.id))
    links = select(func.count()).select_from(Decision).where(*wait)
    return db.session.scalar(select(links.scalar_subquery() + below.scalar_subquery())) or 0


def unconfirmed(course_id: UUID) -> Select[Any]:
    """Steps that wait because their evidence is below their least level: `person_id`, `name`, `section`, `step_key`,
    `step_title`, `level`, `evidence`. A link that waits has the level `linked`, and is in `waiting`."""
    newest = and_(ChecklistVersion.checklist_id == Checklist.id, ChecklistVersion.number == Checklist.version)
    titles = select(Step.step_key, Step.title).join(ChecklistVersion, ChecklistVersion.id == Step.version_id)
    title = titles.join(Checklist, newest).where(Checklist.course_id == course_id).subquery()
    place = and_(Enrolment.course_id == StepState.course_id, Enrolment.person_id == StepState.person_id)
    return (
        select(
            StepState.person_id, Person.name, Enrolment.section, StepState.step_key,
            title.c.title.label("step_title"), StepState.level, StepState.evidence,
        )
        .join(Person, Person.id == StepState.person_id)
        .join(Enrolment, place)
        .join(title, title.c.step_key == StepState.step_key)
        .where(StepState.course_id == course_id, *_BELOW)
    )  # fmt: skip


def confirm(course: Course, person_id: UUID, step_key: UUID, by: UUID, comment: str = "") -> Decision:
    """Confirm a step that waits because its evidence is below its least level. Confirming twice is confirming once.

    Raises NotFound for no such student or step, Forbidden for one's own, Conflict `nothing_to_confirm`.
    """
    service.step(course.id, step_key)
    if person_id == by:
        raise Forbidden(N_("Nobody reviews their own work."), code="own_link")
    if person_id not in loading.student_ids(course.id):
        raise NotFound(N_("student"), person_id)
    progress.lock([person_id])
    mine = {"course_id": course.id, "person_id": person_id, "step_key": step_key}
    known = db.session.scalars(select(Decision).filter_by(**mine, kind="confirmed")).one_or_none()
    if known is not None:
        return known
    if db.session.scalar(select(StepState.step_key).filter_by(**mine).where(*_BELOW)) is None:
        raise Conflict(N_("This step does not wait for a confirmation."), code="nothing_to_confirm")
    said = Decision(**mine, kind="confirmed", comment=comment.strip(), made_by=by)
    db.session.add(said)
    db.session.flush()
    progress.refresh([person_id], [course.id])
    return said


def run(statement: Select[Any]) -> Sequence[Any]:
    """The rows of `waiting`, for `paging.paged`."""
    return db.session.execute(statement).all()


def decide(
    course: Course, decision_id: UUID, by: UUID, decision: Literal["approved", "returned"], comment: str = ""
) -> Decision:
    """Answer a link. Raises NotFound, Conflict `already_decided`, Forbidden for one's own link, Invalid at `/text` when a
    link is returned without saying why."""
    link = db.session.scalars(select(Decision).where(Decision.id == decision_id).with_for_update()).one_or_none()
    if link is None or link.course_id != course.id or link.kind != "link":
        raise NotFound(N_("link"), decision_id)
    if link.person_id == by:
        raise Forbidden(N_("Nobody reviews their own link."), code="own_link")
    if db.session.scalar(select(Decision.id).where(Decision.about_id == link.id)) is not None:
        raise Conflict(N_("Somebody has decided about this link already, or it was replaced."), code="already_decided")
    if decision == "returned" and not comment.strip():
        raise Invalid.field("/text", N_("Say what to change, so that the student can go on."), code="required")
    progress.lock([link.person_id])
    answer = Decision(
        course_id=course.id, person_id=link.person_id, step_key=link.step_key, kind=decision, comment=comment.strip(),
        about_id=link.id, made_by=by,
    )  # fmt: skip
    db.session.add(answer)
    db.session.flush()
    progress.refresh([link.person_id], [course.id])
    return answer
