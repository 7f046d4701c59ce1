"""The networks that there are, in the order in which an address is tried with them."""

from collections.abc import Mapping
from types import MappingProxyType

from plnapi.platforms import addresses
from plnapi.platforms.bluesky import BLUESKY
from plnapi.platforms.link import LINK
from plnapi.platforms.mastodon import MASTODON
from plnapi.platforms.rss import BLOG
from plnapi.platforms.types import Address, Platform

ALL: tuple[Platform, ...] = (
    MASTODON,
    BLUESKY,
    BLOG,
    LINK,
)

PLATFORMS: Mapping[str, Platform] = MappingProxyType({platform.name: platform for platform in ALL})

# What people leave out when the form already says which network is meant. Without that, `ada@example.org` is an e-mail
# address and `example.org` a word, and neither is read.
_LEFT_OUT = {"mastodon": "@", "bluesky": "@", "blog": "https://", "link": "https://"}
_ONLY_WHEN_ASKED_FOR = frozenset({"link"})


def get(name: str) -> Platform:
    """The network with this key. Raises KeyError."""
    return PLATFORMS[name]


def read_address(text: str, network: str | None = None) -> Address | None:
    """What a person typed, read as an address of `network`, or of the first network whose form it has; else None.

    Never raises for any text. Raises KeyError for an unknown `network`.
    """
    text = addresses.cleaned(text)
    if network is not None:
        platform = get(network)
        left_out = "" if "://" in text else _LEFT_OUT.get(network, "")
        return platform.read_address(text) or platform.read_address(left_out + text)
    tried = (platform.read_address(text) for platform in ALL if platform.name not in _ONLY_WHEN_ASKED_FOR)
    return next((address for address in tried if address), None)
