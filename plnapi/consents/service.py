"""Giving and withdrawing consent. Nothing is looked at, and nobody is shown, without it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from plnapi.clock import now
from plnapi.consents.models import Consent
from plnapi.courses.models import Course
from plnapi.db import db
from plnapi.errors import N_, Invalid, NotFound
from plnapi.platforms import PLATFORMS
from plnapi.signals import consent_changed, consent_given, consent_withdrawn, tell

PURPOSES = ("checks", "river")

TEXTS = {
    "checks": N_(
        "plnapi may look at what my proven accounts and sites show to everybody, and at what they show to me where I sign "
        "in for it, from %(starts)s to %(ends)s, to find the follows, group joins, posts, replies, boosts, likes and "
        "comments that the steps of %(course)s ask for. It keeps only those: the address, the time, the hashtags and at "
        "most 500 characters of a post. My instructors see what was found. "
        "I can withdraw this at any time; what was kept then goes, and the credit that I have stays."
    ),
    "river": N_(
        "plnapi may show my posts that carry a hashtag of %(course)s to the people in the course. They see my name "
        "here, the post's excerpt and a link to it. I can withdraw this at any time; my posts are then hidden at once."
    ),
}
# The wording is kept and compared word for word, so a day in it depends on no locale and on no library.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Asked:
    """One purpose as a person meets it: `text` is the wording agreed to, or without consent the present one. `without` are
    keys of the networks that are left out."""

    purpose: str
    text: str
    given: bool
    given_at: datetime | None
    withdrawn_at: datetime | None
    without: tuple[str, ...] = ()


def text_for(purpose: str, course: Course) -> str:
    """The wording that is agreed to, for this course. Raises NotFound for another purpose than PURPOSES."""
    if purpose not in TEXTS:
        raise NotFound(N_("purpose"), purpose)
    words = {"course": course.code, "starts": _day(course.starts_on), "ends": _day(course.ends_on)}
    return TEXTS[purpose] % words


def give(person_id: UUID, course: Course, purpose: str, without: Collection[str] | None = None) -> Consent:
    """Agree to the present text. Giving it twice changes no text; after a withdrawal the same row is filled again.

    `without` are the keys of networks to leave out; None: as it was, and at first none. It may be changed at any time. Raises
    NotFound for another purpose than PURPOSES, Invalid for a network that is never looked at.
    """
    text, left_out = text_for(purpose, course), None if without is None else _networks(purpose, without)
    consent = _find(person_id, course.id, purpose)
    if consent is not None and consent.withdrawn_at is None:
        _leave_out(consent, left_out)
        return consent
    if consent is None:
        consent = Consent(person_id=person_id, course_id=course.id, purpose=purpose, text=text, without=left_out or [])
        db.session.add(consent)
    else:
        consent.text, consent.given_at, consent.withdrawn_at = text, now(), None
        consent.without = consent.without if left_out is None else left_out
    db.session.flush()
    tell(consent_given, person_id=person_id, course_id=course.id, purpose=purpose)
    return consent


def withdraw(person_id: UUID, course_id: UUID, purpose: str) -> None:
    """Take consent back; nothing happens where there is none. Raises NotFound for an unknown purpose."""
    if purpose not in TEXTS:
        raise NotFound(N_("purpose"), purpose)
    consent = _find(person_id, course_id, purpose)
    if consent is None or consent.withdrawn_at is not None:
        return
    consent.withdrawn_at = now()
    db.session.flush()
    tell(consent_withdrawn, person_id=person_id, course_id=course_id, purpose=purpose)


def has(person_id: UUID, course_id: UUID, purpose: str) -> bool:
    """Whether the person agrees to this at present."""
    consent = _find(person_id, course_id, purpose)
    return consent is not None and consent.withdrawn_at is None


def without(person_id: UUID, course_id: UUID) -> frozenset[str]:
    """The networks that the person leaves out in this course; none where nothing is agreed to."""
    consent = _find(person_id, course_id, "checks")
    return frozenset(consent.without) if consent is not None and consent.withdrawn_at is None else frozenset()


def networks() -> tuple[str, ...]:
    """The keys of the networks on which anything but a proof is looked at."""
    return tuple(key for key, platform in PLATFORMS.items() if platform.capabilities.looks - {"proof"})


def of_person(person_id: UUID, course_id: UUID) -> dict[str, Consent]:
    """Purpose → the person's row, withdrawn ones too; purposes never agreed to are missing."""
    rows = db.session.scalars(select(Consent).where(Consent.person_id == person_id, Consent.course_id == course_id))
    return {row.purpose: row for row in rows}


def overview(person_id: UUID, course: Course) -> list[Asked]:
    """Every purpose, and what the person said to it."""
    rows = of_person(person_id, course.id)
    return [_asked(purpose, rows.get(purpose), course) for purpose in PURPOSES]


def people_with(course_id: UUID, purpose: str) -> frozenset[UUID]:
    """Everybody who agrees to this in a course at present."""
    where = (Consent.course_id == course_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None))
    return frozenset(db.session.scalars(select(Consent.person_id).where(*where)))


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _asked(purpose: str, row: Consent | None, course: Course) -> Asked:
    if row is None:
        return Asked(purpose, text_for(purpose, course), False, None, None)
    given = row.withdrawn_at is None
    text = row.text if given else text_for(purpose, course)
    return Asked(purpose, text, given, row.given_at, row.withdrawn_at, tuple(row.without))


def _networks(purpose: str, without: Collection[str]) -> list[str]:
    known = networks() if purpose == "checks" else ()
    for index, network in enumerate(without):
        if network not in known:
            raise Invalid.field(
                f"/without/{index}", N_("“%(network)s” is no network that is looked at for this."),
                code="network_unknown", network=network,
            )  # fmt: skip
    return sorted(set(without))


def _leave_out(consent: Consent, networks: list[str] | None) -> None:
    """Of a consent that stands."""
    if networks is None or networks == consent.without:
        return
    consent.without = networks
    db.session.flush()
    tell(consent_changed, person_id=consent.person_id, course_id=consent.course_id, purpose=consent.purpose)


def _find(person_id: UUID, course_id: UUID, purpose: str) -> Consent | None:
    where = (Consent.person_id == person_id, Consent.course_id == course_id, Consent.purpose == purpose)
    return db.session.scalars(select(Consent).where(*where)).one_or_none()
