"""Talking to a server at which people sign in, as Mastodon does OAuth. No database here, and no state but the clock.

Sources: docs.joinmastodon.org, methods `apps`, `oauth` and api/oauth-scopes; RFC 6749, section 4.1 (code), RFC 7636
(PKCE), RFC 8414 (metadata), RFC 9207 (issuer), RFC 7009 (revocation). Servers that do not know PKCE ignore it.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from time import monotonic
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode

import orjson

from plnapi.config import Settings
from plnapi.errors import N_, PlnapiError
from plnapi.http.client import fetch_one, send_one
from plnapi.http.policy import Policy
from plnapi.http.types import Fetch, FetchFailed, Response, Send
from plnapi.platforms import addresses, jsonread
from plnapi.platforms.mastodon.address import read_handle
from plnapi.platforms.mastodon.json import read_account, read_webfinger
from plnapi.platforms.types import Account, ParseFailed

SECONDS = 8.0  # of one page of ours, whatever the server does: a worker's thread waits
AT_ONCE = 3  # pages of one process that may wait for servers, so that slow ones cannot hold all its threads
MAX_BODY = 256 * 1024  # bytes
MAX_SECRET = 4_000  # characters of a token or of what a client is known by
LOOKS = ("read:accounts", "read:follows", "read:statuses", "read:favourites")  # what looks with somebody's eyes read
PROOF = "profile"  # who it is and nothing else; Mastodon 4.3
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
JSON = {"Accept": "application/json"}
_KEPT_OF_ACCOUNT = ("id", "acct", "username", "uri", "url", "display_name")
PROBLEMS = {
    "no_oauth": N_("%(host)s does not let us ask you to sign in there. Prove the account with a code instead."),
    "unreachable": N_("%(host)s cannot be reached, or may not be. Is the name written right?"),
    "slow": N_("%(host)s did not answer in time. Try again later, or prove the account with a code."),
    "bad_answer": N_("%(host)s answered in a way that we do not understand. Prove the account with a code instead."),
    "refused": N_("%(host)s did not accept what it gave us itself. Begin again."),
    "foreign_account": N_("%(host)s named an account of another server. Nothing was linked."),
    "busy": N_("Too many people are signing in elsewhere at this moment. Try again in a minute."),
}
_turns = threading.BoundedSemaphore(AT_ONCE)


class OAuthFailed(PlnapiError):
    """Signing in on a server did not work; `code` is a key of PROBLEMS. Says nothing of what was sent."""

    def __init__(self, code: str, host: str = "") -> None:
        super().__init__(PROBLEMS[code], code=code, host=host)


@dataclass(frozen=True, slots=True)
class Server:
    """How a server says that people sign in there. `scopes` are those it names; empty when it names none.

    `names_issuer`: it promises to name itself when it sends people back (RFC 9207).
    """

    origin: str
    issuer: str
    authorize: str
    token: str
    scopes: tuple[str, ...] = ()
    names_issuer: bool = False

    @property
    def stored(self) -> dict[str, Any]:
        """JSON-able; `Server.read` is its other half."""
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Server":
        """What `stored` gave."""
        return cls(**{**stored, "scopes": tuple(stored["scopes"])})

    def knows(self, wanted: Iterable[str]) -> str:
        """The scopes to ask for, the narrowest that cover `wanted` of those that the server names."""
        chosen = [self._known(scope) for scope in wanted]
        return " ".join(dict.fromkeys(chosen))

    def _known(self, scope: str) -> str:
        """A server that names no scopes is an older one: it has no `profile`, but those that were always there."""
        if scope == PROOF and PROOF not in self.scopes:
            scope = "read:accounts"
        return "read" if self.scopes and scope not in self.scopes else scope


@dataclass(frozen=True, slots=True)
class Client:
    """plnapi as the server knows it."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """A token, and whose it is: `data` is what later looks know of the account, `id` on the server `host`."""

    token: str = field(repr=False)
    scopes: str
    account: Account | None = None
    data: Mapping[str, str] = field(default_factory=dict)


class Talk(AbstractContextManager["Talk"]):
    """What is said within one page of ours: all of it together takes at most SECONDS.

    Raises OAuthFailed `busy` at the beginning when too many talk already.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings, self._until = settings, monotonic() + SECONDS

    def __enter__(self) -> Self:
        if not _turns.acquire(blocking=False):
            raise OAuthFailed("busy")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _turns.release()

    def get(self, url: str, headers: Mapping[str, str] = JSON, *, anywhere: bool = False) -> Response:
        """Raises OAuthFailed when no answer comes, or one of another server, unless redirects may lead `anywhere`."""
        return self._own(url, lambda: self.fetch(Fetch(url, headers)), anywhere=anywhere)

    def post(self, url: str, fields: Mapping[str, str]) -> Response:
        """A form. Raises as `get` does."""
        return self._own(url, lambda: self.send(Send(url, urlencode(fields).encode(), FORM)))

    def fetch(self, fetch: Fetch) -> Response:
        """As `http.client.fetch_one`, in the time that is left. Raises FetchFailed."""
        return fetch_one(fetch, self._policy())

    def send(self, send: Send) -> Response:
        """As `http.client.send_one`, in the time that is left. Raises FetchFailed."""
        return send_one(send, self._policy())

    def _own(self, url: str, ask: Callable[[], Response], *, anywhere: bool = False) -> Response:
        host = addresses.authority_of(url)
        try:
            answer = ask()
        except FetchFailed as error:
            raise OAuthFailed("slow" if error.code == "deadline_exceeded" else "unreachable", host) from error
        if not anywhere and addresses.authority_of(answer.url) != host:
            raise OAuthFailed("bad_answer", host)
        return answer

    def _policy(self) -> Policy:
        settings = self._settings
        return Policy(
            deadline=max(self._until - monotonic(), 0.01),
            max_body=MAX_BODY,
            extra_ports=frozenset(settings.extra_ports),
            loopback=frozenset(settings.loopback_peers),
            contact=settings.contact or settings.base_url,
        )


