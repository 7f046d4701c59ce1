"""Everybody's progress: students by steps, read by a few Core statements; rows become JSON without the ORM."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import String, and_, bindparam, cast, func, select

from onboarding import dues, pausing
from onboarding.models import Checklist, ChecklistVersion, Step, StepState
from plnapi.accounts.models import Person
from plnapi.clock import now
from plnapi.courses.models import Course, Enrolment
from plnapi.db import db
from plnapi.harvest import service as harvest

SORTS = ("name", "behind")
LATE = "late"

_NEWEST = and_(ChecklistVersion.checklist_id == Checklist.id, ChecklistVersion.number == Checklist.version)
STEPS = (
    select(
        Step.step_key, Step.title, Step.required, Step.due_on, Step.points, Step.branches, Course.time_zone,
        Course.starts_on,
    )
    .select_from(Step)
    .join(ChecklistVersion, ChecklistVersion.id == Step.version_id)
    .join(Checklist, _NEWEST)
    .join(Course, Course.id == Checklist.course_id)
    .where(Checklist.course_id == bindparam("course_id"), Step.kind == "step")
    .order_by(Step.position)
)  # fmt: skip
_WITH_GONE = STEPS.add_columns(pausing.GONE.label("gone"))
# A row for each student, not for each of 1,000 students x 12 steps: reading rows is most of the time.
_STATES = (
    select(
        StepState.person_id,
        func.aggregate_strings(cast(StepState.step_key, String) + ":" + StepState.verdict, ",").label("states"),
    )
    .where(StepState.course_id == bindparam("course_id"))
    .group_by(StepState.person_id)
    .subquery()
)
STUDENTS = (
    select(Enrolment.person_id, Person.name, Enrolment.section, _STATES.c.states)
    .join(Person, Person.id == Enrolment.person_id)
    .outerjoin(_STATES, _STATES.c.person_id == Enrolment.person_id)
    .where(Enrolment.course_id == bindparam("course_id"), Enrolment.role == "student", Enrolment.left_at.is_(None))
    .order_by(Person.name, Enrolment.person_id)
)
_OF_ALL = STUDENTS.add_columns(harvest.overview(bindparam("course_id")).label("seen"))
_OF_SECTION = STUDENTS.where(Enrolment.section == bindparam("section")).add_columns(
    harvest.overview(bindparam("course_id"), bindparam("section")).label("seen")
)
_OF_PERSON = STUDENTS.where(Enrolment.person_id == bindparam("person_id"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the grid. `state` is a verdict or `late`, of `step_key` or, without one, of any step."""

    section: str | None = None
    person_id: UUID | None = None
    step_key: UUID | None = None
    state: str | None = None
    sort: str = "name"


ALL = Wanted()


def grid(course_id: UUID, wanted: Wanted = ALL) -> dict[str, Any]:
    """Students by steps: each student has a verdict per step, in the order of `steps`. At most four statements."""
    steps = db.session.connection().execute(_WITH_GONE, {"course_id": course_id}).all()
    raw = as_driver()
    column = {raw(row.step_key): n for n, row in enumerate(steps)}
    in_text = {_in_text(row.step_key): n for n, row in enumerate(steps)}
    rows = _students(course_id, wanted)
    late = _late(course_id, steps, column, {row.person_id for row in rows})
    points = [step.points for step in steps]
    lines = [_line(row, _cells(row.states, in_text), late.get(row.person_id, []), points) for row in rows]
    required = [n for n, step in enumerate(steps) if step.required]
    return {
        "course_id": course_id,
        "steps": [
            {"step_key": s.step_key, "title": s.title, "required": s.required, "due_on": s.due_on, "points": s.points}
            for s in steps
        ],
        "seen": _seen(rows, wanted),
        "students": _sorted(_kept(lines, steps, wanted), wanted, required),
    }


def after(grid: Mapping[str, Any], person_id: UUID | None, many: int) -> tuple[list[dict[str, Any]], UUID | None]:
    """The next `many` lines after this student's (None: from the top), and whose line ends them when there are more.

    A student who has gone meanwhile is no place to go on from: the list begins again.
    """
    lines = grid["students"]
    start = next((n + 1 for n, line in enumerate(lines) if line["person_id"] == person_id), 0) if person_id else 0
    page = lines[start : start + many]
    return page, page[-1]["person_id"] if start + many < len(lines) else None


