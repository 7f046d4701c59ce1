"""Telling servers that a token is worth nothing any more: a teller of the outbox (RFC 7009)."""

from dataclasses import dataclass, field
from uuid import UUID

from plnapi.accounts import grants, oauth
from plnapi.accounts.models import Revocation
from plnapi.accounts.oauth_server import Client, OAuthFailed, Talk, revoke
from plnapi.config import Settings
from plnapi.crypto import CannotOpen, sealer
from plnapi.db import db, unit_of_work
from plnapi.jobs import register_periodic
from plnapi.outbox.tellers import Letter, Told, register_teller
from plnapi.web.app import App, current_app

FORGET_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class _Way:
    origin: str
    client: Client
    token: str = field(repr=False)


def tell(letter: Letter) -> Told:
    """Revoke the token of the Revocation that `letter.target` names, and forget it. See outbox.Teller."""
    settings = current_app().settings
    revocation_id = UUID(letter.target)
    with unit_of_work(write=False):
        way = _way(settings, revocation_id)
    if way is None:
        return Told("gone", "The token is forgotten, or cannot be opened.")
    try:
        with Talk(settings) as talk:
            status = revoke(talk, way.origin, way.client, way.token)
    except OAuthFailed as error:
        return Told("failed", str(error))
    if status >= 500 or status == 429:
        return Told("failed", f"The server answered {status}.", status)
    with unit_of_work():  # any other status means that it does not know the token
        _forget(revocation_id)
    return Told("done", status=status)


def init_app(app: App) -> None:
    """Register the teller, and a job that forgets what is too old."""
    register_teller(app, grants.TELLER, tell, lambda topic: ())
    register_periodic(app, "accounts.oauth", FORGET_SECONDS, _forget_old)


def _way(settings: Settings, revocation_id: UUID) -> _Way | None:
    row = db.session.get(Revocation, revocation_id)
    client = oauth.client_of(row.origin, settings.base_url + oauth.CALLBACK) if row else None
    if row is None or client is None:
        return None
    try:
        return _Way(row.origin, client, sealer("grants").open(row.sealed_token))
    except CannotOpen:
        return None  # the letter says so


def _forget(revocation_id: UUID) -> None:
    row = db.session.get(Revocation, revocation_id)
    if row is not None:
        db.session.delete(row)


def _forget_old() -> int:
    with unit_of_work():
        return oauth.forget_old() + grants.forget_old_revocations()
