"""A Mastodon-compatible server as looks meet it: the account found on it, and its answers.

What it may say is bounded: it speaks only of its own accounts. A token is sent to the server of its account only.
"""

import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from plnapi.errors import N_
from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms import addresses
from plnapi.platforms.looking import LookEnded, refusal
from plnapi.platforms.mastodon.address import Handle, keys_of, read_handle, read_profile_url
from plnapi.platforms.mastodon.json import AccountRead, FingerRead, read_account, read_webfinger, same_address
from plnapi.platforms.mastodon.software import SIGN_IN, only_with_token
from plnapi.platforms.types import Account, Coverage, Look, Parse, ParseFailed, Subject

ACCEPT = {"Accept": "application/json"}
FINGER = {"Accept": "application/jrd+json, application/json"}
NEEDS_SIGN_IN = frozenset({401, 403, 422})  # 422 is what snac answers

COMPLETE = Coverage("complete")
TOKEN_REFUSED = Coverage(
    "hidden", "token_refused", N_("The server does not accept the permission that was given any more. Give it again.")
)
SUSPENDED = Coverage("hidden", "suspended", N_("The server has suspended this account and shows nothing of it."))

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

Answer = Generator[Fetch | Parse, Any, Any]


class SignInNeeded(LookEnded):
    """Raised inside a look when the server `host` shows this to no stranger."""

    def __init__(self, host: str) -> None:
        super().__init__(SIGN_IN)
        self.host = host


@dataclass(frozen=True, slots=True)
class Server:
    """The account on its own server, as far as a look knows it.

    `actor`: its addresses there. `software`: what the server runs, empty when it is not known. `token`: the account's own.
    """

    host: str
    id: str
    actor: frozenset[str]
    software: str = ""
    token: str = field(default="", repr=False)

    @property
    def base(self) -> str:
        return addresses.base_url(self.host)

    @property
    def cursor(self) -> dict[str, Any]:
        return {"id": self.id, "host": self.host} | ({"software": self.software} if self.software else {})

    def api(self, tail: str) -> str:
        return f"{self.base}/api/v1{tail}"

    def url(self, tail: str = "") -> str:
        return self.api(f"/accounts/{self.id}{tail}")

    def get(self, url: str) -> Fetch:
        """A request to this server."""
        return Fetch(url, _headers(self.token))

    def own(self, url: Any) -> str:
        """`url` when it leads to this server, else empty."""
        return url if isinstance(url, str) and url.startswith(f"{self.base}/") else ""


# ---- the account, found


def locate(what: Look, subject: Subject, cursor: Mapping[str, Any]) -> Generator[Fetch | Parse, Any, Server]:
    """The account where earlier looks found it, else looked up. Raises LookEnded for what is shown to no stranger."""
    data = {**subject.data, **cursor}
    host = addresses.read_authority(str(data.get("host", ""))) or ""
    id, actor, software = str(data.get("id", "")), _actor(subject.uri, subject.url), software_in(subject, cursor)
    if host and is_id(id) and actor:
        server = Server(host, id, actor, software, token_for(subject, host))
    else:
        found, _ = yield from find(subject)
        server = replace(found, software=software)
    only_with_token(what, server.software, server.token)
    return server


def is_id(text: str) -> bool:
    """Whether `text` may stand in an address as the id of an account."""
    return bool(_ID.fullmatch(text))


def software_in(subject: Subject, cursor: Mapping[str, Any]) -> str:
    """The software of the server, where an earlier look has learned it."""
    name = {**subject.data, **cursor}.get("software")
    return name if isinstance(name, str) else ""


def token_for(subject: Subject, host: str) -> str:
    """The subject's token, for the server of its account; empty for any other host.

    That server is known from the proof, else from the account's URI; from what somebody typed it is not.
    """
    home = addresses.read_authority(str(subject.data.get("host", ""))) or addresses.authority_of(subject.uri)
    return subject.token if home and host == home else ""


def describe(server: Server) -> Generator[Fetch | Parse, Any, AccountRead]:
    """What the server says about the account: its counts, and whether it hides its lists. Raises LookEnded."""
    response = yield server.get(server.url())
    account: AccountRead = yield from answer(response, read_account, server.host, token=server.token)
    if account.suspended:
        raise LookEnded(SUSPENDED)
    return account


