"""The hot reads: one Core statement each, built once; rows become JSON without the ORM or marshmallow."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import String, and_, bindparam, cast, func, select, type_coerce

from onboarding import dues
from onboarding.models import Checklist, ChecklistVersion, Extension, Step, StepState
from plnapi.accounts.models import Person
from plnapi.clock import now
from plnapi.courses.models import Course, Enrolment
from plnapi.db import db

VERDICTS = ("verified", "waiting", "not_yet", "unknown", "error")

_NEWEST = and_(ChecklistVersion.checklist_id == Checklist.id, ChecklistVersion.number == Checklist.version)
_STATE = and_(
    StepState.course_id == Checklist.course_id,
    StepState.person_id == bindparam("person_id"),
    StepState.step_key == Step.step_key,
)
_EXTENSION = and_(
    Extension.course_id == Checklist.course_id,
    Extension.person_id == bindparam("person_id"),
    Extension.step_key == Step.step_key,
)
_MY_STEPS = (
    select(
        Checklist.title.label("checklist"), Checklist.version,
        Step.step_key, Step.kind, Step.title, Step.instructions, Step.why, Step.required, Step.branches,
        StepState.verdict, StepState.level, StepState.branch, StepState.evidence, StepState.explanation,
        StepState.done_at, Step.due_on, Step.points, Extension.due_on.label("extension"), Course.time_zone,
    )
    .join(Course, Course.id == Checklist.course_id)
    .join(ChecklistVersion, _NEWEST)
    .outerjoin(Step, Step.version_id == ChecklistVersion.id)
    .outerjoin(StepState, _STATE)
    .outerjoin(Extension, _EXTENSION)
    .where(Checklist.course_id == bindparam("course_id"))
    .order_by(Step.position)
)  # fmt: skip
_GRID_STEPS = (
    select(Step.step_key, Step.title, Step.required, Step.due_on, Step.points, Course.time_zone)
    .select_from(Step)
    .join(ChecklistVersion, ChecklistVersion.id == Step.version_id)
    .join(Checklist, _NEWEST)
    .join(Course, Course.id == Checklist.course_id)
    .where(Checklist.course_id == bindparam("course_id"), Step.kind == "step")
    .order_by(Step.position)
)
_GRID_STUDENTS = (
    select(Enrolment.person_id, Person.name, Enrolment.section)
    .join(Person, Person.id == Enrolment.person_id)
    .where(
        Enrolment.course_id == bindparam("course_id"), Enrolment.role == "student", Enrolment.left_at.is_(None)
    )
    .order_by(Person.name, Enrolment.person_id)
)  # fmt: skip
# A row for each student, not for each of 1,000 students x 12 steps: reading rows is most of the time. By person, since
# that is the order of the primary key.
_GRID_STATES = (
    select(
        type_coerce(StepState.person_id, String),
        func.aggregate_strings(cast(StepState.step_key, String) + ":" + StepState.verdict, ","),
    )
    .where(StepState.course_id == bindparam("course_id"))
    .group_by(StepState.person_id)
)


def my_steps(course_id: UUID, person_id: UUID) -> dict[str, Any]:
    """A student's own checklist, as the API answers it. One statement."""
    rows = db.session.connection().execute(_MY_STEPS, {"course_id": course_id, "person_id": person_id}).all()
    moment = now()
    steps = [_my_step(row, moment) for row in rows if row.step_key is not None]
    open_steps = [
        s for s in steps if s["kind"] == "step" and s["verdict"] not in {"verified", "waiting"} and not s["locked"]
    ]
    upcoming = next((s for s in open_steps if s["required"]), open_steps[0] if open_steps else None)
    return {
        "course_id": course_id,
        "title": rows[0].checklist if rows else "",
        "version": rows[0].version if rows else 0,
        "next_step": upcoming["step_key"] if upcoming else None,
        "steps": steps,
    }


