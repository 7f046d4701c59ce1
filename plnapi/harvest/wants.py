"""What the courses of a person ask for. Only courses with the person's consent to be looked at count."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from plnapi.consents.models import Consent
from plnapi.courses.models import Course, Enrolment
from plnapi.courses.service import is_running
from plnapi.db import db
from plnapi.hashtags.service import keys_of_courses
from plnapi.platforms import PLATFORMS
from plnapi.platforms.types import Look
from plnapi.resources.models import ResourceItem
from plnapi.resources.service import items_of_courses

FOLLOWABLE_KINDS = frozenset({"person", "space", "feed"})


@dataclass(frozen=True, slots=True)
class Wants:
    """`tags`: canonical keys of hashtags. `addresses`: keys of the accounts on starter lists (`address_keys`).

    `follows`: some of these are on a network where somebody can be seen to follow them.
    """

    tags: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    follows: bool = False

    def asks_for(self, look: Look) -> bool:
        """Whether such a look could find anything."""
        return bool(self.tags) if look == "posts" else self.follows

    def digest(self, look: Look) -> str:
        """Differs when such a look is to find something else than before."""
        keys = self.tags if look == "posts" else self.addresses
        return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:16]


NOTHING = Wants()


def running(person_ids: Collection[UUID], at: datetime) -> dict[UUID, Wants]:
    """Person → what the courses ask for that run at this moment and have the person as a student; others are missing."""
    student = _CONSENTED.join(Enrolment, _SAME_PLACE).where(Enrolment.role == "student", Enrolment.left_at.is_(None))
    return _by_person((who, course.id) for who, course in _rows(student, person_ids) if is_running(course, at))


def standing(person_id: UUID) -> Wants:
    """What all courses ask for to which the person's consent still stands, whether they run or have ended."""
    pairs = [(who, course.id) for who, course in _rows(_CONSENTED, [person_id])]
    return _by_person(pairs).get(person_id, NOTHING)


def _rows(statement: Select[UUID, Course], person_ids: Collection[UUID]) -> Iterator[tuple[UUID, Course]]:
    rows = db.session.execute(statement.where(Consent.person_id.in_(person_ids)))
    return ((person_id, course) for person_id, course in rows)


def _by_person(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, Wants]:
    courses_of: dict[UUID, set[UUID]] = defaultdict(set)
    for person_id, course_id in pairs:
        courses_of[person_id].add(course_id)
    every = frozenset[UUID]().union(*courses_of.values())
    if not every:
        return {}
    wants = _by_course(every)
    return {person_id: _united(wants[course] for course in courses) for person_id, courses in courses_of.items()}


def _by_course(course_ids: frozenset[UUID]) -> dict[UUID, Wants]:
    items: dict[UUID, list[ResourceItem]] = defaultdict(list)
    for course_id, _, item in items_of_courses(course_ids):
        if item.kind in FOLLOWABLE_KINDS and item.network in PLATFORMS:
            items[course_id].append(item)
    tags = keys_of_courses(course_ids)
    return {course_id: _wants(tags[course_id], items[course_id]) for course_id in course_ids}


def _wants(tags: frozenset[str], items: Iterable[ResourceItem]) -> Wants:
    platforms = [(PLATFORMS[item.network], item.address) for item in items]
    return Wants(
        tags,
        frozenset[str]().union(*(platform.address_keys(address) for platform, address in platforms)),
        any("Follow" in platform.capabilities.verbs for platform, _ in platforms),
    )


def _united(several: Iterable[Wants]) -> Wants:
    everything = list(several)
    return Wants(
        frozenset[str]().union(*(wants.tags for wants in everything)),
        frozenset[str]().union(*(wants.addresses for wants in everything)),
        any(wants.follows for wants in everything),
    )


_CONSENTED = (
    select(Consent.person_id, Course)
    .join(Course, Course.id == Consent.course_id)
    .where(Consent.purpose == "checks", Consent.withdrawn_at.is_(None))
)
_SAME_PLACE = (Enrolment.course_id == Consent.course_id) & (Enrolment.person_id == Consent.person_id)
