"""Access tokens that owners of accounts gave us: kept sealed, opened only for a look, forgotten at a word."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import structlog
from sqlalchemy import delete, select, update

from plnapi import signals
from plnapi.accounts.models import Grant, Identity, Revocation
from plnapi.clock import now
from plnapi.crypto import CannotOpen, sealer
from plnapi.db import db
from plnapi.outbox import service as outbox

TELLER = "oauth_revocation"
REVOKED_WITHIN = timedelta(days=2)  # so long a server that does not answer is asked
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Permission:
    """What its owner reads of a grant. `refused`: its server takes it no longer; `unreadable`: we cannot open it."""

    state: Literal["works", "refused", "unreadable"]
    given_at: datetime
    scopes: str


def keep(identity: Identity, origin: str, token: str, scopes: str) -> None:
    """Keep the token of this account; its server is told soon that an earlier one is worth nothing any more.

    `origin`: `scheme://host[:port]` of its server.
    """
    grant = db.session.get(Grant, identity.id)
    if grant is None:
        grant = Grant(identity_id=identity.id)
        db.session.add(grant)
    elif not _holds(grant, token):
        revoke_later(identity.network, grant.origin, grant.sealed_token)
    grant.origin, grant.scopes = origin, scopes
    grant.sealed_token = sealer("grants").seal(token)
    grant.given_at, grant.refused_at = now(), None
    db.session.flush()
    signals.tell(signals.identity_changed, person_id=identity.person_id, identity_id=identity.id)


def token_of(identity_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Identity → token, in one statement. One that was refused is not there; nor one that cannot be opened, which is
    logged."""
    ids = list(identity_ids)
    wanted = Grant.identity_id.in_(ids), Grant.refused_at.is_(None)
    rows = db.session.execute(select(Grant.identity_id, Grant.sealed_token).where(*wanted)).all() if ids else []
    opener = sealer("grants")
    tokens: dict[UUID, str] = {}
    for identity_id, sealed in rows:
        try:
            tokens[identity_id] = opener.open(sealed)
        except CannotOpen:
            log.warning("grant_sealed_under_an_unknown_key", identity_id=str(identity_id))
    return tokens


def of_person(person_id: UUID) -> dict[UUID, Permission]:
    """Identity → what its owner gave and whether it still works."""
    mine = select(Grant).join(Identity, Identity.id == Grant.identity_id).where(Identity.person_id == person_id)
    return {grant.identity_id: _permission(grant) for grant in db.session.scalars(mine)}


def refuse(identity_id: UUID) -> None:
    """Its server does not take the token any more; the person is asked to sign in there again."""
    refused = update(Grant).where(Grant.identity_id == identity_id, Grant.refused_at.is_(None))
    db.session.execute(refused.values(refused_at=now()))


def forget(identity_id: UUID) -> None:
    """Forget the token at once; its server is told soon that it is worth nothing any more."""
    grant = db.session.get(Grant, identity_id)
    if grant is not None:
        network = db.session.get_one(Identity, identity_id).network
        revoke_later(network, grant.origin, grant.sealed_token)
        db.session.delete(grant)
        db.session.flush()


def take_back(identity: Identity) -> None:
    """Its owner takes the permission back; the account stays linked."""
    forget(identity.id)
    signals.tell(signals.identity_changed, person_id=identity.person_id, identity_id=identity.id)


def revoke_later(network: str, origin: str, sealed_token: str) -> None:
    """Have a job ask the server to revoke a token (`Revocation`); nobody waits for that."""
    row = Revocation(network=network, origin=origin, sealed_token=sealed_token)
    db.session.add(row)
    db.session.flush()
    outbox.put_for(TELLER, str(row.id), "token.revoke", str(row.id), {})


def forget_old_revocations() -> int:
    """Delete tokens whose server did not answer for too long; returns how many."""
    old = delete(Revocation).where(Revocation.created_at < now() - REVOKED_WITHIN)
    return db.session.execute(old).rowcount  # type: ignore[attr-defined,no-any-return]


def _holds(grant: Grant, token: str) -> bool:
    """Whether it is this very token: Mastodon gives the same one again. One that cannot be opened can be told to nobody."""
    try:
        return sealer("grants").open(grant.sealed_token) == token
    except CannotOpen:
        return True


def _permission(grant: Grant) -> Permission:
    state: Literal["works", "refused", "unreadable"] = "refused" if grant.refused_at else "works"
    try:
        sealer("grants").open(grant.sealed_token)
    except CannotOpen:
        state = "unreadable"
    return Permission(state, grant.given_at, grant.scopes)
