"""Bluesky and the rest of the AT Protocol, read anonymously: posts on the person's own server, follows in the index.

An account is known by its DID, which stays when the handle or the server changes. Sources: atproto.com/specs,
docs.bsky.app, lexicons `app.bsky.*` and `com.atproto.repo.listRecords`. There is no search: it needs a sign-in.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from plnapi.http.types import Fetch, FetchFailed
from plnapi.platforms import addresses, jsonread
from plnapi.platforms.bluesky_address import keys_of, profile_url, read_actor, read_did, read_handle, shown, uri_of
from plnapi.platforms.bluesky_json import (
    FOLLOW,
    POST,
    PROFILE,
    ItemsRead,
    ProfileRead,
    read_any,
    read_feed,
    read_follows,
    read_posts,
    read_profile,
    read_profile_record,
)
from plnapi.platforms.bluesky_services import (
    COMPLETE,
    NO_ACCOUNT,
    PAGE,
    Answer,
    Home,
    Listing,
    Pages,
    Services,
    answer,
    failure,
    find,
    locate,
    pages_from,
    query,
)
from plnapi.platforms.html import plain_text
from plnapi.platforms.looking import LookEnded, begin
from plnapi.platforms.types import (
    Account,
    Address,
    Capabilities,
    Coverage,
    Look,
    Parse,
    Post,
    Profile,
    Seen,
    Steps,
    Subject,
)

NEWEST = 20  # posts that are searched for a code
LAST = "\x7f"  # after every record key
NO_POSTS = Coverage("complete", "no_posts", "The account has not published anything.")
NO_FOLLOWS = Coverage("complete", "no_follows", "The account follows nobody.")
BEHIND = Coverage("partial", "index_behind", "The index of the network does not show yet whom the account follows.")
NOT_SURE = Coverage("hidden", "empty_list_proves_nothing", "The index shows an empty list, and nobody confirms it.")


class Bluesky:
    """The adapter. `data` of its subjects: `did`, and `pds`, the authority of the server that keeps its records."""

    name = "bluesky"
    title = "Bluesky"
    capabilities = Capabilities(
        looks=frozenset({"posts", "follows", "proof"}),
        verbs={"Create": "posts", "Follow": "follows"},
        note="A follow is seen when the network's index has it, mostly within seconds; accounts that are blocked or"
        " closed are missing there. A hashtag counts where the app made it one, not where it is only typed.",
    )

    def __init__(self, services: Services | None = None) -> None:
        self._services = services or Services()

    def read_address(self, text: str) -> Address | None:
        """`@ada.bsky.social`, `did:plc:…`, `did:web:…`, `at://…` and `https://bsky.app/profile/…`.

        The sign is required: `ada.bsky.social` alone is also a site. Until it is proven the URI is that of the handle.
        """
        actor = read_actor(text)
        return Address(self.name, shown(actor), uri_of(actor), profile_url(actor)) if actor else None

    def address_keys(self, text: str) -> frozenset[str]:
        """The DID, or the handle as `at://` URI; a name without a sign is read as a handle here."""
        return keys_of(read_actor(text) or read_handle(addresses.cleaned(text)))

    def look(self, what: Look, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
        """All cursors hold `did` and `pds`. `posts` adds `page`, the keys of the newest records, newest first; `posts` and
        `follows` add `next`, the service's cursor where the next look goes on."""
        looks = {"posts": _posts, "follows": _follows, "proof": _proof}
        return begin({name: partial(steps, self._services) for name, steps in looks.items()}, what, subject, cursor)


BLUESKY = Bluesky()


# ---- proof


