"""What services of the AT Protocol answer about follows, likes and reposts, read. Pure, for the child process.

Sources: lexicons `app.bsky.graph.follow`, `app.bsky.feed.like`, `app.bsky.feed.repost`, `app.bsky.graph.getRelationships`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plnapi.platforms import jsonread
from plnapi.platforms.bluesky.address import (
    author_of,
    keys_of,
    post_url,
    profile_url,
    read_did,
    read_handle,
    record_key,
)
from plnapi.platforms.bluesky.json import (
    FOLLOW,
    POST,
    ItemsRead,
    account_follow,
    key_of,
    listed,
    object_of,
    page_of,
    tags_of,
)
from plnapi.platforms.types import Account, Act, Follow, ParseFailed, Verb

LIKE = "app.bsky.feed.like"
REPOST = "app.bsky.feed.repost"
VERBS: Mapping[str, Verb] = {LIKE: "Like", REPOST: "Announce"}


@dataclass(frozen=True, slots=True)
class RelationshipsRead:
    """Whom the service answered about, and of those who follow: their DID → the at-URI of the record that says so."""

    answered: tuple[str, ...]
    followers: Mapping[str, str]


def read_follow_records(body: bytes, did: str) -> ItemsRead:
    """A page of the follows that the server of `did` keeps: accounts by DID, the names are not in the records.

    Raises ParseFailed `bad_document`.
    """
    records = listed(body, "records")
    keys = tuple(key_of(record, did, FOLLOW) for record in records)
    return page_of(body, records, keys, [_followed(record, did) for record in records])


def read_profiles(body: bytes) -> tuple[Follow, ...]:
    """The accounts in an answer of `app.bsky.actor.getProfiles`, each as one who is followed. Raises ParseFailed."""
    return tuple(follow for follow in map(account_follow, listed(body, "profiles")) if follow)


def read_likes(body: bytes, did: str) -> ItemsRead:
    """A page of the likes that the server of `did` keeps; those of feeds are left out. Raises ParseFailed."""
    return _reactions(body, did, LIKE)


def read_reposts(body: bytes, did: str) -> ItemsRead:
    """A page of the reposts that the server of `did` keeps. Raises ParseFailed `bad_document`."""
    return _reactions(body, did, REPOST)


def read_relationships(body: bytes, did: str) -> RelationshipsRead:
    """Who follows `did`. Raises ParseFailed `bad_document` when the answer is about another account.

    An account that the service does not know is answered: it follows nobody there.
    """
    relations = listed(body, "relationships")
    if read_did(jsonread.text(object_of(body), "actor")) != did:
        raise ParseFailed("The answer is not about this account.", code="bad_document")
    about = {read_did(jsonread.text(one, "did") or jsonread.text(one, "actor")): one for one in relations}
    proofs = {who: jsonread.text(one, "followedBy") for who, one in about.items()}
    followers = {who: uri for who, uri in proofs.items() if who and record_key(uri, who, FOLLOW)}
    unreadable = {who for who, uri in proofs.items() if uri and who not in followers}
    return RelationshipsRead(tuple(who for who in about if who and who not in unreadable), followers)


def read_uris(body: bytes) -> frozenset[str]:
    """The at-URIs of the posts in an answer of `app.bsky.feed.getPosts`. Raises ParseFailed `bad_document`."""
    return frozenset(jsonread.text(view, "uri") for view in listed(body, "posts"))


@dataclass(frozen=True, slots=True)
class PostRead:
    """A post of somebody's as the index describes it: the keys of its author, handle included, and its tags."""

    author: frozenset[str]
    tags: tuple[str, ...]


def read_described(body: bytes) -> dict[str, PostRead]:
    """At-URI → post, in an answer of `app.bsky.feed.getPosts`. Raises ParseFailed `bad_document`."""
    described = {}
    for view in listed(body, "posts"):
        uri, author = jsonread.text(view, "uri"), jsonread.mapping(view, "author")
        did = author_of(uri)
        if did and did == read_did(jsonread.text(author, "did")):
            handle = read_handle(jsonread.text(author, "handle"))
            described[uri] = PostRead(keys_of(did, handle), tags_of(jsonread.mapping(view, "record")))
    return described


def _followed(record: Mapping[str, Any], did: str) -> Follow | None:
    other = read_did(jsonread.text(jsonread.mapping(record, "value"), "subject"))
    known = other and key_of(record, did, FOLLOW)
    return Follow(Account(other, profile_url(other), other, keys=keys_of(other))) if known else None


def _reactions(body: bytes, did: str, collection: str) -> ItemsRead:
    records = listed(body, "records")
    keys = tuple(key_of(record, did, collection) for record in records)
    return page_of(body, records, keys, [_act(record, did, collection) for record in records])


def _act(record: Mapping[str, Any], did: str, collection: str) -> Act | bool | None:
    """None for what cannot be read, False for a reaction to what is no post."""
    value = jsonread.mapping(record, "value")
    uri = jsonread.text(jsonread.mapping(value, "subject"), "uri")
    author, own = author_of(uri), key_of(record, did, collection)
    key = record_key(uri, author, POST)
    if not (author and own and key):
        return False if author and own else None
    return Act(
        verb=VERBS[collection],
        uri=f"at://{did}/{collection}/{own}",
        object_uri=uri,
        object_url=post_url(author, key),
        object_keys=keys_of(author),
        happened_at=jsonread.moment(value, "createdAt"),
    )
