"""Answers of the AT Protocol's services, as small as they can be and still be such (lexicons of August 2026)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from plnapi.http.types import Fetch, Response
from plnapi.platforms.types import Other, Subject
from tests.platforms.drive import Network, respond

APPVIEW, PLC, PDS = "https://public.api.bsky.app", "https://plc.directory", "https://pds.example"
DID, BOB = "did:plc:" + "a" * 24, "did:plc:" + "b" * 24
POST = "app.bsky.feed.post"
GET_POSTS = "app.bsky.feed.getPosts"

RESOLVE = f"{APPVIEW}/xrpc/com.atproto.identity.resolveHandle?handle=ada.bsky.social"
WELL_KNOWN = "https://ada.bsky.social/.well-known/atproto-did"
DOCUMENT = f"{PLC}/{DID}"
GET_PROFILE = f"{APPVIEW}/xrpc/app.bsky.actor.getProfile?actor={DID}"
FOLLOWS = f"{APPVIEW}/xrpc/app.bsky.graph.getFollows?actor={DID}&limit=100"
FEED = f"{APPVIEW}/xrpc/app.bsky.feed.getAuthorFeed?actor={DID}&limit=100&filter=posts_with_replies"


def records_url(collection: str = POST, limit: int = 100, base: str = PDS) -> str:
    return f"{base}/xrpc/com.atproto.repo.listRecords?repo={DID}&collection={collection}&limit={limit}"


POSTS, NEWEST = records_url(), records_url(limit=20)
FOLLOW_RECORDS, PROFILE_RECORD = (
    records_url("app.bsky.graph.follow"),
    records_url("app.bsky.actor.profile", 1),
)

LIKES, REPOSTS = records_url("app.bsky.feed.like"), records_url("app.bsky.feed.repost")

TYPED = Subject("@ada.bsky.social", "at://ada.bsky.social", "https://bsky.app/profile/ada.bsky.social")
ADA = Subject("@ada.bsky.social", DID, TYPED.url, {"did": DID, "pds": "pds.example"})
CLEO = "did:web:cleo.example"
# Ada as the account of a course; Bob and Cleo are students.
COURSE = replace(ADA, others=tuple(Other(did, "", "", {}) for did in (BOB, CLEO)))


def document(did: str = DID, handle: str = "ada.bsky.social", pds: str = PDS, **more: Any) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": did,
        "alsoKnownAs": [f"at://{handle}"],
        "verificationMethod": [],
        "service": [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": pds}],
    } | more


def profile(did: str = DID, handle: str = "ada.bsky.social", **more: Any) -> dict[str, Any]:
    return {
        "did": did,
        "handle": handle,
        "displayName": handle.partition(".")[0].title(),
        "description": "Learns in public. Code: PLN-ABCD\nhttps://ada.example/",
        "followsCount": 2,
    } | more


def value(text: str = "Hello", **more: Any) -> dict[str, Any]:
    return {"$type": POST, "text": text, "createdAt": "2026-09-01T10:00:00.000Z"} | more


def key(number: int) -> str:
    """A record key; a higher number is a later one."""
    return f"3l{number:011d}"


def record(number: int, text: str = "Hello", did: str = DID, **more: Any) -> dict[str, Any]:
    uri = f"at://{did}/{POST}/{key(number)}"
    return {"uri": uri, "cid": "bafy", "value": value(text, **more)}


def tag(name: str) -> dict[str, Any]:
    feature = {"$type": "app.bsky.richtext.facet#tag", "tag": name}
    return {"index": {"byteStart": 0, "byteEnd": 7}, "features": [feature]}


def page(*records: Any, cursor: str | None = None) -> dict[str, Any]:
    return {"records": list(records)} | ({"cursor": cursor} if cursor else {})


def view(number: int, by: str = DID, **more: Any) -> dict[str, Any]:
    """A post as the index shows it in a feed."""
    uri = f"at://{by}/{POST}/{key(number)}"
    author = {"did": by, "handle": "ada.bsky.social" if by == DID else "bob.test"}
    return {"post": {"uri": uri, "author": author, "record": value(), "indexedAt": "2026-09-01T10:00:01.000Z"}} | more


def follows(*others: dict[str, Any], cursor: str | None = None, subject: str = DID) -> dict[str, Any]:
    body = {"subject": profile(subject), "follows": list(others)}
    return body | ({"cursor": cursor} if cursor else {})


def followed(number: int, other: str) -> dict[str, Any]:
    """A record of a follow."""
    return {"uri": f"at://{DID}/app.bsky.graph.follow/{key(number)}", "cid": "bafy", "value": {"subject": other}}


def reaction(collection: str, number: int, by: str = BOB, what: str = POST) -> dict[str, Any]:
    """A record of a like or a repost of the post `number` of `by`."""
    subject = {"uri": f"at://{by}/{what}/{key(number)}", "cid": "bafy"}
    value = {"$type": collection, "subject": subject, "createdAt": "2026-09-02T10:00:00.000Z"}
    return {"uri": f"at://{DID}/{collection}/{key(number)}", "cid": "bafy", "value": value}


def relationships_url(*others: str) -> str:
    """The question who of the others follows Ada."""
    asked = "".join(f"&others={quote(other, safe=':')}" for other in others)
    return f"{APPVIEW}/xrpc/app.bsky.graph.getRelationships?actor={DID}{asked}"


def profiles_url(*actors: str) -> str:
    return f"{APPVIEW}/xrpc/app.bsky.actor.getProfiles?" + "&".join(f"actors={actor}" for actor in actors)


def posts_url(*numbers: int) -> str:
    """The question which of Ada's posts the index knows."""
    uris = (quote(f"at://{DID}/{POST}/{key(number)}", safe=":") for number in numbers)
    return f"{APPVIEW}/xrpc/app.bsky.feed.getPosts?" + "&".join(f"uris={uri}" for uri in uris)


