"""What a course sees of its students' accounts: who has none, who has not agreed, what was seen of the others and how."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, case, func, or_, select

from plnapi.accounts import identities, lookalikes
from plnapi.accounts.models import Identity, Person
from plnapi.activity import service as activity
from plnapi.activity.models import Fact
from plnapi.consents import service as consents
from plnapi.consents.models import Consent, takes_in
from plnapi.courses.access import Place, seen_by
from plnapi.courses.models import Enrolment
from plnapi.db import db
from plnapi.errors import N_, NotFound
from plnapi.harvest import keeping, wants
from plnapi.harvest.models import Source

# How a student stands, the first that holds. Nothing more than the first two is told of who has not agreed.
STATES = {
    "not_linked": N_("No account linked"),
    "no_consent": N_("Has not agreed to be looked at"),
    "unproven": N_("Not proven yet"),
    "failed": N_("Could not be looked at"),
    "hidden": N_("Something is hidden from us"),
    "ok": N_("Is looked at"),
}
LOOKS = {
    "proof": N_("The proof"),
    "posts": N_("Posts"),
    "follows": N_("Whom it follows"),
    "reactions": N_("Boosts and likes"),
    "received": N_("What others did there"),
}

COVERAGES = {
    None: N_("Not looked at yet"),
    "complete": N_("All of it seen"),
    "partial": N_("A part seen"),
    "hidden": N_("Hidden from us"),
    "failed": N_("No usable answer"),
}
VERBS = {"Create": N_("Post"), "Follow": N_("Follows"), "Announce": N_("Boosted"), "Like": N_("Liked")}


@dataclass(frozen=True, slots=True)
class Seen:
    """An account of a person with the looks at it, oldest first.

    `alike`: handles of other students that look like its own; only those who teach are told.
    """

    identity: Identity
    looks: Sequence[Source]
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Student:
    """A student as a course sees them. `accounts` and `kept` are empty when they have not agreed."""

    person_id: UUID
    name: str
    section: str
    state: str
    accounts: Sequence[Seen]
    kept: Sequence[Fact]


# ---- everybody


_CONSENTED = and_(
    Consent.person_id == Enrolment.person_id,
    Consent.course_id == Enrolment.course_id,
    Consent.purpose == "checks",
    Consent.withdrawn_at.is_(None),
)


def students(place: Place, state: str | None = None) -> Select[Any]:
    """Rows of `id`, `name`, `section`, `state`, `linked`, `proven`, `looked_at`, `seen_at`, `next_look_at`.

    The students whom `place` sees, all or those in a state of STATES, to be ordered by the caller. The numbers and times
    are None for those who have not agreed.
    """
    here = Enrolment.course_id == place.course.id, Enrolment.role == "student", Enrolment.left_at.is_(None)
    sums = _sums(place.course.id, select(Enrolment.person_id).where(*here))
    standing = _state(sums)
    columns = [
        case((and_(Consent.id.is_not(None), sums.c.linked > 0), sums.c[name])).label(name)
        for name in ("linked", "proven", "looked_at", "seen_at", "next_look_at")
    ]
    found = (
        select(Person.id, Person.name, Enrolment.section, standing.label("state"), *columns)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .outerjoin(Consent, _CONSENTED)
        .outerjoin(sums, sums.c.person_id == Person.id)
        .where(*here, *seen_by(place))
    )
    return found if state is None else found.where(standing == state)


def _sums(course_id: UUID, people: Select[UUID]) -> Any:
    """A row for each person with accounts: how many (`accounts`), and of those on networks that are not left out how many, how
    many proven, how many looks failed or saw nothing, and when."""
    agreed = and_(
        Consent.person_id == Identity.person_id,
        Consent.course_id == course_id,
        Consent.purpose == "checks",
        Consent.withdrawn_at.is_(None),
        takes_in(Identity.network),
    )
    looked = and_(Source.identity_id == Identity.id, Source.look != "proof", Consent.id.is_not(None))
    linked = case((Consent.id.is_not(None), Identity.id))
    proven = case((and_(Consent.id.is_not(None), Identity.proven_at.is_not(None)), Identity.id))
    # Likes are shown to nobody but their owner on most servers: that tells nothing of this student.
    hidden = and_(Source.coverage == "hidden", Source.look.in_(("posts", "follows")))
    return (
        select(
            Identity.person_id,
            func.count(Identity.id.distinct()).label("accounts"),
            func.count(linked.distinct()).label("linked"),
            func.count(proven.distinct()).label("proven"),
            func.count(case((Source.coverage == "failed", 1))).label("failed"),
            func.count(case((hidden, 1))).label("hidden"),
            func.max(Source.looked_at).label("looked_at"),
            func.max(Source.seen_at).label("seen_at"),
            func.min(Source.next_look_at).label("next_look_at"),
        )
        .outerjoin(Consent, agreed)
        .outerjoin(Source, looked)
        .where(Identity.person_id.in_(people))
        .group_by(Identity.person_id)
        .subquery()
    )


def _state(sums: Any) -> Any:
    return case(
        (sums.c.accounts.is_(None), "not_linked"),
        # Who leaves out every network that they are on has not agreed to any look.
        (or_(Consent.id.is_(None), sums.c.linked == 0), "no_consent"),
        (sums.c.proven == 0, "unproven"),
        (sums.c.failed > 0, "failed"),
        (sums.c.hidden > 0, "hidden"),
        else_="ok",
    )


# ---- one


def student(place: Place, person_id: UUID) -> Student:
    """What the course sees of one student. Raises NotFound for somebody whom `place` does not see as a student."""
    row = check_student(place, person_id)
    agreed = row.state not in {"not_linked", "no_consent"}
    without = consents.without(person_id, place.course.id)
    taken_in = [seen for seen in of_person(person_id) if seen.identity.network not in without] if agreed else []
    accounts = _with_alike(taken_in, place.course.id) if agreed else ()
    kept = kept_for(place.course.id, person_id) if agreed else ()
    return Student(row.id, row.name, row.section, row.state, accounts, kept)


def check_student(place: Place, person_id: UUID) -> Row[Any]:
    """The row of `students` of one of them. Raises NotFound for somebody whom `place` does not see as a student."""
    row: Row[Any] | None = db.session.execute(students(place).where(Person.id == person_id)).one_or_none()
    if row is None:
        raise NotFound(N_("student"), person_id)
    return row


def _with_alike(accounts: Sequence[Seen], course_id: UUID) -> list[Seen]:
    """Among the students who agreed: of the others no handle is shown."""
    here = Enrolment.course_id == course_id, Enrolment.role == "student", Enrolment.left_at.is_(None)
    agreed = db.session.scalars(select(Enrolment.person_id).join(Consent, _CONSENTED).where(*here)).all()
    alike = lookalikes.of_people(agreed)
    return [replace(seen, alike=alike.get(seen.identity.id, ())) for seen in accounts]


def of_person(person_id: UUID) -> list[Seen]:
    """All accounts of a person, and the looks at them."""
    looks: dict[UUID, list[Source]] = defaultdict(list)
    for source in db.session.scalars(select(Source).where(Source.person_id == person_id).order_by(Source.id)):
        looks[source.identity_id].append(source)
    return [Seen(identity, looks[identity.id]) for identity in identities.of_person(person_id)]


def kept_for(course_id: UUID, person_id: UUID) -> list[Fact]:
    """What was seen of a person that this course asks for, newest first; what other courses of theirs ask for is not told,
    and nothing of networks that they leave out here."""
    facts = activity.facts_of([person_id]).get(person_id, [])
    wanted = replace(wants.of_courses([course_id])[course_id], person_id=person_id)
    without = consents.without(person_id, course_id)
    asked_for = keeping.wanted_by_network(facts, lambda network: wants.NOTHING if network in without else wanted)
    return sorted((fact for fact in facts if fact.id in asked_for), key=_when, reverse=True)


def _when(fact: Fact) -> datetime:
    return fact.happened_at or fact.seen_at
