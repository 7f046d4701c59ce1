"""What services of the AT Protocol answer, read (lexicons of bluesky-social/atproto, August 2026). Pure, for the child process.

Any field may have any type: an item that lacks what identifies it is counted as malformed and left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlsplit

from plnapi.platforms import addresses, jsonread
from plnapi.platforms.bluesky.address import (
    author_of,
    is_record,
    keys_of,
    post_url,
    profile_url,
    read_did,
    read_handle,
    record_key,
    shown,
)
from plnapi.platforms.html import one_line, safe_url
from plnapi.platforms.types import Account, Act, Follow, ParseFailed, Post

POST = "app.bsky.feed.post"
PROFILE = "app.bsky.actor.profile"
FOLLOW = "app.bsky.graph.follow"
MAX_TAGS = 100
MAX_LINKS = 20

_TAG, _MENTION = "app.bsky.richtext.facet#tag", "app.bsky.richtext.facet#mention"
_URL = re.compile(r"https?://[^\s<>\"']{1,500}")


@dataclass(frozen=True, slots=True)
class Document:
    """What a DID document says: the handle that it claims, and the authority of the server that keeps the records."""

    did: str
    handle: str
    pds: str


@dataclass(frozen=True, slots=True)
class ProfileRead:
    """What an account says of itself. `handle` is empty when whoever answered does not vouch for one.

    `unindexed`: its owner asks programs not to show it to strangers (com.atproto.label.defs#selfLabels).
    """

    handle: str
    name: str
    text: str
    links: tuple[str, ...]
    unindexed: bool = False


@dataclass(frozen=True, slots=True)
class ItemsRead:
    """One page of a list: how many items it had, their record keys, how many could not be read, what was, what follows."""

    count: int
    keys: tuple[str, ...]
    malformed: int
    items: tuple[Post | Follow | Act, ...]
    cursor: str


def read_error(body: bytes) -> tuple[str, str]:
    """The name and the message of an XRPC error, empty when they are missing."""
    source = object_of(body)
    return jsonread.text(source, "error"), jsonread.text(source, "message")


def read_resolved(body: bytes) -> str:
    """The DID in an answer of `com.atproto.identity.resolveHandle`. Raises ParseFailed `bad_document`."""
    return _expect(read_did(jsonread.text(object_of(body), "did")), "The answer names no account.")


def read_well_known(body: bytes) -> str:
    """The DID in the text of `/.well-known/atproto-did`, on its first line. Raises ParseFailed `bad_document`."""
    first = body[:4096].decode("ascii", "replace").partition("\n")[0].strip()
    return _expect(read_did(first), "The document names no account.")


def read_document(body: bytes, did: str) -> Document:
    """The DID document of `did`. Raises ParseFailed `bad_document` when it is another's, or names no server.

    The first `at://` of `alsoKnownAs` is the handle; one further down is not.
    """
    source = object_of(body)
    if read_did(jsonread.text(source, "id")) != did:
        raise ParseFailed("The document is not that of this account.", code="bad_document")
    known_as = [name for name in jsonread.listing(source, "alsoKnownAs") if isinstance(name, str)]
    claimed = next((name for name in known_as if name.startswith("at://")), "")
    services = (service for service in jsonread.mappings(source, "service") if _keeps_records(service, did))
    pds = _server(jsonread.text(next(services, {}), "serviceEndpoint"))
    return Document(did, read_handle(claimed.removeprefix("at://")), _expect(pds, "The document names no server."))


def read_profile(body: bytes, did: str) -> ProfileRead:
    """The profile of `did` as the index shows it. Raises ParseFailed `bad_document` when it is another's."""
    source = object_of(body)
    if read_did(jsonread.text(source, "did")) != did:
        raise ParseFailed("The answer is not the profile of this account.", code="bad_document")
    return _profile(source, read_handle(jsonread.text(source, "handle")))


def read_profile_record(body: bytes, did: str) -> ProfileRead:
    """The profile of `did` among the records of its server; an empty one where there is none. Raises ParseFailed."""
    records = [record for record in listed(body, "records") if key_of(record, did, PROFILE) == "self"]
    return _profile(jsonread.mapping(records[0], "value") if records else {}, "")


def read_posts(body: bytes, did: str) -> ItemsRead:
    """A page of the posts that the server of `did` keeps. Raises ParseFailed `bad_document`."""
    records = listed(body, "records")
    posts = [_post(record, "value", did) for record in records]
    keys = tuple(key_of(record, did, POST) for record in records)
    return page_of(body, records, keys, posts)


def read_feed(body: bytes, did: str) -> ItemsRead:
    """A page of the index's feed of `did`: what others wrote and `did` reposted is left out. Raises ParseFailed."""
    views = [jsonread.mapping(entry, "post") for entry in listed(body, "feed")]
    own = [view for view in views if jsonread.text(jsonread.mapping(view, "author"), "did") == did]
    return page_of(body, views, (), [_post(view, "record", did) for view in own])


def read_follows(body: bytes, did: str) -> ItemsRead:
    """A page of the accounts that `did` follows. Raises ParseFailed `bad_document` when it is another's list."""
    views = listed(body, "follows")
    if read_did(jsonread.text(jsonread.mapping(object_of(body), "subject"), "did")) != did:
        raise ParseFailed("The list is not that of this account.", code="bad_document")
    return page_of(body, views, (), [account_follow(view) for view in views])


# ---- what the readings of these services share


def object_of(body: bytes) -> Mapping[str, Any]:
    """The object in `body`. Raises ParseFailed `bad_document`."""
    value = jsonread.document(body)
    if not isinstance(value, dict):
        raise ParseFailed("The answer is not an object.", code="bad_document")
    return value


def listed(body: bytes, name: str) -> list[Mapping[str, Any]]:
    """The items of the list; one that is no object is an empty one. Raises ParseFailed when there is no list."""
    value = object_of(body).get(name)
    if not isinstance(value, list):
        raise ParseFailed("The answer has no list.", code="bad_document")
    return [item if isinstance(item, dict) else {} for item in value]


def _expect(value: str, otherwise: str) -> str:
    if not value:
        raise ParseFailed(otherwise, code="bad_document")
    return value


def page_of(body: bytes, items: list[Any], keys: tuple[str, ...], read: list[Any]) -> ItemsRead:
    """A page with `items`, of which `read` was made; None in it stands for what could not be read, False for no item."""
    cursor = jsonread.text(object_of(body), "cursor")[:1000]
    return ItemsRead(len(items), keys, read.count(None), tuple(item for item in read if item), cursor)


def _keeps_records(service: Mapping[str, Any], did: str) -> bool:
    name, kind = jsonread.text(service, "id"), jsonread.text(service, "type")
    return name in {"#atproto_pds", f"{did}#atproto_pds"} and kind == "AtprotoPersonalDataServer"


def _server(url: str) -> str:
    """The authority of a server's address, when what plnapi asks there is asked as the address says; else empty."""
    authority = addresses.authority_of(url)
    return authority if authority and urlsplit(url).scheme == urlsplit(addresses.base_url(authority)).scheme else ""


def _profile(source: Mapping[str, Any], handle: str) -> ProfileRead:
    name = one_line(jsonread.text(source, "displayName"))[:200]
    about, site = jsonread.text(source, "description"), safe_url(jsonread.text(source, "website"))
    found = [safe_url(url) for url in _URL.findall(about)[:MAX_LINKS]]
    links = tuple(dict.fromkeys(url for url in (site, *found) if url))
    text = "\n".join(part for part in (name, one_line(about), site) if part)
    return ProfileRead(handle, name, text, links, _is_unindexed(source))


def _is_unindexed(source: Mapping[str, Any]) -> bool:
    """By a label of the owner's own: in the record they stand under `values`, the index names who gave each."""
    by, given = jsonread.text(source, "did"), jsonread.mappings(source, "labels")
    own = [label for label in given if by and jsonread.text(label, "src") == by and label.get("neg") is not True]
    own += jsonread.mappings(jsonread.mapping(source, "labels"), "values")
    return any(jsonread.text(label, "val") == "!no-unauthenticated" for label in own)


def key_of(record: Mapping[str, Any], did: str, collection: str) -> str:
    """The key of a record of `collection` in the repository of `did`; else empty."""
    return record_key(jsonread.text(record, "uri"), did, collection)


def _post(source: Mapping[str, Any], inner: str, did: str) -> Post | None:
    """The post whose record stands under `inner`; None when it is not one in the repository of `did`."""
    key, record = key_of(source, did, POST), jsonread.mapping(source, inner)
    if not key or not record:
        return None
    features = list(_features(record))
    parent = jsonread.text(jsonread.mapping(jsonread.mapping(record, "reply"), "parent"), "uri")
    mentioned = (read_did(jsonread.text(f, "did")) for f in features if jsonread.text(f, "$type") == _MENTION)
    return Post(
        uri=f"at://{did}/{POST}/{key}",
        url=post_url(did, key),
        html=escape(jsonread.text(record, "text"), quote=False).replace("\n", "<br>"),
        published_at=jsonread.moment(record, "createdAt"),
        tags=_tags(record, features),
        in_reply_to=parent if is_record(parent) else None,
        mentions=tuple(dict.fromkeys(who for who in mentioned if who)),
        answers=keys_of(author_of(parent)),
    )


def tags_of(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The tags that the author of a post's record set."""
    return _tags(record, list(_features(record)))


def _features(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What the author marked in the text."""
    for facet in jsonread.mappings(record, "facets"):
        yield from jsonread.mappings(facet, "features")


def _tags(record: Mapping[str, Any], features: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """Tags that the author set: in the text as a facet, or beside it. Bare `#text` is none here: apps do not link it."""
    marked = [jsonread.text(feature, "tag") for feature in features if jsonread.text(feature, "$type") == _TAG]
    beside = [jsonread.storable(tag) for tag in jsonread.listing(record, "tags") if isinstance(tag, str)]
    names = (one_line(tag).lstrip("#\uff03") for tag in (*marked, *beside))
    return tuple(dict.fromkeys(name for name in names if name))[:MAX_TAGS]


def account_follow(view: Mapping[str, Any]) -> Follow | None:
    """The follow of the account that a service shows as `view`; None when that is no account."""
    did, handle = read_did(jsonread.text(view, "did")), read_handle(jsonread.text(view, "handle"))
    if not did:
        return None
    actor = handle or did
    name = one_line(jsonread.text(view, "displayName"))[:200]
    return Follow(Account(did, profile_url(actor), shown(actor), name, keys_of(did, handle)))
