"""Whether the addresses of starter lists still lead to somebody: each is looked at once a day while a course runs.

Only the network's own word counts: 404 and 410, or an account that it does not know. Two looks, at least a day apart,
have to agree. A server that is down, slow or refuses says nothing about the address.
"""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, delete, exists, func, or_, select, tuple_

from plnapi import clock, signals
from plnapi.config import Settings
from plnapi.courses.models import Course, Enrolment
from plnapi.db import db, insert_if_absent, unit_of_work
from plnapi.harvest import driver, sandbox
from plnapi.harvest.driver import Task
from plnapi.harvest.models import Health
from plnapi.harvest.run import OF_ONE_HOST
from plnapi.harvest.store import LEASE
from plnapi.http.types import Fetch, FetchFailed
from plnapi.platforms import PLATFORMS, addresses, read_address
from plnapi.platforms.looking import GONE
from plnapi.platforms.types import Coverage, Seen, Steps, Subject
from plnapi.resources.models import ResourceItem, ResourceList, ResourceListVersion

DAY = timedelta(days=1)
SPREAD = timedelta(hours=2)
SMALL = 256 * 1024  # bytes of a page of which only the status matters
LONGEST = 600  # characters of an address; PostgreSQL indexes no row of more than 2,700 bytes
# A day in a zone is over at most so much later, or earlier, than in UTC.
ZONES = timedelta(days=1)

Answer = Literal["gone", "there", "unknown"]


@dataclass(frozen=True, slots=True)
class Gone:
    """An item of a course's list whose address leads to nobody, and since when."""

    course_id: UUID
    list_id: UUID
    list_title: str
    item_key: UUID
    title: str
    address: str
    gone_since: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """An address whose look is leased to us."""

    network: str
    address: str
    leased_until: datetime


_NEWEST = and_(ResourceListVersion.list_id == ResourceList.id, ResourceListVersion.number == ResourceList.version)
_SAME = and_(Health.network == ResourceItem.network, Health.address == ResourceItem.address)


def gone_of(course_ids: Iterable[UUID]) -> dict[UUID, dict[UUID, datetime]]:
    """Course → item_key → since when its address is gone, for items of newest list versions. One statement."""
    found: dict[UUID, dict[UUID, datetime]] = {}
    for gone in gone_items(course_ids):
        found.setdefault(gone.course_id, {})[gone.item_key] = gone.gone_since
    return found


def gone_items(course_ids: Iterable[UUID]) -> list[Gone]:
    """The items of the newest versions of these courses' lists whose address is gone, in the order of the lists."""
    db.session.flush()
    return [Gone(*row) for row in db.session.connection().execute(_GONE, {"courses": list(course_ids)})]


def look_at_lists(settings: Settings, *, limit: int = 50, now: datetime | None = None) -> dict[str, int]:
    """Look at the addresses that are due, at most `limit`. Needs an app context, outside of any unit of work.

    Returns how many were looked at, and of these how many the network does not know.
    """
    at = now or clock.now()
    with unit_of_work():
        _sync(at)
        claims = _claim(limit, at)
    policy, answers = driver.policy_of(settings), dict[Claim, Answer]()
    tasks = [task for claim in claims if (task := _task(claim))]
    plain = [task for task in tasks if not _is_account(task.key)]
    accounts = [task for task in tasks if _is_account(task.key)]
    for some, limits in ((accounts, policy), (plain, replace(policy, max_wire=SMALL, max_body=SMALL))):
        answers |= {task.key: read(seen) for task, seen in driver.look_all(some, limits, sandbox.shared())}
    for claim in claims:
        with unit_of_work():
            _store(claim, answers.get(claim, "unknown"), now or clock.now())
    return {"looked": len(tasks), "gone": sum(answer == "gone" for answer in answers.values())}


def read(seen: Seen) -> Answer:
    """What a look says about the address itself."""
    if seen.coverage.state != "failed":
        return "there"
    if seen.coverage.reason == "too_large":
        return "there"
    return "gone" if seen.coverage.reason == "gone" else "unknown"


# ---- which


def _listed(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(ResourceItem)
        .join(ResourceListVersion, ResourceItem.version_id == ResourceListVersion.id)
        .join(ResourceList, _NEWEST)
    )


def _running(statement: Select[*tuple[Any, ...]], at: datetime) -> Select[*tuple[Any, ...]]:
    runs = and_(Course.state == "open", Course.starts_on <= (at + ZONES).date(), Course.ends_on >= (at - ZONES).date())
    return _listed(statement).join(Course, and_(Course.id == ResourceList.course_id, runs))


