"""Names on Matrix: `@ada:example.org`, `#room:example.org`, `!id:example.org`, and links to them. Pure.

A name is kept as it is: it is the identity. Source: Matrix specification v1.11, appendices 4.2 (identifiers) and 4.3
(URIs). Historical user IDs, with characters that the grammar no longer allows, are not read.
"""

import re
from urllib.parse import quote, unquote

from plnapi.platforms import addresses

LINK = "https://matrix.to/#/"
MAX_BYTES = 255  # of every identifier, its sign and the server included

_SERVER = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[^:\[\]/?#\s]{1,230})(?::([0-9]{1,5}))?")
_LOCALPART = re.compile(r"[a-z0-9._=/+-]+")
_OPAQUE = re.compile(r"[^:\s\x00-\x1f\x7f]+")
_HASHED = re.compile(r"![A-Za-z0-9_-]{43}")  # room version 12 has no server in it
_EVENT = re.compile(r"\$[^\s\x00-\x1f\x7f]+")
_KINDS = {"u": "@", "r": "#", "roomid": "!"}  # of the `matrix:` scheme
_LINK = re.compile(r"https?://matrix\.to/?#/?", re.I)


def read_user(text: str) -> str:
    """A user ID of the grammar that stands; empty for anything else. The server's name is brought into lower case."""
    sign, localpart, server = _parts(_named(text))
    known = sign == "@" and server and _LOCALPART.fullmatch(localpart)
    return _within(f"@{localpart}:{server}") if known else ""


def read_room(text: str) -> str:
    """The alias or the ID of a room; empty for anything else."""
    name = _named(text)
    sign, localpart, server = _parts(name)
    if _HASHED.fullmatch(name):
        return name
    known = sign in {"#", "!"} and server and _OPAQUE.fullmatch(localpart)
    return _within(f"{sign}{localpart}:{server}") if known else ""


def read_event(text: str) -> str:
    """The ID of an event; empty for anything else."""
    return _within(text) if _EVENT.fullmatch(text) else ""


def server_of(user: str) -> str:
    """The name of the server of a user ID."""
    return user.partition(":")[2]


def link(*names: str) -> str:
    """The `matrix.to` address of a user or a room, or of a room and an event in it."""
    return LINK + "/".join(quote(name, safe="@:!$") for name in names)


def _named(text: str) -> str:
    """What a link or a `matrix:` URI names; a text that is neither as it is. One that names an event names neither."""
    text = addresses.cleaned(text)
    match = _LINK.match(text)
    if match:
        return unquote(text[match.end() :].partition("?")[0]) if "/$" not in unquote(text) else ""
    kind, slash, rest = text.removeprefix("matrix:").partition("/")
    if text.startswith("matrix:") and slash and kind in _KINDS:
        named = unquote(rest.partition("?")[0])
        return "" if "/e/" in named else _KINDS[kind] + named
    return text


def _parts(name: str) -> tuple[str, str, str]:
    """The sign, what stands before the first colon, and the server; the latter is empty when it is none."""
    localpart, _, server = name[1:].partition(":")
    return name[:1], localpart, _server(server)


def _server(text: str) -> str:
    match = _SERVER.fullmatch(text)
    host = addresses.read_host(match[1]) if match else None
    if match is None or host is None or not ("." in host or host == "localhost" or host.startswith("[")):
        return ""
    return f"{host}:{match[2]}" if match[2] else host


def _within(name: str) -> str:
    return name if len(name.encode()) <= MAX_BYTES else ""
