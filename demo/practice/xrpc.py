"""The reads of the AT Protocol (lexicons of August 2026), as a data server, the index and the directory answer them."""

from collections.abc import Sequence
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, request

from demo.practice.api import answer
from demo.practice.bluesky import FOLLOW, POST, REPOST, Bluesky, Person, cid

LIMIT, MOST = 50, 100
MOST_OTHERS, MOST_PROFILES = 30, 25

xrpc = Blueprint("xrpc", __name__)

Json = dict[str, Any]


class XrpcError(Exception):
    """A refusal: 400 with a name and a message, for accounts that are not there too."""

    def __init__(self, message: str, name: str = "InvalidRequest") -> None:
        super().__init__(message)
        self.name, self.message = name, message


def serve_bluesky(app: Flask, bluesky: Bluesky) -> None:
    """Serve these people under /xrpc/ and their DID documents under /did:plc:…."""
    app.extensions["practice_bluesky"] = bluesky
    app.register_blueprint(xrpc)


@xrpc.errorhandler(XrpcError)
def refused(error: XrpcError) -> Response:
    """The error as XRPC words it."""
    return answer({"error": error.name, "message": error.message}, 400)


# ---- names


@xrpc.get("/xrpc/com.atproto.identity.resolveHandle")
def resolve_handle() -> Response:
    """The DID of a handle."""
    found = _bluesky().find(_asked("handle"))
    if found is None or found.closed or found.did == _asked("handle"):
        raise XrpcError("Unable to resolve handle")
    return answer({"did": found.did})


@xrpc.get("/did:plc:<key>")
def document(key: str) -> Response:
    """A DID document, as plc.directory sends it; 410 for a closed account."""
    did = f"did:plc:{key}"
    person = _bluesky().people.get(did)
    if person is None:
        return answer({"message": f"DID not registered: {did}"}, 404)
    if person.closed:
        return answer({"message": f"DID not available: {did}"}, 410)
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": _bluesky().base_url}
    body = {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": did,
        "alsoKnownAs": [f"at://{person.handle}"],
        "verificationMethod": [],
        "service": [service],
    }
    response = answer(body)
    response.content_type = "application/did+ld+json; charset=utf-8"
    return response


# ---- the data server


@xrpc.get("/xrpc/com.atproto.repo.listRecords")
def list_records() -> Response:
    """A collection's records, newest first; the cursor comes with the last page too."""
    person = _bluesky().find(_asked("repo"))
    if person is None or person.closed:
        raise XrpcError(f"Could not find repo: {_asked('repo')}")
    collection = _asked("collection")
    rows = sorted(person.of(collection), reverse=request.args.get("reverse") != "true")
    keys = _page(rows)
    records = [
        {"uri": (uri := person.uri(collection, key)), "cid": cid(uri), "value": person.of(collection)[key]}
        for key in keys
    ]
    return answer({"records": records} | ({"cursor": keys[-1]} if keys else {}))


# ---- the index


@xrpc.get("/xrpc/app.bsky.actor.getProfile")
def get_profile() -> Response:
    """A profile in detail."""
    return answer(_detailed(_shown(_asked("actor"))))


@xrpc.get("/xrpc/app.bsky.actor.getProfiles")
def get_profiles() -> Response:
    """Profiles in detail of those of `actors` that are there, 25 at most."""
    actors = request.args.getlist("actors")
    _expect_at_most(actors, MOST_PROFILES, "actors")
    found = (_bluesky().find(actor) for actor in actors)
    return answer({"profiles": [_detailed(person) for person in found if person and not person.closed]})


@xrpc.get("/xrpc/app.bsky.graph.getFollows")
def get_follows() -> Response:
    """Whom an account follows, newest follow first; closed accounts are left out of their page."""
    person = _shown(_asked("actor"), "Actor not found")
    keys = _page(sorted(person.of(FOLLOW), reverse=True))
    followed = (_bluesky().people[person.of(FOLLOW)[key]["subject"]] for key in keys)
    body = {"subject": _view(person), "follows": [_view(each) for each in followed if not each.closed]}
    return answer(body | _onward(keys))


@xrpc.get("/xrpc/app.bsky.graph.getFollowers")
def get_followers() -> Response:
    """Who follows an account, newest follow first."""
    person = _shown(_asked("actor"), "Actor not found")
    ties = [(_bluesky().follow_of(each, person), each) for each in _bluesky().people.values() if not each.closed]
    by_key = {uri.rpartition("/")[2]: each for uri, each in ties if uri}
    keys = _page(sorted(by_key, reverse=True))
    return answer({"subject": _view(person), "followers": [_view(by_key[key]) for key in keys]} | _onward(keys))


