"""The accounts by which a course looks: who follows them, comments there, is in their rooms.

Each belongs to somebody who teaches the course, is proven, and was chosen by its owner: looking may take the owner's own
permission on that network. It counts only as long as its owner teaches there.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, and_, bindparam, select

from plnapi.accounts.models import Identity
from plnapi.consents import service as consents
from plnapi.consents.models import Consent
from plnapi.courses.models import Course, Enrolment
from plnapi.courses.service import is_running
from plnapi.db import db
from plnapi.errors import N_, Conflict, NotFound
from plnapi.harvest.models import CourseAccount, Source
from plnapi.harvest.rolls import keys_of
from plnapi.platforms import PLATFORMS

STAFF = ("instructor", "assistant")


@dataclass(frozen=True, slots=True)
class Received:
    """A look at what others did towards an account of a course, and how much of it was seen.

    `keys`: all forms that mean the account. `verbs`: what such looks can show. `coverage`, `reason` and `looked_at` as in
    `LookState`; None before the first look. `seen_at` is the moment as of which was looked for people: of somebody whose
    account was proven or whose consent was given later the look knows nothing.
    """

    network: str
    handle: str
    keys: frozenset[str]
    verbs: frozenset[str]
    coverage: str | None
    reason: str
    looked_at: datetime | None
    seen_at: datetime | None
    next_look_at: datetime | None


def add(course: Course, identity_id: UUID, by: UUID) -> None:
    """Let the course look from this account of the person `by`. Adding it again changes nothing.

    Raises NotFound for no account of anybody in the course; Conflict `account_not_of_staff`, `account_of_another`,
    `account_not_proven`, `account_sees_nobody`.
    """
    identity = db.session.get(Identity, identity_id)
    if identity is None:
        raise NotFound(N_("account"), identity_id)
    _check(course, identity, by)
    if db.session.get(CourseAccount, (course.id, identity_id)) is None:
        db.session.add(CourseAccount(course_id=course.id, identity_id=identity_id))
        db.session.flush()


def remove(course: Course, identity_id: UUID) -> UUID:
    """Look from this account no more; returns whose it is. Raises NotFound when the course does not look from it."""
    found = db.session.get(CourseAccount, (course.id, identity_id))
    if found is None:
        raise NotFound(N_("account"), identity_id)
    owner = db.session.get_one(Identity, identity_id).person_id
    db.session.delete(found)
    db.session.flush()
    return owner


def can_look(identity: Identity) -> bool:
    """Whether looks at this account could show what others did towards it."""
    can = PLATFORMS[identity.network].capabilities if identity.network in PLATFORMS else None
    return can is not None and "received" in can.looks and identity.proven_at is not None


def of_course(course_id: UUID) -> Sequence[Any]:
    """Rows of `identity_id`, `person_id`, `network`, `handle`, `url`, `added_at` and of the look: `coverage`, `reason`,
    `detail`, `looked_at`, `seen_at`, `next_look_at`; None and empty where there is none."""
    columns = (Identity.id.label("identity_id"), Identity.person_id, Identity.network, Identity.handle, Identity.url)
    return db.session.execute(_looking([course_id], *columns, CourseAccount.added_at, *_LOOK)).all()


def received_of(course_ids: Iterable[UUID]) -> dict[UUID, list[Received]]:
    """The looks at the accounts of each course; a course without such an account has no entry. One statement."""
    found: dict[UUID, list[Received]] = defaultdict(list)
    db.session.flush()
    rows = db.session.connection().execute(_RECEIVED, {"courses": list(course_ids)})
    for course, network, handle, uri, url, coverage, reason, _, *times in rows:
        verbs = frozenset[str](PLATFORMS[network].capabilities.received) if network in PLATFORMS else frozenset[str]()
        keys = keys_of(network, handle, uri, url)
        found[course].append(Received(network, handle, keys, verbs, coverage, reason or "", *times))
    return dict(found)


def keys_of_courses(course_ids: Collection[UUID]) -> dict[UUID, dict[str, frozenset[str]]]:
    """Course → network → all forms that mean the course's accounts there."""
    found: dict[UUID, dict[str, frozenset[str]]] = defaultdict(dict)
    columns = (CourseAccount.course_id, Identity.network, Identity.handle, Identity.uri, Identity.url)
    for course, network, *names in db.session.execute(_standing(course_ids, *columns)):
        found[course][network] = found[course].get(network, frozenset()) | keys_of(network, *names)
    return found


