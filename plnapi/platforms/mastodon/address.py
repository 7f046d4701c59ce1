"""Addresses in the fediverse: `@ada@example.social`, `!group@example.social`, `https://example.social/@ada`. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from plnapi.platforms import addresses

_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9_.~-]{0,62}[A-Za-z0-9_])?"
_HANDLE = re.compile(rf"(?:acct:)?([@!]?)({_NAME})@(\S+)", re.IGNORECASE)
_STATUS = r"(?:/(?:statuses/)?(?:\d{1,20}|[0-9A-HJKMNP-TV-Z]{26}))?"  # the page of a post lies below its author's
_ACCOUNT_PATH = re.compile(rf"/(?:@|users/)({_NAME})(?:@([^/@]+))?{_STATUS}/?")
# Shapes that mean an account once the network is known: Lemmy and PieFed communities and users, a.gup.pe groups.
_OTHER_PATH = re.compile(rf"/(?:c|u)/({_NAME})(?:@([^/@]+))?/?")
# Sites whose `/@name` is not an account of this network.
_ELSEWHERE = frozenset({"medium.com", "youtube.com", "tiktok.com", "substack.com", "threads.com"})


@dataclass(frozen=True, slots=True)
class Handle:
    """A name and the authority (`host` or `host:port`) that vouches for it. Two are one when their `acct` are equal."""

    name: str
    authority: str
    sign: str = "@"

    @property
    def acct(self) -> str:
        """The `acct:` URI (RFC 7565), in lower case."""
        return f"acct:{self.name.lower()}@{self.authority}"

    @property
    def url(self) -> str:
        """Where the person's page usually is."""
        return f"{addresses.base_url(self.authority)}/@{self.name}"

    def __str__(self) -> str:
        return f"@{self.name}@{self.authority}"


def read_handle(text: str) -> Handle | None:
    """`@name@host`, `!name@host`, `acct:name@host` or `name@host`; else None. Case of the name is kept."""
    match = _HANDLE.fullmatch(addresses.cleaned(text))
    authority = addresses.read_authority(match[3]) if match else None
    return Handle(match[2], authority, match[1] or "@") if match and authority else None


def read_profile_url(text: str, *, known: bool = False) -> Handle | None:
    """The handle in `https://host/@name`, `/users/name` or `/@name@other`, and in the address of a post below these; with
    `known`, also in `/c/name` and `/u/name`. The scheme may be missing."""
    url = addresses.read_url(addresses.spelled_out(text))
    if url is None or urlsplit(url).netloc.removeprefix("www.") in _ELSEWHERE:
        return None
    path = unquote(urlsplit(url).path)
    match = _ACCOUNT_PATH.fullmatch(path) or (_OTHER_PATH.fullmatch(path) if known else None)
    authority = addresses.read_authority(match[2] or urlsplit(url).netloc) if match else None
    return Handle(match[1], authority) if match and authority else None


def handle_of(acct: str) -> str:
    """`@name@host` of an `acct` that names its host; empty when it is no handle."""
    handle = read_handle(acct)
    return str(handle) if handle else ""


def keys_of(text: str) -> frozenset[str]:
    """All forms that could mean the same account as `text`, a handle or an address: `acct:` and pages, in lower case."""
    handle = read_handle(text) or read_profile_url(text, known=True)
    url = addresses.read_url(text)
    keys = {url.rstrip("/").lower()} if url else set()
    if handle:
        base = addresses.base_url(handle.authority)
        name = handle.name.lower()
        keys |= {handle.acct, f"{base}/@{name}", f"{base}/users/{name}"}
        keys |= {f"{base}/c/{name}"} if handle.sign == "!" else set()
    return frozenset(keys)
