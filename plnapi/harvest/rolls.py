"""Who is who on networks in a course: which member an address key means. Kept in memory for as long as it holds."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from plnapi.accounts.models import Identity
from plnapi.courses.models import Enrolment
from plnapi.db import db
from plnapi.platforms import PLATFORMS
from plnapi.platforms.addresses import site_key

MOST = 500  # courses kept in memory


@dataclass(frozen=True, slots=True)
class Roll:
    """The members of a course, staff included, by their proven identities.

    `owners`: address key → the members whom it means. `since`: when each identity came to be one of the course, with its
    owner, sorted.
    """

    owners: Mapping[str, frozenset[UUID]]
    since: tuple[tuple[datetime, UUID], ...]

    def means_another(self, keys: Collection[str], person_id: UUID) -> bool:
        """Whether one of the keys means a member who is not this person."""
        return any(not self.owners.get(key, frozenset()) <= {person_id} for key in keys)

    def latest_before(self, moment: datetime, person_id: UUID | None) -> str:
        """When the last identity of somebody else came before the moment, in ISO 8601; empty when none did."""
        earlier = self.since[: bisect_left(self.since, moment, key=lambda one: one[0])]
        return next((at.isoformat() for at, owner in reversed(earlier) if owner != person_id), "")


def rolls_of(course_ids: Collection[UUID]) -> dict[UUID, Roll]:
    """The roll of each of the courses: one statement, and one more for those that are not known yet or have changed."""
    stamps: dict[UUID, tuple[Any, ...]] = {
        course: tuple(stamp) for course, *stamp in db.session.execute(_stamps(course_ids))
    }
    stale = [course for course, stamp in stamps.items() if _kept.get(course, (None,))[0] != stamp]
    if len(_kept) + len(stale) > MOST:
        _kept.clear()
        stale = list(stamps)
    for course, roll in _read(stale).items():
        _kept[course] = (stamps[course], roll)
    return {course: _kept[course][1] if course in stamps else _EMPTY for course in course_ids}


@lru_cache(maxsize=50_000)
def keys_of(network: str, handle: str, uri: str, url: str) -> frozenset[str]:
    """All forms that mean an identity: those of its network, and its pages as sites are compared (`site_key`)."""
    platform = PLATFORMS.get(network)
    forms = (platform.address_keys(text) for text in (handle, uri, url)) if platform else ()
    return frozenset[str]().union(*forms) | ({site_key(uri), site_key(url)} - {""})


# What is different whenever a roll is: members and identities come, go, move. Course → (its stamp, its roll).
_kept: dict[UUID, tuple[tuple[Any, ...], Roll]] = {}
_EMPTY = Roll({}, ())
_MEMBERS = (Enrolment.person_id == Identity.person_id) & Enrolment.left_at.is_(None) & Identity.proven_at.is_not(None)


def _stamps(course_ids: Collection[UUID]) -> Select[*tuple[Any, ...]]:
    stamp = (
        func.count(),
        func.max(Identity.proven_at),
        func.max(Identity.moved_at),
        func.max(Enrolment.joined_at),
    )
    return _of(select(Enrolment.course_id, *stamp), course_ids).group_by(Enrolment.course_id)


def _of(statement: Select[*tuple[Any, ...]], course_ids: Collection[UUID]) -> Select[*tuple[Any, ...]]:
    return statement.join(Identity, _MEMBERS).where(Enrolment.course_id.in_(course_ids))


def _read(course_ids: Collection[UUID]) -> dict[UUID, Roll]:
    if not course_ids:
        return {}
    owners: dict[UUID, dict[str, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    since: dict[UUID, list[tuple[datetime, UUID]]] = defaultdict(list)
    columns = (Identity.person_id, Identity.network, Identity.handle, Identity.uri, Identity.url, Identity.proven_at)
    rows = db.session.execute(_of(select(Enrolment.course_id, Enrolment.joined_at, *columns), course_ids))
    for course, joined_at, person, network, handle, uri, url, proven_at in rows:
        since[course].append((max(joined_at, proven_at), person))
        for key in keys_of(network, handle, uri, url):
            owners[course][key].add(person)
    return {
        course: Roll({key: frozenset(people) for key, people in found.items()}, tuple(sorted(since[course])))
        for course, found in owners.items()
    }
