"""How other servers find an account here: WebFinger, NodeInfo and ActivityPub documents. Nothing is delivered."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from demo.practice import reading
from demo.practice.api import answer, the_world
from demo.practice.entities import DESCRIPTION, TITLE, VERSION, iso, note_html
from demo.practice.records import Account, NotFound, Status

ACTIVITY_JSON = "application/activity+json"
_LD_JSON = "application/ld+json"
_CONTEXT = "https://www.w3.org/ns/activitystreams"
_PUBLIC = f"{_CONTEXT}#Public"
_ACTORS_A_PAGE = 12

federation = Blueprint("federation", __name__)


@federation.get("/.well-known/webfinger")
def webfinger() -> Response:
    """RFC 7033: `acct:ada@domain` or an address of hers, to her actor and profile."""
    resource = request.args.get("resource") or abort(400)
    account = _by_resource(resource)
    actor, profile = _actor_url(account), f"{the_world().base_url}/@{account.username}"
    body = {
        "subject": f"acct:{account.username}@{the_world().domain}",
        "aliases": [profile, actor],
        "links": [
            {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": profile},
            {"rel": "self", "type": ACTIVITY_JSON, "href": actor},
        ],
    }
    return Response(json.dumps(body), content_type="application/jrd+json; charset=utf-8")


@federation.get("/.well-known/nodeinfo")
def nodeinfo_links() -> Response:
    """Where NodeInfo is (nodeinfo.diaspora.software)."""
    schema = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    return answer({"links": [{"rel": schema, "href": f"{the_world().base_url}/nodeinfo/2.0"}]})


@federation.get("/nodeinfo/2.0")
def nodeinfo() -> Response:
    """What software this is taken for, and how much is here."""
    users = len(the_world().accounts)
    return answer(
        {
            "version": "2.0",
            "software": {"name": "mastodon", "version": VERSION},
            "protocols": ["activitypub"],
            "services": {"outbound": [], "inbound": []},
            "usage": {
                "users": {"total": users, "activeMonth": users, "activeHalfyear": users},
                "localPosts": sum(status.reblog is None for status in the_world().statuses.values()),
            },
            "openRegistrations": False,
            "metadata": {"nodeName": TITLE, "nodeDescription": DESCRIPTION},
        }
    )


@federation.get("/users/<username>")
def actor(username: str) -> BaseResponse:
    """The actor for servers, the profile for browsers."""
    account = the_world().account(username)
    return _activity(actor_json(account)) if wants_activity() else redirect(f"/@{account.username}")


@federation.get("/users/<username>/statuses/<status_id>")
def note(username: str, status_id: str) -> BaseResponse:
    """A post as a Note for servers, its page for browsers."""
    status = the_world().status(status_id)
    if status.account is not the_world().account(username) or status.reblog:
        abort(404)
    if not reading.may_see(the_world(), status, None):
        abort(404)
    return _activity(_note_json(status)) if wants_activity() else redirect(f"/@{username}/{status_id}")


@federation.get("/users/<username>/following")
def following(username: str) -> Response:
    """Whom an account follows, as a collection of actors; only their number where it hides them."""
    account = the_world().account(username)
    total = sum(follow.follower is account for follow in the_world().follows)
    rows = reading.following(the_world(), account, None)
    return _collection(account, "following", [_actor_url(row.target) for row in rows], total)


@federation.get("/users/<username>/followers")
def followers(username: str) -> Response:
    """Who follows an account (for a group: its members), as a collection of actors; only the number where hidden."""
    account = the_world().account(username)
    total = sum(follow.target is account for follow in the_world().follows)
    rows = reading.followers(the_world(), account, None)
    return _collection(account, "followers", [_actor_url(row.follower) for row in rows], total)


@federation.get("/users/<username>/outbox")
def outbox(username: str) -> Response:
    """The public posts, newest first, as a collection of their ids."""
    account = the_world().account(username)
    rows = reading.statuses_of(the_world(), account, None, reading.StatusFilter(exclude_reblogs=True))
    return _collection(account, "outbox", [_note_url(status) for status in rows], len(rows))


@federation.post("/users/<username>/inbox")
def inbox(username: str) -> Response:
    """Deliveries are refused as unsigned ones are: nothing here checks signatures."""
    the_world().account(username)
    return answer({"error": "Request not signed"}, 401)


def wants_activity() -> bool:
    """Whether the request asks for ActivityPub (section 3.2) and not for a page."""
    best = request.accept_mimetypes.best_match(["text/html", ACTIVITY_JSON, _LD_JSON], default="text/html")
    return best != "text/html"


def actor_json(account: Account) -> dict[str, Any]:
    """The actor, a Person or Group (ActivityPub, section 4.1)."""
    url = _actor_url(account)
    return {
        "@context": [_CONTEXT, {"schema": "http://schema.org#", "PropertyValue": "schema:PropertyValue"}],
        "id": url,
        "type": "Group" if account.group else "Person",
        "following": f"{url}/following",
        "followers": f"{url}/followers",
        "inbox": f"{url}/inbox",
        "outbox": f"{url}/outbox",
        "preferredUsername": account.username,
        "name": account.display_name,
        "summary": note_html(the_world(), account),
        "url": f"{the_world().base_url}/@{account.username}",
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "published": f"{account.created_at:%Y-%m-%d}T00:00:00Z",
        "attachment": [{"type": "PropertyValue", "name": row.name, "value": row.value} for row in account.fields],
    }


def _note_json(status: Status) -> dict[str, Any]:
    base, followers_of = the_world().base_url, f"{_actor_url(status.account)}/followers"
    parent = the_world().statuses.get(status.in_reply_to_id) if status.in_reply_to_id else None
    public = status.visibility == "public"
    return {
        "@context": _CONTEXT,
        "id": _note_url(status),
        "type": "Note",
        "inReplyTo": _note_url(parent) if parent else None,
        "published": iso(status.created_at),
        "url": f"{base}/@{status.account.username}/{status.id}",
        "attributedTo": _actor_url(status.account),
        "to": [_PUBLIC] if public else [followers_of],
        "cc": [followers_of if public else _PUBLIC, *(_actor_url(each) for each in status.mentions)],
        "content": status.content,
        "tag": [{"type": "Hashtag", "href": f"{base}/tags/{tag}", "name": f"#{tag}"} for tag in status.tags],
    }


def _collection(account: Account, name: str, items: Sequence[str], total: int) -> Response:
    """An OrderedCollection, or with `?page=N` its page of twelve (ActivityStreams 2.0, section 5)."""
    url, number = f"{_actor_url(account)}/{name}", request.args.get("page", type=int)
    body: dict[str, Any] = {"@context": _CONTEXT, "id": url, "type": "OrderedCollection", "totalItems": total}
    if number is None:
        return _activity({**body, "first": f"{url}?page=1"} if items or not total else body)
    last = number * _ACTORS_A_PAGE
    shown = list(items[last - _ACTORS_A_PAGE : last]) if number > 0 else []
    body.update(id=f"{url}?page={number}", type="OrderedCollectionPage", partOf=url, orderedItems=shown)
    return _activity({**body, "next": f"{url}?page={number + 1}"} if last < len(items) else body)


def _by_resource(resource: str) -> Account:
    domain = the_world().domain
    if resource.startswith("acct:"):
        name, _, host = resource.removeprefix("acct:").lstrip("@").partition("@")
    else:
        parts = urlsplit(resource)
        name, host = parts.path.removeprefix("/users/").removeprefix("/@"), parts.netloc
    if host.lower() != domain:
        raise NotFound(resource)
    return the_world().account(name)


def _actor_url(account: Account) -> str:
    return f"{the_world().base_url}/users/{account.username}"


def _note_url(status: Status) -> str:
    return f"{_actor_url(status.account)}/statuses/{status.id}"


def _activity(body: dict[str, Any]) -> Response:
    response = answer(body)
    response.content_type = f"{ACTIVITY_JSON}; charset=utf-8"
    response.headers["Vary"] = "Accept"
    return response
