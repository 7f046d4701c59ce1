"""The networks that there are, in the order in which an address is tried with them."""

from collections.abc import Mapping
from types import MappingProxyType

from plnapi.platforms import addresses
from plnapi.platforms.blog import BLOG
from plnapi.platforms.bluesky import BLUESKY
from plnapi.platforms.link import LINK
from plnapi.platforms.mastodon import MASTODON
from plnapi.platforms.types import Address, Platform
from plnapi.platforms.unreadable import UNREADABLE, Unreadable

ALL: tuple[Platform, ...] = (
    *UNREADABLE,
    MASTODON,
    BLUESKY,
    BLOG,
    LINK,
)

PLATFORMS: Mapping[str, Platform] = MappingProxyType({platform.name: platform for platform in ALL})

# What people leave out when the form already says which network is meant. Without that, `ada@example.org` is an e-mail
# address and `example.org` a word, and neither is read.
_LEFT_OUT = {"mastodon": "@", "bluesky": "@"}
_SCHEME = "https://"
_ONLY_WHEN_ASKED_FOR = frozenset({"link"})


def get(name: str) -> Platform:
    """The network with this key. Raises KeyError."""
    return PLATFORMS[name]


def read_address(text: str, network: str | None = None) -> Address | None:
    """What a person typed, read as an address of `network`, or of the first network whose form it has; else None.

    A page on a network that cannot be read is an address of no other network, but of `link` when that is asked for.
    Never raises for any text. Raises KeyError for an unknown `network`.
    """
    text = addresses.cleaned(text)
    if network is not None:
        return _read_as(get(network), text)
    tried = (platform.read_address(text) for platform in ALL if platform.name not in _ONLY_WHEN_ASKED_FOR)
    return next((address for address in tried if address), None)


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
