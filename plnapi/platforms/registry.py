"""The networks that there are, in the order in which an address is tried with them."""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from plnapi.platforms import addresses
from plnapi.platforms.blog import BLOG
from plnapi.platforms.bluesky import BLUESKY
from plnapi.platforms.discourse import DISCOURSE
from plnapi.platforms.discourse import address as discourse_address
from plnapi.platforms.link import LINK
from plnapi.platforms.mastodon import MASTODON
from plnapi.platforms.mastodon import address as mastodon_address
from plnapi.platforms.matrix import MATRIX
from plnapi.platforms.types import Address, Platform
from plnapi.platforms.unreadable import UNREADABLE, Unreadable

ALL: tuple[Platform, ...] = (
    *UNREADABLE,
    MASTODON,
    BLUESKY,
    MATRIX,
    DISCOURSE,
    BLOG,
    LINK,
)

PLATFORMS: Mapping[str, Platform] = MappingProxyType({platform.name: platform for platform in ALL})

# What people leave out when the form already says which network is meant. Without that, `ada@example.org` is an e-mail
# address and is not read.
_LEFT_OUT = {"mastodon": "@", "bluesky": "@", "matrix": "@"}
_SCHEME = "https://"
_ONLY_WHEN_ASKED_FOR = frozenset({"link"})
# Servers whose groups have the address that people have elsewhere (github.com/immers-space/guppe).
_OF_GROUPS_ONLY = frozenset({"a.gup.pe"})


def get(name: str) -> Platform:
    """The network with this key. Raises KeyError."""
    return PLATFORMS[name]


def read_address(text: str, network: str | None = None) -> Address | None:
    """What a person typed, read as an address of `network`, or of the first network whose form it has; else None.

    A page on a network that cannot be read is an address of no other network, but of `link` when that is asked for.
    `https://host/u/ada` is that of somebody on a Discourse forum unless a blog is asked for; the proof tells the truth.
    The scheme of a web address may be missing. A room on Matrix is nobody's address.
    Never raises for any text. Raises KeyError for an unknown `network`.
    """
    text = addresses.cleaned(text)
    if network is not None:
        return _read_as(get(network), text) or _read_as(get(network), addresses.spelled_out(text))
    if read_room(text):
        return None
    forms = dict.fromkeys((text, addresses.spelled_out(text)))
    asked = [platform for platform in ALL if platform.name not in _ONLY_WHEN_ASKED_FOR]
    return next((address for form in forms for one in asked if (address := one.read_address(form))), None)


def read_group(text: str) -> Address | None:
    """The address of a group, as `read_address`, and also in the forms that only groups have.

    `https://host/c/name` (Lemmy, PieFed) and `https://a.gup.pe/u/name` are joined by following them in the fediverse;
    `https://host/g/name` is a group of a Discourse forum; `#room:host` and `!id:host` are rooms on Matrix.
    """
    url = addresses.read_url(addresses.spelled_out(text))
    parts = urlsplit(url or "")
    if url and not unreadable(text) and (parts.path.startswith("/c/") or parts.netloc in _OF_GROUPS_ONLY):
        handle = mastodon_address.read_profile_url(url, known=True)
        return Address(MASTODON.name, str(handle), handle.acct, url) if handle else read_address(text)
    room = read_room(text)
    if room:
        return room
    place = discourse_address.read(text, old=False)
    if place and place.is_group:
        return Address(DISCOURSE.name, place.url, place.url, place.url)
    return read_address(text)


def read_room(text: str) -> Address | None:
    """The address of a room on Matrix, which people are in and nobody is; else None."""
    return MATRIX.read_group(text) or MATRIX.read_group(addresses.spelled_out(text))


def unreadable(text: str) -> Unreadable | None:
    """The network that cannot be read to which the address `text` belongs, its scheme left out or not; else None."""
    text = addresses.cleaned(text)
    forms = (text, _SCHEME + text)
    return next((network for network in UNREADABLE if any(map(network.read_address, forms))), None)


def _read_as(platform: Platform, text: str) -> Address | None:
    if platform.capabilities.looks and unreadable(text):
        return None
    left_out = "" if "://" in text else _LEFT_OUT.get(platform.name, _SCHEME)
    return platform.read_address(text) or platform.read_address(left_out + text)
