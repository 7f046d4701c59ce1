"""What an account publishes and boosts, on a Mastodon-compatible server.

The newest page is read at every look, and on from there as far as an earlier look has been, so that what was deleted on it
is missed at once (removed.py). The parameters `since_id` and `tagged` are not sent: the one hides deletions, the other
is not understood everywhere.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any

from plnapi.errors import N_
from plnapi.http.types import Response
from plnapi.platforms.looking import OPTED_OUT, LookEnded
from plnapi.platforms.mastodon.json import ItemsRead
from plnapi.platforms.mastodon.nodeinfo import tells_none
from plnapi.platforms.mastodon.pages import EMPTY_LIST, Pages, Reached, pages_from, with_backlog
from plnapi.platforms.mastodon.removed import Removed, find_removed
from plnapi.platforms.mastodon.server import Answer, Server, answer, describe, locate
from plnapi.platforms.mastodon.statuses import id_in, order, read_statuses
from plnapi.platforms.types import Act, Coverage, Follow, Item, Post, Profile, Seen, Steps, Subject

NO_POSTS = Coverage("complete", "no_posts", N_("The account has not published anything that all may see."))


def posts(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """A look at the posts. The cursor holds `newest`, the id of the newest status; `next`, where older ones go on; `digest`
    of the newest page; `ids` of those kept posts whose URI does not tell it; and what removed.py remembers."""
    server = yield from locate("posts", subject, cursor)
    newest = str(cursor.get("newest") or "")
    read = partial(_read, server)
    head = yield from pages_from(server.url("/statuses?limit=40"), server, read, reached=_as_old_as(newest))
    if not head.read:
        return (yield from _nothing(server, subject))
    if not server.token and any(page.unindexed for page in head.read):
        raise LookEnded(OPTED_OUT)
    pages = yield from with_backlog(head, server.own(cursor.get("next")), server, read)
    ids = _remembered(cursor, subject, pages)
    removed = yield from find_removed(server, subject.known, head, ids, cursor)
    return _seen(server, cursor, pages, ids, removed)


def _as_old_as(id: str) -> Reached:
    """Up to the status `id`, or to where it stood if it has been deleted."""

    def reached(page: ItemsRead) -> bool:
        oldest = next((one for one in reversed(page.ids) if one), "")
        return bool(id) and (id in page.ids or (bool(oldest) and order(oldest) <= order(id)))

    return reached


def _seen(server: Server, cursor: Mapping[str, Any], pages: Pages, ids: Mapping[str, str], removed: Removed) -> Seen:
    items = _once((*pages.items, *pages.moved))
    digest = _digest(items) if len(pages.read) == 1 else ""
    memory = server.cursor | {
        name: value
        for name, value in {
            "newest": next(iter(pages.ids), "") or cursor.get("newest"),
            "next": pages.next,
            "digest": digest,
            "ids": dict(ids),
            **removed.memory,
        }.items()
        if value
    }
    if digest and digest == cursor.get("digest"):
        return Seen((), pages.coverage(), memory, unchanged=True, removed=removed.uris)
    return Seen(items, pages.coverage(), memory, removed=removed.uris)


def _digest(items: Iterable[Item]) -> str:
    """Whether the newest page says what it said before: a set has no order that another process would repeat."""
    told = [(i.uri, i.title, i.html, i.tags, sorted(i.answers)) for i in items if isinstance(i, Post)]
    done = [(i.uri, i.object_uri, i.tags) for i in items if isinstance(i, Act)]
    gone = [i.moved_to and i.moved_to.uri for i in items if isinstance(i, Profile)]
    return sha256(repr((told, done, gone)).encode()).hexdigest()


def _once(items: Iterable[Item]) -> tuple[Item, ...]:
    """Each once: pages shift while somebody publishes, and a boosted status also stands for itself."""
    told = [item for item in items if not isinstance(item, Follow)]
    return tuple({(type(i), i.account.uri if isinstance(i, Profile) else i.uri): i for i in told}.values())


def _remembered(cursor: Mapping[str, Any], subject: Subject, pages: Pages) -> dict[str, str]:
    """Ids by which posts can be asked for where the URI does not tell them: those kept, and those that may be by now."""
    before = cursor.get("ids")
    kept = {uri: before[uri] for uri in subject.known if uri in before} if isinstance(before, dict) else {}
    return kept | {uri: id for uri, id in pages.placed.items() if id_in(uri) != id}


def _nothing(server: Server, subject: Subject) -> Steps:
    """No status came. The account's own count tells silence from secrecy."""
    account = yield from describe(server)
    if account.statuses != 0:
        return Seen(account.moved, EMPTY_LIST, server.cursor)
    honest, server = yield from tells_none(server)
    if not honest:
        return Seen(account.moved, EMPTY_LIST, server.cursor)
    return Seen(account.moved, NO_POSTS, server.cursor, removed=subject.known)


def _read(server: Server, response: Response) -> Answer:
    return answer(response, read_statuses, server.base, server.actor, token=server.token)
