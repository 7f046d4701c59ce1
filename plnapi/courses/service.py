"""What can happen to a course and to the people in it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from plnapi.clock import now
from plnapi.courses import joining
from plnapi.courses.ending import GRACE_DAYS
from plnapi.courses.ending import check_not_frozen as check_not_frozen
from plnapi.courses.models import Course, Enrolment
from plnapi.courses.rosters import RosterReport as RosterReport
from plnapi.courses.rosters import import_roster as import_roster
from plnapi.db import db
from plnapi.errors import N_, Conflict, Invalid, NotFound
from plnapi.outbox import service as outbox
from plnapi.signals import course_changed, course_opening, enrolment_changed, tell

# state → the states that may come next
NEXT_STATES = {"draft": {"open"}, "open": {"closed"}, "closed": {"open", "archived"}, "archived": set[str]()}
TOLD = {"open": "course.opened", "closed": "course.closed"}  # topics of the outbox
CHANGEABLE = frozenset({"code", "title", "term", "starts_on", "ends_on", "time_zone", "grace_days"})


def create(
    by: UUID,
    code: str,
    title: str,
    term: str,
    starts_on: date,
    ends_on: date,
    time_zone: str,
    grace_days: int = GRACE_DAYS,
) -> Course:
    """A draft course whose first instructor is the person `by`. Days are inclusive, in `time_zone` (IANA name).

    Raises Invalid for days in the wrong order or an unknown zone, Conflict when code and term are taken.
    """
    _check(starts_on, ends_on, time_zone)
    _check_free(code, term)
    course = Course(
        code=code, title=title, term=term, starts_on=starts_on, ends_on=ends_on, time_zone=time_zone,
        join_code=joining.new_code(), grace_days=grace_days,
    )  # fmt: skip
    db.session.add(course)
    db.session.flush()
    enrol(course, by, "instructor")
    return course


def get(course_id: UUID) -> Course:
    """The course. Raises NotFound."""
    course = db.session.get(Course, course_id)
    if course is None:
        raise NotFound(N_("course"), course_id)
    return course


def change(course: Course, **fields: Any) -> Course:
    """Set some of code, title, term, starts_on, ends_on, time_zone. Raises as `create`; Conflict when archived."""
    unknown = fields.keys() - CHANGEABLE
    if unknown:
        raise TypeError(f"not changeable: {sorted(unknown)}")
    if course.state == "archived":
        raise Conflict(N_("An archived course is not changed any more."), code="course_archived")
    new = {name: fields.get(name, getattr(course, name)) for name in CHANGEABLE}
    _check(new["starts_on"], new["ends_on"], new["time_zone"])
    if (new["code"], new["term"]) != (course.code, course.term):
        _check_free(new["code"], new["term"])
    for name, value in fields.items():
        setattr(course, name, value)
    db.session.flush()
    tell(course_changed, course_id=course.id)
    return course


def open_course(course: Course) -> Course:
    """Open a draft, or a closed course again. Raises Conflict from another state, or when a room above refuses."""
    _check_next(course, "open")
    tell(course_opening, course_id=course.id)
    return _to(course, "open")


def close(course: Course) -> Course:
    """Nothing is looked at and nobody joins any more; what is late counts for the grace time. It may be opened again.

    Raises Conflict unless open.
    """
    return _to(course, "closed")


def archive(course: Course) -> Course:
    """Keep a closed course as it is, for good. Raises Conflict unless closed."""
    return _to(course, "archived")


def is_running(course: Course, at: datetime) -> bool:
    """Whether `at` is on a day of the course, in its own time zone, and the course is open."""
    today = at.astimezone(ZoneInfo(course.time_zone)).date()
    return course.state == "open" and course.starts_on <= today <= course.ends_on


def new_join_code(course: Course) -> str:
    """Another join code, in its readable form; the one before is no good any more."""
    course.join_code = joining.new_code()
    db.session.flush()
    return joining.readable(course.join_code)


def join(person_id: UUID, join_code: str) -> Enrolment:
    """Become a student of the open course with this code; somebody who is in the course already stays as they are.

    Raises NotFound, alike for a code that nobody has and for one of a course that is not open.
    """
    where = (Course.join_code == joining.normal(join_code), Course.state == "open")
    course = db.session.scalars(select(Course).where(*where)).one_or_none()
    if course is None:
        raise NotFound(N_("join code"))
    found = db.session.get(Enrolment, (course.id, person_id))
    if found is not None and found.left_at is None:
        return found
    return enrol(course, person_id, "student", found.section if found else "")


def enrol(course: Course, person_id: UUID, role: str, section: str = "") -> Enrolment:
    """Put a person into a course, or change the place they have; somebody who left comes back.

    `role` is instructor, assistant or student. Raises Conflict when the last instructor would become something else.
    """
    found = db.session.get(Enrolment, (course.id, person_id))
    if found is None:
        found = Enrolment(course_id=course.id, person_id=person_id, role=role, section=section)
        db.session.add(found)
    elif (found.role, found.section, found.left_at) == (role, section, None):
        return found
    else:
        if role != "instructor":
            _keep_an_instructor(found)
        if found.left_at is not None:
            found.joined_at, found.left_at = now(), None
        found.role, found.section = role, section
    db.session.flush()
    tell(enrolment_changed, course_id=course.id, person_ids=frozenset({person_id}))
    return found


def leave(course_id: UUID, person_id: UUID) -> None:
    """End a person's place; the row stays. Raises NotFound when they are not in it, Conflict for the last instructor."""
    found = enrolment(course_id, person_id)
    _keep_an_instructor(found)
    found.left_at = now()
    db.session.flush()
    tell(enrolment_changed, course_id=course_id, person_ids=frozenset({person_id}))


