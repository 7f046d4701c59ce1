"""The hot reads: one Core statement each, built once; rows become JSON without the ORM or marshmallow."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from orjson import Fragment
from sqlalchemy import ColumnElement, String, Text, and_, bindparam, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from onboarding import dues, pausing
from onboarding.checks.base import Context
from onboarding.models import Checklist, ChecklistVersion, Extension, Step, StepState
from plnapi.accounts.models import Identity
from plnapi.clock import now
from plnapi.courses.models import Course
from plnapi.db import db
from plnapi.harvest.models import Outage
from plnapi.harvest.outages import ENOUGH, ITS_HOST
from plnapi.harvest.service import Down

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


def _text(column: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """JSON as it is stored: it is answered without being read."""
    return cast(column, Text).label(column.key)


# As `harvest.service.outages_of`, in the one statement: `network|host|began|ended` for each outage of this person's hosts.
_BEGAN, _ENDED = cast(Outage.began_at, String), func.coalesce(cast(Outage.ended_at, String), "")
_DOWNS = (
    select(func.aggregate_strings(Identity.network + "|" + Outage.host + "|" + _BEGAN + "|" + _ENDED, ","))
    .select_from(Identity)
    .join(Outage, ITS_HOST)
    .where(Identity.person_id == bindparam("person_id"), Identity.proven_at.is_not(None), Outage.failures >= ENOUGH)
    .where(or_(Outage.ended_at.is_(None), Outage.ended_at > Identity.proven_at))
    .scalar_subquery()
)
_MY_STEPS = (
    select(
        Checklist.title.label("checklist"), Checklist.version,
        Step.step_key, Step.kind, Step.title, Step.instructions, Step.why, Step.required, _text(Step.branches),
        StepState.verdict, StepState.level, StepState.branch, _text(StepState.evidence), _text(StepState.explanation),
        StepState.done_at, Step.due_on, Step.points, Step.keeps_credit, Extension.due_on.label("extension"), Course.time_zone,
        _DOWNS.label("downs"), pausing.GONE.label("gone"),
    )
    .join(Course, Course.id == Checklist.course_id)
    .join(ChecklistVersion, _NEWEST)
    .outerjoin(Step, Step.version_id == ChecklistVersion.id)
    .outerjoin(StepState, _STATE)
    .outerjoin(Extension, _EXTENSION)
    .where(Checklist.course_id == bindparam("course_id"))
    .order_by(Step.position)
)  # fmt: skip


def my_steps(course_id: UUID, person_id: UUID) -> dict[str, Any]:
    """A student's own checklist, as the API answers it. One statement."""
    rows = db.session.connection().execute(_MY_STEPS, {"course_id": course_id, "person_id": person_id}).all()
    moment, downs = now(), _downs(rows[0].downs) if rows and rows[0].downs else []
    around = pausing.around(rows[0].gone) if rows else pausing.NOTHING
    steps = [_my_step(row, moment, downs, around) for row in rows if row.step_key is not None]
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


def _is_locked(explanation: str | None) -> bool:
    if not explanation or '"step_locked"' not in explanation:
        return False
    return any(note["code"] == "step_locked" for note in orjson.loads(explanation))


def _downs(text: str) -> list[Down]:
    """Out of `_DOWNS`."""
    found, moment = (one.split("|") for one in text.split(",")), pausing.moment
    return [
        Down(network, host, moment(began), moment(ended) if ended else None) for network, host, began, ended in found
    ]


def _my_step(row: Any, moment: datetime, downs: Sequence[Down], around: Context) -> dict[str, Any]:
    """A heading has no verdict; a step that nobody judged yet is unknown."""
    # By place: by name each value costs as much again.
    (
        _, _, step_key, kind, title, instructions, why, required, branches, verdict, level, branch, evidence, explanation,
        done_at, due_on, points, keeps_credit, *_,
    ) = row  # fmt: skip
    due = _due(row, moment, downs, around) if due_on else _NO_DUE
    return {
        "step_key": step_key,
        "kind": kind,
        "title": title,
        "instructions": instructions,
        "why": why,
        "required": required,
        "ways": Fragment(branches),
        "keeps_credit": keeps_credit,
        "verdict": verdict or ("unknown" if kind == "step" else None),
        "locked": _is_locked(explanation),
        "level": level,
        "way": branch,
        "evidence": Fragment(evidence) if evidence else [],
        "explanation": Fragment(explanation) if explanation else [],
        "done_at": done_at,
        "due_on": due.on,
        "extended": due.extended,
        "late": due.late,
        "paused_days": due.paused_days,
        "paused_by": due.paused_by,
        "gone": due.gone,
        "points": points,
    }


def _due(row: Any, moment: datetime, downs: Sequence[Down], around: Context) -> dues.Due:
    done_at = row.done_at
    if row.verdict == "waiting":
        done_at = done_at or dues.handed_in(row.verdict, orjson.loads(row.evidence))
    pauses = pausing.of_step(orjson.loads(row.branches), downs, around) if downs or around.gone else ()
    return dues.due(row.due_on, row.extension, ZoneInfo(row.time_zone), done_at, moment, pauses)


_NO_DUE = dues.Due()
