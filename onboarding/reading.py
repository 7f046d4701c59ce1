"""The hot reads: one Core statement each, built once; rows become JSON without the ORM or marshmallow."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import String, and_, bindparam, select, type_coerce

from onboarding.models import Checklist, ChecklistVersion, Step, StepState
from plnapi.accounts.models import Person
from plnapi.courses.models import Enrolment
from plnapi.db import db

VERDICTS = ("verified", "waiting", "not_yet", "unknown", "error")

_NEWEST = and_(ChecklistVersion.checklist_id == Checklist.id, ChecklistVersion.number == Checklist.version)
_STATE = and_(
    StepState.course_id == Checklist.course_id,
    StepState.person_id == bindparam("person_id"),
    StepState.step_key == Step.step_key,
)
_MY_STEPS = (
    select(
        Checklist.title.label("checklist"), Checklist.version,
        Step.step_key, Step.kind, Step.title, Step.instructions, Step.why, Step.required, Step.branches,
        StepState.verdict, StepState.level, StepState.branch, StepState.evidence, StepState.explanation,
        StepState.done_at,
    )
    .join(ChecklistVersion, _NEWEST)
    .outerjoin(Step, Step.version_id == ChecklistVersion.id)
    .outerjoin(StepState, _STATE)
    .where(Checklist.course_id == bindparam("course_id"))
    .order_by(Step.position)
)  # fmt: skip
_GRID_STEPS = (
    select(Step.step_key, Step.title, Step.required)
    .join(ChecklistVersion, ChecklistVersion.id == Step.version_id)
    .join(Checklist, _NEWEST)
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
# As the driver gives them, without an UUID object for each of 1,000 students x 12 steps: that is most of the time.
_GRID_STATES = select(
    type_coerce(StepState.person_id, String), type_coerce(StepState.step_key, String), StepState.verdict
).where(StepState.course_id == bindparam("course_id"))


def my_steps(course_id: UUID, person_id: UUID) -> dict[str, Any]:
    """A student's own checklist, as the API answers it. One statement."""
    rows = db.session.execute(_MY_STEPS, {"course_id": course_id, "person_id": person_id}).all()
    steps = [_my_step(row) for row in rows if row.step_key is not None]
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


def _my_step(row: Any) -> dict[str, Any]:
    """A heading has no verdict; a step that nobody judged yet is unknown."""
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
    }


def grid(course_id: UUID) -> dict[str, Any]:
    """Students by steps: each student has a verdict per step, in the order of `steps`. Three statements."""
    here = {"course_id": course_id}
    steps = db.session.execute(_GRID_STEPS, here).all()
    raw = _as_driver()
    column = {raw(row.step_key): n for n, row in enumerate(steps)}
    blank = ["unknown"] * len(steps)
    cells: dict[Any, list[str]] = {}
    for person_id, step_key, verdict in db.session.execute(_GRID_STATES, here):
        if step_key in column:
            cells.setdefault(person_id, blank.copy())[column[step_key]] = verdict
    students = db.session.execute(_GRID_STUDENTS, here).all()
    return {
        "course_id": course_id,
        "steps": [{"step_key": s.step_key, "title": s.title, "required": s.required} for s in steps],
        "students": [_line(row, cells.get(raw(row.person_id), blank)) for row in students],
    }


def _as_driver() -> Callable[[UUID], Any]:
    """An id as a driver gives it when nobody converts it: text on SQLite, itself on PostgreSQL."""
    return (lambda id_: id_.hex) if db.engine.dialect.name == "sqlite" else (lambda id_: id_)


def _line(row: Any, verdicts: Sequence[str]) -> dict[str, Any]:
    return {
        "person_id": row.person_id,
        "name": row.name,
        "section": row.section,
        "done": sum(verdict == "verified" for verdict in verdicts),
        "verdicts": verdicts,
    }
