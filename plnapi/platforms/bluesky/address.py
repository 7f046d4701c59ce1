"""Who is meant on the AT Protocol: `@ada.bsky.social`, `did:plc:…`, `https://bsky.app/profile/…`, `at://…`. Pure.

An actor is written as a DID or as a handle without a sign, in lower case. Sources: atproto.com/specs, `handle`, `did`,
`at-uri-scheme`, `record-key`.
"""

import re
from urllib.parse import quote, unquote, urlsplit

from plnapi.platforms import addresses

SITE = "https://bsky.app"
INVALID_HANDLE = "handle.invalid"  # what services write for a handle that does not lead back to its DID

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HANDLE = re.compile(rf"(?:{_LABEL}\.){{1,126}}[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
# No handle may be registered under these; `test` is for development.
_RESERVED = (".alt", ".arpa", ".example", ".internal", ".invalid", ".local", ".localhost", ".onion")
_PLC = re.compile(r"did:plc:[a-z2-7]{24}")
_WEB = re.compile(r"did:web:([a-z0-9.-]{1,253})(?:%3a(\d{1,5}))?")
_PROFILE = re.compile(r"/profile/([^/]+)(?:/post/[^/]+)?/?")  # the page of a post lies below its author's
_HOSTED = ".bsky.social"  # a name there is a handle, with or without a sign
_KEY = r"[A-Za-z0-9._:~-]{1,512}"
_RECORD = re.compile(rf"at://([^/]+)/([A-Za-z0-9.-]{{1,317}})/({_KEY})")


def read_handle(text: str) -> str:
    """A handle without a sign, in lower-case ASCII; empty when it is none."""
    name = text.lower() if text.isascii() else addresses.read_host(text) or ""
    known = len(name) <= 253 and _HANDLE.fullmatch(name) and not name.endswith(_RESERVED)
    return name if known else ""


def read_did(text: str) -> str:
    """A DID of the two methods that the protocol knows; empty when it is none."""
    if text.startswith("did:web:"):
        return text.lower() if web_authority(text.lower()) else ""
    return text if _PLC.fullmatch(text) else ""


def web_authority(did: str) -> str:
    """Where the document of a `did:web` is: `host`, or `host:port` on loopback alone, as the protocol has it; else empty."""
    match = _WEB.fullmatch(did)
    authority = addresses.read_authority(":".join(filter(None, match.groups()))) if match else None
    if match is None or authority is None or (match[2] and addresses.base_url(authority).startswith("https:")):
        return ""
    return authority


def read_actor(text: str) -> str:
    """The actor in any form that says that it is one of this network; empty when it is none."""
    text = addresses.cleaned(text)
    if text.startswith("@"):
        return read_handle(text[1:])
    if text.startswith("at://"):
        text = text.removeprefix("at://").rstrip("/")
        return read_did(text) or read_handle(text)
    return read_did(text) or _in_profile_url(text) or _hosted(text)


def _hosted(text: str) -> str:
    """The handle that `ada.bsky.social` is, also where it is written as the address of a site without a path."""
    parts = urlsplit(addresses.read_url(addresses.spelled_out(text)) or "")
    name = parts.netloc if parts.path == "/" and not parts.query else ""
    return read_handle(name) if name.endswith(_HOSTED) and name.count(".") == 2 else ""


def _in_profile_url(text: str) -> str:
    url = addresses.read_url(addresses.spelled_out(text))
    if url is None or urlsplit(url).netloc != urlsplit(SITE).netloc:
        return ""
    match = _PROFILE.fullmatch(urlsplit(url).path)
    name = unquote(match[1]) if match else ""
    return read_did(name) or read_handle(name)


def shown(actor: str) -> str:
    """The form that people type: `@` before a handle."""
    return actor if actor.startswith("did:") else f"@{actor}"


def uri_of(actor: str) -> str:
    """A DID is the identity itself; a handle is written as in `alsoKnownAs` of a DID document."""
    return actor if actor.startswith("did:") else f"at://{actor}"


def profile_url(actor: str) -> str:
    """The page for people."""
    return f"{SITE}/profile/{quote(actor, safe=':')}"


def post_url(did: str, key: str) -> str:
    """The page of a post for people."""
    return f"{profile_url(did)}/post/{key}"


def keys_of(*actors: str) -> frozenset[str]:
    """The keys of an account known by these; empty ones and the invalid handle are none."""
    return frozenset(uri_of(actor) for actor in actors if actor and actor != INVALID_HANDLE)


def record_key(uri: str, did: str, collection: str) -> str:
    """The key of the record at `uri` when it is one of `collection` in the repository of `did`; else empty."""
    match = _RECORD.fullmatch(uri)
    return match[3] if match and (match[1], match[2]) == (did, collection) and match[3] not in {".", ".."} else ""


def author_of(uri: str) -> str:
    """The actor in whose repository the record at `uri` is; empty when `uri` names no record of somebody."""
    match = _RECORD.fullmatch(uri)
    return (read_did(match[1]) or read_handle(match[1])) if match else ""


def is_record(uri: str) -> bool:
    """Whether `uri` names a record of somebody."""
    return bool(author_of(uri))