@xrpc.get("/xrpc/app.bsky.graph.getRelationships")
def get_relationships() -> Response:
    """What stands between `actor` and each of `others`, 30 at most, which must be DIDs: a handle reads as no relation."""
    actor, others = _shown(_asked("actor"), "Actor not found"), request.args.getlist("others")
    _expect_at_most(others, MOST_OTHERS, "others")
    return answer({"actor": actor.did, "relationships": [_relationship(actor, other) for other in others]})


@xrpc.get("/xrpc/app.bsky.feed.getAuthorFeed")
def get_author_feed() -> Response:
    """What an account wrote, replies among it, and what of others it reposted, newest first."""
    person = _shown(_asked("actor"))
    entries = {key: (person, key, None) for key in person.of(POST)} | _reposts(person)
    keys = _page(sorted(entries, reverse=True))
    return answer({"feed": [_feed_entry(*entries[key]) for key in keys]} | _onward(keys))


# ---- inside


def _bluesky() -> Bluesky:
    return cast(Bluesky, current_app.extensions["practice_bluesky"])


def _asked(name: str) -> str:
    """A parameter. Raises XrpcError without it."""
    value = request.args.get(name)
    if not value:
        raise XrpcError(f'Error: Params must have the property "{name}"')
    return value


def _page(keys: Sequence[str]) -> list[str]:
    """The page of `keys` that `limit` and `cursor` ask for. Raises XrpcError for a limit of more than 100."""
    limit, cursor = request.args.get("limit", LIMIT, type=int), request.args.get("cursor")
    if not 1 <= limit <= MOST:
        raise XrpcError(f"Error: limit can not be greater than {MOST}")
    rising = request.args.get("reverse") == "true"
    return [key for key in keys if not cursor or (key > cursor if rising else key < cursor)][:limit]


def _onward(keys: Sequence[str]) -> Json:
    """A cursor after each full page, whether or not more follows."""
    full = len(keys) == request.args.get("limit", LIMIT, type=int)
    return {"cursor": keys[-1]} if full else {}


def _expect_at_most(values: Sequence[str], most: int, name: str) -> None:
    if len(values) > most:
        raise XrpcError(f"Error: {name} must not have more than {most} elements")


def _shown(actor: str, otherwise: str = "Profile not found") -> Person:
    """The account. Raises XrpcError for one that is unknown or closed."""
    person = _bluesky().find(actor)
    if person is None:
        raise XrpcError(otherwise)
    if person.closed:
        raise XrpcError("Account is deactivated", "AccountDeactivated")
    return person


def _view(person: Person) -> Json:
    texts = {name: person.profile[name] for name in ("displayName", "description") if person.profile.get(name)}
    return {"did": person.did, "handle": person.handle, **texts, "labels": []}


def _detailed(person: Person) -> Json:
    followers = sum(_bluesky().follow_of(each, person) is not None for each in _bluesky().people.values())
    counts = {"followersCount": followers, "followsCount": len(person.of(FOLLOW)), "postsCount": len(person.of(POST))}
    return _view(person) | counts


def _relationship(actor: Person, other: str) -> Json:
    body = {"$type": "app.bsky.graph.defs#relationship", "did": other}
    person = _bluesky().people.get(other)
    if person is None:
        return body
    ties = {"following": _bluesky().follow_of(actor, person), "followedBy": _bluesky().follow_of(person, actor)}
    return body | {name: uri for name, uri in ties.items() if uri}


def _reposts(person: Person) -> dict[str, tuple[Person, str, Person | None]]:
    """What the account reposted and is still there, by the key of the repost."""
    found: dict[str, tuple[Person, str, Person | None]] = {}
    for key, value in person.of(REPOST).items():
        did, _, rest = value["subject"]["uri"].removeprefix("at://").partition("/")
        author, post = _bluesky().people[did], rest.rpartition("/")[2]
        if post in author.of(POST) and not author.closed:
            found[key] = (author, post, person)
    return found


def _feed_entry(author: Person, key: str, by: Person | None) -> Json:
    uri, record = author.uri(POST, key), author.of(POST)[key]
    view = {"uri": uri, "cid": cid(uri), "author": _view(author), "record": record, "indexedAt": record["createdAt"]}
    reason = (
        {"$type": "app.bsky.feed.defs#reasonRepost", "by": _view(by), "indexedAt": record["createdAt"]} if by else None
    )
    return {"post": view} | ({"reason": reason} if reason else {})
