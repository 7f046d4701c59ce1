"""How a course moves through its steps: how many reached and did each, how long it took, and who is stuck where.

Numbers about fewer than five students are not given: None stands for them. Who is stuck is named to those who see
everybody's progress anyway, and only where the group has five or more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, select

from onboarding import words
from onboarding.checks.base import Note
from onboarding.grid import STEPS
from onboarding.models import StepState
from plnapi.accounts.models import Person
from plnapi.clock import now
from plnapi.courses.models import Enrolment
from plnapi.db import db

LEAST = 5  # students behind a number
STUCK = timedelta(days=7)  # without a step done
MOST_STUCK = 50

_STATES = (
    select(
        Enrolment.person_id, Person.name, Enrolment.section, Enrolment.joined_at, StepState.step_key, StepState.verdict,
        StepState.done_at,
    )
    .join(Person, Person.id == Enrolment.person_id)
    .outerjoin(
        StepState,
        and_(StepState.course_id == Enrolment.course_id, StepState.person_id == Enrolment.person_id),
    )
    .where(Enrolment.course_id == bindparam("course_id"), Enrolment.role == "student", Enrolment.left_at.is_(None))
)  # fmt: skip
_OF_SECTION = _STATES.where(Enrolment.section == bindparam("section"))
_WHY = select(StepState.person_id, StepState.step_key, StepState.explanation).where(
    StepState.course_id == bindparam("course_id"), StepState.person_id.in_(bindparam("people", expanding=True))
)


@dataclass(slots=True)
class _Student:
    person_id: UUID
    name: str
    section: str
    began: datetime
    verdicts: dict[UUID, str]
    done: dict[UUID, datetime]


def summary(course_id: UUID, section: str | None = None) -> dict[str, Any]:
    """As `schemas.SummaryOut`, of a course or of one of its sections. Three statements at most."""
    given = {"course_id": course_id}
    steps = db.session.connection().execute(STEPS, given).all()
    students = _students(given, section, steps[0] if steps else None)
    few = len(students) < LEAST
    before = _required_before(steps)
    return {
        "course_id": course_id,
        "section": section,
        "students": _shown(len(students)),
        "steps": [_of_step(step, students, before[step.step_key]) for step in steps],
        "stuck": [] if few else _stuck(course_id, steps, students),
    }


def _students(given: Mapping[str, Any], section: str | None, first: Any) -> list[_Student]:
    """Each with what they did; they begin when the course does, or when they join."""
    if section is None:
        rows = db.session.connection().execute(_STATES, given).all()
    else:
        rows = db.session.connection().execute(_OF_SECTION, {**given, "section": section}).all()
    start = datetime.combine(first.starts_on, time(), ZoneInfo(first.time_zone)) if first else None
    found: dict[UUID, _Student] = {}
    for person_id, name, its_section, joined_at, step_key, verdict, done_at in rows:
        if person_id not in found:
            began = max(joined_at, start) if start else joined_at
            found[person_id] = _Student(person_id, name, its_section, began, {}, {})
        if verdict is not None:
            found[person_id].verdicts[step_key] = verdict
        if verdict == "verified" and done_at is not None:
            found[person_id].done[step_key] = done_at
    return list(found.values())


def _required_before(steps: Sequence[Any]) -> dict[UUID, frozenset[UUID]]:
    before, required = dict[UUID, frozenset[UUID]](), list[UUID]()
    for step in steps:
        before[step.step_key] = frozenset(required)
        required += [step.step_key] if step.required else []
    return before


def _of_step(step: Any, students: Sequence[_Student], before: frozenset[UUID]) -> dict[str, Any]:
    """A step is reached by those who did it, or all that is required before it."""
    done = [one for one in students if _did(one, step.step_key)]
    reached = [one for one in students if _did(one, step.step_key) or all(_did(one, key) for key in before)]
    days = [_days(one.done[step.step_key] - one.began) for one in done if step.step_key in one.done]
    return {
        "step_key": step.step_key,
        "title": step.title,
        "required": step.required,
        "reached": _shown(len(reached)),
        "done": _shown(len(done)),
        "median_days": round(median(days), 1) if len(days) >= LEAST else None,
    }


def _did(student: _Student, step_key: UUID) -> bool:
    return student.verdicts.get(step_key) == "verified"


def _stuck(course_id: UUID, steps: Sequence[Any], students: Sequence[_Student]) -> list[dict[str, Any]]:
    """Those for whom STUCK went by since the last step, those who stand longest first."""
    moment, found = now(), list[tuple[datetime, _Student, Any]]()
    for one in students:
        at = next((step for step in steps if step.required and _is_open(one, step.step_key)), None)
        since = max([one.began, *one.done.values()])
        if at is not None and since <= moment - STUCK:
            found.append((since, one, at))
    found.sort(key=lambda item: (item[0], item[1].name, item[1].person_id))
    longest = found[:MOST_STUCK]
    why = _why(course_id, [one.person_id for _, one, _ in longest]) if longest else {}
    return [
        {
            "person_id": one.person_id, "name": one.name, "section": one.section, "step_key": at.step_key,
            "title": at.title, "since": since, "next": why.get((one.person_id, at.step_key)),
        }
        for since, one, at in longest
    ]  # fmt: skip


def _is_open(student: _Student, step_key: UUID) -> bool:
    """Not done, and nothing of it waits for somebody else."""
    return student.verdicts.get(step_key) not in {"verified", "waiting"}


def _why(course_id: UUID, people: Iterable[UUID]) -> dict[tuple[UUID, UUID], dict[str, Any]]:
    """The one thing to do, out of the explanation that is kept, in the reader's language."""
    rows = db.session.connection().execute(_WHY, {"course_id": course_id, "people": list(people)}).all()
    found = {}
    for person_id, step_key, notes in rows:
        todo = next((note for note in notes if words.is_action(note["code"])), None)
        if todo is not None:
            found[person_id, step_key] = words.of(Note(todo["code"], todo["params"]))
    return found


def _shown(count: int) -> int | None:
    return count if count >= LEAST else None


def _days(span: timedelta) -> float:
    return max(span.total_seconds() / 86_400, 0.0)
