"""The adapter that looks at nothing."""

from plnapi.platforms.link import LINK
from tests.platforms.contract import PlatformContract


class TestLink(PlatformContract):
    platform = LINK
    addresses = ("https://ada.example/essay", "http://video.example/watch?v=1")
    exchanges = {}
