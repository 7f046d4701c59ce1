"""How a request's person is found: a browser by Flask-Login and a row of ours, a program by its token."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Response, g, session
from flask_login import LoginManager, UserMixin, current_user, login_user
from sqlalchemy import bindparam, select

from plnapi.accounts import secrets, service
from plnapi.accounts.models import ApiToken, BrowserSession, Person
from plnapi.clock import now
from plnapi.db import db, unit_of_work
from plnapi.web import principal
from plnapi.web.app import App
from plnapi.web.principal import Principal

manager = LoginManager()
NOTED_EVERY = timedelta(minutes=10)
# Built once, and run on the connection without the ORM: every request begins with one of them.
_SESSION = (
    select(BrowserSession.id, BrowserSession.last_seen_at, Person.id, Person.name, Person.role)
    .join(Person, Person.id == BrowserSession.person_id)
    .where(
        BrowserSession.secret_hash == bindparam("digest"),
        BrowserSession.expires_at > bindparam("at"),
        BrowserSession.last_seen_at > bindparam("seen_after"),
        Person.disabled_at.is_(None),
    )
)
_TOKEN = (
    select(ApiToken.id, ApiToken.scopes, ApiToken.last_used_at, Person.id, Person.name, Person.role)
    .join(Person, Person.id == ApiToken.person_id)
    .where(
        ApiToken.secret_hash == bindparam("digest"),
        ApiToken.expires_at > bindparam("at"),
        ApiToken.revoked_at.is_(None),
        Person.disabled_at.is_(None),
    )
)


class SignedIn(UserMixin):  # type: ignore[misc] # Flask-Login ships no types
    """What Flask-Login keeps of a browser: the secret of its session row, nothing about the person."""

    def __init__(self, secret: str, who: Principal | None = None) -> None:
        self.secret, self.principal = secret, who

    def get_id(self) -> str:
        """Goes into the signed cookie."""
        return self.secret


def begin(person: Person, days: int) -> None:
    """Sign this browser in, under a session of its own: whatever its cookie held before is gone."""
    session.clear()
    session.permanent = True
    login_user(SignedIn(service.begin_session(person, days)))


def end() -> None:
    """Sign this browser out: the row goes, so a copy of the cookie is worth nothing."""
    who = principal.principal_or_none()
    if who is not None and who.via == "session":
        service.end_session(who.credential_id)
    session.clear()
    g.principal = None


@manager.user_loader  # type: ignore[untyped-decorator]
def load(secret: str) -> SignedIn | None:
    """The browser's session and its person in one statement; None when it ended."""
    at = now()
    given = {"digest": secrets.digest(secret), "at": at, "seen_after": at - g.session_idle}
    found = db.session.connection().execute(_SESSION, given).one_or_none()
    if found is None:
        return None
    session_id, seen, person_id, name, role = found
    _note(BrowserSession, session_id, seen)
    return SignedIn(secret, Principal(person_id, name, role, "session", session_id))


def by_session() -> Principal | None:
    """The principal of the browser's cookie."""
    return current_user.principal if current_user.is_authenticated else None


def by_bearer(token: str) -> Principal | None:
    """The principal of an API token, None when it is unknown, revoked or too old."""
    if not secrets.looks_like_token(token):
        return None
    given = {"digest": secrets.digest(token), "at": now()}
    found = db.session.connection().execute(_TOKEN, given).one_or_none()
    if found is None:
        return None
    token_id, scopes, used, person_id, name, role = found
    _note(ApiToken, token_id, used)
    return Principal(person_id, name, role, "token", token_id, frozenset(scopes))


def init_app(app: App) -> None:
    """Register both ways, and note after the answer that a credential was used."""
    manager.init_app(app, add_context_processor=False)  # templates ask `principal`, which errors may set
    principal.register_finders(app, by_bearer=by_bearer, by_session=by_session)
    app.permanent_session_lifetime = timedelta(days=app.settings.session_days)

    @app.before_request
    def idle() -> None:
        g.session_idle = timedelta(hours=app.settings.session_idle_hours)

    @app.after_request
    def note(response: Response) -> Response:
        used = g.pop("credential_used", None)
        if used is not None:
            with unit_of_work():
                service.mark_used(used[0], used[1], now())
        return response


def _note(model: type[BrowserSession] | type[ApiToken], credential_id: UUID, last: datetime | None) -> None:
    """Remember to write it down, but not at every request: that would make every read a write."""
    if last is None or now() - last > NOTED_EVERY:
        g.credential_used = (model, credential_id)
