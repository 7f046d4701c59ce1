"""Signing in on one's own server: what is kept on the way there, and what comes of the way back.

Everything here runs in the caller's unit of work and talks to nobody; `oauth_server` talks, between such units.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from plnapi.accounts import grants, identities
from plnapi.accounts.models import Identity, OAuthAttempt, OAuthClient
from plnapi.accounts.oauth_server import LOOKS, PROOF, Client, Server, Signed
from plnapi.accounts.secrets import new_secret
from plnapi.clock import now
from plnapi.crypto import CannotOpen, sealer
from plnapi.db import db
from plnapi.errors import N_, Invalid
from plnapi.platforms import PLATFORMS
from plnapi.platforms.types import Account

LASTS = timedelta(minutes=10)
NETWORK = "mastodon"
CALLBACK = "/me/oauth/callback"
AT_ONCE = 5  # attempts of one person that are under way


@dataclass(frozen=True, slots=True)
class Return:
    """Somebody who came back: what was kept when they left."""

    server: Server
    handle: str
    keeps: bool
    scopes: str
    client: Client
    verifier: str = field(repr=False)


def scopes_for(server: Server, *, keeps: bool) -> str:
    """Who it is and no more, or what looks with somebody's eyes need."""
    return server.knows(LOOKS if keeps else (PROOF,))


def all_scopes(server: Server) -> str:
    """Those to be registered: whatever may be asked for later."""
    return server.knows((PROOF, *LOOKS))


def client_of(origin: str, redirect_uri: str, scopes: str = "") -> Client | None:
    """The client that was registered at `origin` for this address of ours and these scopes; None when it has to be."""
    row = db.session.get(OAuthClient, origin)
    if row is None or row.redirect_uri != redirect_uri or not set(scopes.split()) <= set(row.scopes.split()):
        return None
    try:
        return Client(row.client_id, sealer("oauth clients").open(row.sealed_secret))
    except CannotOpen:
        return None  # registered anew: that is all that was lost


def keep_client(origin: str, redirect_uri: str, scopes: str, client: Client) -> None:
    """Remember a registration instead of an earlier one."""
    db.session.merge(
        OAuthClient(
            origin=origin,
            client_id=client.id,
            sealed_secret=sealer("oauth clients").seal(client.secret),
            redirect_uri=redirect_uri,
            scopes=scopes,
            registered_at=now(),
        )
    )
    db.session.flush()


def leave(person_id: UUID, browser: UUID, server: Server, handle: str, *, keeps: bool) -> tuple[str, str]:
    """Remember that the person goes to `server` from the browser session `browser`: the state, and the PKCE challenge."""
    _forget_some(person_id)
    state, verifier = new_secret(), secrets.token_urlsafe(64)
    db.session.add(
        OAuthAttempt(
            person_id=person_id,
            origin=server.origin,
            handle=handle,
            server=server.stored,
            scopes=scopes_for(server, keeps=keeps),
            keeps=keeps,
            state_hash=_state_hash(state, browser),
            sealed_verifier=sealer("oauth attempts").seal(verifier),
            expires_at=now() + LASTS,
        )
    )
    db.session.flush()
    return state, challenge_of(verifier)


def come_back(person_id: UUID, browser: UUID, state: str, issuer: str | None, redirect_uri: str) -> Return | Invalid:
    """Take up the attempt with this state, in the browser that began it. It is used up, whatever comes of it.

    An Invalid is returned rather than raised, which would undo that: `oauth_state` (unknown, too old, used, of somebody
    else) or `oauth_issuer`.
    """
    known = OAuthAttempt.state_hash == _state_hash(state, browser), OAuthAttempt.person_id == person_id
    attempt = db.session.scalars(select(OAuthAttempt).where(*known).with_for_update()).one_or_none()
    if attempt is None:
        return _lost()
    db.session.delete(attempt)
    db.session.flush()
    server = Server.read(attempt.server)
    if not _is_from(issuer, server):
        return Invalid(
            N_("Another server sent you back than the one where you went. Begin again."), code="oauth_issuer"
        )
    client = client_of(server.origin, redirect_uri)
    verifier = _opened(attempt.sealed_verifier)
    if attempt.expires_at <= now() or client is None or verifier is None:
        return _lost()
    return Return(server, attempt.handle, attempt.keeps, attempt.scopes, client, verifier)


def link(person_id: UUID, back: Return, signed: Signed) -> Identity:
    """The account is this person's: linked, proven, and its token kept where they wished that; else revoked soon.

    Raises Conflict `identity_taken`.
    """
    assert signed.account is not None
    identity = _linked(person_id, back.handle, signed)
    if identity.proven_at is None or identity.uri != signed.account.uri:
        identities.record_proof(identity, account=signed.account, data=signed.data, proof="oauth")
    if back.keeps:
        grants.keep(identity, back.server.origin, signed.token, signed.scopes or back.scopes)
    else:
        drop(back, signed)
    return identity


def drop(back: Return, signed: Signed) -> None:
    """The token is not needed: its server shall forget it."""
    grants.revoke_later(NETWORK, back.server.origin, sealer("grants").seal(signed.token))


def forget_old() -> int:
    """Delete attempts of people who did not come back; returns how many."""
    old = delete(OAuthAttempt).where(OAuthAttempt.expires_at <= now())
    return db.session.execute(old).rowcount  # type: ignore[attr-defined,no-any-return]


def challenge_of(verifier: str) -> str:
    """RFC 7636, section 4.2, S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _lost() -> Invalid:
    message = N_("This way back is too old, was used already, or began in another browser. Begin again.")
    return Invalid(message, code="oauth_state")


def _is_from(issuer: str | None, server: Server) -> bool:
    """RFC 9207, section 2.4. Mastodon writes its own name with a slash at the end."""
    if issuer is None:
        return not server.names_issuer
    return hmac.compare_digest(issuer.rstrip("/").encode(), server.issuer.rstrip("/").encode())


def _opened(sealed: str) -> str | None:
    try:
        return sealer("oauth attempts").open(sealed)
    except CannotOpen:
        return None  # the caller says that the way back is lost


def _state_hash(state: str, browser: UUID) -> str:
    return hashlib.sha256(f"{browser} {state}".encode()).hexdigest()


def _forget_some(person_id: UUID) -> None:
    """Nobody fills the table: of each person only the newest attempts stay."""
    mine = select(OAuthAttempt.id).where(OAuthAttempt.person_id == person_id)
    kept = mine.order_by(OAuthAttempt.id.desc()).limit(AT_ONCE - 1)
    ids = db.session.scalars(kept).all()
    db.session.execute(delete(OAuthAttempt).where(OAuthAttempt.person_id == person_id, OAuthAttempt.id.not_in(ids)))


def _linked(person_id: UUID, handle: str, signed: Signed) -> Identity:
    """The person's identity that means this account, else a fresh one."""
    account = signed.account
    assert account is not None
    mine = [one for one in identities.of_person(person_id) if one.network == NETWORK]
    same = [one for one in mine if one.uri == account.uri]
    typed = [one for one in mine if one.proven_at is None and _means(one, handle, account)]
    return (same or typed or [identities.link(person_id, account.handle, NETWORK)])[0]


def _means(identity: Identity, handle: str, account: Account) -> bool:
    """Whether an account that is not proven yet was meant: by its address, or by the handle whose domain led here."""
    names = [text.lstrip("@").partition("@")[0].lower() for text in (handle, account.handle)]
    led_here = identity.handle.lower() == handle.lower() and names[0] == names[1]
    return led_here or bool(PLATFORMS[NETWORK].address_keys(identity.handle) & account.keys)