def origin_of(talk: Talk, handle: str, authority: str) -> str:
    """The server where the account `handle` lives, which its domain may name (RFC 7033); without a handle `authority`."""
    base = addresses.base_url(authority)
    if not handle:
        return base
    resource = quote(f"acct:{handle.lstrip('@!')}", safe="")
    url = f"{base}/.well-known/webfinger?resource={resource}"
    answer = talk.get(url, {"Accept": "application/jrd+json"}, anywhere=True)
    try:
        found = addresses.authority_of(read_webfinger(answer.body).actor) if answer.status == 200 else ""
    except ParseFailed:
        found = ""  # the domain of the handle is asked itself
    return addresses.base_url(found) if found else base


def discover(talk: Talk, origin: str) -> Server:
    """How to sign in at `origin`. A server without metadata has the paths that Mastodon always had."""
    answer = talk.get(f"{origin}/.well-known/oauth-authorization-server")
    if answer.status != 200 or not answer.content_type.endswith("json"):
        return Server(origin, origin, f"{origin}/oauth/authorize", f"{origin}/oauth/token")
    said = _object(answer, "bad_answer")
    issuer, authorize, token = (
        jsonread.text(said, name) for name in ("issuer", "authorization_endpoint", "token_endpoint")
    )
    if issuer.rstrip("/") != origin or not all(_is_at(origin, url) for url in (authorize, token)):
        raise OAuthFailed("bad_answer", addresses.authority_of(origin))
    named = said.get("scopes_supported")
    scopes = tuple(one for one in named if isinstance(one, str))[:200] if isinstance(named, list) else ()
    promises = said.get("authorization_response_iss_parameter_supported") is True
    return Server(origin, issuer, authorize, token, scopes, promises)


