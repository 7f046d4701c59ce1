"""The newest records of a collection in a person's own repository, held against those that an earlier look saw.

Record keys fall from page to page of `com.atproto.repo.listRecords`, so what is known and not where it would be is gone.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

from plnapi.http.types import Fetch
from plnapi.platforms import jsonread
from plnapi.platforms.bluesky.json import ItemsRead
from plnapi.platforms.bluesky.services import PAGE, Home, Pages, pages_from
from plnapi.platforms.types import Parse

LAST = "\x7f"  # after every record key


@dataclass(frozen=True, slots=True)
class Newest:
    """`head` are the pages from the newest record down to what was known, `pages` these and what was left over before.

    `memory` is for the next look: `page`, the keys of the newest records, newest first, and `next`, where a history
    that is too long for one look goes on. `as_before`: not one record is different.
    """

    collection: str
    did: str
    head: Pages
    pages: Pages
    known: tuple[str, ...]
    memory: Mapping[str, Any]
    as_before: bool

    @property
    def lowest(self) -> str:
        """The key down to which every record was listed; empty when all were."""
        return "" if self.head.ended else min(self.head.keys, default=LAST)

    def gone(self, *kept: str) -> tuple[str, ...]:
        """The URIs of records that were known, or are named by the keys `kept`, and are not where they would be."""
        there, lowest = set(self.head.keys), self.lowest
        missing = (key for key in dict.fromkeys((*self.known, *kept)) if key not in there and key >= lowest)
        return tuple(self.uri(key) for key in missing)

    def uri(self, key: str) -> str:
        return f"at://{self.did}/{self.collection}/{key}"


def newest(
    home: Home, collection: str, read: Callable[..., ItemsRead], memory: Mapping[str, Any]
) -> Generator[Fetch | Parse, Any, Newest]:
    """New records down to those known. Where all fit on a page, down to the oldest: then none goes missing unnoticed.

    Raises FetchFailed or LookEnded when not even the first page could be read.
    """
    known, backlog = tuple(map(str, jsonread.listing(memory, "page"))), str(memory.get("next") or "")
    stop = (known[0] if len(known) == PAGE else known[-1]) if known else ""
    listing = home.records(collection)
    pages = head = yield from pages_from(listing, read, home.did, known=stop)
    if backlog and not head.next:  # else the gap above the backlog is read first; going on from there reaches it
        pages = yield from pages_from(listing, read, home.did, backlog, before=head.read)
    page = head.keys[:PAGE]
    kept = {name: value for name, value in (("page", list(page)), ("next", pages.next)) if value}
    as_before = page == known and not backlog and pages.coverage().state == "complete"
    return Newest(collection, home.did, head, pages, known, kept, as_before)
