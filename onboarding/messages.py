"""Words between a student and the reviewers about one step. They decide nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select, tuple_

from onboarding import service
from onboarding.models import Message
from plnapi.accounts.models import Person
from plnapi.courses import service as courses
from plnapi.courses.models import Course, Enrolment
from plnapi.db import db
from plnapi.errors import N_, Conflict, Invalid, NotFound

MOST = 500  # about one step of one student; a talk that long goes on elsewhere
Place = tuple[UUID, UUID]  # person, step


def of_step(course_id: UUID, person_id: UUID, step_key: UUID) -> Select[Any]:
    """Messages: `id`, `person_id`, `step_key`, `made_by` (None: erased), `name`, `own` (by the student), `text`, `made_at`."""
    mine = Message.person_id == person_id, Message.step_key == step_key
    return _named().where(Message.course_id == course_id, *mine)


def check_place(course_id: UUID, person_id: UUID, step_key: UUID) -> None:
    """Raises NotFound for somebody who is no student of the course, or no such step."""
    service.step(course_id, step_key)
    student = db.session.get(Enrolment, (course_id, person_id))
    if student is None or student.role != "student":
        raise NotFound(N_("student"), person_id)


def of_places(course_id: UUID, places: Iterable[Place]) -> Mapping[Place, Sequence[Any]]:
    """The messages about several steps of several students, oldest first. One statement."""
    where = tuple_(Message.person_id, Message.step_key).in_(list(places))
    found: dict[Place, list[Any]] = defaultdict(list)
    for row in run(_named().where(Message.course_id == course_id, where).order_by(Message.id)):
        found[row.person_id, row.step_key].append(row)
    return found


def write(course: Course, person_id: UUID, step_key: UUID, by: UUID, text: str) -> Any:
    """Say something about a student's step: the student, or a reviewer. Returns it as `of_step` does.

    Raises NotFound for no such student or step, Invalid at `/text` for nothing, Conflict `course_frozen`, `too_many`.
    """
    check_place(course.id, person_id, step_key)
    courses.check_not_frozen(course)
    if not text.strip():
        raise Invalid.field("/text", N_("Write something."), code="required")
    mine = Message.course_id == course.id, Message.person_id == person_id, Message.step_key == step_key
    if (db.session.scalar(select(func.count()).select_from(Message).where(*mine)) or 0) >= MOST:
        raise Conflict(N_("There are as many messages about this step as there may be."), code="too_many")
    made = Message(course_id=course.id, person_id=person_id, step_key=step_key, made_by=by, text=text.strip())
    db.session.add(made)
    db.session.flush()
    return run(_named().where(Message.id == made.id))[0]


def run(statement: Select[Any]) -> Sequence[Any]:
    """The rows, for `paging.paged`."""
    return db.session.execute(statement).all()


def _named() -> Select[Any]:
    named: Select[Any] = select(  # type: ignore[assignment]
        Message.id, Message.person_id, Message.step_key, Message.made_by, Message.text, Message.made_at,
        func.coalesce(Person.name, "").label("name"),
        and_(Message.made_by.is_not(None), Message.made_by == Message.person_id).label("own"),
    ).outerjoin(Person, Person.id == Message.made_by)  # fmt: skip
    return named
