"""Steps that students set themselves. Only their owner sees them: they are in no grid, no export, no count, no copy."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from onboarding.models import PrivateStep
from plnapi.clock import now
from plnapi.courses.models import Course, Enrolment
from plnapi.db import db
from plnapi.errors import N_, Conflict, Invalid, NotFound

MOST = 100  # of one student in one course; so many fit into one answer


def of_person(course_id: UUID, person_id: UUID) -> Sequence[PrivateStep]:
    """Somebody's own steps in a course, at most `MOST`, in the order in which they were added. One statement."""
    mine = PrivateStep.course_id == course_id, PrivateStep.person_id == person_id
    return db.session.scalars(select(PrivateStep).where(*mine).order_by(PrivateStep.id)).all()


def add(course: Course, person_id: UUID, title: str) -> PrivateStep:
    """Add one. Raises Invalid at `/title` for nothing, Conflict `too_many`."""
    title = _read(title)
    db.session.get(
        Enrolment, (course.id, person_id), with_for_update=True
    )  # two at once are counted one after the other
    mine = PrivateStep.course_id == course.id, PrivateStep.person_id == person_id
    if (db.session.scalar(select(func.count()).select_from(PrivateStep).where(*mine)) or 0) >= MOST:
        raise Conflict(N_("You have %(most)s steps of your own; delete one first."), code="too_many", most=MOST)
    made = PrivateStep(course_id=course.id, person_id=person_id, title=title)
    db.session.add(made)
    db.session.flush()
    return made


def change(course: Course, person_id: UUID, step_id: UUID, given: dict[str, Any]) -> PrivateStep:
    """Rename it (`title`), tick it or take the tick back (`done`); ticked twice it keeps the first time.

    Raises NotFound for what is not this person's in this course, Invalid at `/title`.
    """
    step = _own(course, person_id, step_id)
    if "title" in given:
        step.title = _read(given["title"])
    if "done" in given:
        step.done_at = (step.done_at or now()) if given["done"] else None
    db.session.flush()
    return step


def delete(course: Course, person_id: UUID, step_id: UUID) -> None:
    """Delete it. Raises NotFound as `change`."""
    db.session.delete(_own(course, person_id, step_id))
    db.session.flush()


def _own(course: Course, person_id: UUID, step_id: UUID) -> PrivateStep:
    found = db.session.get(PrivateStep, step_id)
    if found is None or (found.course_id, found.person_id) != (course.id, person_id):
        raise NotFound(N_("step"), step_id)
    return found


def _read(title: str) -> str:
    if not title.strip():
        raise Invalid.field("/title", N_("Write what you want to do."), code="required")
    return title.strip()
