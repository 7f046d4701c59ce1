"""What others did towards an account: whose acts they are. Nothing is kept of people who have not agreed to it."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from plnapi.accounts.models import Identity
from plnapi.consents.models import Consent, takes_in
from plnapi.courses.models import Course, Enrolment
from plnapi.courses.service import is_running
from plnapi.db import db
from plnapi.harvest import course_accounts
from plnapi.harvest.rolls import keys_of
from plnapi.platforms.types import Act, Other

_CODE = re.compile(r"(?<![\w-])pln-[a-z0-9]{4}-[a-z0-9]{4}(?![\w-])", re.I)


@dataclass(frozen=True, slots=True)
class Found:
    """An act with whose it is: `by_code` when the person's own code in the text says so."""

    act: Act
    identity: Identity
    by_code: bool


def courses_of(identities: Collection[Identity], at: datetime) -> dict[UUID, frozenset[UUID]]:
    """Identity → the courses for which others' acts towards it are looked for at this moment.

    Those that look from it, and, of a student who agreed to be looked at, those that the student is in.
    """
    found = course_accounts.running([identity.id for identity in identities], at)
    own = _agreed_courses([identity.id for identity in identities], at)
    return {
        identity.id: found.get(identity.id, frozenset()) | own.get(identity.id, frozenset()) for identity in identities
    }


def people_of(course_ids: Collection[UUID]) -> Sequence[Identity]:
    """The proven identities of the students of these courses who agreed there to be looked at on their network."""
    mine = _agreed(select(Identity.id)).where(Enrolment.course_id.in_(course_ids), Identity.proven_at.is_not(None))
    return db.session.scalars(select(Identity).where(Identity.id.in_(mine)).order_by(Identity.id)).all()


def others_of(identity: Identity, people: Iterable[Identity]) -> tuple[Other, ...]:
    """Whom a look at this identity looks for: the others of these people on its own network."""
    return tuple(
        Other(one.uri, one.url, one.handle, dict(one.data))
        for one in people
        if one.network == identity.network and one.person_id != identity.person_id
    )


def attributed(subject: Identity, acts: Sequence[Act], people: Sequence[Identity]) -> list[Found]:
    """The acts of these people, each with the identity by which it was known; those of anybody else are left out.

    A follow of the account itself is told by the account's own names, as at the list of whoever follows it. An address
    that comes with an answer is written by whoever wrote that; a code of the person's own speaks first.
    """
    by_key: dict[str, Identity] = {}
    for identity in people:
        if identity.person_id != subject.person_id:
            by_key |= dict.fromkeys(_keys(identity), identity)
    by_code = {one.code.lower(): one for one in people if one.person_id != subject.person_id}
    here = _keys(subject)
    found = (_whose(_named(act, subject, here), by_key, by_code) for act in acts)
    return [one for one in found if one is not None]


def _named(act: Act, subject: Identity, here: frozenset[str]) -> Act:
    if act.verb != "Follow" or (act.object_uri != subject.uri and here.isdisjoint(act.object_keys)):
        return act
    return replace(act, object_uri=subject.uri, object_url=subject.url, object_keys=act.object_keys | here)


def _whose(act: Act, by_key: Mapping[str, Identity], by_code: Mapping[str, Identity]) -> Found | None:
    codes = (by_code.get(code.lower()) for code in _CODE.findall(act.text))
    coded = next(filter(None, codes), None)
    if coded is not None:
        return Found(act, coded, True)
    known = {by_key[key].person_id: by_key[key] for key in sorted(act.actor_keys) if key in by_key}
    # A text that names several people is not known to be any one's.
    return Found(act, next(iter(known.values())), False) if len(known) == 1 else None


def _keys(identity: Identity) -> frozenset[str]:
    return keys_of(identity.network, identity.handle, identity.uri, identity.url)


def _agreed_courses(identity_ids: Collection[UUID], at: datetime) -> dict[UUID, frozenset[UUID]]:
    statement = _agreed(select(Identity.id, Course)).join(Course, Course.id == Enrolment.course_id)
    found: dict[UUID, frozenset[UUID]] = {}
    for identity_id, course in db.session.execute(statement.where(Identity.id.in_(identity_ids))):
        if is_running(course, at):
            found[identity_id] = found.get(identity_id, frozenset()) | {course.id}
    return found


def _agreed(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Identities beside the places where their owners are students and agreed to be looked at on their network."""
    return (
        statement.select_from(Identity)
        .join(Enrolment, Enrolment.person_id == Identity.person_id)
        .join(Consent, (Consent.course_id == Enrolment.course_id) & (Consent.person_id == Enrolment.person_id))
        .where(Enrolment.role == "student", Enrolment.left_at.is_(None))
        .where(Consent.purpose == "checks", Consent.withdrawn_at.is_(None), takes_in(Identity.network))
    )
