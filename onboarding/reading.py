"""The hot reads: one Core statement each, built once; rows become JSON without the ORM or marshmallow."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import String, and_, bindparam, cast, func, or_, select

from onboarding import dues
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
# As `harvest.service.outages_of`, in the one statement: `host|began|ended` for each outage of this person's hosts.
_BEGAN, _ENDED = cast(Outage.began_at, String), func.coalesce(cast(Outage.ended_at, String), "")
_DOWNS = (
    select(func.aggregate_strings(Outage.host + "|" + _BEGAN + "|" + _ENDED, ","))
    .select_from(Identity)
    .join(Outage, ITS_HOST)
    .where(Identity.person_id == bindparam("person_id"), Identity.proven_at.is_not(None), Outage.failures >= ENOUGH)
    .where(or_(Outage.ended_at.is_(None), Outage.ended_at > Identity.proven_at))
    .scalar_subquery()
)
_MY_STEPS = (
    select(
        Checklist.title.label("checklist"), Checklist.version,
        Step.step_key, Step.kind, Step.title, Step.instructions, Step.why, Step.required, Step.branches,
        StepState.verdict, StepState.level, StepState.branch, StepState.evidence, StepState.explanation,
        StepState.done_at, Step.due_on, Step.points, Step.keeps_credit, Extension.due_on.label("extension"), Course.time_zone,
        _DOWNS.label("downs"),
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
    steps = [_my_step(row, moment, downs) for row in rows if row.step_key is not None]
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


def _downs(text: str) -> list[Down]:
    """Out of `_DOWNS`. SQLite keeps UTC without saying so."""
    found = (one.split("|") for one in text.split(","))
    return [Down("", host, _moment(began), _moment(ended) if ended else None) for host, began, ended in found]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _my_step(row: Any, moment: datetime, downs: Sequence[Down]) -> dict[str, Any]:
    """A heading has no verdict; a step that nobody judged yet is unknown."""
    done_at = row.done_at or dues.handed_in(row.verdict, row.evidence)
    downs = downs if downs and row.due_on and dues.needs_network(row.branches) else ()
    due = dues.due(row.due_on, row.extension, ZoneInfo(row.time_zone), done_at, moment, downs)
    return {
        "step_key": row.step_key,
        "kind": row.kind,
        "title": row.title,
        "instructions": row.instructions,
        "why": row.why,
        "required": row.required,
        "ways": row.branches,
        "keeps_credit": row.keeps_credit,
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
        "paused_days": due.paused_days,
        "paused_by": due.paused_by,
        "points": row.points,
    }
