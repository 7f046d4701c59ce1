"""What happens in rooms of Matrix, as somebody sees it who is a member there and gave a token (Client-Server API v1.11)."""

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from plnapi.http.types import Fetch, FetchFailed
from plnapi.platforms import jsonread
from plnapi.platforms.looking import LookEnded
from plnapi.platforms.matrix.address import link, read_user
from plnapi.platforms.matrix.json import (
    Message,
    MessagesRead,
    read_aliases,
    read_directory,
    read_members,
    read_messages,
    read_rooms,
)
from plnapi.platforms.matrix.server import COMPLETE, SIGN_IN, Server, ask, find
from plnapi.platforms.types import Act, Coverage, Parse, Seen, Steps, Subject

ROOMS = 40  # of one look; the next one goes on with the others
PAGES = 5  # of messages, of one room in one look
ALIASES = 4  # of a room that are looked up
BREAKING = frozenset({"token_refused", "host_busy"})  # what one room is refused for, all are
NO_ROOMS = Coverage("complete", "no_rooms", "The account is in no room.")
MORE = Coverage("partial", "more_pages", "There is more than one look reads; the next one goes on.")
ENCRYPTED = Coverage("partial", "encrypted", "Messages in a room are encrypted; only its members can read them.")
FILTER = json.dumps({"types": ["m.room.message", "m.room.encrypted", "m.room.redaction"]}, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Room:
    """What was seen of a room: acts, events that were taken back, and what the next look has to know."""

    id: str
    acts: tuple[Act, ...]
    removed: tuple[str, ...]
    memory: Mapping[str, Any]
    coverage: Coverage


def received(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """Who of the others is in the rooms that the subject is in, and what they wrote there.

    Members are read whole each time; of messages what is new, and of a long history some pages more.
    """
    if not subject.token:
        return Seen((), SIGN_IN, cursor)
    server = yield from find(subject)
    rooms: tuple[str, ...] = yield from ask(server, read_rooms, "joined_rooms")
    start = next((at for at, room in enumerate(rooms) if room == cursor.get("begin")), 0)
    turned = rooms[start:] + rooms[:start]
    others = frozenset(filter(None, (read_user(other.uri) for other in subject.others)))
    found, stopped = yield from _rooms(server, turned[:ROOMS], others, jsonread.mapping(cursor, "rooms"))
    left = turned[len(found) :]
    coverage = stopped or _coverage(found, bool(left))
    before = {room: memory for room, memory in jsonread.mapping(cursor, "rooms").items() if room in left}
    memory = before | {room.id: dict(room.memory) for room in found if room.memory}
    kept = {name: value for name, value in (("rooms", memory), ("begin", left[0] if left else "")) if value}
    acts = tuple(act for room in found for act in room.acts)
    return Seen(acts, coverage, kept, removed=tuple(uri for room in found for uri in room.removed))


def _rooms(
    server: Server, rooms: Sequence[str], others: frozenset[str], memories: Mapping[str, Any]
) -> Generator[Fetch | Parse, Any, tuple[list[Room], Coverage | None]]:
    """One room after the other, and why it stopped early if it did."""
    found: list[Room] = []
    for room in rooms:
        try:
            found.append((yield from _room(server, room, others, jsonread.mapping(memories, room))))
        except LookEnded as end:
            if end.coverage.reason in BREAKING:
                return found, _partial(end.coverage)
            found.append(Room(room, (), (), jsonread.mapping(memories, room), _partial(end.coverage)))
        except FetchFailed as error:
            return found, Coverage("partial", error.code, str(error), error.retry_at)
    return found, None


def _room(
    server: Server, room: str, others: frozenset[str], memory: Mapping[str, Any]
) -> Generator[Fetch | Parse, Any, Room]:
    members: frozenset[str] = yield from ask(server, read_members, "rooms", room, "joined_members")
    names = (room, *(yield from _aliases(server, room)))
    history = yield from _history(server, room, memory)
    encrypted = bool(memory.get("encrypted")) or any(page.encrypted_by & others for page in history.pages)
    gone = frozenset(event for page in history.pages for event in page.redacted)
    messages = {one.event: one for page in history.pages for one in page.messages if one.event not in gone}
    acts = [_joined(who, names) for who in sorted(members & others)]
    acts += [_written(room, one, messages) for one in messages.values() if one.sender in others]
    kept = history.memory | ({"encrypted": True} if encrypted else {})
    coverage = MORE if history.more else ENCRYPTED if encrypted else COMPLETE
    return Room(room, tuple(acts), tuple(link(room, event) for event in sorted(gone)), kept, coverage)


def _joined(who: str, names: Sequence[str]) -> Act:
    """Membership in the room with these names, its ID first."""
    url = link(names[min(1, len(names) - 1)])
    return Act("Follow", link(names[0]), names[0], url, frozenset(names), actor_keys=frozenset({who}))


def _written(room: str, message: Message, messages: Mapping[str, Message]) -> Act:
    """A message. It is done towards what it answers, else towards nothing but itself."""
    here = link(room, message.event)
    answered = messages.get(message.answers)
    return Act(
        verb="Create",
        uri=here,
        object_uri=link(room, message.answers) if message.answers else here,
        object_keys=frozenset({answered.sender} if answered else ()),
        actor_keys=frozenset({message.sender}),
        tags=message.tags,
        text=message.text,
        happened_at=message.sent_at,
    )


def _aliases(server: Server, room: str) -> Generator[Fetch | Parse, Any, list[str]]:
    """The aliases that the room says it has and that do lead to it: whoever rules a room could claim any."""
    try:
        claimed: tuple[str, ...] = yield from ask(
            server, read_aliases, "rooms", room, "state", "m.room.canonical_alias"
        )
    except LookEnded as end:
        if end.coverage.reason in BREAKING:
            raise
        return []  # a room without that state is answered with 404
    found = []
    for alias in claimed[:ALIASES]:
        try:
            found += [alias] if (yield from ask(server, read_directory, "directory", "room", alias)) == room else []
        except LookEnded as end:
            if end.coverage.reason in BREAKING:
                raise
    return found


@dataclass(frozen=True, slots=True)
class History:
    """Pages of a room, newest first; what the next look has to know of them; whether there is `more` below."""

    pages: tuple[MessagesRead, ...]
    memory: dict[str, Any]
    more: bool


def _history(server: Server, room: str, memory: Mapping[str, Any]) -> Generator[Fetch | Parse, Any, History]:
    """What is new, down to the newest event that is known, then what was left over before."""
    known, backlog = str(memory.get("newest") or ""), str(memory.get("next") or "")
    pages, rest = yield from _pages(server, room, "", PAGES, known)
    newest = next((event for page in pages for event in page.ids), known)
    if backlog and not rest:  # else the gap above the backlog is read first; going on from there reaches it
        try:
            older, rest = yield from _pages(server, room, backlog, PAGES - len(pages))
        except LookEnded as end:
            if end.coverage.reason in BREAKING:
                raise
            return History(pages, {}, True)  # the server has forgotten the place: the next look begins anew
        pages += older
    kept = {name: value for name, value in (("newest", newest), ("next", rest)) if value}
    return History(pages, kept, bool(rest))


def _pages(
    server: Server, room: str, token: str, most: int, known: str = ""
) -> Generator[Fetch | Parse, Any, tuple[tuple[MessagesRead, ...], str]]:
    """Pages from `token` on, down to the event `known`, to the first of the room or to `most`; and where it goes on."""
    pages: tuple[MessagesRead, ...] = ()
    asked = set[str]()
    while len(pages) < most and token not in asked:
        asked.add(token)
        where = {"dir": "b", "limit": "100", "filter": FILTER} | ({"from": token} if token else {})
        page: MessagesRead = yield from ask(server, read_messages, "rooms", room, "messages", **where)
        pages += (page,)
        if known in page.ids or not page.end:
            return pages, ""
        token = page.end
    return pages, "" if token in asked else token


def _coverage(found: Sequence[Room], left: bool) -> Coverage:
    """That of the first room of which something is missing."""
    if not found and not left:
        return NO_ROOMS
    missing = next((room.coverage for room in found if room.coverage.state != "complete"), COMPLETE)
    return MORE if left and missing is COMPLETE else missing


def _partial(coverage: Coverage) -> Coverage:
    return replace(coverage, state="partial")