def sections(grid: Mapping[str, Any]) -> list[str]:
    """The sections that students of a whole grid are in, by name."""
    return sorted({line["section"] for line in grid["students"]} - {""})


def behind(line: Mapping[str, Any], required: Sequence[int]) -> tuple[int, int]:
    """How far behind, the furthest first: required steps whose day is over, then required steps that are open."""
    open_ = [n for n in required if line["verdicts"][n] != "verified"]
    return -len(set(open_) & set(line["late"])), -len(open_)


def as_driver() -> Callable[[UUID], Any]:
    """An id as a driver gives it when nobody converts it: text on SQLite, itself on PostgreSQL."""
    return (lambda id_: id_.hex) if db.engine.dialect.name == "sqlite" else (lambda id_: id_)


def _in_text(id_: UUID) -> str:
    """An id as the database casts it to text."""
    return id_.hex if db.engine.dialect.name == "sqlite" else str(id_)


def _students(course_id: UUID, wanted: Wanted) -> Sequence[Any]:
    statement, given = _OF_ALL, {"course_id": course_id}
    if wanted.section is not None:
        statement, given = _OF_SECTION, {**given, "section": wanted.section}  # type: ignore[dict-item]
    if wanted.person_id is not None:
        statement, given = _OF_PERSON, {**given, "person_id": wanted.person_id}
    return db.session.connection().execute(statement, given).all()


def _seen(rows: Sequence[Any], wanted: Wanted) -> dict[str, Any]:
    """How much the looks at the accounts of all these students saw; of one of them alone it is not asked."""
    asked = rows and wanted.person_id is None
    return asdict(harvest.Overview.read(rows[0].seen if asked else ""))


def _cells(states: str | None, column: Mapping[str, int]) -> list[str]:
    """The verdicts of one student, in the columns of the steps that stand."""
    line = ["unknown"] * len(column)
    for state in states.split(",") if states else ():
        step_key, _, verdict = state.partition(":")
        if step_key in column:
            line[column[step_key]] = verdict
    return line


def _kept(lines: list[dict[str, Any]], steps: Sequence[Any], wanted: Wanted) -> list[dict[str, Any]]:
    if wanted.state is None:
        return lines
    places = [n for n, step in enumerate(steps) if wanted.step_key in (None, step.step_key)]
    if wanted.state == LATE:
        return [line for line in lines if set(places) & set(line["late"])]
    return [line for line in lines if any(line["verdicts"][n] == wanted.state for n in places)]


def _sorted(lines: list[dict[str, Any]], wanted: Wanted, required: Sequence[int]) -> list[dict[str, Any]]:
    if wanted.sort == "behind":
        lines.sort(key=lambda line: behind(line, required))  # stable: by name where alike
    return lines


def _late(course_id: UUID, steps: Sequence[Any], column: Mapping[Any, int], people: set[UUID]) -> dict[UUID, list[int]]:
    """The columns that are late, by person; asked only of steps whose day is over."""
    moment = now()
    over = [s for s in steps if s.due_on and pausing.end_of(s.due_on, ZoneInfo(s.time_zone)) <= moment]
    if not over:
        return {}
    raw = as_driver()
    by_key, by_raw = {raw(step.step_key): step for step in over}, {raw(person): person for person in people}
    missed = [row for row in db.session.connection().execute(dues.missed(course_id, over)) if row[0] in by_raw]
    networks = {key: pausing.shown_on(step.branches) for key, step in by_key.items()}
    dead = {key: pausing.of_lists(step.branches, pausing.around(step.gone)) for key, step in by_key.items()}
    downs = harvest.outages_of({by_raw[row[0]] for row in missed if networks[row[1]]}) if any(networks.values()) else {}
    found: dict[UUID, list[int]] = {}
    for person, step_key, verdict, evidence, done_at, later in missed:
        step, when = by_key[step_key], done_at or dues.handed_in(verdict, evidence)
        pauses = [*pausing.of_hosts(downs.get(by_raw[person], ()), networks[step_key]), *dead[step_key]]
        if dues.due(step.due_on, later, ZoneInfo(step.time_zone), when, moment, pauses).late:
            found.setdefault(by_raw[person], []).append(column[step_key])
    return {person: sorted(columns) for person, columns in found.items()}


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
