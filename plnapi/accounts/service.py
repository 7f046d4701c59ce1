"""People, invitations, passwords and tokens."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from plnapi.accounts import secrets
from plnapi.accounts.models import ApiToken, BrowserSession, OneTimeLink, Person
from plnapi.clock import now
from plnapi.db import db
from plnapi.errors import N_, Conflict, Invalid, NotFound, NotSignedIn

INVITATION_HOURS = 7 * 24
SIGN_IN_HOURS = 12
PASSWORD_LENGTH = (10, 128)


def get_person(person_id: UUID) -> Person:
    """Raises NotFound."""
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound(N_("person"), person_id)
    return person


def find_by_email(email: str) -> Person | None:
    """The person with this address, in whatever case it is written."""
    return db.session.scalar(select(Person).where(Person.email == email.strip().casefold()))


def add_person(email: str, name: str, role: str = "member") -> Person:
    """Somebody new, without a password until they accept an invitation. Raises Conflict `email_taken`."""
    if find_by_email(email):
        raise Conflict(N_("%(email)s has an account here already."), code="email_taken", email=email)
    person = Person(email=email.strip().casefold(), name=name.strip(), role=role)
    db.session.add(person)
    db.session.flush()
    return person


def rename(person: Person, name: str) -> None:
    """Change the name that others here read."""
    person.name = name.strip()
    db.session.flush()


def invite(person: Person, *, hours: int = INVITATION_HOURS) -> str:
    """The path of a link by which the person sets a password, once. Earlier invitations end."""
    return _link(person, "invitation", hours)


def sign_in_link(person: Person, *, hours: int = SIGN_IN_HOURS) -> str:
    """The path of a link that signs the person in, once."""
    return _link(person, "sign_in", hours)


def find_link(secret: str) -> OneTimeLink:
    """The link with this secret, as long as it can be used. Raises NotFound."""
    link = db.session.scalar(select(OneTimeLink).where(OneTimeLink.secret_hash == secrets.digest(secret)))
    if link is None or link.used_at is not None or link.expires_at <= now():
        raise NotFound(N_("link"))
    return link


def use_link(secret: str, password: str | None = None) -> Person:
    """Use the link up; an invitation needs the password to set. Raises NotFound, or Invalid at `/password`."""
    link = find_link(secret)
    person = get_person(link.person_id)
    if link.purpose == "invitation":
        set_password(person, password or "")
    used = update(OneTimeLink).where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None)).values(used_at=now())
    if not _changed(used):
        raise NotFound(N_("link"))
    return person


def set_password(person: Person, password: str) -> None:
    """Every other session of the person ends. Raises Invalid at `/password`."""
    shortest, longest = PASSWORD_LENGTH
    if not shortest <= len(password) <= longest:
        message = N_("A password has %(shortest)s to %(longest)s characters; a few words in a row do well.")
        raise Invalid.field("/password", message, code="password_length", shortest=shortest, longest=longest)
    if password.casefold() in {person.email, person.name.casefold(), person.email.partition("@")[0]}:
        raise Invalid.field("/password", N_("Do not take your name or address."), code="password_guessable")
    person.password_hash = secrets.hash_password(password)
    end_sessions(person.id)


def authenticate(email: str, password: str) -> Person:
    """Who this is. The answer and the time it takes are the same for a wrong password and for an unknown address."""
    person = find_by_email(email)
    fits = secrets.password_fits(person.password_hash if person else None, password)
    if person is None or not fits or person.disabled_at is not None:
        raise NotSignedIn(N_("The address or the password is not right."), code="wrong_credentials")
    return person


def begin_session(person: Person, days: int) -> str:
    """A signed-in browser; returns the secret for its cookie."""
    secret = secrets.new_secret()
    expires = now() + timedelta(days=days)
    db.session.add(BrowserSession(person_id=person.id, secret_hash=secrets.digest(secret), expires_at=expires))
    db.session.flush()
    return secret


def end_session(session_id: UUID) -> None:
    """Sign out: a copy of the cookie is worth nothing from here on."""
    db.session.execute(delete(BrowserSession).where(BrowserSession.id == session_id))


def end_sessions(person_id: UUID, *, but: UUID | None = None) -> int:
    """End all sessions of a person, `but` one; returns how many ended."""
    ending = delete(BrowserSession).where(BrowserSession.person_id == person_id)
    return _changed(ending if but is None else ending.where(BrowserSession.id != but))


def make_token(person: Person, name: str, scopes: Sequence[str], days: int) -> tuple[ApiToken, str]:
    """A token and its secret, which nobody can read again."""
    secret = secrets.new_token()
    token = ApiToken(
        person_id=person.id,
        name=name.strip(),
        secret_hash=secrets.digest(secret),
        scopes=sorted(set(scopes)),
        expires_at=now() + timedelta(days=days),
    )
    db.session.add(token)
    db.session.flush()
    return token, secret


def tokens_of(person_id: UUID) -> Sequence[ApiToken]:
    """The tokens that still work, oldest first."""
    alive = ApiToken.revoked_at.is_(None) & (ApiToken.expires_at > now())
    return db.session.scalars(
        select(ApiToken).where(ApiToken.person_id == person_id, alive).order_by(ApiToken.id)
    ).all()


def revoke_token(person_id: UUID, token_id: UUID) -> None:
    """Raises NotFound when the person has no such token."""
    mine = ApiToken.id == token_id, ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None)
    if not _changed(update(ApiToken).where(*mine).values(revoked_at=now())):
        raise NotFound(N_("token"), token_id)


def mark_used(model: type[BrowserSession] | type[ApiToken], credential_id: UUID, at: datetime) -> None:
    """Note when a session or token was last used."""
    column = "last_seen_at" if model is BrowserSession else "last_used_at"
    db.session.execute(update(model).where(model.id == credential_id).values({column: at}))


def forget_old() -> int:
    """Delete sessions, links and tokens that ended more than 30 days ago; returns how many."""
    before = now() - timedelta(days=30)
    return sum(
        _changed(delete(model).where(model.expires_at < before)) for model in (BrowserSession, OneTimeLink, ApiToken)
    )


def _link(person: Person, purpose: str, hours: int) -> str:
    secret = secrets.new_secret()
    if purpose == "invitation":
        earlier = OneTimeLink.person_id == person.id, OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None)
        db.session.execute(delete(OneTimeLink).where(*earlier))
    expires = now() + timedelta(hours=hours)
    db.session.add(
        OneTimeLink(person_id=person.id, purpose=purpose, secret_hash=secrets.digest(secret), expires_at=expires)
    )
    db.session.flush()
    return f"/sign-in/{secret}"


def _changed(statement: Any) -> int:
    return int(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]
