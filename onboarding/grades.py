"""Progress as a table for grades: person, step, state, time and points, and nothing that tells the ways of a step apart.

Evidence, level, way and the reasons of what is open are not read at all. A state is `done` or `open`: only some ways wait
for a review or cannot be seen. A time is a minute in the course's zone: networks write milliseconds, we microseconds. It
is never before the course began for the student: only what a network shows can have been done earlier.
"""

import csv
import io
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select

from onboarding.models import Checklist, ChecklistVersion, Step, StepState
from plnapi.accounts.models import Person
from plnapi.courses.models import Course, Enrolment
from plnapi.db import db

HEAD = ("person_id", "name", "section", "step_key", "step", "state", "time", "points")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets run, see OWASP: CSV Injection


def export(course: Course) -> str:
    """The table as CSV (RFC 4180) with a head: students by name, steps in their order. One statement."""
    rows = db.session.execute(_statement(course.id))
    start = datetime.combine(course.starts_on, time(), ZoneInfo(course.time_zone))
    return table([_line(row, start) for row in rows])


def table(lines: Iterable[Iterable[Any]]) -> str:
    """CSV with HEAD; a cell that a spreadsheet would run begins with an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEAD)
    writer.writerows([_safe(cell) for cell in line] for line in lines)
    return text.getvalue()


def _safe(cell: Any) -> str:
    shown = str(cell)
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def _line(row: Any, start: datetime) -> tuple[Any, ...]:
    done = row.verdict == "verified"
    shown = ""
    if done and row.done_at:
        moment = max(row.done_at, row.joined_at, start).astimezone(start.tzinfo)
        shown = moment.isoformat(timespec="minutes")
    return (
        row.person_id, row.name, row.section, row.step_key, row.title, "done" if done else "open", shown,
        row.points if done else 0,
    )  # fmt: skip


def _statement(course_id: UUID) -> Any:
    newest = and_(ChecklistVersion.checklist_id == Checklist.id, ChecklistVersion.number == Checklist.version)
    state = and_(
        StepState.course_id == course_id,
        StepState.person_id == Enrolment.person_id,
        StepState.step_key == Step.step_key,
    )
    return (
        select(
            Enrolment.person_id, Person.name, Enrolment.section, Enrolment.joined_at, Step.step_key, Step.title,
            Step.points, StepState.verdict, StepState.done_at,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Checklist, Checklist.course_id == Enrolment.course_id)
        .join(ChecklistVersion, newest)
        .join(Step, and_(Step.version_id == ChecklistVersion.id, Step.kind == "step"))
        .outerjoin(StepState, state)
        .where(Enrolment.course_id == course_id, Enrolment.role == "student", Enrolment.left_at.is_(None))
        .order_by(Person.name, Enrolment.person_id, Step.position)
    )  # fmt: skip