def register(talk: Talk, server: Server, name: str, website: str, redirect_uri: str, scopes: str) -> Client:
    """Make plnapi known to the server (`POST /api/v1/apps`): scopes have to be registered to be asked for."""
    fields = {"client_name": name, "website": website, "redirect_uris": redirect_uri, "scopes": scopes}
    answer = talk.post(f"{server.origin}/api/v1/apps", fields)
    if answer.status not in {200, 201}:
        raise OAuthFailed("no_oauth", addresses.authority_of(server.origin))
    said = _object(answer, "no_oauth")
    return Client(_secret(answer, said, "client_id"), _secret(answer, said, "client_secret"))


def authorize_url(server: Server, client: Client, redirect_uri: str, scopes: str, state: str, challenge: str) -> str:
    """Where the person is sent."""
    query = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": redirect_uri,
        "scope": scopes,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{server.authorize}{'&' if '?' in server.authorize else '?'}{urlencode(query)}"


def exchange(talk: Talk, server: Server, client: Client, redirect_uri: str, code: str, verifier: str) -> Signed:
    """The token for a code. Raises OAuthFailed `refused` when the server does not take code, verifier or client."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": client.id,
        "client_secret": client.secret,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    answer = talk.post(server.token, fields)
    if answer.status != 200:
        raise OAuthFailed("refused", addresses.authority_of(server.origin))
    said = _object(answer, "bad_answer")
    if jsonread.text(said, "token_type").lower() != "bearer":
        raise OAuthFailed("bad_answer", addresses.authority_of(server.origin))
    return Signed(_secret(answer, said, "access_token"), jsonread.text(said, "scope")[:500])


def whose(talk: Talk, server: Server, signed: Signed) -> Signed:
    """The same, with the account that the token is of. Raises OAuthFailed `foreign_account` for one of another server."""
    host = addresses.authority_of(server.origin)
    url = f"{server.origin}/api/v1/accounts/verify_credentials"
    answer = talk.get(url, JSON | {"Authorization": f"Bearer {signed.token}"})
    if answer.status != 200:
        raise OAuthFailed("refused" if answer.status in {401, 403, 422} else "bad_answer", host)
    said = _object(answer, "bad_answer")
    # Only what names the account is read: its texts are HTML of a stranger, and need no look here.
    slim = {name: jsonread.text(said, name)[:2_000] for name in _KEPT_OF_ACCOUNT}
    try:
        account = read_account(orjson.dumps(slim), host).profile.account
    except ParseFailed as error:
        raise OAuthFailed("bad_answer", host) from error
    if {addresses.authority_of(account.uri), addresses.authority_of(account.url)} != {host}:
        raise OAuthFailed("foreign_account", host)
    return Signed(signed.token, signed.scopes, account, {"host": host, "id": slim["id"]})


def revocation(origin: str, client: Client, token: str) -> Send:
    """What tells the server that the token is worth nothing any more (RFC 7009)."""
    fields = {"client_id": client.id, "client_secret": client.secret, "token": token}
    return Send(f"{origin}/oauth/revoke", urlencode(fields).encode(), FORM)


def read_server(text: str) -> tuple[str, str] | None:
    """What a person typed: the handle (empty for a server's name) and the authority; None when it is neither."""
    text = addresses.cleaned(text)
    handle = read_handle(text)
    if handle is not None:
        return str(handle), handle.authority
    authority = addresses.authority_of(text) if "://" in text else addresses.read_authority(text.rstrip("/"))
    return ("", authority) if authority and ("." in authority or ":" in authority) else None


def _is_at(origin: str, url: str) -> bool:
    return url.startswith(f"{origin}/") and bool(addresses.read_url(url))


def _object(answer: Response, problem: str) -> Mapping[str, Any]:
    try:
        said = jsonread.document(answer.body)
    except ParseFailed:
        said = None
    if not isinstance(said, dict):
        raise OAuthFailed(problem, addresses.authority_of(answer.url))
    return said


def _secret(answer: Response, said: Mapping[str, Any], name: str) -> str:
    """A value that is sent back as it came; printable ASCII (RFC 6749, appendix A)."""
    value = said.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_SECRET or not value.isascii() or not value.isprintable():
        raise OAuthFailed("bad_answer", addresses.authority_of(answer.url))
    return value
