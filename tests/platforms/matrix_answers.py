"""Answers of the Client-Server API of Matrix, as small as they can be and still be such (specification v1.11)."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from plnapi.platforms.matrix.rooms import FILTER
from plnapi.platforms.types import Other, Subject
from tests.platforms.drive import Network

ADA, BOB, BOT = "@ada:example.org", "@bob:elsewhere.example", "@course:example.org"
ROOM, ALIAS = "!r1:example.org", "#plants:example.org"
WELL_KNOWN = "https://example.org/.well-known/matrix/client"
BASE = "https://matrix.example.org"
API = f"{BASE}/_matrix/client/v3"

STUDENT = Subject(ADA, ADA, f"https://matrix.to/#/{ADA}")
COURSE = Subject(
    BOT, BOT, f"https://matrix.to/#/{BOT}", token="secret", others=(Other(ADA, "", ADA), Other(BOB, "", BOB))
)
STRANGER = replace(COURSE, token="")

JOINED = f"{API}/joined_rooms"


def profile_url(user: str = ADA, base: str = BASE) -> str:
    return f"{base}/_matrix/client/v3/profile/{quote(user, safe='')}"


def room_url(path: str, room: str = ROOM) -> str:
    return f"{API}/rooms/{quote(room, safe='')}/{path}"


def messages_url(token: str = "", room: str = ROOM) -> str:
    since = f"&from={token}" if token else ""
    return room_url(f"messages?dir=b&limit=100&filter={quote(FILTER)}{since}", room)


def members_url(room: str = ROOM) -> str:
    return room_url("joined_members", room)


def alias_state_url(room: str = ROOM) -> str:
    return room_url("state/m.room.canonical_alias", room)


def directory_url(alias: str = ALIAS) -> str:
    return f"{API}/directory/room/{quote(alias, safe='')}"


def event(number: int, body: str = "Hello", by: str = ADA, **more: Any) -> dict[str, Any]:
    content = {"msgtype": "m.text", "body": body} | more.pop("content", {})
    return {
        "event_id": f"$e{number}",
        "type": "m.room.message",
        "sender": by,
        "origin_server_ts": 1_788_256_800_000 + number,
        "content": content,
    } | more


def chunk(*events: Any, end: str = "") -> dict[str, Any]:
    return {"start": "t", "chunk": list(events)} | ({"end": end} if end else {})


def members(*users: str) -> dict[str, Any]:
    return {"joined": {user: {"display_name": user} for user in users}}


def refused(code: str = "M_NOT_FOUND") -> dict[str, str]:
    return {"errcode": code, "error": "No."}


def server() -> Network:
    """A server on which Ada and Bob and a bot are in a room, where Ada wrote two messages."""
    return (
        Network()
        .put(WELL_KNOWN, {"m.homeserver": {"base_url": f"{BASE}/"}})
        .put(profile_url(), {"displayname": "Ada PLN-ABCD"})
        .put(JOINED, {"joined_rooms": [ROOM]})
        .put(members_url(), members(ADA, BOB, BOT))
        .put(alias_state_url(), {"alias": ALIAS})
        .put(directory_url(), {"room_id": ROOM, "servers": ["example.org"]})
        .put(messages_url(), chunk(event(2, "My #SUB101 work"), event(1)))
    )
