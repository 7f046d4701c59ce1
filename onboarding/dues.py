"""When a step is due: until the end of a day in the course's zone, for some students of a later one.

Lateness is computed when it is read, from when the step was done (not from when that was seen), and kept nowhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, and_, or_, select, type_coerce

from onboarding import loading, pausing, service
from onboarding.models import Extension, StepState
from onboarding.pausing import Pause, end_of
from onboarding.service import StepData
from plnapi.courses.models import Course
from plnapi.courses.service import check_not_frozen
from plnapi.db import db
from plnapi.errors import N_, Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Due:
    """The last day for a step (None: there is none), whether it is later than for others, and whether it was missed.

    It is `paused_days` later because of hosts (`paused_by`) and of items of a list that are `gone`: names, with commas.
    """

    on: date | None = None
    extended: bool = False
    late: bool = False
    paused_days: int = 0
    paused_by: str = ""
    gone: str = ""


def due(
    due_on: date | None,
    later: date | None,
    zone: tzinfo,
    done_at: datetime | None,
    at: datetime,
    pauses: Sequence[Pause] = (),
) -> Due:
    """How a step stands towards its day. `later` is the student's extension, `done_at` when it was done or handed in.

    `pauses` hold the step up: there is more time, see `pausing.delay`.
    """
    if due_on is None:
        return Due()
    on = max(due_on, later or due_on)
    more = pausing.delay(on, zone, pauses, at) if pauses else pausing.Delay()
    moved = on + timedelta(days=more.days)
    late = (done_at or at) >= end_of(moved, zone)
    return Due(moved, on > due_on, late, more.days, ", ".join(more.hosts), ", ".join(more.items))


def handed_in(verdict: str | None, evidence: Sequence[Mapping[str, Any]] | None) -> datetime | None:
    """When what waits for a person was given or done, out of a kept state."""
    if verdict != "waiting" or not evidence:
        return None
    last = evidence[-1]
    moments = [datetime.fromisoformat(last[name]) for name in ("happened_at", "seen_at") if last[name]]
    return min(moments)


def extensions_of(course_id: UUID, person_id: UUID) -> dict[UUID, date]:
    """A student's extensions by step."""
    columns = select(Extension.step_key, Extension.due_on)
    found = db.session.execute(columns.where(Extension.course_id == course_id, Extension.person_id == person_id))
    return {row.step_key: row.due_on for row in found}


def missed(course_id: UUID, steps: Sequence[Any]) -> Select[Any]:
    """States that were not done by the day of their step (`steps`: rows with `step_key`, `due_on`, `time_zone`).

    Gives `person_id` and `step_key` as the driver has them, `verdict`, `evidence`, `done_at` and the extension's day.
    """
    mine = and_(
        Extension.course_id == StepState.course_id,
        Extension.person_id == StepState.person_id,
        Extension.step_key == StepState.step_key,
    )
    by_step = [
        and_(
            StepState.step_key == step.step_key,
            or_(StepState.done_at.is_(None), StepState.done_at >= end_of(step.due_on, ZoneInfo(step.time_zone))),
        )
        for step in steps
    ]
    return (
        select(
            type_coerce(StepState.person_id, String), type_coerce(StepState.step_key, String), StepState.verdict,
            StepState.evidence, StepState.done_at, Extension.due_on,
        )
        .outerjoin(Extension, mine)
        .where(StepState.course_id == course_id, or_(*by_step))
    )  # fmt: skip


def extend(course: Course, person_id: UUID, step_key: UUID, due_on: date, by: UUID) -> Extension:
    """Give one student until the end of a later day; another extension takes the place of the one before.

    Raises NotFound for no such student or step, Conflict `not_due` for a step without a day, Invalid at `/due_on` for a
    day that is not later than everybody's.
    """
    check_not_frozen(course)
    step = _step_of(course.id, person_id, step_key)
    if step.due_on is None:
        raise Conflict(N_("This step has no day until which it is due."), code="not_due")
    if due_on <= step.due_on:
        message = N_("Everybody has until %(due_on)s. Choose a later day.")
        raise Invalid.field("/due_on", message, code="not_later", due_on=step.due_on.isoformat())
    found = db.session.get(Extension, (course.id, person_id, step_key), with_for_update=True)
    if found is None:
        found = Extension(course_id=course.id, person_id=person_id, step_key=step_key)
        db.session.add(found)
    found.due_on, found.given_by = due_on, by
    db.session.flush()
    return found


def take_back(course: Course, person_id: UUID, step_key: UUID) -> None:
    """The student has as long as everybody again. Raises NotFound for no such student or step."""
    check_not_frozen(course)
    _step_of(course.id, person_id, step_key)
    found = db.session.get(Extension, (course.id, person_id, step_key))
    if found is not None:
        db.session.delete(found)
        db.session.flush()


def _step_of(course_id: UUID, person_id: UUID, step_key: UUID) -> StepData:
    if person_id not in loading.student_ids(course_id):
        raise NotFound(N_("student"), person_id)
    return service.step(course_id, step_key)
