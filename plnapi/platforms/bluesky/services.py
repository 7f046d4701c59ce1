"""The services of the AT Protocol as looks meet them: an account found, its server, answers, lists page by page.

The person's own server (PDS) is believed about the records of its accounts, the index (AppView) about nobody else's
claim to a handle: that counts only when the DID document claims the handle too (atproto.com/specs/handle).
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms import addresses
from plnapi.platforms.bluesky.address import read_actor, read_did, web_authority
from plnapi.platforms.bluesky.json import (
    Document,
    ItemsRead,
    read_document,
    read_error,
    read_resolved,
    read_well_known,
)
from plnapi.platforms.looking import LookEnded, refusal
from plnapi.platforms.types import Act, Coverage, Follow, Parse, ParseFailed, Post, Steps, Subject

ACCEPT = {"Accept": "application/json"}
DOCUMENT = {"Accept": "application/did+ld+json, application/json"}
PAGE = 100  # items, the most that a service gives
MAX_PAGES = 10  # of one look; the next look goes on

COMPLETE = Coverage("complete")
SIGN_IN = Coverage("hidden", "needs_sign_in", "The server shows this only to people who are signed in there.")
NO_ACCOUNT = Coverage("failed", "gone", "There is no such account, or it has been closed.")
# Names of XRPC errors, and words in the message of the one that most refusals share, `InvalidRequest`.
_GONE = frozenset({"AccountDeactivated", "AccountTakedown", "ActorNotFound", "HandleNotFound", "RepoDeactivated",
                   "RepoNotFound", "RepoTakendown"})  # fmt: skip
_NOT_THERE = ("profile not found", "actor not found", "could not find repo", "unable to resolve handle")

Answer = Generator[Fetch | Parse, Any, Any]


@dataclass(frozen=True, slots=True)
class Services:
    """Where the index and the directory of DIDs answer, without a slash at the end."""

    appview: str = "https://public.api.bsky.app"
    plc: str = "https://plc.directory"


@dataclass(frozen=True, slots=True)
class Home:
    """An account and the authority of the server that keeps its records."""

    did: str
    pds: str

    @property
    def cursor(self) -> dict[str, Any]:
        return {"did": self.did, "pds": self.pds}

    @property
    def base(self) -> str:
        """Where the server answers."""
        return addresses.base_url(self.pds)

    def records(self, collection: str, limit: int = PAGE) -> "Listing":
        """Records of a collection, newest first."""
        asked = {"repo": self.did, "collection": collection, "limit": str(limit)}
        return Listing(self.base, "com.atproto.repo.listRecords", asked)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that a service answers page by page."""

    base: str
    method: str
    asked: Mapping[str, str] = field(default_factory=dict)

    def fetch(self, cursor: str = "") -> Fetch:
        """The page at `cursor`; the first without one."""
        return query(self.base, self.method, **self.asked, **({"cursor": cursor} if cursor else {}))


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages of a list: what was read, the cursor of what is left, and why it stopped before that if it did.

    `ended`: nothing comes after these."""

    read: tuple[ItemsRead, ...] = ()
    next: str = ""
    stopped: Coverage | None = None
    ended: bool = False

    @property
    def items(self) -> tuple[Post | Follow | Act, ...]:
        """Each item once: pages shift while somebody publishes."""
        items = (item for page in self.read for item in page.items)
        return tuple({(item.account.uri if isinstance(item, Follow) else item.uri): item for item in items}.values())

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(key for page in self.read for key in page.keys if key)

    def coverage(self) -> Coverage:
        if self.stopped:
            return replace(self.stopped, state="partial")
        if self.next:
            return Coverage("partial", "more_pages", "There is more than one look reads; the next one goes on.")
        if any(page.malformed for page in self.read):
            return Coverage("partial", "malformed_items", "The server sent items that cannot be read.")
        return COMPLETE


def query(base: str, method: str, **asked: str | Sequence[str]) -> Fetch:
    """A question by XRPC (atproto.com/specs/xrpc); a name with several values is repeated."""
    return Fetch(f"{base}/xrpc/{method}?{urlencode(asked, doseq=True, quote_via=quote, safe=':')}", ACCEPT)


# ---- the account, found


def locate(services: Services, subject: Subject, cursor: Mapping[str, Any]) -> Generator[Fetch | Parse, Any, Home]:
    """The account where earlier looks found it, else looked up."""
    data = {**subject.data, **cursor}
    did, pds = read_did(subject.uri), addresses.read_authority(str(data.get("pds", "")))
    if did and pds and data.get("did") == did:
        return Home(did, pds)
    document = yield from find(services, subject)
    return Home(document.did, document.pds)


def find(services: Services, subject: Subject) -> Generator[Fetch | Parse, Any, Document]:
    """The DID document of the account. A handle that the document does not claim leads to nobody: LookEnded."""
    actor = read_did(subject.uri) or read_actor(subject.handle) or read_actor(subject.url)
    if not actor:
        raise LookEnded(Coverage("failed", "bad_address", "This is not the address of an account."))
    did = actor if read_did(actor) else (yield from _resolve(services, actor))
    document: Document = yield from _document(services, did)
    if actor not in {did, document.handle}:
        raise LookEnded(bad_answer("The account that this handle leads to says that it has another handle."))
    return document


def _resolve(services: Services, handle: str) -> Generator[Fetch | Parse, Any, str]:
    """The DID that a handle leads to: as the index found it, by DNS too, else as the handle's own site says."""
    try:
        response = yield query(services.appview, "com.atproto.identity.resolveHandle", handle=handle)
        return str((yield from answer(response, read_resolved)))
    except (FetchFailed, LookEnded):
        did: str = yield from _well_known(handle)
        if not did:
            raise
        return did