# Built once: it is run for every fact that a step with a list counts.
_GONE = (
    _listed(
        select(
            ResourceList.course_id, ResourceList.id, ResourceList.title, ResourceItem.item_key, ResourceItem.title,
            ResourceItem.address, Health.gone_since,
        )
    )
    .join(Health, _SAME)
    .where(ResourceList.course_id.in_(bindparam("courses", expanding=True)), Health.gone_since.is_not(None))
    .order_by(ResourceList.id, ResourceItem.position)
)  # fmt: skip


def _sync(at: datetime) -> None:
    """A row for each address that courses list, first looked at within an hour; none for what no list names."""
    columns = ResourceItem.network, ResourceItem.address
    new = _running(select(*columns).distinct(), at).where(
        ~exists().where(_SAME), func.length(ResourceItem.address) <= LONGEST
    )
    rows = [{"network": network, "address": address, "next_look_at": at + random.random() * SPREAD / 2}  # noqa: S311 # only spreads
            for network, address in db.session.execute(new) if _can_ask(network, address)]  # fmt: skip
    if rows:
        db.session.execute(insert_if_absent(Health).values(rows))
    db.session.execute(delete(Health).where(~exists().where(_SAME)).execution_options(synchronize_session=False))


def _claim(limit: int, at: datetime) -> list[Claim]:
    listed = _running(select(ResourceItem.network, ResourceItem.address), at)
    free = or_(Health.leased_until.is_(None), Health.leased_until < at)
    due = select(Health).where(
        Health.next_look_at <= at, free, tuple_(Health.network, Health.address).in_(listed)
    ).order_by(Health.next_look_at).limit(limit).with_for_update(skip_locked=True)  # fmt: skip
    until, claims, counts = at + LEASE, list[Claim](), Counter[str]()
    for row in db.session.scalars(due):
        host = addresses.authority_of(row.address) or row.address.rpartition("@")[2]
        counts[host] += 1
        if counts[host] <= OF_ONE_HOST:
            row.leased_until = until
            claims.append(Claim(row.network, row.address, until))
    db.session.flush()
    return claims


# ---- the looks


def _is_account(claim: Claim) -> bool:
    return claim.network in PLATFORMS and "proof" in PLATFORMS[claim.network].capabilities.looks


def _can_ask(network: str, address: str) -> bool:
    """Networks that cannot be read are not asked; what is of no network is, when it is a web address."""
    return _task(Claim(network, address, clock.now())) is not None


def _task(claim: Claim) -> Task | None:
    if _is_account(claim):
        read_as = read_address(claim.address, claim.network)
        if read_as is None:
            return None
        subject = Subject(read_as.handle, read_as.uri, read_as.url)
        return Task(claim, partial(PLATFORMS[claim.network].look, "proof", subject, {}), {})
    url = addresses.read_url(claim.address) if claim.network in {"", "link"} else None
    return Task(claim, partial(_page, url), {}) if url else None


def _page(url: str) -> Steps:
    """Whether there is a page; what it says is not read."""
    try:
        response = yield Fetch(url, {"Accept": "*/*"})
    except FetchFailed as error:
        return Seen((), Coverage("failed", error.code, str(error), error.retry_at))
    if response.status in GONE:
        return Seen((), Coverage("failed", "gone"))
    return Seen((), Coverage("complete" if response.status < 400 else "failed", "http_status"))


# ---- what came of it


def _store(claim: Claim, answer: Answer, at: datetime) -> None:
    leased = Health.network == claim.network, Health.address == claim.address, Health.leased_until == claim.leased_until
    row = db.session.scalar(select(Health).where(*leased).with_for_update())
    if row is None:
        return
    before = row.gone_since
    row.leased_until, row.looked_at, row.reason = None, at, answer
    row.next_look_at = at + DAY + random.random() * SPREAD  # noqa: S311 # only spreads
    if answer == "there":
        row.missing_at = row.gone_since = None
    elif answer == "gone":
        row.missing_at = row.missing_at or at
        row.gone_since = row.gone_since or (row.missing_at if at - row.missing_at >= DAY else None)
    db.session.flush()
    if before != row.gone_since:
        _tell(claim)


def _tell(claim: Claim) -> None:
    """Those whose steps may ask for this address: the students of the courses that list it."""
    courses = _listed(select(ResourceList.course_id)).where(
        ResourceItem.network == claim.network, ResourceItem.address == claim.address
    )
    learners = select(Enrolment.person_id).where(
        Enrolment.course_id.in_(courses), Enrolment.role == "student", Enrolment.left_at.is_(None)
    )
    people = frozenset(db.session.scalars(learners))
    if people:
        signals.tell(signals.facts_recorded, person_ids=people)
