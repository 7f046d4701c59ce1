"""Importing a roster: all of it or nothing, and twice is the same as once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from plnapi.accounts.models import Person
from plnapi.clock import now
from plnapi.courses import roster
from plnapi.courses.models import Course, Enrolment
from plnapi.courses.roster import Line
from plnapi.db import db
from plnapi.errors import N_, FieldError, Invalid
from plnapi.signals import enrolment_changed, tell

CHUNK = 500  # SQLite takes at most 32,766 parameters in a statement, PostgreSQL 65,535


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one line does. `outcome` is new_person, enrolled, changed, returned or unchanged."""

    line: int
    email: str
    name: str
    role: str
    section: str
    outcome: str


@dataclass(frozen=True, slots=True)
class RosterReport:
    """What an import did or, dry, would do. With `errors` nothing is done at all."""

    dry_run: bool
    outcomes: tuple[Outcome, ...]
    errors: tuple[FieldError, ...]
    ignored_columns: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """outcome → lines."""
        return dict(Counter(one.outcome for one in self.outcomes))


def import_roster(course: Course, csv_text: str, *, dry_run: bool) -> RosterReport:
    """Put the people of a roster into a course; people who are not in the file stay as they are.

    Somebody unknown gets an account without a password, to be invited. A known person keeps their name; role and
    section become those of the file, where it gives them. A dry run reports and changes nothing. Raises Invalid with
    every wrong line at `/lines/<number>/<column>`; a dry run raises only for what is no roster at all.
    """
    read = roster.read(csv_text)
    people = _people(line.email for line in read.lines)
    places = _places(course.id, people.values())
    outcomes = tuple(_outcome(line, people, places) for line in read.lines)
    errors = read.errors + _instructor_missing(course, outcomes, people)
    if errors and not dry_run:
        raise Invalid(
            N_("%(count)s mistake(s) in the roster; nothing was imported."),
            code="roster_lines", errors=errors, count=len(errors),
        )  # fmt: skip
    if not dry_run:
        _apply(course, [one for one in outcomes if one.outcome != "unchanged"], people, places)
    return RosterReport(dry_run, outcomes, errors, read.ignored)


def _people(emails: Iterable[str]) -> dict[str, Person]:
    """email → the person who has it."""
    wanted, found = list(emails), {}
    for at in range(0, len(wanted), CHUNK):
        rows = db.session.scalars(select(Person).where(Person.email.in_(wanted[at : at + CHUNK])))
        found.update({person.email: person for person in rows})
    return found


def _places(course_id: UUID, people: Iterable[Person]) -> dict[UUID, Enrolment]:
    """Person → their place in the course, one that they left too."""
    known = {person.id for person in people}
    rows = db.session.scalars(select(Enrolment).where(Enrolment.course_id == course_id))
    return {row.person_id: row for row in rows if row.person_id in known}


def _outcome(line: Line, people: dict[str, Person], places: dict[UUID, Enrolment]) -> Outcome:
    person = people.get(line.email)
    place = places.get(person.id) if person else None
    role = line.role or (place.role if place else "student")
    section = line.section if line.section is not None else (place.section if place else "")
    if person is None:
        outcome = "new_person"
    elif place is None:
        outcome = "enrolled"
    elif place.left_at is not None:
        outcome = "returned"
    else:
        outcome = "unchanged" if (place.role, place.section) == (role, section) else "changed"
    return Outcome(line.number, line.email, person.name if person else line.name, role, section, outcome)


def _instructor_missing(
    course: Course, outcomes: Sequence[Outcome], people: dict[str, Person]
) -> tuple[FieldError, ...]:
    """The lines that together would take the course its last instructor."""
    where = (Enrolment.course_id == course.id, Enrolment.role == "instructor", Enrolment.left_at.is_(None))
    # The lock keeps an instructor from leaving meanwhile.
    teaching = set(db.session.scalars(select(Enrolment.person_id).where(*where).with_for_update()))
    demoted = [o for o in outcomes if o.role != "instructor" and o.email in people and people[o.email].id in teaching]
    if len(demoted) < len(teaching) or any(o.role == "instructor" for o in outcomes):
        return ()
    said = N_("The course would be left without an instructor.")
    return tuple(FieldError(f"/lines/{one.line}/role", said, "last_instructor") for one in demoted)


def _apply(
    course: Course, outcomes: Sequence[Outcome], people: dict[str, Person], places: dict[UUID, Enrolment]
) -> None:
    new = [Person(email=one.email, name=one.name) for one in outcomes if one.outcome == "new_person"]
    db.session.add_all(new)
    db.session.flush()
    people = {**people, **{person.email: person for person in new}}
    for one in outcomes:
        _put(course, people[one.email].id, one, places)
    db.session.flush()
    if outcomes:
        changed = frozenset(people[one.email].id for one in outcomes)
        tell(enrolment_changed, course_id=course.id, person_ids=changed)


def _put(course: Course, person_id: UUID, one: Outcome, places: dict[UUID, Enrolment]) -> None:
    place = places.get(person_id)
    if place is None:
        place = Enrolment(course_id=course.id, person_id=person_id)
        db.session.add(place)
    elif place.left_at is not None:
        place.joined_at, place.left_at = now(), None
    place.role, place.section = one.role, one.section