def find(subject: Subject) -> Generator[Fetch | Parse, Any, tuple[Server, AccountRead]]:
    """The account looked up on the handle's host, or where that host's WebFinger sends (RFC 7033)."""
    handle = read_handle(subject.handle) or read_profile_url(subject.url)
    if handle is None:
        raise LookEnded(Coverage("failed", "bad_address", "This is not the address of an account."))
    try:
        return (yield from _lookup(handle, handle.authority, subject))
    except LookEnded as refused:
        if refused.coverage.reason not in {"gone", "bad_answer"}:
            raise
        finger = yield from _finger(handle)
        if finger is None:
            raise
    server, read = yield from _lookup(handle, addresses.authority_of(finger.actor), subject)
    if not server.actor & _actor(finger.actor, finger.page):
        raise LookEnded(bad_answer("The server that the handle leads to names another account."))
    return server, read


def _lookup(handle: Handle, host: str, subject: Subject) -> Generator[Fetch | Parse, Any, tuple[Server, AccountRead]]:
    """Ask `host` for the account. It may only speak of accounts of its own: else it could pass for anybody."""
    url = f"{addresses.base_url(host)}/api/v1/accounts/lookup?acct={quote(handle.name)}"
    response = yield Fetch(url, _headers(token_for(subject, host)))
    host = addresses.authority_of(response.url) or host
    token = token_for(subject, host)
    read: AccountRead = yield from answer(response, read_account, host, token=token)
    account = read.profile.account
    if {addresses.authority_of(account.uri), addresses.authority_of(account.url)} != {host} or not is_id(read.id):
        raise LookEnded(bad_answer("The server answered with an account that is not its own."))
    if read.suspended:
        raise LookEnded(SUSPENDED)
    read = replace(read, profile=replace(read.profile, account=_vouched(account, handle, host)))
    return Server(host, read.id, _actor(account.uri, account.url), token=token), read


def _vouched(account: Account, handle: Handle, host: str) -> Account:
    """The account under the handle that its domain vouches for, which may differ from the server's name."""
    shown = account.handle if handle.authority == host else str(handle)
    return replace(account, handle=shown, keys=account.keys | keys_of(str(handle)))


def _finger(handle: Handle) -> Generator[Fetch | Parse, Any, FingerRead | None]:
    """Where the handle's host says that the account is, when that is another host."""
    resource = quote(f"acct:{handle.name}@{handle.authority}", safe="")
    try:
        response = yield Fetch(
            f"{addresses.base_url(handle.authority)}/.well-known/webfinger?resource={resource}", FINGER
        )
        finger: FingerRead = yield from answer(response, read_webfinger)
    except (FetchFailed, LookEnded):
        return None  # the refusal of the lookup is what is told
    return finger if addresses.authority_of(finger.actor) not in {"", handle.authority} else None


def _actor(*urls: str) -> frozenset[str]:
    return frozenset(same_address(url) for url in urls) - {""}


# ---- answers


def answer(response: Response, function: Callable[..., Any], *args: Any, token: str = "") -> Answer:
    """The answer, read by `function` in the child. Raises LookEnded for a status, a type or a document of no use.

    The status and the media type come first: servers answer with pages of HTML, also with status 200. `token` is what was
    sent along.
    """
    if response.status in NEEDS_SIGN_IN:
        raise LookEnded(TOKEN_REFUSED) if token else SignInNeeded(addresses.authority_of(response.url))
    if not 200 <= response.status < 300:
        raise LookEnded(refusal(response, "bad_answer"))
    if not response.content_type.endswith(("/json", "+json")):
        raise LookEnded(bad_answer("The server answered with something that is not JSON."))
    try:
        return (yield Parse(function, (response.body, *args)))
    except ParseFailed as error:
        raise LookEnded(bad_answer(str(error))) from error


def bad_answer(detail: str) -> Coverage:
    return Coverage("failed", "bad_answer", detail)


def _headers(token: str) -> dict[str, str]:
    return ACCEPT | ({"Authorization": f"Bearer {token}"} if token else {})
