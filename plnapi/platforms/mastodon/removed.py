"""Which of the kept posts are gone from a Mastodon-compatible server.

A kept post that should stand in the listed, gapless range and does not is missing. Where statuses can be asked for by ids
(Mastodon 4.3, methods/statuses#index) that is confirmed so, in the same requests in which older ones are asked for, some at
each look, in turn. Elsewhere the range alone decides, and fewer older ones are asked for one by one.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from plnapi.http.types import Fetch, FetchFailed
from plnapi.platforms import jsonread
from plnapi.platforms.looking import GONE, LookEnded
from plnapi.platforms.mastodon.json import ItemsRead
from plnapi.platforms.mastodon.pages import Pages
from plnapi.platforms.mastodon.server import Server, answer
from plnapi.platforms.mastodon.software import software_of
from plnapi.platforms.mastodon.statuses import id_in, order, read_status, read_statuses
from plnapi.platforms.types import Parse

BATCH = 20  # ids of one request, as many as Mastodon takes
OLDER = 20  # older posts that one look asks for
SINGLY = 5  # the same, one by one
AGAIN = 20  # looks after which a server that could not be asked for several is tried again
MOST = 95  # missing ones that one look confirms
UNKNOWN_THERE = frozenset({400, 401, 403, 404, 405, 422, 501})  # how servers answer that cannot be asked so


@dataclass(frozen=True, slots=True)
class Removed:
    """`uris` of those gone; `memory`: `asked`, the id up to which the turn of the older ones has come, and `singly`, for how
    many looks more they are not asked for together."""

    uris: tuple[str, ...] = ()
    memory: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placed:
    """A kept post and its id on the server, empty when that is not known."""

    uri: str
    id: str


def find_removed(
    server: Server, known: Sequence[str], head: Pages, ids: Mapping[str, str], cursor: Mapping[str, Any]
) -> Generator[Fetch | Parse, Any, Removed]:
    """Those of `known` that are gone, `head` being the gapless list from the newest status on.

    `ids` are ids of posts by URI, where the URI does not tell them. Nothing is raised: what could not be asked for stays. A
    list of which nothing can be read says nothing.
    """
    left = jsonread.integer(cursor, "singly") or 0
    if not head.ids:
        return Removed(memory={"asked": cursor.get("asked"), "singly": left})
    missing, older = _sorted_out(known, head, ids)
    turn = _turn(older, str(cursor.get("asked") or ""))
    named = [post for post in missing if post.id][:MOST]
    absent: set[str] | None = None
    if software_of(server.software).by_ids and not left:
        absent = yield from _by_ids(server, [*named, *turn], head.ids[0])
    singly = 0
    if absent is None:
        singly = left - 1 if left else AGAIN
        turn = turn[:SINGLY]
        alone = yield from _one_by_one(server, turn)
        absent = alone | {post.uri for post in named}
    gone = {*absent, *(post.uri for post in missing if not post.id)}
    asked = turn[-1].id if turn else cursor.get("asked")
    return Removed(tuple(uri for uri in known if uri in gone), {"asked": asked, "singly": singly})


# ---- which to ask for


def _sorted_out(known: Sequence[str], head: Pages, ids: Mapping[str, str]) -> tuple[list[Placed], list[Placed]]:
    """Those missing from the list, and those that it does not reach to. One that cannot be placed is in neither.

    A list in which something could not be read misses nothing for certain.
    """
    listed, shown = head.placed, {id.lower() for id in head.ids}
    others = [Placed(uri, ids.get(uri) or id_in(uri)) for uri in known if uri not in listed]
    unseen = [post for post in others if post.id.lower() not in shown]
    within = [post for post in unseen if _is_within(post.id, head)]
    beyond = [post for post in unseen if post.id and post not in within]
    return ([], [post for post in unseen if post.id]) if head.malformed else (within, beyond)


def _is_within(id: str, head: Pages) -> bool:
    """Whether the list should show it: it goes to the end, or further back than that status."""
    return head.ended or bool(id and head.ids and order(id) > order(head.ids[-1]))


def _turn(older: Sequence[Placed], asked: str) -> list[Placed]:
    """The next of them from the newest to the oldest, and round again; `asked` is the last of the turn before."""
    ordered = sorted(older, key=lambda post: order(post.id), reverse=True)
    start = next((n for n, post in enumerate(ordered) if asked and order(post.id) < order(asked)), 0)
    return [*ordered[start:], *ordered[:start]][:OLDER]


# ---- asking


def _by_ids(server: Server, posts: Sequence[Placed], witness: str) -> Generator[Fetch | Parse, Any, set[str] | None]:
    """The URIs of those that the server does not have any more; None when it cannot be asked for several.

    `witness` is a status that is there for certain: an answer without it, or with what cannot be read, says nothing. A
    failure ends the asking only.
    """
    absent: set[str] = set()
    for start in range(0, len(posts), BATCH - 1):
        batch = posts[start : start + BATCH - 1]
        wanted = "&".join(f"id[]={quote(id, safe='')}" for id in (witness, *(post.id for post in batch)))
        try:
            response = yield server.get(server.api(f"/statuses?{wanted}"))
            if response.status in UNKNOWN_THERE:
                return None
            page: ItemsRead = yield from answer(response, read_statuses, server.base, server.actor)
        except (FetchFailed, LookEnded):
            return absent  # the posts were seen; what is not confirmed is asked for again
        there = {id.lower() for id in page.ids}
        if page.malformed or witness.lower() not in there:
            return None
        absent |= {post.uri for post in batch if post.id.lower() not in there}
    return absent


def _one_by_one(server: Server, posts: Sequence[Placed]) -> Generator[Fetch | Parse, Any, set[str]]:
    """The same, each in a request of its own. One that is refused or cannot be read ends the asking."""
    absent: set[str] = set()
    for post in posts:
        try:
            response = yield server.get(server.api(f"/statuses/{quote(post.id, safe='')}"))
            if response.status in GONE:
                absent.add(post.uri)
            else:
                yield from answer(response, read_status, server.base, server.actor)
        except (FetchFailed, LookEnded):
            break  # the posts were seen; these are asked for again
    return absent
