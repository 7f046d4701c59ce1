"""People, how they sign in, what acts for them, and who they are on their networks."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plnapi.clock import now
from plnapi.db import Base, Identified

Role = Literal["admin", "member"]


class Person(Identified, Base):
    """Somebody with an account here. `email` is case-folded; `role` is `admin` or `member` of the institution."""

    __tablename__ = "people"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(String, default="member")
    password_hash: Mapped[str | None]  # argon2; None until an invitation is accepted
    created_at: Mapped[datetime] = mapped_column(default=now)
    disabled_at: Mapped[datetime | None]


class BrowserSession(Identified, Base):
    """A signed-in browser. The cookie holds the secret, the row only its hash: deleting the row ends the session."""

    __tablename__ = "browser_sessions"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class OneTimeLink(Identified, Base):
    """A link that signs somebody in once: an `invitation` lets them set a password, a `sign_in` does not ask."""

    __tablename__ = "one_time_links"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Identified, Base):
    """A program's key. `pln_…` is shown once; only its SHA-256 is kept."""

    __tablename__ = "api_tokens"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Identity(Identified, Base):
    """Who a person is on a network. Until it is proven, `uri` is provisional and others may claim the same.

    `data` is the adapter's own memory of the account (its id on that server, the address of its feed).
    """

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("person_id", "uri"),
        Index(  # one identity belongs to one person
            "uq_identities_uri_proven",
            "uri",
            unique=True,
            sqlite_where=text("proven_at IS NOT NULL"),
            postgresql_where=text("proven_at IS NOT NULL"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    network: Mapped[str]
    handle: Mapped[str]
    uri: Mapped[str]
    url: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    code: Mapped[str]  # public by nature: the person writes it on their page
    code_expires_at: Mapped[datetime]
    proof: Mapped[str | None]  # how it was proven; see identities.PROOFS
    proven_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]  # when the proof was last looked for
    problem: Mapped[str | None]  # a stable code, why it is not proven yet; see identities.PROBLEMS
    # Ids of the person's other identities that its public page linked to at `checked_at`.
    links_to: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)

    moved_from: Mapped[str | None]  # the handle before its owner moved it; told until it is read
    moved_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class Grant(Base):
    """What the owner of an account let plnapi do there: an access token, sealed (`crypto.Sealer`).

    `origin` is the server that gave it and the only one that ever sees it. `refused_at`: the server takes it no longer.
    """

    __tablename__ = "grants"

    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identities.id", ondelete="CASCADE"), primary_key=True)
    origin: Mapped[str]
    sealed_token: Mapped[str] = mapped_column(info={"sealed": "grants"})
    scopes: Mapped[str] = mapped_column(default="")
    given_at: Mapped[datetime] = mapped_column(default=now)
    refused_at: Mapped[datetime | None]


class OAuthClient(Base):
    """plnapi as a server knows it that people sign in at: registered once for each (`POST /api/v1/apps`)."""

    __tablename__ = "oauth_clients"

    origin: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str]
    sealed_secret: Mapped[str] = mapped_column(info={"sealed": "oauth clients"})
    redirect_uri: Mapped[str]
    scopes: Mapped[str]
    registered_at: Mapped[datetime] = mapped_column(default=now)


class OAuthAttempt(Identified, Base):
    """Somebody on the way to a server to sign in there (RFC 6749, 4.1; RFC 7636). Ends when they come back, or soon.

    `state_hash` is the SHA-256 of `state` and of the browser's session; `sealed_verifier` the PKCE code verifier. `handle`
    is what the person typed, empty for a server's name; `server` is what the server said of itself when they left, see
    `oauth_server.Server`. `scopes` are those asked for; `keeps`: whether the token shall be kept.
    """

    __tablename__ = "oauth_attempts"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    origin: Mapped[str]
    handle: Mapped[str] = mapped_column(default="")
    server: Mapped[dict[str, Any]]
    scopes: Mapped[str]
    keeps: Mapped[bool]
    state_hash: Mapped[str] = mapped_column(unique=True)
    sealed_verifier: Mapped[str] = mapped_column(info={"sealed": "oauth attempts"})
    expires_at: Mapped[datetime]


class Revocation(Identified, Base):
    """A token of which its server shall hear that it is worth nothing any more (RFC 7009). Gone once it has heard.

    `network` says how its server is told.
    """

    __tablename__ = "revocations"

    network: Mapped[str]
    origin: Mapped[str]
    sealed_token: Mapped[str] = mapped_column(info={"sealed": "grants"})
    created_at: Mapped[datetime] = mapped_column(default=now)
