"""Mastodon and servers that speak its client API, read anonymously on the person's own server.

Sources: docs.joinmastodon.org, methods `accounts` (lookup, statuses, following) and `guidelines` of paging: the `Link`
header is followed, ids are opaque and per server. An account is known by its addresses, never by `acct`.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from plnapi.http.types import Fetch, Response
from plnapi.platforms import addresses, jsonread
from plnapi.platforms.looking import begin
from plnapi.platforms.mastodon_address import keys_of, read_handle, read_profile_url
from plnapi.platforms.mastodon_json import AccountRead, read_account, read_following, read_statuses
from plnapi.platforms.mastodon_server import (
    ACCEPT,
    COMPLETE,
    Answer,
    Server,
    answer,
    find,
    locate,
    pages_from,
)
from plnapi.platforms.types import Address, Capabilities, Coverage, Item, Look, Post, Seen, Steps, Subject

HIDDEN_LIST = Coverage("hidden", "hidden_by_owner", "The account does not show whom it follows.")
EMPTY_LIST = Coverage(
    "hidden", "empty_list_proves_nothing", "The server showed an empty list; servers also do so for what they hide."
)
NO_POSTS = Coverage("complete", "no_posts", "The account has not published anything that all may see.")


class Mastodon:
    """The adapter. `data` of its subjects: `host`, the authority of the server that answers, and `id`, the id there."""

    name = "mastodon"
    title = "Mastodon and compatible servers"
    capabilities = Capabilities(
        looks=frozenset({"posts", "follows", "proof"}),
        verbs={"Create": "posts", "Follow": "follows"},
        groups=True,
        note="Some servers and some people show their lists and posts only to people who are signed in.",
        proofs=("code", "verified_field"),
    )

    def read_address(self, text: str) -> Address | None:
        """`@ada@example.social`, `!group@example.social`, `https://example.social/@ada` and `/users/ada`.

        The sign at the front is required: `ada@example.social` alone is also an e-mail address.
        """
        text = addresses.cleaned(text)
        handle = read_handle(text) if text.lower().startswith(("@", "!", "acct:")) else read_profile_url(text)
        return Address(self.name, str(handle), handle.acct, handle.url) if handle else None

    def address_keys(self, text: str) -> frozenset[str]:
        """`acct:` and page addresses in lower case; a name without a sign is read as a handle here."""
        return keys_of(text)

    def look(self, what: Look, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
        """All cursors hold `id` and `host`. `posts` adds `newest`, the id on that server of the newest status seen;
        `posts` and `follows` add `next`, where the next look goes on, and `follows` with it `seen`, how many so far."""
        return begin({"posts": _posts, "follows": _follows, "proof": _proof}, what, subject, cursor)


MASTODON = Mastodon()


def _proof(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    server, read = yield from find(subject)
    return Seen((read.profile,), COMPLETE, server.cursor)


def _posts(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    server = yield from locate(subject, cursor)
    newest, backlog = str(cursor.get("newest") or ""), server.own(cursor.get("next"))
    since = f"&since_id={quote(newest, safe='')}" if newest else ""
    start = server.url(f"/statuses?limit=40&exclude_reblogs=true{since}")
    read = partial(_read_statuses, server)
    pages = yield from pages_from(start, server, read, known=newest)
    head = next((id for page in pages.read for id in page.ids if id), newest)
    if backlog and not pages.next:  # else the gap above the backlog is read first; going on from there reaches it
        pages = yield from pages_from(backlog, server, read, before=pages.read)
    if not pages.read:
        return (yield from _nothing_new(server, newest))
    return Seen(_once(pages.items), pages.coverage(), _kept(server, newest=head, next=pages.next))


def _once(posts: Iterable[Item]) -> tuple[Item, ...]:
    """Each status once: pages shift while somebody publishes, and a boosted status also stands for itself."""
    return tuple({post.uri: post for post in posts if isinstance(post, Post)}.values())


def _nothing_new(server: Server, newest: str) -> Steps:
    """No status came. For an account never seen to publish, its count tells silence from secrecy."""
    if newest:
        return Seen((), COMPLETE, _kept(server, newest=newest), unchanged=True)
    response = yield Fetch(server.url(), ACCEPT)
    account: AccountRead = yield from answer(response, read_account, server.host)
    return Seen((), NO_POSTS if account.statuses == 0 else EMPTY_LIST, server.cursor)


def _follows(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    server = yield from locate(subject, cursor)
    response = yield Fetch(server.url(), ACCEPT)
    account: AccountRead = yield from answer(response, read_account, server.host)
    if account.hides_lists:
        return Seen((), HIDDEN_LIST, server.cursor)
    resumed = server.own(cursor.get("next"))
    pages = yield from pages_from(resumed or server.url("/following?limit=80"), server, partial(_read_follows, server))
    if not pages.read and not resumed:
        return Seen((), EMPTY_LIST, server.cursor)
    seen = pages.count + (jsonread.integer(cursor, "seen") or 0 if resumed else 0)
    coverage = pages.coverage()
    if coverage is COMPLETE and seen < (account.following or 0):
        coverage = Coverage("partial", "fewer_than_counted", "The list is shorter than the server's own count of it.")
    return Seen(pages.items, coverage, _kept(server, next=pages.next, seen=seen if pages.next else 0))


def _kept(server: Server, **more: Any) -> dict[str, Any]:
    return server.cursor | {name: value for name, value in more.items() if value}


def _read_statuses(server: Server, response: Response) -> Answer:
    return answer(response, read_statuses, server.base, server.actor)


def _read_follows(server: Server, response: Response) -> Answer:
    return answer(response, read_following, server.host)