def running(identity_ids: Collection[UUID], at: datetime) -> dict[UUID, frozenset[UUID]]:
    """Identity → the courses that run at this moment, look from it, and have somebody who agreed to be looked at."""
    agreed = select(Consent.course_id).where(Consent.purpose == "checks", Consent.withdrawn_at.is_(None))
    statement = _standing(None, CourseAccount.identity_id, Course).join(Course, Course.id == CourseAccount.course_id)
    where = (CourseAccount.identity_id.in_(identity_ids), Course.state == "open", Course.id.in_(agreed))
    found: dict[UUID, frozenset[UUID]] = {}
    for identity_id, course in db.session.execute(statement.where(*where)):
        if is_running(course, at):
            found[identity_id] = found.get(identity_id, frozenset()) | {course.id}
    return found


def owners(course_ids: Collection[UUID]) -> frozenset[UUID]:
    """Whose accounts these courses look from."""
    statement = select(Identity.person_id).join(CourseAccount, CourseAccount.identity_id == Identity.id)
    return frozenset(db.session.scalars(statement.where(CourseAccount.course_id.in_(course_ids))))


def people_concerned(course: Course, owner: UUID) -> frozenset[UUID]:
    """Whose looks change when an account comes or goes: its owner's, and of those who agreed to be looked at."""
    return consents.people_with(course.id, "checks") | {owner}


def _check(course: Course, identity: Identity, by: UUID) -> None:
    place = db.session.get(Enrolment, (course.id, identity.person_id))
    if place is None and identity.person_id != by:
        raise NotFound(N_("account"), identity.id)
    if place is None or place.left_at is not None or place.role not in STAFF:
        raise Conflict(N_("This account belongs to nobody who teaches the course."), code="account_not_of_staff")
    if identity.person_id != by:
        raise Conflict(N_("Only its owner can let a course look from an account."), code="account_of_another")
    if identity.proven_at is None:
        raise Conflict(N_("This account is not proven yet."), code="account_not_proven")
    if not can_look(identity):
        raise Conflict(N_("This network does not show what others do towards an account."), code="account_sees_nobody")


_LOOK = (
    Source.coverage, Source.reason, Source.detail, Source.looked_at, Source.seen_at, Source.next_look_at,
)  # fmt: skip
Courses = Collection[UUID] | BindParameter[UUID]
_TEACHES = and_(
    Enrolment.course_id == CourseAccount.course_id,
    Enrolment.person_id == Identity.person_id,
    Enrolment.role.in_(STAFF),
    Enrolment.left_at.is_(None),
)


def _standing(course_ids: Courses | None, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Proven accounts of courses whose owners teach there."""
    statement = (
        select(*columns)
        .select_from(CourseAccount)
        .join(Identity, Identity.id == CourseAccount.identity_id)
        .join(Enrolment, _TEACHES)
        .where(Identity.proven_at.is_not(None))
        .order_by(CourseAccount.course_id, CourseAccount.added_at)
    )
    return statement if course_ids is None else statement.where(CourseAccount.course_id.in_(course_ids))


def _looking(course_ids: Courses, *columns: Any) -> Select[*tuple[Any, ...]]:
    at_it = (Source.identity_id == Identity.id) & (Source.look == "received")
    return _standing(course_ids, *columns).outerjoin(Source, at_it)


# Built once: it is run for every fact that a step counts.
_RECEIVED = _looking(
    bindparam("courses", expanding=True),
    CourseAccount.course_id, Identity.network, Identity.handle, Identity.uri, Identity.url, *_LOOK,
)  # fmt: skip
