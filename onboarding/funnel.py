"""How a course moves through its steps: how many reached and did each, how long it took, and who is stuck where.

Numbers about fewer than five students are not given: None stands for them. Nor are those from which such a number follows
by subtraction: from the students of the group, from those who reached the step, or of a section from the whole course.
Who is stuck is named to those who see everybody's progress anyway, and only where the group has five or more.
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
Parts = tuple[int, ...]

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
    everybody = _students(given, steps[0] if steps else None)
    students = [one for one in everybody if section in (None, one.section)]
    groups = _groups(everybody) if section is not None else {}
    before = _required_before(steps)
    return {
        "course_id": course_id,
        "section": section,
        "students": _shown((len(students),), section, {name: (len(some),) for name, some in groups.items()}),
        "steps": [_of_step(step, students, before[step.step_key], section, groups) for step in steps],
        "stuck": [] if len(students) < LEAST else _stuck(course_id, steps, students),
    }


def _groups(students: Iterable[_Student]) -> dict[str, list[_Student]]:
    """By section; those without one are one, too."""
    found: dict[str, list[_Student]] = {}
    for one in students:
        found.setdefault(one.section, []).append(one)
    return found


def _students(given: Mapping[str, Any], first: Any) -> list[_Student]:
    """Each with what they did; they begin when the course does, or when they join."""
    rows = db.session.connection().execute(_STATES, given).all()
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


def _of_step(
    step: Any,
    students: Sequence[_Student],
    before: frozenset[UUID],
    section: str | None,
    groups: Mapping[str, Sequence[_Student]],
) -> dict[str, Any]:
    """A step is reached by those who did it, or all that is required before it."""
    key = step.step_key
    parts = {name: _parts(some, key, before) for name, some in groups.items()}
    reached, done = _parts(students, key, before)
    days = [_days(one.done[key] - one.began) for one in students if _did(one, key) and key in one.done]
    return {
        "step_key": key,
        "title": step.title,
        "required": step.required,
        "reached": _shown(reached, section, {name: of for name, (of, _) in parts.items()}),
        "done": _shown(done, section, {name: of for name, (_, of) in parts.items()}),
        "median_days": round(median(days), 1) if len(days) >= LEAST else None,
    }


def _parts(students: Sequence[_Student], step_key: UUID, before: frozenset[UUID]) -> tuple[Parts, Parts]:
    """How many reached the step, and how many did it, each with how many of the group did not."""
    done = sum(_did(one, step_key) for one in students)
    reached = sum(_did(one, step_key) or all(_did(one, key) for key in before) for one in students)
    return (reached, len(students) - reached), (done, len(students) - done, reached - done)


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


def _shown(parts: Parts, section: str | None, groups: Mapping[str, Parts]) -> int | None:
    """The number, or None. `parts` is the number and what is told with it, `groups` the same of each section."""
    if parts[0] < LEAST or _tells_of_few(parts) or section in _hidden(groups):
        return None
    return parts[0]


def _hidden(groups: Mapping[str, Parts]) -> set[str]:
    """The sections whose number is not given, so many that what they have together tells of nobody either.

    What is left of the course's number without all other sections is theirs. Statistics call this complementary
    suppression.
    """
    names = sorted(groups, key=lambda name: (groups[name][0], name))
    found = [name for name in names if _tells_of_few(groups[name])]
    for name in names:
        together = tuple(map(sum, zip(*(groups[one] for one in found), strict=True)))
        if not found or (len(found) > 1 and not _tells_of_few(together)):
            break
        if name not in found:
            found.append(name)
    return set(found)


def _tells_of_few(parts: Parts) -> bool:
    return any(0 < part < LEAST for part in parts)


def _days(span: timedelta) -> float:
    return max(span.total_seconds() / 86_400, 0.0)
