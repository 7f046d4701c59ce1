"""One batch of looks: claimed in one short transaction, looked at outside of any, stored each in one of its own.

A worker that dies in the middle loses nothing: what it had claimed is due again when the lease runs out, and storing
is idempotent. The moment until which a source is leased tells whose lease it is: an outcome is stored only while the
source still bears it, so a look that was overtaken, reset or removed meanwhile stores nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import joinedload

from plnapi import clock
from plnapi.config import Settings
from plnapi.db import unit_of_work
from plnapi.harvest import driver, sandbox
from plnapi.harvest.driver import BROKEN, Asked, Task
from plnapi.harvest.models import Source
from plnapi.harvest.sources import sync_sources
from plnapi.harvest.store import LEASE, Outcome, store
from plnapi.harvest.subjects import subjects_of
from plnapi.platforms import PLATFORMS
from plnapi.platforms.types import Look, Seen, Subject

ROUNDS = 20
OF_ONE_HOST = 20  # looks of a batch

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claim:
    """A source as it was when it was claimed; `leased_until` is the token of the lease, `asked` grows with its look."""

    source_id: UUID
    leased_until: datetime
    network: str
    look: Look
    subject: Subject
    cursor: Mapping[str, Any]
    asked: list[Asked] = field(default_factory=list, compare=False)

    def task(self) -> Task:
        """The look to be done."""
        look = PLATFORMS[self.network].look
        return Task(self, partial(look, self.look, self.subject, self.cursor), self.cursor, self.asked.append)


@dataclass(frozen=True, slots=True)
class HarvestReport:
    """What a run did: looks done, of these with nothing new, failed, and dropped because the source had changed
    meanwhile; facts that are different."""

    looked: int = 0
    unchanged: int = 0
    failed: int = 0
    dropped: int = 0
    facts: int = 0

    def plus(self, outcome: Outcome) -> "HarvestReport":
        """With one more look."""
        return HarvestReport(
            self.looked + 1,
            self.unchanged + outcome.unchanged,
            self.failed + outcome.failed,
            self.dropped + outcome.dropped,
            self.facts + outcome.facts,
        )

    def and_then(self, later: "HarvestReport") -> "HarvestReport":
        """Both together."""
        mine, theirs = asdict(self), asdict(later)
        return HarvestReport(**{name: mine[name] + theirs[name] for name in mine})


def run_due(settings: Settings, *, limit: int = 200, now: datetime | None = None) -> HarvestReport:
    """Look at what is due, at most `limit` sources. Needs an app context, outside of any unit of work.

    `now` stands in for the current moment. Several workers may do this at once.
    """
    claims = _claim(limit, now or clock.now())
    report = HarvestReport()
    if not claims:
        return report
    tasks = [claim.task() for claim in claims]
    for task, seen in driver.look_all(tasks, driver.policy_of(settings), sandbox.shared()):
        report = report.plus(_stored(task.key, seen, settings, now))
    return report


def run_all_due(settings: Settings) -> HarvestReport:
    """Batches until nothing is due: an account that was just proven is looked at in the next one."""
    total = HarvestReport()
    for _ in range(ROUNDS):
        report = run_due(settings)
        if not report.looked:
            break
        total = total.and_then(report)
    return total


def _claim(limit: int, at: datetime) -> list[Claim]:
    """Lease what is due. Courses end and codes run out without anybody telling, so that is looked at first.

    No host gets more than a share of a batch, so that a class of 1,000 on one host does not hold up the others, and one
    that asked to wait gets none.
    """
    with unit_of_work(write=False) as session:
        whose = select(Source.person_id).where(Source.id.in_(_in_turn(limit, at))).distinct()
        concerned = session.scalars(whose).all()
    if not concerned:
        return []
    with unit_of_work() as session:
        sync_sources(concerned, at)
        # What is due is asked again outside: another worker may have leased a row between its turn and its lock.
        ours = select(Source).where(Source.id.in_(_in_turn(limit, at)), *_due(at))
        ordered = ours.order_by(Source.next_look_at, Source.id).options(joinedload(Source.identity, innerjoin=True))
        sources = session.scalars(ordered.with_for_update(skip_locked=True, of=Source)).all()
        until = at + LEASE
        leased = update(Source).where(Source.id.in_([source.id for source in sources]))
        session.execute(leased.values(leased_until=until).execution_options(synchronize_session=False))
        subjects = subjects_of(sources, at)
        return [_claimed(source, until, subjects[source.id]) for source in sources]


def _due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return Source.next_look_at <= at, or_(Source.leased_until.is_(None), Source.leased_until < at)


def _in_turn(limit: int, at: datetime) -> Select[UUID]:
    """The ids of what is due, those first that wait longest, at most OF_ONE_HOST for each host."""
    resting = select(Source.host).where(Source.not_before > at)
    row = func.row_number().over(partition_by=Source.host, order_by=(Source.next_look_at, Source.id)).label("row")
    due = select(Source.id, Source.next_look_at, row).where(*_due(at), Source.host.not_in(resting)).subquery()
    # PostgreSQL locks no rows that went through a window function, so this is asked inside of what locks.
    return select(due.c.id).where(due.c.row <= OF_ONE_HOST).order_by(due.c.next_look_at, due.c.id).limit(limit)


def _claimed(source: Source, until: datetime, subject: Subject) -> Claim:
    look: Look = source.look  # type: ignore[assignment] # only such are written
    return Claim(source.id, until, source.network, look, subject, dict(source.cursor))


def _stored(claim: Claim, seen: Seen, settings: Settings, now: datetime | None) -> Outcome:
    """Store one outcome in a transaction of its own. What cannot be stored is written down as a failure, not lost."""
    base = timedelta(minutes=settings.look_every)
    at = now or clock.now()
    try:
        with unit_of_work():
            return store(claim.source_id, claim.leased_until, seen, at, base, claim.asked)
    except Exception:  # one bad source must not undo the others
        log.exception("storing_broke", source=str(claim.source_id))
    broken = replace(seen, items=(), coverage=BROKEN, cursor=claim.cursor, removed=(), unchanged=False)
    with unit_of_work():
        return store(claim.source_id, claim.leased_until, broken, at, base, claim.asked)
