"""Answers of the Mastodon API, as small as they can be and still be such."""

from dataclasses import replace
from typing import Any

from plnapi.platforms.types import Other, Subject
from tests.platforms.drive import Network

BASE = "https://example.social"
API = f"{BASE}/api/v1/accounts"
STATUSES = f"{API}/7/statuses?limit=40"
NEWEST = f"{API}/7/statuses?limit=20"
FOLLOWING = f"{API}/7/following?limit=80"
FOLLOWERS = f"{API}/7/followers?limit=80"
FAVOURITES = f"{BASE}/api/v1/favourites?limit=40"
NODEINFO = f"{BASE}/.well-known/nodeinfo"
ADA = Subject("@ada@example.social", f"{BASE}/users/ada", f"{BASE}/@ada", {"id": "7", "host": "example.social"})
SIGNED = replace(ADA, token="the-token-of-ada")
BOB = Other("https://other.example/users/bob", "https://other.example/@bob", "@bob@other.example")


def account(name: str = "ada", host: str = "example.social", **more: Any) -> dict[str, Any]:
    local = host == "example.social"
    return {
        "id": "7" if name == "ada" else f"id-{name}",
        "username": name,
        "acct": name if local else f"{name}@{host}",
        "display_name": name.title(),
        "group": False,
        "note": "<p>Learns in public. Code: PLN-ABCD</p>",
        "url": f"https://{host}/@{name}",
        "uri": f"https://{host}/users/{name}",
        "following_count": 2,
        "followers_count": 1,
        "statuses_count": 3,
        "hide_collections": False,
        "fields": [{"name": "Site", "value": '<a href="https://ada.example/" rel="me">ada.example</a>', "verified_at": None}],
    } | more  # fmt: skip


def status(number: int, by: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    author = by or account()
    return {
        "id": str(number),
        "uri": f"{author['uri']}/statuses/{number}",
        "url": f"{author['url']}/{number}",
        "created_at": "2026-09-01T10:00:00.000Z",
        "visibility": "public",
        "content": f"<p>Status {number}</p>",
        "spoiler_text": "",
        "in_reply_to_id": None,
        "reblog": None,
        "account": author,
        "tags": [],
        "mentions": [],
    } | more


def server() -> Network:
    """Ada on her server: two statuses, a person and a group that she follows, who follows her, and what she likes."""
    group = account("plants", "groups.example", group=True)
    return (
        Network()
        .put(f"{API}/lookup?acct=ada", account())
        .put(f"{API}/7", account())
        .put(STATUSES, [status(2, tags=[{"name": "sub101"}]), status(1)])
        .put(NEWEST, [status(2, tags=[{"name": "sub101"}]), status(1)])
        .put(FOLLOWING, [account("bob", "other.example"), group])
        .put(FOLLOWERS, [account("bob", "other.example")])
        .put(FAVOURITES, [status(9, by=account("bob", "other.example"), tags=[{"name": "sub101"}])])
    )


def nodeinfo(network: Network, software: str) -> Network:
    """`network`, whose server says which software it runs."""
    document = f"{BASE}/nodeinfo/2.0"
    links = [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": document}]
    told = {"version": "2.0", "software": {"name": software, "version": "1.0"}}
    return network.put(NODEINFO, {"links": links}).put(document, told)
