"""What the courses of a person ask for. Only courses with the person's consent to be looked at count."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from plnapi.consents.models import Consent
from plnapi.courses.models import Course, Enrolment
from plnapi.courses.service import is_running
from plnapi.db import db
from plnapi.harvest.course_accounts import keys_of_courses as account_keys
from plnapi.harvest.rolls import Roll, rolls_of
from plnapi.hashtags.service import keys_of_courses
from plnapi.platforms import PLATFORMS
from plnapi.platforms.types import Look
from plnapi.resources.models import ResourceItem
from plnapi.resources.service import items_of_courses

FOLLOWABLE_KINDS = frozenset({"person", "space", "feed"})
DAY = timedelta(days=1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wants:
    """What these courses ask for. `tags`: canonical keys of hashtags. `addresses`: keys (`address_keys`) of the accounts
    on starter lists and of those by which a course looks; `groups`: those of them that are of spaces.

    `follows`: some of these are on a network where somebody can be seen to follow them. `rolls`: who is in the courses.
    """

    person_id: UUID | None = None
    courses: frozenset[UUID] = frozenset()
    tags: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    follows: bool = False
    rolls: tuple[Roll, ...] = ()

    def asks_for(self, look: Look) -> bool:
        """Whether such a look at the person's own account could find anything."""
        if look == "follows":
            return self.follows
        return bool(self.tags or self.addresses)

    def concern(self, keys: Collection[str]) -> bool:
        """Whether one of the keys means an account on a list, one by which a course looks, or somebody else's in the
        course."""
        return not self.addresses.isdisjoint(keys) or any(
            self.person_id is not None and roll.means_another(keys, self.person_id) for roll in self.rolls
        )

    def digest(self, look: Look, at: datetime) -> str:
        """Differs when such a look is to find something else than before.

        What concerns a classmate who came lately is found when it happens; that earlier acts are found too, looks begin
        again once a day at most, each person's at another hour: a class that links its accounts must not make everybody's
        looks begin again with each of them.
        """
        parts = sorted(self.addresses)
        if look != "follows":
            parts += [*sorted(self.tags), *self._classmates(at)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def _classmates(self, at: datetime) -> list[str]:
        whose = self.person_id or min(self.courses, default=None)
        if whose is None:
            return []
        hour = timedelta(seconds=whose.int % int(DAY.total_seconds()))
        began = at - (at - _EPOCH - hour) % DAY
        return sorted(roll.latest_before(began, self.person_id) for roll in self.rolls)


NOTHING = Wants()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of several people. `agreed`: person → course → the networks that the person leaves out there;
    `asked`: course → what it asks for."""

    agreed: Mapping[UUID, Mapping[UUID, frozenset[str]]]
    asked: Mapping[UUID, Wants]

    def of(self, person_id: UUID, network: str) -> Wants:
        """What the courses ask for that may look at the person's accounts on this network."""
        agreed = self.agreed.get(person_id, {})
        courses = sorted(course for course, without in agreed.items() if network not in without)
        return _united(person_id, [self.asked[course] for course in courses]) if courses else NOTHING


def running(person_ids: Collection[UUID], at: datetime) -> Wanted:
    """What the courses ask for that run at this moment and have the person as a student."""
    student = _CONSENTED.join(Enrolment, _SAME_PLACE).where(Enrolment.role == "student", Enrolment.left_at.is_(None))
    return _wanted(row for row in _rows(student, person_ids) if is_running(row.Course, at))


def of_courses(course_ids: Collection[UUID]) -> dict[UUID, Wants]:
    """Course → what it asks for, of nobody in particular."""
    return _by_course(frozenset(course_ids)) if course_ids else {}


def standing(person_id: UUID) -> Wanted:
    """What all courses ask for to which the person's consent still stands, whether they run or have ended."""
    return _wanted(_rows(_CONSENTED, [person_id]))


def _rows(statement: Select[UUID, list[Any], Course], person_ids: Collection[UUID]) -> Iterable[Any]:
    return db.session.execute(statement.where(Consent.person_id.in_(person_ids))) if person_ids else ()


def _wanted(rows: Iterable[Any]) -> Wanted:
    agreed: dict[UUID, dict[UUID, frozenset[str]]] = defaultdict(dict)
    for person_id, without, course in rows:
        agreed[person_id][course.id] = frozenset(without)
    return Wanted(agreed, of_courses(frozenset[UUID]().union(*agreed.values())))


def _by_course(course_ids: frozenset[UUID]) -> dict[UUID, Wants]:
    items: dict[UUID, list[ResourceItem]] = defaultdict(list)
    for course_id, _, item in items_of_courses(course_ids):
        if item.kind in FOLLOWABLE_KINDS and item.network in PLATFORMS:
            items[course_id].append(item)
    tags, accounts, rolls = keys_of_courses(course_ids), account_keys(course_ids), rolls_of(course_ids)
    return {
        course_id: _wants(course_id, tags[course_id], items[course_id], accounts.get(course_id, {}), rolls[course_id])
        for course_id in course_ids
    }


def _wants(
    course_id: UUID,
    tags: frozenset[str],
    items: Iterable[ResourceItem],
    accounts: dict[str, frozenset[str]],
    roll: Roll,
) -> Wants:
    keys = [(item.kind, PLATFORMS[item.network].address_keys(item.address)) for item in items]
    networks = {item.network for item in items} | accounts.keys()
    return Wants(
        courses=frozenset({course_id}),
        tags=tags,
        addresses=frozenset[str]().union(*(found for _, found in keys), *accounts.values()),
        groups=frozenset[str]().union(*(found for kind, found in keys if kind == "space")),
        follows=any("Follow" in PLATFORMS[network].capabilities.verbs for network in networks),
        rolls=(roll,),
    )


def _united(person_id: UUID, several: list[Wants]) -> Wants:
    if len(several) == 1:
        return replace(several[0], person_id=person_id)
    return Wants(
        person_id,
        frozenset[UUID]().union(*(wants.courses for wants in several)),
        frozenset[str]().union(*(wants.tags for wants in several)),
        frozenset[str]().union(*(wants.addresses for wants in several)),
        frozenset[str]().union(*(wants.groups for wants in several)),
        any(wants.follows for wants in several),
        tuple(roll for wants in several for roll in wants.rolls),
    )


_CONSENTED = (
    select(Consent.person_id, Consent.without, Course)
    .join(Course, Course.id == Consent.course_id)
    .where(Consent.purpose == "checks", Consent.withdrawn_at.is_(None))
)
_SAME_PLACE = (Enrolment.course_id == Consent.course_id) & (Enrolment.person_id == Consent.person_id)
