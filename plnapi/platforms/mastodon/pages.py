"""Lists of the Mastodon API, page by page: `Link` is followed, ids are opaque (docs.joinmastodon.org, guidelines)."""

from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass, replace
from typing import Any

from plnapi.errors import N_
from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms.looking import LookEnded
from plnapi.platforms.mastodon.json import ItemsRead
from plnapi.platforms.mastodon.server import COMPLETE, Answer, Server
from plnapi.platforms.types import Coverage, Item, Parse, Profile

MAX_PAGES = 10  # of one look: 400 posts, 800 accounts; the next look goes on
SHORT_PAGE = 20  # a page without a link onward that has fewer items is the last one, whatever limit the server keeps

EMPTY_LIST = Coverage(
    "hidden", "empty_list_proves_nothing", N_("The server showed an empty list; servers also do so for what they hide.")
)
FEWER = Coverage("partial", "fewer_than_counted", N_("The list is shorter than the server's own count of it."))
HIDDEN_LIST = Coverage("hidden", "hidden_by_owner", N_("The account does not show its lists."))
MORE = Coverage("partial", "more_pages", N_("There is more than one look reads; the next one goes on."))
FOREIGN = Coverage("partial", "foreign_page", N_("The list goes on on another server."))

Reader = Callable[[Response], Answer]
Reached = Callable[[ItemsRead], bool]


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages of a list: what was read, where there is more, and why it stopped before that if it did.

    `ended`: the last page is the end of the list, not just as far as it had to be read.
    """

    read: tuple[ItemsRead, ...] = ()
    next: str = ""
    stopped: Coverage | None = None
    ended: bool = False

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for page in self.read for item in page.items)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(id for page in self.read for id in page.ids if id)

    @property
    def placed(self) -> dict[str, str]:
        """The id on this server of each post or account, by its URI."""
        return {uri: id for page in self.read for uri, id in page.placed if id}

    @property
    def moved(self) -> tuple[Profile, ...]:
        """The author's profile, when it says that they moved."""
        return tuple(page.moved for page in self.read if page.moved)[:1]

    @property
    def count(self) -> int:
        return sum(page.count for page in self.read)

    @property
    def malformed(self) -> bool:
        return any(page.malformed for page in self.read)

    def coverage(self) -> Coverage:
        if self.stopped:
            return replace(self.stopped, state="partial")
        if self.next:
            return MORE
        if self.malformed:
            return Coverage("partial", "malformed_items", N_("The server sent items that cannot be read."))
        return COMPLETE


def nothing_reached(_: ItemsRead) -> bool:
    """For a list that is read to its end."""
    return False


def any_of(ids: Collection[str]) -> Reached:
    """For a list that is read to the first page with one of these ids."""
    return lambda page: not set(ids).isdisjoint(page.ids)


def pages_from(
    url: str,
    server: Server,
    read: Reader,
    *,
    reached: Reached = nothing_reached,
    before: tuple[ItemsRead, ...] = (),
    most: int = MAX_PAGES,
) -> Generator[Fetch | Parse, Any, Pages]:
    """The pages from `url` on, after those of `before`: to an empty one, to one that is `reached`, or to `most`.

    An empty page ends a list even when it links onward, as Takahe's last does. Links are followed on this server only. A
    failure keeps what was read and where to go on; when nothing was read yet, FetchFailed or LookEnded is raised.
    """
    pages = before
    asked: set[str] = set()
    while url and url not in asked and len(pages) < most:
        asked.add(url)
        try:
            response = yield server.get(url)
            page: ItemsRead = yield from read(response)
        except (FetchFailed, LookEnded) as error:
            if not pages:
                raise
            return Pages(pages, url, interrupted(error))
        if not page.count:
            return Pages(pages, ended=True)
        pages += (page,)
        onward = response.links.get("next", "")
        if reached(page) or not onward:
            return Pages(pages, ended=not onward and page.count < SHORT_PAGE)
        url = server.own(onward)
        if not url:
            return Pages(pages, stopped=FOREIGN)
    return Pages(pages, "" if url in asked else url)


def with_backlog(head: Pages, backlog: str, server: Server, read: Reader) -> Generator[Fetch | Parse, Any, Pages]:
    """`head` and the pages that earlier looks left. A gap above these is read first; going on from it reaches them."""
    if not backlog or head.next:
        return head
    return (yield from pages_from(backlog, server, read, before=head.read))


def interrupted(error: FetchFailed | LookEnded) -> Coverage:
    """Why a look stopped in the middle."""
    if isinstance(error, LookEnded):
        return error.coverage
    return Coverage("partial", error.code, str(error), error.retry_at)
