"""Telling servers that a token is worth nothing any more: a teller of the outbox."""

from uuid import UUID

from plnapi.accounts import grants, oauth
from plnapi.accounts.models import Revocation
from plnapi.accounts.oauth_server import OAuthFailed, Talk, revocation
from plnapi.config import Settings
from plnapi.crypto import CannotOpen, sealer
from plnapi.db import db, unit_of_work
from plnapi.http.types import FetchFailed, Send
from plnapi.jobs import register_periodic
from plnapi.outbox.tellers import Letter, Told, register_teller
from plnapi.platforms import PLATFORMS
from plnapi.web.app import App, current_app

FORGET_SECONDS = 3600


def tell(letter: Letter) -> Told:
    """Revoke the token of the Revocation that `letter.target` names, and forget it. See outbox.Teller."""
    settings = current_app().settings
    revocation_id = UUID(letter.target)
    with unit_of_work(write=False):
        end = _end(settings, revocation_id)
    if end is None:
        return Told("gone", "The token is forgotten, or cannot be opened.")
    try:
        with Talk(settings) as talk:
            status = talk.send(end).status
    except (OAuthFailed, FetchFailed) as error:
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


def _end(settings: Settings, revocation_id: UUID) -> Send | None:
    """What tells the server, as its network does; None for a token that nobody can be told of any more."""
    row = db.session.get(Revocation, revocation_id)
    try:
        token = sealer("grants").open(row.sealed_token) if row else ""
    except CannotOpen:
        return None  # the letter says so
    if row is None:
        return None
    given = PLATFORMS[row.network].capabilities.tokens if row.network in PLATFORMS else None
    if given is not None:
        return given.end(row.origin, token)
    client = oauth.client_of(row.origin, settings.base_url + oauth.CALLBACK)
    return revocation(row.origin, client, token) if client else None


def _forget(revocation_id: UUID) -> None:
    row = db.session.get(Revocation, revocation_id)
    if row is not None:
        db.session.delete(row)


def _forget_old() -> int:
    with unit_of_work():
        return oauth.forget_old() + grants.forget_old_revocations()
