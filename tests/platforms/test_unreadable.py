"""Networks that cannot be read: their pages are known, nothing is looked at, and a link is the way."""

from operator import attrgetter

import pytest

from plnapi.platforms import PLATFORMS, read_address, unreadable
from plnapi.platforms.unreadable import UNREADABLE
from tests.platforms.contract import PlatformContract

PAGES = {
    "x": ("https://x.com/ada", "https://twitter.com/ada/status/1", "https://mobile.twitter.com/@ada"),
    "facebook": ("https://www.facebook.com/groups/plants", "https://m.facebook.com/ada", "https://fb.me/ada"),
    "linkedin": ("https://de.linkedin.com/in/ada", "https://www.linkedin.com/posts/ada_networks-1"),
    "instagram": ("https://instagram.com/ada/", "https://www.instagram.com/p/abc/"),
    "youtube": ("https://www.youtube.com/@ada", "https://youtu.be/abc", "https://music.youtube.com/channel/1"),
    "reddit": ("https://old.reddit.com/user/ada", "http://reddit.com/r/plants/comments/1/", "https://redd.it/1"),
    "tiktok": ("https://www.tiktok.com/@ada", "https://vm.tiktok.com/abc"),
    "threads": ("https://www.threads.com/@ada", "https://threads.net/@ada/post/abc"),
    "telegram": ("https://t.me/ada", "https://t.me/plants/12"),
    "discord": ("https://discord.com/channels/1/2/3", "https://discord.gg/abc"),
}
EVERY_PAGE = [(name, page) for name, pages in PAGES.items() for page in pages]


class TestUnreadable(PlatformContract):
    exchanges = {}

    @pytest.fixture(autouse=True, params=UNREADABLE, ids=attrgetter("name"))
    def each(self, request: pytest.FixtureRequest) -> None:
        self.platform = request.param  # type: ignore[misc] # of the class elsewhere, here one after the other
        self.addresses = PAGES[request.param.name]  # type: ignore[misc]


@pytest.mark.parametrize(("name", "page"), EVERY_PAGE)
def test_its_pages_are_of_no_other_network(name: str, page: str) -> None:
    address = read_address(page)
    assert address is not None and address.network == name
    assert [read_address(page, network) for network in ("blog", "mastodon", "bluesky")] == [None] * 3
    assert read_address(page, "link").network == "link"  # type: ignore[union-attr]
    bare = page.partition("://")[2]
    assert unreadable(bare) is unreadable(page) is PLATFORMS[name]
    assert read_address(bare, name) and read_address(bare, "blog") is None


@pytest.mark.parametrize(
    "page",
    [
        "https://notx.com/ada", "https://x.com.example/ada", "https://ada.example/x.com", "https://facebook.example/",
        "https://myfacebook.com/", "https://ada.example/?u=https://x.com/ada", "https://reddit.community/",
        "https://engineering.fb.com/feed/", "https://engineering.linkedin.com/blog", "https://about.instagram.com/",
    ],
)  # fmt: skip
def test_a_site_that_is_only_called_alike_is_a_blog(page: str) -> None:
    assert unreadable(page) is None
    assert read_address(page).network == "blog"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "feed", ["https://www.youtube.com/feeds/videos.xml?channel_id=UC1", "https://www.reddit.com/r/plants/.rss"]
)
def test_a_feed_can_be_read_wherever_it_lies(feed: str) -> None:
    assert unreadable(feed) is None
    assert read_address(feed) == read_address(feed, "blog") is not None


def test_a_handle_of_the_fediverse_is_not_taken_for_a_page() -> None:
    address = read_address("@ada@x.com")
    assert address is not None and address == read_address(address.handle, "mastodon")
