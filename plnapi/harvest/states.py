"""What is known of the looks at somebody, for those who judge and explain."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import BindParameter, ScalarSelect, Select, String, bindparam, case, cast, func, select

from plnapi.accounts.models import Identity, Person
from plnapi.consents.models import Consent, takes_in
from plnapi.courses.models import Enrolment
from plnapi.db import db
from plnapi.harvest.models import Source

CourseId = UUID | BindParameter[UUID]
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


@dataclass(frozen=True, slots=True)
class Overview:
    """How much a course sees: of so many accounts of so many students, when last (None: never), and how many of the looks
    at them did not see everything, because it was hidden, too much, not answered or not looked at yet."""

    accounts: int = 0
    students: int = 0
    incomplete: int = 0
    looked_at: datetime | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """Out of what `overview` selects; nothing of an empty text. SQLite keeps UTC without saying so."""
        if not text:
            return cls()
        accounts, students, incomplete, moment = text.split("|")
        at = datetime.fromisoformat(moment) if moment else None
        return cls(
            int(accounts), int(students), int(incomplete), at.replace(tzinfo=UTC) if at and at.tzinfo is None else at
        )


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


# Built once: it is run for every fact that a step counts.
_OF_PEOPLE = (
    select(Source.person_id, *COLUMNS)
    .join(Source.identity)
    .where(Source.person_id.in_(bindparam("people", expanding=True)))
    .order_by(Source.id)
)


def coverage_of(person_ids: Iterable[UUID]) -> dict[UUID, list[LookState]]:
    """The looks at each person, in the order in which they were begun; nobody looked at has no entry.

    One statement for up to 5,000 people.
    """
    people, states = list(person_ids), defaultdict(list)
    for start in range(0, len(people), MANY):
        db.session.flush()
        rows = db.session.connection().execute(_OF_PEOPLE, {"people": people[start : start + MANY]})
        for person_id, *values in rows:
            states[person_id].append(LookState(*values))
    return dict(states)


def looks_of_person(person_id: UUID) -> Select[*tuple[Any, ...]]:
    """Rows of `id` and the fields of LookState, oldest first: all looks at one person."""
    mine = Source.person_id == person_id
    return select(Source.id, *COLUMNS).join(Source.identity).where(mine).order_by(Source.id)


def looks_of_course(course_id: CourseId) -> Select[*tuple[Any, ...]]:
    """Rows of `id`, `person_id`, `name` and the fields of LookState.

    Only students who agree to be looked at for this course, and only accounts that they have proven, on networks that they
    do not leave out there.
    """
    agreed = (
        (Consent.person_id == Source.person_id)
        & (Consent.course_id == course_id)
        & (Consent.purpose == "checks")
        & Consent.withdrawn_at.is_(None)
        & takes_in(Source.network)
    )
    student = (
        (Enrolment.person_id == Source.person_id)
        & (Enrolment.course_id == course_id)
        & (Enrolment.role == "student")
        & Enrolment.left_at.is_(None)
    )
    return (
        select(Source.id, Source.person_id, Person.name, *COLUMNS)
        .join(Source.identity)
        .join(Person, Person.id == Source.person_id)
        .join(Consent, agreed)
        .join(Enrolment, student)
        .where(Source.look != "proof")
    )


def overview(course_id: CourseId, section: str | BindParameter[str] | None = None) -> ScalarSelect[str]:
    """What the looks of `looks_of_course` saw together, of one section or of all: a text for `Overview.read`, so that a
    statement about something else can bring it along."""
    looks = looks_of_course(course_id)
    one = (looks if section is None else looks.where(Enrolment.section == section)).subquery().c
    incomplete = case((func.coalesce(one.coverage, "") != "complete", 1))
    numbers = one.identity_id.distinct(), one.person_id.distinct(), incomplete
    parts = [cast(func.count(number), String) for number in numbers]
    looked_at = func.coalesce(cast(func.max(one.looked_at), String), "")
    return select(parts[0] + "|" + parts[1] + "|" + parts[2] + "|" + looked_at).scalar_subquery()


def seen_of(course_id: UUID, section: str | None = None) -> Overview:
    """How much a course sees of its students' accounts. One statement."""
    return Overview.read(db.session.scalar(select(overview(course_id, section))) or "")
