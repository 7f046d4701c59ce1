"""Follows on the AT Protocol: whom a person follows, and who of a class follows an account.

The records on the person's own server say who is followed, by DID (lexicon `app.bsky.graph.follow`). The index has the
handles, and leaves out accounts that are closed or that one of the two has blocked.
"""

import hashlib
from collections.abc import Generator, Mapping, Sequence
from functools import partial
from typing import Any

from plnapi.http.types import Fetch, FetchFailed
from plnapi.platforms import jsonread
from plnapi.platforms.bluesky.acts import RelationshipsRead, read_follow_records, read_profiles, read_relationships
from plnapi.platforms.bluesky.address import keys_of, profile_url, read_actor, read_did
from plnapi.platforms.bluesky.json import FOLLOW, read_follows
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
    find,
    moved,
    pages_from,
    query,
)
from plnapi.platforms.looking import LookEnded
from plnapi.platforms.types import Act, Coverage, Follow, Parse, Seen, Steps, Subject

PROFILES = 25  # actors, the most that getProfiles takes
NAMELESS = 50  # accounts whose handle one look asks for
OTHERS = 30  # the most that getRelationships takes
BATCHES = 80  # of one look; the next one goes on
NO_FOLLOWS = Coverage("complete", "no_follows", "The account follows nobody.")
NO_DID = Coverage(
    "partial", "others_unknown", "The account of somebody is known by a handle alone, which nobody answers for."
)
UNANSWERED = Coverage("partial", "malformed_items", "The index did not answer for everybody.")
MORE = Coverage("partial", "more_pages", "There are more people than one look asks for; the next one goes on.")

Followed = dict[str, Follow]  # by DID


# ---- whom a person follows