def enrolment(course_id: UUID, person_id: UUID) -> Enrolment:
    """The place that a person has in a course. Raises NotFound for none, or one that they left."""
    found = db.session.get(Enrolment, (course_id, person_id))
    if found is None or found.left_at is not None:
        raise NotFound(N_("person"), person_id)
    return found


def of_person(person_id: UUID) -> Sequence[Enrolment]:
    """The places that a person has, with `.course` loaded, the course that begins last first."""
    return db.session.scalars(
        select(Enrolment)
        .join(Enrolment.course)
        .options(joinedload(Enrolment.course))
        .where(Enrolment.person_id == person_id, Enrolment.left_at.is_(None))
        .order_by(Course.starts_on.desc(), Course.code)
    ).all()


def running_courses_of(person_id: UUID) -> list[Course]:
    """The courses that run today and in which the person is a student."""
    at = now()
    return [e.course for e in of_person(person_id) if e.role == "student" and is_running(e.course, at)]


def students(course_id: UUID) -> Sequence[Enrolment]:
    """The students of a course, with `.person` loaded, by name."""
    return _people(course_id, "student")


def _people(course_id: UUID, role: str) -> Sequence[Enrolment]:
    statement = select(Enrolment).options(joinedload(Enrolment.person, innerjoin=True))
    rows = db.session.scalars(
        statement.where(Enrolment.course_id == course_id, Enrolment.role == role, Enrolment.left_at.is_(None))
    ).all()
    return sorted(rows, key=lambda row: (row.person.name.casefold(), row.person_id))


def _to(course: Course, state: str) -> Course:
    _check_next(course, state)
    course.state = state
    course.closed_at = None if state == "open" else course.closed_at or now()
    db.session.flush()
    if state in TOLD:
        outbox.put(TOLD[state], f"{course.id}:{course.version}", {"course_id": course.id})
    tell(course_changed, course_id=course.id)
    return course


def _check_next(course: Course, state: str) -> None:
    if state not in NEXT_STATES[course.state]:
        raise Conflict(
            N_("A course that is %(now)s cannot become %(then)s."), code="course_state", now=course.state, then=state
        )


def _check(starts_on: date, ends_on: date, time_zone: str) -> None:
    if ends_on < starts_on:
        raise Invalid.field("/ends_on", N_("The course cannot end before it starts."))
    if time_zone not in available_timezones():
        raise Invalid.field("/time_zone", N_("Not a time zone such as Europe/Berlin or UTC."))


def _check_free(code: str, term: str) -> None:
    if db.session.scalar(select(Course.id).where(Course.code == code, Course.term == term)) is not None:
        raise Conflict(
            N_("There is a course %(course)s in the term “%(term)s” already."),
            code="course_exists", course=code, term=term,
        )  # fmt: skip


def _keep_an_instructor(leaving: Enrolment) -> None:
    """The lock on the course's row keeps two instructors from leaving at the same moment."""
    if leaving.role != "instructor" or leaving.left_at is not None:
        return
    db.session.execute(select(Course.id).where(Course.id == leaving.course_id).with_for_update())
    others = select(Enrolment.person_id).where(
        Enrolment.course_id == leaving.course_id,
        Enrolment.role == "instructor",
        Enrolment.left_at.is_(None),
        Enrolment.person_id != leaving.person_id,
    )
    if db.session.execute(others.limit(1)).first() is None:
        raise Conflict(
            N_("This is the last instructor of the course. Make somebody else an instructor first."),
            code="last_instructor",
        )
