"""Hosts that gave no usable answer for a while: from the first look that failed to the first that did not.

One failure may be chance, so a host is down when two looks in a row have failed, be they of one source or of several.
The first failure is written down as a suspicion; an answer lets that go without a trace.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, literal, or_, select, update

from plnapi import signals
from plnapi.accounts.models import Identity
from plnapi.clock import new_id
from plnapi.db import db, insert_if_absent
from plnapi.harvest.driver import Asked
from plnapi.harvest.models import Outage, Source
from plnapi.platforms.types import Seen

MANY = 5_000  # values of one IN list; PostgreSQL takes 65,535 parameters
ENOUGH = 2  # looks in a row
# Codes of FetchFailed for which the host is the reason, whatever was asked for.
_HOST_FAILED = frozenset({"connection_failed", "deadline_exceeded", "bad_response"})
# Reasons of a look that got an answer of success which is none: a page of maintenance, say.
_NO_ANSWER = frozenset({"bad_answer", "bad_document"})


@dataclass(frozen=True, slots=True)
class Down:
    """A host of a person's network did not answer from `began_at` to `ended_at`; None: it still does not."""

    network: str
    host: str
    began_at: datetime
    ended_at: datetime | None


def note(source: Source, seen: Seen, asked: Sequence[Asked], at: datetime) -> None:
    """Begin or end the outage of the source's host, as the look shows it, and tell of it those who are looked at there.

    A look that asked nobody, or did not get as far because of our own pace, says nothing of the host.
    """
    if not asked or not source.host:
        return
    down = has_failed(source.look, seen, asked[-1])
    if down:
        _worse(source.host, at)
    elif down is False:
        _better(source.host, at)


def has_failed(look: str, seen: Seen, last: Asked) -> bool | None:
    """Whether the host that was asked last gave no usable answer, for reasons of its own; None: it cannot be told."""
    if seen.coverage.state != "failed":
        return None if last.problem else False
    if last.problem:
        return _has_failed_at(look, last.problem)
    if (last.status or 0) >= 500:
        return True
    unusable = seen.coverage.reason in _NO_ANSWER and (last.status or 0) < 300
    return (None if look == "proof" else True) if unusable else False


def _has_failed_at(look: str, problem: str) -> bool | None:
    # A name that nobody has is a slip of the pen while an account is proven, and an outage where it was known before.
    if problem in _HOST_FAILED or (problem == "name_not_found" and look != "proof"):
        return True
    return None


def _worse(host: str, at: datetime) -> None:
    row = {"id": new_id(), "host": host, "began_at": at, "failures": 1}
    if db.session.scalar(insert_if_absent(Outage).values(**row).returning(Outage.id)):
        return
    failures = db.session.scalar(
        update(Outage).where(*_open(host)).values(failures=Outage.failures + 1).returning(Outage.failures)
    )
    if failures == ENOUGH:
        _tell(host)


def _better(host: str, at: datetime) -> None:
    outage = db.session.scalar(select(Outage).where(*_open(host)).with_for_update())
    if outage is None:
        return
    if outage.failures < ENOUGH:
        db.session.delete(outage)
        return
    outage.ended_at = max(at, outage.began_at)
    db.session.flush()
    _tell(host)


def _open(host: str) -> tuple[ColumnElement[bool], ...]:
    return Outage.host == host, Outage.ended_at.is_(None)


def _tell(host: str) -> None:
    people = db.session.scalars(select(Source.person_id).where(Source.host == host).distinct()).all()
    if people:
        signals.tell(signals.facts_recorded, person_ids=frozenset(people))


ITS_HOST = or_(
    exists(select(Source.id).where(Source.identity_id == Identity.id, Source.host == Outage.host)),
    Identity.data["host"].as_string() == Outage.host,
    Identity.data["pds"].as_string() == Outage.host,
    Identity.url.like(literal("http%://") + Outage.host + "/%"),
)
# The hosts are found by the identity too: its sources end with its courses, and what was late has to stay as it was.
_STATEMENT = (
    select(Identity.person_id, Identity.network, Outage.host, Outage.began_at, Outage.ended_at)
    .join(Outage, ITS_HOST)
    .where(Identity.person_id.in_(bindparam("people", expanding=True)), Identity.proven_at.is_not(None))
    .where(Outage.failures >= ENOUGH, or_(Outage.ended_at.is_(None), Outage.ended_at > Identity.proven_at))
    .order_by(Outage.began_at, Outage.host)
    .distinct()
)


def outages_of(person_ids: Iterable[UUID]) -> dict[UUID, list[Down]]:
    """The outages of the hosts of each person's proven identities since these were proven, oldest first.

    People without any have no entry. One statement for up to 5,000 people.
    """
    people, found = list(dict.fromkeys(person_ids)), dict[UUID, list[Down]]()
    for start in range(0, len(people), MANY):
        for row in db.session.execute(_STATEMENT, {"people": people[start : start + MANY]}):
            found.setdefault(row.person_id, []).append(Down(row.network, row.host, row.began_at, row.ended_at))
    return found


def of_hosts(*, open_only: bool = False) -> Sequence[Outage]:
    """The latest outages of all hosts, at most 100, those first that began last."""
    known = select(Outage).where(Outage.failures >= ENOUGH)
    if open_only:
        known = known.where(Outage.ended_at.is_(None))
    return db.session.scalars(known.order_by(Outage.began_at.desc()).limit(100)).all()
