"""What is known of the looks at somebody, for those who judge and explain."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from plnapi.accounts.models import Identity
from plnapi.db import db
from plnapi.harvest.models import Source

MANY = 5_000  # values of one IN list; PostgreSQL takes 65,535 parameters


@dataclass(frozen=True, slots=True)
class LookState:
    """One look at one identity. `coverage`, `reason`, `detail` as in `platforms.types.Coverage`.

    `coverage` is None until the first look has ended. `looked_at` is the last look, `seen_at` the last one that got an
    answer, `next_look_at` when it is due again.
    """

    identity_id: UUID
    network: str
    handle: str
    look: str
    coverage: str | None
    reason: str
    detail: str
    looked_at: datetime | None
    seen_at: datetime | None
    next_look_at: datetime


COLUMNS = (
    Source.identity_id,
    Source.network,
    Identity.handle,
    Source.look,
    Source.coverage,
    Source.reason,
    Source.detail,
    Source.looked_at,
    Source.seen_at,
    Source.next_look_at,
)


def coverage_of(person_ids: Iterable[UUID]) -> dict[UUID, list[LookState]]:
    """The looks at each person, in the order in which they were begun; nobody looked at has no entry.

    One statement for up to 5,000 people.
    """
    people, states = list(person_ids), defaultdict(list)
    for start in range(0, len(people), MANY):
        some = Source.person_id.in_(people[start : start + MANY])
        statement = select(Source.person_id, *COLUMNS).join(Source.identity).where(some).order_by(Source.id)
        for person_id, *values in db.session.execute(statement):
            states[person_id].append(LookState(*values))
    return dict(states)
