"""Whom an account follows, on a Mastodon-compatible server.

The list is asked for with the account's own token or with none: snac answers with the list of whoever holds the token,
whatever account is asked for. Its owner is shown it also when others are not.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from plnapi.errors import N_
from plnapi.http.types import Response
from plnapi.platforms import jsonread
from plnapi.platforms.mastodon.json import AccountRead, read_following
from plnapi.platforms.mastodon.nodeinfo import tells_none
from plnapi.platforms.mastodon.pages import EMPTY_LIST, FEWER, HIDDEN_LIST, pages_from
from plnapi.platforms.mastodon.server import COMPLETE, Answer, Server, answer, describe, locate
from plnapi.platforms.types import Coverage, Seen, Steps, Subject

NOBODY = Coverage("complete", "no_follows", N_("The account follows nobody."))


def follows(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """A look at the list. The cursor holds `next`, where the next look goes on, and with it `seen`, how many so far."""
    server = yield from locate("follows", subject, cursor)
    account = yield from describe(server)
    if account.hides_lists and not server.token:
        return Seen(account.moved, HIDDEN_LIST, server.cursor)
    resumed = server.own(cursor.get("next"))
    start = resumed or server.url("/following?limit=80")
    pages = yield from pages_from(start, server, partial(_read, server))
    if not pages.read and not resumed:
        return (yield from _nobody(server, account))
    seen = pages.count + (jsonread.integer(cursor, "seen") or 0 if resumed else 0)
    coverage = pages.coverage()
    if coverage is COMPLETE and seen < (account.following or 0):
        coverage = FEWER
    more = {"next": pages.next, "seen": seen} if pages.next else {}
    return Seen((*pages.items, *account.moved), coverage, server.cursor | more)


def _nobody(server: Server, account: AccountRead) -> Steps:
    """An empty list is believed when its owner is shown it and the count agrees."""
    if not server.token or account.following != 0:
        return Seen(account.moved, EMPTY_LIST, server.cursor)
    honest, server = yield from tells_none(server)
    return Seen(account.moved, NOBODY if honest else EMPTY_LIST, server.cursor)


def _read(server: Server, response: Response) -> Answer:
    return answer(response, read_following, server.host, token=server.token)
