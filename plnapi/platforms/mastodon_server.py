"""A Mastodon-compatible server as looks meet it: the account found on it, its answers, its lists page by page.

What it may say is bounded: it speaks only of its own accounts, and its links are followed only on itself.
"""

import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms import addresses
from plnapi.platforms.looking import LookEnded, refusal
from plnapi.platforms.mastodon_address import Handle, keys_of, read_handle, read_profile_url
from plnapi.platforms.mastodon_json import (
    AccountRead,
    FingerRead,
    ItemsRead,
    read_account,
    read_webfinger,
    same_address,
)
from plnapi.platforms.types import Account, Coverage, Item, Parse, ParseFailed, Subject

ACCEPT = {"Accept": "application/json"}
FINGER = {"Accept": "application/jrd+json, application/json"}
MAX_PAGES = 10  # of one look: 400 posts, 800 accounts; the next look goes on
NEEDS_SIGN_IN = frozenset({401, 403, 422})  # 422 is what snac2 answers

COMPLETE = Coverage("complete")
SIGN_IN = Coverage("hidden", "needs_sign_in", "The server shows this only to people who are signed in there.")

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

Answer = Generator[Fetch | Parse, Any, Any]
Reader = Callable[[Response], Answer]


@dataclass(frozen=True, slots=True)
class Server:
    """The account on its own server, as far as a look knows it. `actor`: its addresses there."""

    host: str
    id: str
    actor: frozenset[str]

    @property
    def base(self) -> str:
        return addresses.base_url(self.host)

    @property
    def cursor(self) -> dict[str, Any]:
        return {"id": self.id, "host": self.host}

    def url(self, tail: str = "") -> str:
        return f"{self.base}/api/v1/accounts/{self.id}{tail}"

    def own(self, url: Any) -> str:
        """`url` when it leads to this server, else empty."""
        return url if isinstance(url, str) and url.startswith(f"{self.base}/") else ""


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages of a list: what was read, where there is more, and why it stopped before that if it did."""

    read: tuple[ItemsRead, ...] = ()
    next: str = ""
    stopped: Coverage | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for page in self.read for item in page.items)

    @property
    def count(self) -> int:
        return sum(page.count for page in self.read)

    def coverage(self) -> Coverage:
        if self.stopped:
            return replace(self.stopped, state="partial")
        if self.next:
            return Coverage("partial", "more_pages", "There is more than one look reads; the next one goes on.")
        if any(page.malformed for page in self.read):
            return Coverage("partial", "malformed_items", "The server sent items that cannot be read.")
        return COMPLETE


# ---- the account, found


def locate(subject: Subject, cursor: Mapping[str, Any]) -> Generator[Fetch | Parse, Any, Server]:
    """The account where earlier looks found it, else looked up."""
    data = {**subject.data, **cursor}
    host = addresses.read_authority(str(data.get("host", "")))
    id, actor = str(data.get("id", "")), _actor(subject.uri, subject.url)
    if host and _ID.fullmatch(id) and actor:
        return Server(host, id, actor)
    server, _ = yield from find(subject)
    return server


def find(subject: Subject) -> Generator[Fetch | Parse, Any, tuple[Server, AccountRead]]:
    """The account looked up on the handle's host, or where that host's WebFinger sends (RFC 7033)."""
    handle = read_handle(subject.handle) or read_profile_url(subject.url)
    if handle is None:
        raise LookEnded(Coverage("failed", "bad_address", "This is not the address of an account."))
    try:
        return (yield from _lookup(handle, handle.authority))
    except LookEnded as refused:
        if refused.coverage.reason not in {"gone", "bad_answer"}:
            raise
        finger = yield from _finger(handle)
        if finger is None:
            raise
    server, read = yield from _lookup(handle, addresses.authority_of(finger.actor))
    if not server.actor & _actor(finger.actor, finger.page):
        raise LookEnded(bad_answer("The server that the handle leads to names another account."))
    return server, read


def _lookup(handle: Handle, host: str) -> Generator[Fetch | Parse, Any, tuple[Server, AccountRead]]:
    """Ask `host` for the account. It may only speak of accounts of its own: else it could pass for anybody."""
    url = f"{addresses.base_url(host)}/api/v1/accounts/lookup?acct={quote(handle.name)}"
    response = yield Fetch(url, ACCEPT)
    host = addresses.authority_of(response.url) or host
    read: AccountRead = yield from answer(response, read_account, host)
    account = read.profile.account
    if {addresses.authority_of(account.uri), addresses.authority_of(account.url)} != {host} or not _ID.fullmatch(
        read.id
    ):
        raise LookEnded(bad_answer("The server answered with an account that is not its own."))
    read = replace(read, profile=replace(read.profile, account=_vouched(account, handle, host)))
    return Server(host, read.id, _actor(account.uri, account.url)), read


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


# ---- lists and answers


def pages_from(
    url: str, server: Server, read: Reader, *, known: str = "", before: tuple[ItemsRead, ...] = ()
) -> Generator[Fetch | Parse, Any, Pages]:
    """The pages from `url` on, after those of `before`: to an empty one, to the status `known`, or to `MAX_PAGES`.

    An empty page ends a list even when it links onward, as Takahe's last does. A failure keeps what was read and where
    to go on; when nothing was read yet, FetchFailed or LookEnded is raised.
    """
    pages = before
    asked: set[str] = set()
    while url and url not in asked and len(pages) < MAX_PAGES:
        asked.add(url)
        try:
            response = yield Fetch(url, ACCEPT)
            page: ItemsRead = yield from read(response)
        except (FetchFailed, LookEnded) as error:
            if not pages:
                raise
            return Pages(pages, url, _interrupted(error))
        if not page.count:
            return Pages(pages)
        pages += (page,)
        onward = "" if known and known in page.ids else response.links.get("next", "")
        url = server.own(onward)
        if onward and not url:
            return Pages(pages, "", Coverage("partial", "foreign_page", "The list goes on on another server."))
    return Pages(pages, "" if url in asked else url)


def _interrupted(error: FetchFailed | LookEnded) -> Coverage:
    if isinstance(error, LookEnded):
        return error.coverage
    return Coverage("partial", error.code, str(error), error.retry_at)


def answer(response: Response, function: Callable[..., Any], *args: Any) -> Answer:
    """The answer, read by `function` in the child. Raises LookEnded for a status, a type or a document of no use.

    The status and the media type come first: servers answer with pages of HTML, also with status 200.
    """
    if response.status in NEEDS_SIGN_IN:
        raise LookEnded(SIGN_IN)
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
