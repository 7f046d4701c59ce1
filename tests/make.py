"""Factory functions, to be called inside `with unit():`. What they return can be used after the unit ended."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any

from plnapi.accounts import service as accounts
from plnapi.accounts.models import Identity, Person
from plnapi.clock import now
from plnapi.consents import service as consents
from plnapi.courses import service as courses
from plnapi.courses.models import Course, Enrolment
from plnapi.db import db
from plnapi.hashtags import service as hashtags
from plnapi.hashtags.models import CourseHashtag
from plnapi.resources import service as resources
from plnapi.resources.models import ResourceList

_number = count(1)


def person(name: str = "Ada", role: str = "member", email: str | None = None) -> Person:
    """Somebody with an account; the address is made up unless given."""
    return accounts.add_person(email or f"{name.split()[0].lower()}{next(_number)}@example.edu", name, role)


def course(instructor: Person | None = None, state: str = "open", **fields: Any) -> Course:
    """A course that began a month ago and lasts two more, in `state`, with an instructor."""
    today = now().date()
    given: dict[str, Any] = {
        "code": f"SUB{next(_number)}",
        "title": "Learning in networks",
        "term": "Autumn 2026",
        "starts_on": today - timedelta(days=30),
        "ends_on": today + timedelta(days=60),
        "time_zone": "UTC",
    }
    made = courses.create((instructor or person("Instructor")).id, **{**given, **fields})
    made.state = state
    db.session.flush()
    return made


def day(text: str) -> date:
    """A day, from ISO."""
    return date.fromisoformat(text)


def enrol(course: Course, person: Person, role: str = "student", section: str = "") -> Enrolment:
    """A place in a course."""
    return courses.enrol(course, person.id, role, section)


def identity(person: Person, network: str = "mastodon", handle: str | None = None, proven: bool = True) -> Identity:
    """An account of a person, proven unless said otherwise."""
    number = next(_number)
    host = f"host{number}.example"
    handle = handle or (f"@ada@{host}" if network == "mastodon" else f"https://{host}/")
    name, _, at = handle.lstrip("@").partition("@")
    uri = f"https://{at}/users/{name}" if network == "mastodon" else handle
    made = Identity(
        person_id=person.id, network=network, handle=handle, uri=uri, url=uri, data={}, code="pln-aaaa-bbbb",
        code_expires_at=now() + timedelta(days=7), proof="code" if proven else None, proven_at=now() if proven else None,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def consent(person: Person, course: Course, purpose: str = "checks") -> None:
    """A consent that was given."""
    consents.give(person.id, course, purpose)


def hashtag(course: Course, text: str = "#SUB101") -> CourseHashtag:
    """A hashtag of a course."""
    return hashtags.attach(course, text)


def resource_list(course: Course, items: Sequence[dict[str, Any]], title: str = "People to follow") -> ResourceList:
    """A starter list; an item needs `kind`, `title` and `address`."""
    return resources.make_list(course, title, items, by=None)