def follows(services: Services, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """From the account's server, with handles from the index; when no server answers, from the index alone."""
    look = partial(_follows, services, subject, cursor)
    return at_home(services, subject, cursor, look, partial(_indexed, services, cursor))


def _follows(services: Services, subject: Subject, cursor: Mapping[str, Any], home: Home) -> Steps:
    rest = jsonread.mapping(cursor, "next")
    records = yield from _records(home, rest)
    whole = not rest and records.coverage() is COMPLETE
    digest = _digest(records) if whole else ""
    if digest and digest == cursor.get("digest") and not (yield from _named(services, _nameless(cursor))):
        return Seen((), COMPLETE if records.read else NO_FOLLOWS, {**cursor, **home.cursor}, unchanged=True)
    index = yield from _index(services, home, rest)
    recorded, indexed = _by_did(records), _by_did(index)
    if whole and indexed.keys() - recorded.keys():  # unfollowed a moment ago, or this is no longer the server
        there = yield from moved(services, subject, home)
        if there:
            return (yield from _follows(services, subject, cursor, there))
    nameless = [did for did in recorded if did not in indexed]
    named = yield from _named(services, nameless[:NAMELESS])
    items = recorded | named | (_only(indexed, recorded) if whole else indexed)
    coverage = records.coverage() if records.coverage() is not COMPLETE else index.coverage()
    left = [did for did in nameless if did not in named][:NAMELESS]
    kept = _kept(home, next=_rest(records, index), digest=digest if coverage is COMPLETE else "", nameless=left)
    return Seen(tuple(items.values()), coverage if items or not whole else NO_FOLLOWS, kept)


def _records(home: Home, rest: Mapping[str, Any]) -> Generator[Fetch | Parse, Any, Pages]:
    """What is left of the list on the account's server."""
    if rest and not rest.get("records"):
        return Pages(ended=True)
    return (yield from pages_from(home.records(FOLLOW), read_follow_records, home.did, str(rest.get("records") or "")))


def _index(services: Services, home: Home, rest: Mapping[str, Any]) -> Generator[Fetch | Parse, Any, Pages]:
    """What is left of the list of the index; a failure is told in its coverage."""
    begin = str(rest.get("index") or "")
    if rest and not begin:
        return Pages(ended=True)
    listing = Listing(services.appview, "app.bsky.graph.getFollows", {"actor": home.did, "limit": str(PAGE)})
    try:
        return (yield from pages_from(listing, read_follows, home.did, begin))
    except (FetchFailed, LookEnded) as error:
        return Pages((), begin, failure(error))


def _rest(records: Pages, index: Pages) -> dict[str, str]:
    """Where both lists go on; nothing when both were read to the end."""
    return {name: pages.next for name, pages in (("records", records), ("index", index)) if pages.next}


def _indexed(services: Services, cursor: Mapping[str, Any], home: Home, told: Coverage) -> Steps:
    """The index alone, which leaves out some: what it does not show may be there all the same."""
    index = yield from _index(services, home, {})
    coverage = index.stopped or Coverage(
        "partial", told.reason, f"Only the index was read. {told.detail}", told.retry_at
    )
    return Seen(index.items, coverage, {**cursor, **home.cursor})


def _named(services: Services, dids: Sequence[str]) -> Generator[Fetch | Parse, Any, Followed]:
    """Those of the accounts that the index shows, with their handles."""
    found: Followed = {}
    for at in range(0, len(dids), PROFILES):
        try:
            response = yield query(services.appview, "app.bsky.actor.getProfiles", actors=dids[at : at + PROFILES])
            shown: tuple[Follow, ...] = yield from answer(response, read_profiles)
        except (FetchFailed, LookEnded):
            return found  # without a handle they are known by their DID alone
        found |= {follow.account.uri: follow for follow in shown if follow.account.uri in dids}
    return found


def _nameless(cursor: Mapping[str, Any]) -> list[str]:
    return [did for did in map(str, jsonread.listing(cursor, "nameless")[:NAMELESS]) if read_did(did)]


def _by_did(pages: Pages) -> Followed:
    return {item.account.uri: item for item in pages.items if isinstance(item, Follow)}


def _only(some: Followed, wanted: Followed) -> Followed:
    return {did: follow for did, follow in some.items() if did in wanted}


def _digest(records: Pages) -> str:
    """What tells one list from another, in short. Records do not change, so their keys and order are enough."""
    return hashlib.sha256("\n".join(records.keys).encode()).hexdigest()


def _kept(home: Home, **more: Any) -> dict[str, Any]:
    return home.cursor | {name: value for name, value in more.items() if value}


# ---- who follows an account


def received(services: Services, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """Who of the others follows the subject, as the index has it: 30 people a request.

    They are asked for by DID alone: to a handle the service answers that there is nothing, whatever there is. Each
    look begins with those that the one before did not come to, and goes round.
    """
    did = read_did(subject.uri) or (yield from find(services, subject)).did
    dids = [read_did(other.uri) for other in subject.others]
    asked = sorted({other for other in dids if other})
    begin = next((at for at, other in enumerate(asked) if other == cursor.get("begin")), 0)
    asked = asked[begin:] + asked[:begin]
    found, stopped = yield from _relationships(services, did, asked)
    answered = {other for read in found for other in read.answered}
    coverage = stopped or (NO_DID if "" in dids else COMPLETE if answered >= set(asked) else UNANSWERED)
    left = asked[len(found) * OTHERS :]
    acts = (_follow(subject, did, who, uri) for read in found for who, uri in read.followers.items() if who in asked)
    return Seen(tuple(acts), coverage, {"did": did} | ({"begin": left[0]} if left else {}))


def _relationships(
    services: Services, did: str, others: Sequence[str]
) -> Generator[Fetch | Parse, Any, tuple[list[RelationshipsRead], Coverage | None]]:
    """The answers to one batch after another, and why it stopped early if it did."""
    found: list[RelationshipsRead] = []
    for at in range(0, len(others), OTHERS):
        if len(found) == BATCHES:
            return found, MORE
        try:
            some = others[at : at + OTHERS]
            response = yield query(services.appview, "app.bsky.graph.getRelationships", actor=did, others=some)
            found.append((yield from answer(response, read_relationships, did)))
        except (FetchFailed, LookEnded) as error:
            if not found:
                raise
            told = failure(error)
            return found, Coverage("partial", told.reason, told.detail, told.retry_at)
    return found, None


def _follow(subject: Subject, did: str, who: str, uri: str) -> Act:
    keys = keys_of(did, read_actor(subject.handle))
    return Act("Follow", uri, did, profile_url(did), keys, actor_keys=keys_of(who))
