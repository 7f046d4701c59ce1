"""Mastodon and servers that speak its client API, read on the account's own server.

Sources: docs.joinmastodon.org, methods `accounts` (lookup, statuses, following, followers, relationships), `statuses` and
`favourites`, and `guidelines` of paging. Ids are per server; an account is known by its addresses, never by `acct`.
Strangers are shown what the server shows to all; with the account's own token a look sees what its owner sees, of which
only what is meant for all is taken.
"""

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any

from plnapi.errors import N_
from plnapi.http.types import Fetch, FetchFailed
from plnapi.platforms import addresses
from plnapi.platforms.html import plain_text
from plnapi.platforms.looking import LookEnded, begin
from plnapi.platforms.mastodon.address import keys_of, read_handle, read_profile_url
from plnapi.platforms.mastodon.follows import follows
from plnapi.platforms.mastodon.json import ItemsRead
from plnapi.platforms.mastodon.nodeinfo import software_at
from plnapi.platforms.mastodon.pages import interrupted
from plnapi.platforms.mastodon.posts import posts
from plnapi.platforms.mastodon.reactions import reactions
from plnapi.platforms.mastodon.received import received
from plnapi.platforms.mastodon.server import COMPLETE, Server, SignInNeeded, answer, find, software_in
from plnapi.platforms.mastodon.software import only_with_token, sign_in
from plnapi.platforms.mastodon.statuses import read_statuses
from plnapi.platforms.types import Address, Capabilities, Coverage, Look, Parse, Post, Seen, Steps, Subject

NEWEST = 20  # posts that are searched for a code
NO_WORDS = Coverage(
    "partial", "posts_not_read", N_("The profile was read, but the server did not give the posts of the account.")
)


class Mastodon:
    """The adapter. `data` of its subjects: `host`, the authority of the server that answers, `id`, the id there, and
    `software`, what the server runs (a key of software.SOFTWARE or another name), when it said so."""

    name = "mastodon"
    title = "Mastodon and compatible servers"
    capabilities = Capabilities(
        looks=frozenset({"posts", "follows", "reactions", "received", "proof"}),
        verbs={"Create": "posts", "Announce": "posts", "Follow": "follows", "Like": "reactions"},
        received=frozenset({"Follow"}),
        groups=True,
        with_token=frozenset({"posts", "follows", "reactions", "received", "proof"}),
        note="Some servers and some people show their lists and posts only to people who are signed in.",
        proofs=("code", "verified_field", "oauth"),
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
        """All cursors hold `id` and `host`, as `data` does, and `software`; the rest is said at each look."""
        return begin(_LOOKS, what, subject, cursor)


MASTODON = Mastodon()


def _proof(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """The profile, and the words of the newest posts.

    Which software the server runs is asked once, also where it shows the profile to no stranger.
    """
    software = software_in(subject, cursor)
    only_with_token("proof", software, subject.token)
    try:
        server, read = yield from find(subject)
    except SignInNeeded as refused:
        software = software or (yield from software_at(refused.host))
        return Seen((), sign_in(software), {**cursor, "software": software} if software else cursor)
    software = software or (yield from software_at(server.host))
    server = replace(server, software=software)
    words, coverage = yield from _words(server)
    profile = replace(read.profile, text="\n".join([read.profile.text, *words]))
    return Seen((profile,), coverage, server.cursor)


def _words(server: Server) -> Generator[Fetch | Parse, Any, tuple[list[str], Coverage]]:
    """The texts of the account's own newest posts: a code may stand in one. Where they are hidden, the profile is all.

    Of an account that asks not to be indexed no post is read without its own token.
    """
    try:
        only_with_token("posts", server.software, server.token)
        response = yield server.get(server.url(f"/statuses?limit={NEWEST}"))
        page: ItemsRead = yield from answer(response, read_statuses, server.base, server.actor, token=server.token)
    except (FetchFailed, LookEnded) as error:
        stopped = interrupted(error)
        return [], COMPLETE if stopped.state == "hidden" else replace(NO_WORDS, retry_at=stopped.retry_at)
    if page.unindexed and not server.token:
        return [], COMPLETE
    return [plain_text(post.html) for post in page.items if isinstance(post, Post)], COMPLETE


_LOOKS = {"posts": posts, "follows": follows, "reactions": reactions, "received": received, "proof": _proof}