def _well_known(handle: str) -> Generator[Fetch | Parse, Any, str]:
    try:
        response: Response = yield Fetch(f"https://{handle}/.well-known/atproto-did", {"Accept": "text/plain"})
        return str((yield Parse(read_well_known, (response.body,)))) if response.status == 200 else ""
    except (FetchFailed, ParseFailed):
        return ""  # the refusal of the index is what is told


def _document(services: Services, did: str) -> Answer:
    host = web_authority(did)
    url = f"{addresses.base_url(host)}/.well-known/did.json" if host else f"{services.plc}/{did}"
    response = yield Fetch(url, DOCUMENT)
    return (yield from answer(response, read_document, did))


def at_home(
    services: Services, subject: Subject, cursor: Mapping[str, Any], look: Callable[[Home], Steps],
    without: Callable[[Home, Coverage], Steps] | None = None,
) -> Steps:  # fmt: skip
    """What `look` sees on the account's server; when it has moved, on the new one; when neither answers, `without` it."""
    home = yield from locate(services, subject, cursor)
    try:
        return (yield from look(home))
    except (FetchFailed, LookEnded) as error:
        told = failure(error)
        if told.reason == "host_busy":
            raise
        there = yield from moved(services, subject, home)
        if there:
            return (yield from look(there))
        if told.reason == "gone" or without is None:
            raise
        return (yield from without(home, told))


def moved(services: Services, subject: Subject, home: Home) -> Generator[Fetch | Parse, Any, Home | None]:
    """Where the account is kept by its DID document, when that is not `home`. Raises LookEnded for a closed one."""
    try:
        document = yield from find(services, subject)
    except (FetchFailed, LookEnded) as error:
        if failure(error).reason == "gone":
            raise
        return None
    return Home(document.did, document.pds) if document.pds != home.pds else None


# ---- lists and answers


def pages_from(
    listing: Listing, read: Callable[..., ItemsRead], did: str, cursor: str = "", *, known: str = "",
    before: tuple[ItemsRead, ...] = (),
) -> Generator[Fetch | Parse, Any, Pages]:  # fmt: skip
    """The pages from `cursor` on, after those of `before`: to an empty one, to the record `known`, or to `MAX_PAGES`.

    A cursor may come with the last page, so only an empty page or a missing cursor ends a list. Record keys fall from
    page to page, so `known` is also passed where it has been deleted. A failure keeps what was read and where to go
    on; when nothing was read yet, FetchFailed or LookEnded is raised.
    """
    pages, asked = before, set[str]()
    while cursor not in asked and len(pages) < MAX_PAGES:
        asked.add(cursor)
        try:
            response = yield listing.fetch(cursor)
            page: ItemsRead = yield from answer(response, read, did)
        except (FetchFailed, LookEnded) as error:
            if not pages:
                raise
            return Pages(pages, cursor, failure(error))
        pages += (page,) if page.count else ()
        if not page.count or not page.cursor:
            return Pages(pages, ended=True)
        if known and any(key and key <= known for key in page.keys):
            return Pages(pages)
        cursor = page.cursor
    return Pages(pages, "" if cursor in asked else cursor)


def answer(response: Response, function: Callable[..., Any], *args: Any) -> Answer:
    """The answer, read by `function` in the child. Raises LookEnded for a status, a type or a document of no use.

    An account that is not there is a 400 with a name of the error, not a 404.
    """
    is_json = response.content_type.endswith(("/json", "+json"))
    if response.status in {401, 403}:
        raise LookEnded(SIGN_IN)
    if response.status == 400 and is_json and (yield from _says_gone(response)):
        raise LookEnded(NO_ACCOUNT)
    if not 200 <= response.status < 300:
        raise LookEnded(refusal(response, "bad_answer"))
    if not is_json:
        raise LookEnded(bad_answer("The server answered with something that is not JSON."))
    try:
        return (yield Parse(function, (response.body, *args)))
    except ParseFailed as error:
        raise LookEnded(bad_answer(str(error))) from error


def _says_gone(response: Response) -> Generator[Fetch | Parse, Any, bool]:
    try:
        name, message = yield Parse(read_error, (response.body,))
    except ParseFailed:
        return False
    return name in _GONE or (name == "InvalidRequest" and any(words in message.lower() for words in _NOT_THERE))


def failure(error: FetchFailed | LookEnded) -> Coverage:
    """What a failure in the middle of a look says of it."""
    if isinstance(error, LookEnded):
        return error.coverage
    return Coverage("failed", error.code, str(error), error.retry_at)


def bad_answer(detail: str) -> Coverage:
    return Coverage("failed", "bad_answer", detail)
