"""The rows of `step_states`: how a judgement becomes one, how they are read and written for many people at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, tuple_, update

from onboarding.checks.base import Evidence, Note
from onboarding.judging import StepJudgement
from onboarding.models import Decision, StepState
from onboarding.queries import COURSES, PEOPLE, run
from plnapi.clock import now
from plnapi.db import db

Key = tuple[UUID, UUID, UUID]  # course, person, step
Row = Mapping[str, Any]

KEYS = (StepState.course_id, StepState.person_id, StepState.step_key)
COLUMNS = (
    StepState.verdict, StepState.level, StepState.branch, StepState.evidence, StepState.explanation, StepState.done_at,
)  # fmt: skip
NAMES = [column.key for column in COLUMNS]
MANY = 5_000  # rows of one IN list

# Built once, as those of `queries`.
KEPT = select(*KEYS, *COLUMNS).where(StepState.person_id.in_(PEOPLE), StepState.course_id.in_(COURSES))
OF = [f"of_{column.key}" for column in KEYS]
UPDATE = (
    update(StepState)
    .where(*(column == bindparam(name) for column, name in zip(KEYS, OF, strict=True)))
    .values({name: bindparam(name) for name in (*NAMES, "updated_at")})
)


def as_row(judgement: StepJudgement) -> dict[str, Any]:
    """A judgement as a row without its keys, its lists as they come back out of JSON."""
    return {
        "verdict": judgement.verdict,
        "level": judgement.level,
        "branch": judgement.branch,
        "evidence": [evidence_row(one) for one in judgement.evidence],
        "explanation": [note_row(note) for note in judgement.explanation],
        "done_at": judgement.done_at,
    }


def note_row(note: Note) -> dict[str, Any]:
    """A note as it is stored and answered."""
    return {"code": note.code, "params": dict(note.params)}


def evidence_row(one: Evidence) -> dict[str, Any]:
    """Evidence as it is stored and answered, times as ISO 8601."""
    return {
        "verb": one.verb,
        "uri": one.uri,
        "title": one.title,
        "happened_at": _iso(one.happened_at),
        "seen_at": _iso(one.seen_at),
        "undone_at": _iso(one.undone_at),
        "adapter": one.adapter,
        "version": one.version,
        "excerpt_hash": one.excerpt_hash,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def kept(people: Sequence[UUID], course_ids: Sequence[UUID]) -> dict[Key, dict[str, Any]]:
    """The rows of these people in these courses, in one statement."""
    rows = run(KEPT, people=list(people), courses=list(course_ids))
    return {(c, p, s): dict(zip(NAMES, rest, strict=True)) for c, p, s, *rest in rows}


def write(added: Mapping[Key, Row], changed: Mapping[Key, Row], gone: Sequence[Key]) -> None:
    """At most one statement for each of the three."""
    if added:
        db.session.execute(insert(StepState), _full(added))
    if changed:
        moment = now()
        rows = [{**dict(zip(OF, key, strict=True)), **row, "updated_at": moment} for key, row in changed.items()]
        db.session.connection().execute(UPDATE, rows)
    for start in range(0, len(gone), MANY):
        db.session.execute(delete(StepState).where(tuple_(*KEYS).in_(gone[start : start + MANY])))


def write_credits(rows: Sequence[Row]) -> None:
    """Decisions made by `progress`, in one statement."""
    if rows:
        db.session.execute(insert(Decision), [dict(row) for row in rows])


def _full(rows: Mapping[Key, Row]) -> list[dict[str, Any]]:
    moment = now()
    names = [column.key for column in KEYS]
    return [{**dict(zip(names, key, strict=True)), **row, "updated_at": moment} for key, row in rows.items()]
