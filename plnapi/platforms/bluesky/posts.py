"""Posts, likes and reposts on the AT Protocol, from the person's own server, and which of the known ones are gone."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms import jsonread
from plnapi.platforms.bluesky.acts import (
    LIKE,
    REPOST,
    PostRead,
    read_described,
    read_likes,
    read_reposts,
    read_uris,
)
from plnapi.platforms.bluesky.address import keys_of, profile_url, read_did, record_key, shown
from plnapi.platforms.bluesky.json import POST, ItemsRead, ProfileRead, read_error, read_feed, read_posts, read_profile
from plnapi.platforms.bluesky.newest import Newest, newest
from plnapi.platforms.bluesky.services import (
    COMPLETE,
    PAGE,
    Home,
    Listing,
    Pages,
    Services,
    answer,
    at_home,
    failure,
    moved,
    query,
)
from plnapi.platforms.looking import LookEnded, unless_opted_out
from plnapi.platforms.types import Account, Act, Coverage, Parse, ParseFailed, Profile, Seen, Steps, Subject

DESCRIBED = 25  # posts of one question to the index, its most
MOST_DESCRIBED = 100  # posts of each list that one look asks about, the newest
NAMED_EVERY, NAMED_AT = 24, 2  # looks of which one asks for the account's handle, and which of them
OLDER = 20  # known posts below the newest page that one look asks for by name
NO_POSTS = Coverage("complete", "no_posts", "The account has not published anything.")
NO_REACTIONS = Coverage("complete", "no_reactions", "The account has not liked or reposted anything.")
REACTIONS = {"likes": (LIKE, read_likes), "reposts": (REPOST, read_reposts)}


# ---- posts


def posts(services: Services, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """From the account's server; when it has moved, from the new one; when that does not answer, from the index."""
    asks = _asks(services, subject)
    return (yield from unless_opted_out(_named_posts(services, subject, cursor), asks, subject, cursor))