def _proof(services: Services, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    document = yield from find(services, subject)
    home = Home(document.did, document.pds)
    profile: ProfileRead = yield from _profile(services, home)
    # A handle counts when its way to the DID was gone here, or by the index; that the DID claims it is not enough.
    by_handle = not read_did(subject.uri)
    actor = document.handle if by_handle or document.handle == profile.handle else ""
    actor = actor or home.did
    account = Account(home.did, profile_url(actor), shown(actor), profile.name, keys_of(home.did, actor))
    words, coverage = yield from _words(home)
    return Seen((Profile(account, "\n".join([profile.text, *words]), profile.links),), coverage, home.cursor)


def _words(home: Home) -> Generator[Fetch | Parse, Any, tuple[list[str], Coverage]]:
    """The texts of the newest posts: a code may stand in one of them."""
    try:
        posts: ItemsRead = yield from _first(home.records(POST, NEWEST), read_posts, home.did)
    except (FetchFailed, LookEnded) as error:
        return [], replace(failure(error), state="partial")
    return [plain_text(post.html) for post in posts.items if isinstance(post, Post)], COMPLETE


def _profile(services: Services, home: Home) -> Answer:
    """The profile as the index shows it; where that cannot be asked, the record on the account's own server."""
    try:
        response = yield query(services.appview, "app.bsky.actor.getProfile", actor=home.did)
        return (yield from answer(response, read_profile, home.did))
    except (FetchFailed, LookEnded) as error:
        if failure(error) == NO_ACCOUNT:
            raise
    return (yield from _first(home.records(PROFILE, 1), read_profile_record, home.did))


def _first(listing: Listing, read: Callable[..., Any], did: str) -> Answer:
    """The first page of a list."""
    response = yield listing.fetch()
    return (yield from answer(response, read, did))


# ---- posts


def _posts(services: Services, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """From the account's server; when it has moved, from the new one; when that does not answer, from the index."""
    home = yield from locate(services, subject, cursor)
    try:
        seen: Seen = yield from _kept_posts(home, cursor)
    except (FetchFailed, LookEnded) as error:
        told = failure(error)
        if told.reason == "host_busy":
            raise
        moved = yield from _moved(services, subject, home)
        if moved:
            return (yield from _kept_posts(moved, cursor))
        if told.reason == "gone":
            raise
        return (yield from _indexed_posts(services, home, cursor, told))
    moved = (yield from _moved(services, subject, home)) if seen.removed else None
    return (yield from _kept_posts(moved, cursor)) if moved else seen


def _moved(services: Services, subject: Subject, home: Home) -> Generator[Fetch | Parse, Any, Home | None]:
    """Where the account is kept by its DID document, when that is not `home`. Raises LookEnded for a closed one."""
    try:
        document = yield from find(services, subject)
    except (FetchFailed, LookEnded) as error:
        if failure(error).reason == "gone":
            raise
        return None
    return Home(document.did, document.pds) if document.pds != home.pds else None


def _kept_posts(home: Home, cursor: Mapping[str, Any]) -> Steps:
    """New posts down to those known. Where all fit on a page, down to the oldest: then none goes missing unnoticed."""
    known, backlog = _known(cursor), str(cursor.get("next") or "")
    stop = (known[0] if len(known) == PAGE else known[-1]) if known else ""
    listing = home.records(POST)
    pages = head = yield from pages_from(listing, read_posts, home.did, known=stop)
    page = head.keys[:PAGE]
    if backlog and not head.next:  # else the gap above the backlog is read first; going on from there reaches it
        pages = yield from pages_from(listing, read_posts, home.did, backlog, before=head.read)
    coverage = pages.coverage() if pages.read else NO_POSTS
    if cursor and page == known and not backlog and coverage.state == "complete":
        return Seen((), coverage, {**cursor, **home.cursor}, unchanged=True)
    kept = _kept(home, page=list(page), next=pages.next)
    return Seen(pages.items, coverage, kept, removed=_removed(home.did, known, head))


def _known(cursor: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(key) for key in jsonread.listing(cursor, "page"))


def _removed(did: str, known: tuple[str, ...], head: Pages) -> tuple[str, ...]:
    """The URIs of known posts that are not where they would be: between those that were read, or after the last."""
    there = set(head.keys)
    lowest = "" if head.ended else min(there, default=LAST)
    return tuple(f"at://{did}/{POST}/{key}" for key in known if key not in there and key >= lowest)


def _indexed_posts(services: Services, home: Home, cursor: Mapping[str, Any], told: Coverage) -> Steps:
    """The newest posts that the index knows; what else there may be, only the account's server could say."""
    asked = {"actor": home.did, "limit": str(PAGE), "filter": "posts_with_replies"}
    listing = Listing(services.appview, "app.bsky.feed.getAuthorFeed", asked)
    feed: ItemsRead = yield from _first(listing, read_feed, home.did)
    coverage = Coverage("partial", told.reason, f"Only the index was read. {told.detail}", told.retry_at)
    return Seen(Pages((feed,)).items, coverage, {**cursor, **home.cursor})


# ---- follows


def _follows(services: Services, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    home = yield from locate(services, subject, cursor)
    resumed = str(cursor.get("next") or "")
    listing = Listing(services.appview, "app.bsky.graph.getFollows", {"actor": home.did, "limit": str(PAGE)})
    pages = yield from pages_from(listing, read_follows, home.did, resumed)
    if not pages.read and not resumed:
        return (yield from _follows_nobody(home))
    return Seen(pages.items, pages.coverage(), _kept(home, next=pages.next))


def _follows_nobody(home: Home) -> Steps:
    """The index has no follows. Whether there are none, the account's own server knows."""
    try:
        records: ItemsRead = yield from _first(home.records(FOLLOW, 1), read_any, home.did)
    except (FetchFailed, LookEnded):
        return Seen((), NOT_SURE, home.cursor)
    return Seen((), BEHIND if records.count else NO_FOLLOWS, home.cursor)


def _kept(home: Home, **more: Any) -> dict[str, Any]:
    return home.cursor | {name: value for name, value in more.items() if value}