def _my_step(row: Any, moment: datetime) -> dict[str, Any]:
    """A heading has no verdict; a step that nobody judged yet is unknown."""
    done_at = row.done_at or dues.handed_in(row.verdict, row.evidence)
    due = dues.due(row.due_on, row.extension, ZoneInfo(row.time_zone), done_at, moment)
    return {
        "step_key": row.step_key,
        "kind": row.kind,
        "title": row.title,
        "instructions": row.instructions,
        "why": row.why,
        "required": row.required,
        "ways": row.branches,
        "verdict": row.verdict or ("unknown" if row.kind == "step" else None),
        "locked": any(note["code"] == "step_locked" for note in row.explanation or ()),
        "level": row.level,
        "way": row.branch,
        "evidence": row.evidence or [],
        "explanation": row.explanation or [],
        "done_at": row.done_at,
        "due_on": due.on,
        "extended": due.extended,
        "late": due.late,
        "points": row.points,
    }


def grid(course_id: UUID) -> dict[str, Any]:
    """Students by steps: each student has a verdict per step, in the order of `steps`. At most four statements."""
    here = {"course_id": course_id}
    steps = db.session.connection().execute(_GRID_STEPS, here).all()
    raw = _as_driver()
    column = {raw(row.step_key): n for n, row in enumerate(steps)}
    cells = _cells(here, {_in_text(row.step_key): n for n, row in enumerate(steps)})
    blank = ["unknown"] * len(steps)
    students = db.session.connection().execute(_GRID_STUDENTS, here).all()
    late = _late(course_id, steps, column)
    points = [step.points for step in steps]
    return {
        "course_id": course_id,
        "steps": [
            {"step_key": s.step_key, "title": s.title, "required": s.required, "due_on": s.due_on, "points": s.points}
            for s in steps
        ],
        "students": [
            _line(row, cells.get(raw(row.person_id), blank), late.get(raw(row.person_id), []), points)
            for row in students
        ],
    }


def _cells(here: Mapping[str, Any], column: Mapping[str, int]) -> dict[Any, list[str]]:
    """The verdicts of each person, in the columns of the steps that stand."""
    cells: dict[Any, list[str]] = {}
    for person_id, states in db.session.connection().execute(_GRID_STATES, here).all():
        line = cells[person_id] = ["unknown"] * len(column)
        for state in states.split(","):
            step_key, _, verdict = state.partition(":")
            if step_key in column:
                line[column[step_key]] = verdict
    return cells


def _as_driver() -> Callable[[UUID], Any]:
    """An id as a driver gives it when nobody converts it: text on SQLite, itself on PostgreSQL."""
    return (lambda id_: id_.hex) if db.engine.dialect.name == "sqlite" else (lambda id_: id_)


def _in_text(id_: UUID) -> str:
    """An id as the database casts it to text."""
    return id_.hex if db.engine.dialect.name == "sqlite" else str(id_)


def _late(course_id: UUID, steps: Sequence[Any], column: Mapping[Any, int]) -> dict[Any, list[int]]:
    """The columns that are late, by person; asked only of steps whose day is over."""
    moment, raw = now(), _as_driver()
    over = [s for s in steps if s.due_on and dues.end_of(s.due_on, ZoneInfo(s.time_zone)) <= moment]
    if not over:
        return {}
    by_key = {raw(step.step_key): step for step in over}
    found: dict[Any, list[int]] = {}
    for person_id, step_key, verdict, evidence, done_at, later in db.session.connection().execute(
        dues.missed(course_id, over)
    ):
        step, when = by_key[step_key], done_at or dues.handed_in(verdict, evidence)
        if dues.due(step.due_on, later, ZoneInfo(step.time_zone), when, moment).late:
            found.setdefault(person_id, []).append(column[step_key])
    return {person_id: sorted(columns) for person_id, columns in found.items()}


def _line(row: Any, verdicts: Sequence[str], late: Sequence[int], points: Sequence[int]) -> dict[str, Any]:
    return {
        "person_id": row.person_id,
        "name": row.name,
        "section": row.section,
        "done": verdicts.count("verified"),
        "points": sum(worth for worth, verdict in zip(points, verdicts, strict=True) if verdict == "verified"),
        "verdicts": verdicts,
        "late": late,
    }