def _named_posts(services: Services, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    look = partial(_posts, services, subject, cursor)
    seen: Seen = yield from at_home(services, subject, cursor, look, partial(_indexed, services, cursor))
    return (yield from _with_name(services, subject, cursor, seen))


def _asks(services: Services, subject: Subject) -> Generator[Fetch | Parse, Any, bool | None]:
    """Whether the account's owner asks programs to show it to no stranger, as the index repeats it."""
    did = read_did(subject.uri)
    try:
        response = yield query(services.appview, "app.bsky.actor.getProfile", actor=did)
        read: ProfileRead = yield from answer(response, read_profile, did)
    except (FetchFailed, LookEnded, ParseFailed):
        return None
    return read.unindexed


def _with_name(services: Services, subject: Subject, cursor: Mapping[str, Any], seen: Seen) -> Steps:
    """`seen`, with the account where it has another handle: asked for now and then, since the DID stays when that changes."""
    count, did = jsonread.integer(cursor, "looks") or 0, str(seen.cursor.get("did"))
    counted = replace(seen, cursor={**seen.cursor, "looks": (count + 1) % NAMED_EVERY})
    if count != NAMED_AT:
        return counted
    try:
        response = yield query(services.appview, "app.bsky.actor.getProfile", actor=did)
        read: ProfileRead = yield from answer(response, read_profile, did)
    except (FetchFailed, LookEnded):
        return replace(seen, cursor={**seen.cursor, "looks": count})  # the posts were seen; the next look asks for it
    if not read.handle or shown(read.handle) == subject.handle:
        return counted  # it is as before, or the index vouches for none
    named = Account(did, profile_url(read.handle), shown(read.handle), read.name, keys_of(did, read.handle))
    return replace(counted, items=(*seen.items, Profile(named, read.text, read.links)), unchanged=False)


def _posts(services: Services, subject: Subject, cursor: Mapping[str, Any], home: Home) -> Steps:
    seen: Seen = yield from _kept_posts(services, subject, cursor, home)
    there = (yield from moved(services, subject, home)) if seen.removed else None
    return (yield from _kept_posts(services, subject, cursor, there)) if there else seen


def _kept_posts(services: Services, subject: Subject, cursor: Mapping[str, Any], home: Home) -> Steps:
    found = yield from newest(home, POST, read_posts, cursor)
    kept = [key for key in (record_key(uri, home.did, POST) for uri in subject.known) if key]
    older = sorted({key for key in kept if key < found.lowest}, reverse=True)
    gone, asked = yield from _gone_older(services, home, found, older, str(cursor.get("older") or ""))
    removed = (*found.gone(*kept), *gone)
    pages, memory = found.pages, home.cursor | dict(found.memory) | ({"older": asked} if asked else {})
    coverage = pages.coverage() if pages.read else NO_POSTS
    if cursor and found.as_before and not removed:
        return Seen((), coverage, memory, unchanged=True)
    return Seen(pages.items, coverage, memory, removed=removed)


def _gone_older(
    services: Services, home: Home, found: Newest, older: list[str], after: str
) -> Generator[Fetch | Parse, Any, tuple[tuple[str, ...], str]]:
    """Which of some known posts below the page are gone, and the last key asked for; the next look asks on from there.

    The index answers for all of them at once. What is missing there may only be hidden there, so the account's own
    server is asked for it by name.
    """
    some = [key for key in older if not after or key < after][:OLDER] or older[:OLDER]
    if not some:
        return (), ""
    try:
        response = yield query(services.appview, "app.bsky.feed.getPosts", uris=[found.uri(key) for key in some])
        there: frozenset[str] = yield from answer(response, read_uris)
        missing = [key for key in some if found.uri(key) not in there]
        gone = []
        for key in missing:
            gone += [found.uri(key)] if (yield from _is_gone(home, key)) else []
    except (FetchFailed, LookEnded):
        return (), after  # the newest page is told all the same; these are asked for again at the next look
    return tuple(gone), some[-1]


def _is_gone(home: Home, key: str) -> Generator[Fetch | Parse, Any, bool]:
    """Whether the account's own server says that it has no such post."""
    asked = {"repo": home.did, "collection": POST, "rkey": key}
    response: Response = yield query(home.base, "com.atproto.repo.getRecord", **asked)
    if response.status != 400:
        return False
    try:
        name, _ = yield Parse(read_error, (response.body,))
    except ParseFailed:
        return False
    return bool(name == "RecordNotFound")


def _indexed(services: Services, cursor: Mapping[str, Any], home: Home, told: Coverage) -> Steps:
    """The newest posts that the index knows; what else there may be, only the account's server could say."""
    asked = {"actor": home.did, "limit": str(PAGE), "filter": "posts_with_replies"}
    response = yield Listing(services.appview, "app.bsky.feed.getAuthorFeed", asked).fetch()
    feed: ItemsRead = yield from answer(response, read_feed, home.did)
    coverage = Coverage("partial", told.reason, f"Only the index was read. {told.detail}", told.retry_at)
    return Seen(Pages((feed,)).items, coverage, {**cursor, **home.cursor})


# ---- likes and reposts


def reactions(services: Services, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """From the account's server alone: who likes what, no index tells to strangers."""
    return at_home(services, subject, cursor, partial(_reactions, services, subject, cursor))


def _reactions(services: Services, subject: Subject, cursor: Mapping[str, Any], home: Home) -> Steps:
    seen: Seen = yield from _kept_reactions(services, cursor, home)
    there = (yield from moved(services, subject, home)) if seen.removed else None
    return (yield from _kept_reactions(services, cursor, there)) if there else seen


def _kept_reactions(services: Services, cursor: Mapping[str, Any], home: Home) -> Steps:
    found: dict[str, Newest] = {}
    for name, (collection, read) in REACTIONS.items():
        found[name] = yield from newest(home, collection, read, jsonread.mapping(cursor, name))
    memory = home.cursor | {name: dict(one.memory) for name, one in found.items() if one.memory}
    coverage = _coverage([one.pages for one in found.values()])
    if cursor and all(one.as_before for one in found.values()):
        return Seen((), coverage, memory, unchanged=True)
    items = [item for one in found.values() for item in one.pages.items if isinstance(item, Act)]
    removed = tuple(uri for one in found.values() for uri in one.gone())
    try:
        described = yield from _described(services, [uri for one in found.values() for uri in _unknown(one)])
    except (FetchFailed, LookEnded) as error:
        told = replace(failure(error), state="partial")
        return Seen(items, told, cursor, removed=removed)  # the next look asks again what these posts are
    return Seen([_filled(item, described.get(item.object_uri)) for item in items], coverage, memory, removed=removed)


def _unknown(found: Newest) -> list[str]:
    """The posts of the newest reactions that no earlier look saw."""
    known = set(map(found.uri, found.known))
    acts = (item for item in found.pages.items if isinstance(item, Act) and item.uri not in known)
    return [act.object_uri for act in acts][:MOST_DESCRIBED]


def _described(services: Services, uris: Sequence[str]) -> Generator[Fetch | Parse, Any, Mapping[str, PostRead]]:
    """What the index says of these posts. A record of a like names its post by the author's DID and says no tags, while
    lists name people by their handles."""
    found: dict[str, PostRead] = {}
    for start in range(0, len(uris), DESCRIBED):
        response = yield query(services.appview, "app.bsky.feed.getPosts", uris=list(uris[start : start + DESCRIBED]))
        found |= yield from answer(response, read_described)
    return found


def _filled(act: Act, post: PostRead | None) -> Act:
    """The act with what is known of its post; one that the index does not show stays as it is."""
    return replace(act, object_keys=act.object_keys | post.author, tags=post.tags) if post else act


def _coverage(lists: list[Pages]) -> Coverage:
    """That of the first list of which something is missing."""
    if not any(pages.read for pages in lists):
        return NO_REACTIONS
    return next((one for one in (pages.coverage() for pages in lists) if one.state != "complete"), COMPLETE)
