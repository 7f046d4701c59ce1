"""What the Client-Server API of Matrix answers, read (specification v1.11). Pure, for the child process.

Any field may have any type: what lacks what identifies it is left out and, where it could matter, counted as malformed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from plnapi.platforms import addresses, jsonread
from plnapi.platforms.html import inline_hashtags, one_line
from plnapi.platforms.matrix.address import read_event, read_room, read_user
from plnapi.platforms.types import ParseFailed

MAX_TEXT = 5_000
_ALIAS = re.compile(r"#[^\s:]+:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_QUOTED = re.compile(r"(?:> [^\n]*\n?)+\n?")


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody wrote: `answers` is the event that it replies to, empty for none; `tags` as written, without `#`."""

    event: str
    sender: str
    text: str
    tags: tuple[str, ...]
    answers: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessagesRead:
    """A page of what happened in a room, newest first: all event IDs, what was written, who wrote what only members can
    decrypt, the events that were taken back, and where the page before this one begins; empty at the end."""

    ids: tuple[str, ...]
    messages: tuple[Message, ...]
    encrypted_by: frozenset[str]
    redacted: tuple[str, ...]
    end: str


def read_base(body: bytes) -> str:
    """Where the server answers clients, without a slash at the end. Raises ParseFailed `bad_document`.

    It has to be asked with encryption, but for loopback.
    """
    home = jsonread.mapping(_object(body), "m.homeserver")
    url = addresses.read_url(jsonread.text(home, "base_url"))
    if not url or "?" in url or not url.startswith(addresses.base_url(addresses.authority_of(url))):
        raise ParseFailed("The document names no server.", code="bad_document")
    return url.rstrip("/")


def read_displayname(body: bytes) -> str:
    """The name that a person goes by, on one line; empty without one. Raises ParseFailed `bad_document`."""
    return one_line(jsonread.text(_object(body), "displayname"))[:500]


def read_whoami(body: bytes) -> str:
    """The user ID of the owner of a token. Raises ParseFailed `bad_document`."""
    user = jsonread.text(_object(body), "user_id")
    if not user or read_user(user) != user:
        raise ParseFailed("The answer names no user.", code="bad_document")
    return user


def read_rooms(body: bytes) -> tuple[str, ...]:
    """The IDs of the rooms that the owner of the token is in. Raises ParseFailed `bad_document`."""
    source = _object(body)
    if not isinstance(source.get("joined_rooms"), list):
        raise ParseFailed("The answer has no list.", code="bad_document")
    return tuple(sorted({room for room in jsonread.listing(source, "joined_rooms") if _is_room(room)}))


def read_members(body: bytes) -> frozenset[str]:
    """The user IDs of the members of a room. Raises ParseFailed `bad_document`."""
    joined = _object(body).get("joined")
    if not isinstance(joined, dict):
        raise ParseFailed("The answer has no members.", code="bad_document")
    return frozenset(user for user in joined if read_user(user) == user)


def read_aliases(body: bytes) -> tuple[str, ...]:
    """The aliases that a room says it has, the main one first. Raises ParseFailed `bad_document`."""
    source = _object(body)
    named = [jsonread.text(source, "alias"), *jsonread.listing(source, "alt_aliases")]
    aliases = (read_room(alias) for alias in named if isinstance(alias, str))
    return tuple(dict.fromkeys(alias for alias in aliases if alias.startswith("#")))


def read_directory(body: bytes) -> str:
    """The ID of the room to which an alias leads. Raises ParseFailed `bad_document`."""
    return jsonread.text(_object(body), "room_id")


def read_messages(body: bytes) -> MessagesRead:
    """A page of a room's events. Raises ParseFailed `bad_document`."""
    source = _object(body)
    if not isinstance(source.get("chunk"), list):
        raise ParseFailed("The answer has no list.", code="bad_document")
    events = [event for event in jsonread.mappings(source, "chunk") if read_event(jsonread.text(event, "event_id"))]
    written = (_message(event) for event in events)
    return MessagesRead(
        ids=tuple(jsonread.text(event, "event_id") for event in events),
        messages=tuple(message for message in written if message),
        encrypted_by=frozenset(_sender(event) for event in events if _kind(event) == "m.room.encrypted"),
        redacted=tuple(filter(None, (_taken_back(event) for event in events))),
        end=jsonread.text(source, "end")[:1000],
    )


def _object(body: bytes) -> Mapping[str, Any]:
    value = jsonread.document(body)
    if not isinstance(value, dict):
        raise ParseFailed("The answer is not an object.", code="bad_document")
    return value


def _is_room(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("!") and read_room(value) == value


def _kind(event: Mapping[str, Any]) -> str:
    return jsonread.text(event, "type")


def _sender(event: Mapping[str, Any]) -> str:
    return read_user(jsonread.text(event, "sender"))


def _message(event: Mapping[str, Any]) -> Message | None:
    """What a person wrote; None for what a program wrote, an edit, or something taken back."""
    content = jsonread.mapping(event, "content")
    relation = jsonread.mapping(content, "m.relates_to")
    answers = read_event(jsonread.text(jsonread.mapping(relation, "m.in_reply_to"), "event_id"))
    body = jsonread.text(content, "body")[:MAX_TEXT]
    text = _QUOTED.sub("", body, count=1) if answers and body.startswith("> ") else body
    tags = inline_hashtags(_ALIAS.sub(" ", text))
    is_one = _kind(event) == "m.room.message" and jsonread.text(content, "msgtype") != "m.notice"
    if not (is_one and body and _sender(event)) or jsonread.text(relation, "rel_type") == "m.replace":
        return None
    return Message(jsonread.text(event, "event_id"), _sender(event), one_line(text), tags, answers, _sent_at(event))


def _sent_at(event: Mapping[str, Any]) -> datetime | None:
    """The time that the sender's server claims, which is in milliseconds since 1970."""
    at = jsonread.integer(event, "origin_server_ts")
    try:
        return datetime.fromtimestamp(at / 1000, UTC) if at is not None else None
    except (ValueError, OverflowError, OSError):
        return None


def _taken_back(event: Mapping[str, Any]) -> str:
    """The event that this one takes back, or itself where it was; servers give only redactions that hold."""
    if "redacted_because" in jsonread.mapping(event, "unsigned"):
        return jsonread.text(event, "event_id")
    if _kind(event) != "m.room.redaction":
        return ""
    inside = jsonread.text(jsonread.mapping(event, "content"), "redacts")  # since room version 11
    return read_event(inside or jsonread.text(event, "redacts"))
