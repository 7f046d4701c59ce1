"""Who asks. The room of accounts registers how a principal is found; everybody else asks `principal()`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from flask import Flask, current_app, g, request

from plnapi.errors import N_, NotSignedIn

# What a token may be allowed to do. A browser's session may do all of it.
SCOPES = {
    "me": "Read and change your own account, identities and consents",
    "courses:read": "Read your courses, their hashtags, lists and steps",
    "courses:write": "Change the courses that you teach",
    "progress:read": "Read progress: your own, and that of courses that you teach",
    "progress:write": "Give evidence for steps, and review it where you teach",
    "admin": "Everything that an administrator of the institution may do",
}


@dataclass(frozen=True, slots=True)
class Principal:
    """A known person, and how they are known.

    `scopes` is None for a browser's session, which is not limited. `credential_id` is the id of the session or token.
    """

    person_id: UUID
    name: str
    role: Literal["admin", "member"]
    via: Literal["session", "token"]
    credential_id: UUID
    scopes: frozenset[str] | None = None

    def may(self, scope: str) -> bool:
        """Whether the session or token carries this scope."""
        return self.scopes is None or scope in self.scopes

    @property
    def is_admin(self) -> bool:
        """An administrator of the institution, by a credential that is allowed to act as one."""
        return self.role == "admin" and self.may("admin")


Finder = Callable[[], Principal | None]


def register_finders(app: Flask, *, by_bearer: Callable[[str], Principal | None], by_session: Finder) -> None:
    """Tell web how to find a principal: from the token of a bearer, or from the browser's session."""
    app.extensions["plnapi.principal"] = (by_bearer, by_session)


def bearer_token() -> str | None:
    """The token of `Authorization: Bearer …` (RFC 6750, section 2.1), None when the header is of another kind."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def principal_or_none() -> Principal | None:
    """The principal of this request, looked up once. A request with a bearer token never uses its cookie."""
    if "principal" not in g:
        by_bearer, by_session = current_app.extensions["plnapi.principal"]
        token = bearer_token()
        g.principal = by_session() if token is None else by_bearer(token)
    found: Principal | None = g.principal
    return found


def principal() -> Principal:
    """The principal of this request. Raises NotSignedIn."""
    found = principal_or_none()
    if found is None:
        raise NotSignedIn(N_("Sign in, or send a token that is still valid."))
    return found
