"""What an account likes, on a Mastodon-compatible server: shown to nobody but itself (methods/favourites)."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from plnapi.http.types import Response
from plnapi.platforms import jsonread
from plnapi.platforms.looking import LookEnded
from plnapi.platforms.mastodon.nodeinfo import tells_none
from plnapi.platforms.mastodon.pages import EMPTY_LIST, Pages, any_of, pages_from, with_backlog
from plnapi.platforms.mastodon.server import COMPLETE, Answer, Server, answer, locate
from plnapi.platforms.mastodon.software import sign_in
from plnapi.platforms.mastodon.statuses import read_favourites
from plnapi.platforms.types import Act, Seen, Steps, Subject

HEADS = 40  # ids of the newest likes that are remembered: one that is taken back must not hide where the list was left


def reactions(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """A look at the likes. The cursor holds `heads`, ids of the newest liked statuses, `acts`, what is told of these by
    their ids, and `next`, where older ones go on. Of the newest ones those are `removed` that are missing from the list.

    The list is in the order of liking and tells neither its time nor an address of the like: that of the post stands for it.
    """
    server = yield from _own(subject, cursor)
    before, read = cursor.get("heads"), partial(_read, server)
    heads = [id for id in before if isinstance(id, str)] if isinstance(before, list) else []
    head = yield from pages_from(server.api("/favourites?limit=40"), server, read, reached=any_of(heads))
    if not head.read:
        return (yield from _nothing(server, cursor))
    pages = yield from with_backlog(head, server.own(cursor.get("next")), server, read)
    likes = {item.object_uri: item for item in pages.items if isinstance(item, Act)}
    newest = list(dict.fromkeys(pages.ids))[:HEADS]
    acts = {id: uri for uri, id in pages.placed.items() if id in newest}
    kept = {name: value for name, value in {"heads": newest, "acts": acts, "next": pages.next}.items() if value}
    return Seen(tuple(likes.values()), pages.coverage(), server.cursor | kept, removed=_taken_back(heads, head, cursor))


def _nothing(server: Server, cursor: Mapping[str, Any]) -> Steps:
    """No like came. All that was known is taken back where an empty list means that there is nothing."""
    honest, server = yield from tells_none(server)
    if honest:
        return Seen((), COMPLETE, server.cursor, removed=tuple(_acts(cursor).values()))
    kept = {name: cursor[name] for name in ("heads", "acts") if name in cursor}
    return Seen((), EMPTY_LIST, server.cursor | kept)


def _taken_back(heads: Sequence[str], head: Pages, cursor: Mapping[str, Any]) -> tuple[str, ...]:
    """Those of the newest likes that would stand in the list above one that still does, or at all when it was read to its
    end. A list in which something could not be read misses nothing for certain."""
    there = set(head.ids)
    lowest = max((n for n, id in enumerate(heads) if id in there), default=0)
    within = heads if head.ended else heads[:lowest]
    acts = _acts(cursor)
    return () if head.malformed or head.stopped else tuple(acts[id] for id in within if id not in there and id in acts)


def _acts(cursor: Mapping[str, Any]) -> dict[str, str]:
    """Id of a liked status → what the look told of the like."""
    acts = jsonread.mapping(cursor, "acts")
    return {id: uri for id, uri in acts.items() if isinstance(uri, str)}


def _own(subject: Subject, cursor: Mapping[str, Any]) -> Any:
    """The server, with a token for it. Raises LookEnded `needs_sign_in` before anything is asked without one."""
    if not subject.token:
        raise LookEnded(sign_in(str({**subject.data, **cursor}.get("software", ""))))
    server: Server = yield from locate("reactions", subject, cursor)
    if not server.token:
        raise LookEnded(sign_in(server.software))
    return server


def _read(server: Server, response: Response) -> Answer:
    return answer(response, read_favourites, server.base, token=server.token)
