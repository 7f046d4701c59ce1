"""What an account likes, on a Mastodon-compatible server: shown to nobody but itself (methods/favourites)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from plnapi.http.types import Response
from plnapi.platforms.looking import LookEnded
from plnapi.platforms.mastodon.nodeinfo import tells_none
from plnapi.platforms.mastodon.pages import EMPTY_LIST, any_of, pages_from, with_backlog
from plnapi.platforms.mastodon.server import COMPLETE, Answer, Server, answer, locate
from plnapi.platforms.mastodon.software import sign_in
from plnapi.platforms.mastodon.statuses import read_favourites
from plnapi.platforms.types import Act, Seen, Steps, Subject

HEADS = 40  # ids of the newest likes that are remembered: one that is taken back must not hide where the list was left


def reactions(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """A look at the likes. The cursor holds `heads`, ids of the newest liked statuses, and `next`, where older ones go on.

    The list is in the order of liking and tells neither its time nor an address of the like: that of the post stands for it.
    """
    server = yield from _own(subject, cursor)
    before, read = cursor.get("heads"), partial(_read, server)
    heads = [id for id in before if isinstance(id, str)] if isinstance(before, list) else []
    head = yield from pages_from(server.api("/favourites?limit=40"), server, read, reached=any_of(heads))
    if not head.read:
        honest, server = yield from tells_none(server)
        return Seen((), COMPLETE if honest else EMPTY_LIST, server.cursor)
    pages = yield from with_backlog(head, server.own(cursor.get("next")), server, read)
    likes = {item.object_uri: item for item in pages.items if isinstance(item, Act)}
    more = {"heads": list(pages.ids[:HEADS]), "next": pages.next}
    kept = {name: value for name, value in more.items() if value}
    return Seen(tuple(likes.values()), pages.coverage(), server.cursor | kept)


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