def record_url(number: int) -> str:
    """The question whether Ada's server has a post of hers."""
    return f"{PDS}/xrpc/com.atproto.repo.getRecord?repo={DID}&collection={POST}&rkey={key(number)}"


def relationships(followers: Sequence[str] = (), others: Sequence[str] = (), actor: str = DID) -> dict[str, Any]:
    """Of `followers` and `others` only the first follow."""
    by = [{"did": did, "followedBy": f"at://{did}/app.bsky.graph.follow/{key(1)}"} for did in followers]
    return {"actor": actor, "relationships": by + [{"did": did} for did in others]}


def refused(name: str = "InvalidRequest", message: str = "Profile not found") -> dict[str, str]:
    return {"error": name, "message": message}


_LIKED = (f"at://{by}/{POST}/{key(number)}" for by, number in ((CLEO, 5), (BOB, 4), (BOB, 4)))
LIKED = f"{APPVIEW}/xrpc/{GET_POSTS}?" + "&".join(f"uris={quote(uri, safe=':')}" for uri in _LIKED)


class Index(Network):
    """An index that knows every post of others: by whom it is and, for Bob's, that it has the tag `sub101`."""

    def answer(self, fetch: Fetch) -> Response:
        if GET_POSTS in fetch.url and DID not in fetch.url:
            self.answers.setdefault(
                fetch.url, respond(fetch.url, {"posts": list(map(described, asked_for(fetch.url)))})
            )
        return super().answer(fetch)


def asked_for(url: str) -> list[str]:
    """The posts that a question is about."""
    return parse_qs(urlsplit(url).query)["uris"]


def described(uri: str) -> dict[str, Any]:
    """A post of Bob's, or of somebody else's, as the index shows it."""
    did = uri.split("/")[2]
    name, tags = ("bob.test", ["sub101"]) if did == BOB else ("cleo.test", [])
    return {"uri": uri, "author": {"did": did, "handle": name}, "record": value(tags=tags)}


def services() -> Network:
    """Ada with two posts, who follows Bob and Cleo, likes a post of each and reposted one; Bob follows her."""
    cleo = profile(CLEO, "cleo.test")
    like, repost = "app.bsky.feed.like", "app.bsky.feed.repost"
    return (
        Index()
        .put(RESOLVE, {"did": DID})
        .put(DOCUMENT, document(), kind="application/did+ld+json; charset=utf-8")
        .put(GET_PROFILE, profile())
        .put(NEWEST, page(record(2, facets=[tag("sub101")]), record(1), cursor=key(1)))
        .put(POSTS, page(record(2, facets=[tag("sub101")]), record(1), cursor=key(1)))
        .put(f"{POSTS}&cursor={key(1)}", page())
        .put(FOLLOWS, follows(profile(BOB, "bob.test"), cleo))
        .put(FOLLOW_RECORDS, page(followed(2, CLEO), followed(1, BOB)))
        .put(LIKES, page(reaction(like, 5, CLEO), reaction(like, 4)))
        .put(REPOSTS, page(reaction(repost, 4)))
        .put(relationships_url(BOB, CLEO), relationships([BOB], [CLEO]))
        .put(LIKED, {"posts": [described(uri) for uri in asked_for(LIKED)]})
    )
