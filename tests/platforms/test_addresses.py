"""What people type as an address, and what is made of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnapi.platforms import PLATFORMS, addresses, read_address, read_group


@pytest.mark.parametrize(
    ("text", "network", "handle"),
    [
        ("@ada@example.social", "mastodon", "@ada@example.social"),
        ("acct:ada@example.social", "mastodon", "@ada@example.social"),
        ("!plants@groups.example", "mastodon", "@plants@groups.example"),
        ("https://Example.Social/@ada", "mastodon", "@ada@example.social"),
        ("https://example.social/users/ada/", "mastodon", "@ada@example.social"),
        ("https://example.social/@bob@other.example", "mastodon", "@bob@other.example"),
        ("@ada@127.0.0.1:9501", "mastodon", "@ada@127.0.0.1:9501"),
        ("@ada@bücher.example", "mastodon", "@ada@xn--bcher-kva.example"),
        ("＠ada＠example.social", "mastodon", "@ada@example.social"),
        ("\u202e@ada\u200b@example.social\u202c", "mastodon", "@ada@example.social"),
        ("https://ada.example", "blog", "https://ada.example/"),
        ("HTTP://ADA.example:80/Blog#top", "blog", "http://ada.example/Blog"),
        ("https://medium.com/@ada", "blog", "https://medium.com/@ada"),
        ("https://example.social/@ada/112233", "mastodon", "@ada@example.social"),
        ("https://example.social/@bob@other.example/112233", "mastodon", "@bob@other.example"),
        ("https://example.social/users/ada/statuses/112233", "mastodon", "@ada@example.social"),
        ("https://example.social/@ada/01J2Z3Y4X5W6V7T8S9R0Q1P2N3", "mastodon", "@ada@example.social"),
        ("https://example.social/@ada/about-me", "blog", "https://example.social/@ada/about-me"),
        ("example.social/@ada", "mastodon", "@ada@example.social"),
        ("example.social:8443/@ada/112233", "mastodon", "@ada@example.social:8443"),
        ("ada.wordpress.com", "blog", "https://ada.wordpress.com/"),
        ("www.ada.example.org/blog?page=2", "blog", "https://www.ada.example.org/blog?page=2"),
        ("bücher.example", "blog", "https://xn--bcher-kva.example/"),
        ("feed://ada.example/feed.xml", "blog", "https://ada.example/feed.xml"),
        ("feed:http://ada.example/feed.xml", "blog", "http://ada.example/feed.xml"),
        ("forum.example/u/Ada", "discourse", "https://forum.example/u/ada"),
        ("t.me/ada", "telegram", "https://t.me/ada"),
        ("matrix.to/#/@ada:example.org", "matrix", "@ada:example.org"),
        ("https://bücher.example/über", "blog", "https://xn--bcher-kva.example/%C3%BCber"),
        ("https://[::1]:8080/feed", "blog", "https://[::1]:8080/feed"),
    ],
)
def test_an_address_is_read_by_its_form(text: str, network: str, handle: str) -> None:
    address = read_address(text)
    assert address is not None
    assert (address.network, address.handle) == (network, handle)


@pytest.mark.parametrize(
    "text",
    [
        "", "ada", "ada@example.social", "@ada", "@ada@", "@@example.social", "ftp://ada.example/", "javascript:alert(1)",
        "https://", "https://ada:secret@ada.example/", "https://ada.example:99999/", "https://ada example/", "//ada.example",
        "https://ada.example\\@evil.example/", "@ada@exa mple.social", "@ada@example.social/path", "https://-a-.example/",
        "@ada@b@example.social", "https://[::1/", "x" * 5_000, "mailto:ada@example.social",
        "ada@example.social/blog", "1.5", "192.0.2.1", "e.g.", "Hello.World and more", "..", "a" * 900 + ".", "a." * 900,
        "ada.example\\@evil.example", "mailto:ada.example", "ada:secret@ada.example", "feed:", "feed:ada", "feed://ada",
        "https://matrix.to/#/#plants:example.org", "matrix.to/#/!id:example.org", "#plants:example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_not_read(text: str) -> None:
    assert read_address(text) is None


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("example.social/@ada", "@ada@example.social"),
        ("https://example.social/@ada/112233", "@ada@example.social"),
        ("bsky.app/profile/ada.bsky.social", "@ada.bsky.social"),
        ("ada.bsky.social", "@ada.bsky.social"),
        ("forum.example/u/ada", "https://forum.example/u/ada"),
        ("ada.example/blog", "http://www.ada.example/blog/"),
    ],
)
def test_a_form_with_something_left_out_means_the_same_account(text: str, form: str) -> None:
    address = read_address(text)
    assert address is not None
    platform = PLATFORMS[address.network]
    assert platform.address_keys(text) & platform.address_keys(form)


def test_what_may_be_left_out_once_the_network_is_named() -> None:
    named = {network: read_address("ada@example.social", network) for network in ("mastodon", "blog", "link")}
    assert named["mastodon"] == read_address("@ada@example.social")
    assert named["blog"] is None and named["link"] is None
    assert read_address("ada.example/blog", "blog") == read_address("https://ada.example/blog")
    assert read_address("https://u:p@ada.example/", "blog") is None


def test_a_link_is_only_read_when_a_link_is_asked_for() -> None:
    address = read_address("https://example.social/@ada/112233", "link")
    assert address is not None and address.network == "link"
    assert read_address("https://ada.example/").network == "blog"  # type: ignore[union-attr]


def test_an_unknown_network_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        read_address("@ada@example.social", "myspace")


@given(st.text(max_size=40), st.sampled_from([None, *PLATFORMS]))
def test_no_text_breaks_the_reading_and_its_outcome_reads_as_itself(text: str, network: str | None) -> None:
    address = read_address(text, network)
    if address:
        assert read_address(address.handle, address.network) == address


@pytest.mark.parametrize(
    ("authority", "base"),
    [
        ("example.social", "https://example.social"),
        ("example.social:8443", "https://example.social:8443"),
        ("127.0.0.1:9501", "http://127.0.0.1:9501"),
        ("127.0.0.2:9501", "http://127.0.0.2:9501"),
        ("localhost:3000", "http://localhost:3000"),
        ("[::1]:3000", "http://[::1]:3000"),
        ("127.0.0.1", "https://127.0.0.1"),
        ("10.0.0.1:80", "https://10.0.0.1:80"),
    ],
)
def test_only_loopback_with_a_port_is_asked_without_encryption(authority: str, base: str) -> None:
    assert addresses.base_url(authority) == base


@pytest.mark.parametrize(
    ("url", "directory", "under"),
    [
        ("https://ada.example/feed/", "https://ada.example", True),
        ("http://www.ada.example/feed/", "https://ada.example/", True),
        ("https://ada.example/blog?format=rss", "https://ada.example/blog/", True),
        ("https://ada.example/blogger/feed", "https://ada.example/blog", False),
        ("https://ada.example/feed/", "https://ada.example/blog/", False),
        ("https://evil.example/feed/", "https://ada.example/", False),
        ("", "https://ada.example/", False),
        ("https://ada.example/", "", False),
    ],
)
def test_what_lies_below_a_page(url: str, directory: str, under: bool) -> None:
    assert addresses.is_under(url, directory) is under


@pytest.mark.parametrize(
    ("text", "network", "listed"),
    [
        ("!plants@lemmy.example", "mastodon", "https://lemmy.example/c/plants"),
        ("https://lemmy.example/c/plants", "mastodon", "https://lemmy.example/c/plants"),
        ("https://lemmy.example/c/Plants@other.example", "mastodon", "https://other.example/c/plants"),
        ("https://piefed.example/c/plants/", "mastodon", "https://piefed.example/c/plants"),
        ("@plants@a.gup.pe", "mastodon", "https://a.gup.pe/u/plants"),
        ("https://a.gup.pe/u/plants", "mastodon", "https://a.gup.pe/u/plants"),
        ("https://a.gup.pe/@plants", "mastodon", "https://a.gup.pe/u/plants"),
        ("https://forum.example/g/Plants", "discourse", "https://forum.example/g/plants"),
        ("lemmy.example/c/plants", "mastodon", "https://lemmy.example/c/plants"),
        ("forum.example/g/Plants", "discourse", "https://forum.example/g/plants"),
    ],
)
def test_a_group_on_a_list_is_the_one_that_a_server_lists_as_followed(text: str, network: str, listed: str) -> None:
    """`listed` is the address of the Group actor as it comes in a list of followed accounts, with its `acct`."""
    group = read_group(text)
    assert group is not None and group.network == network
    name, host = listed.rsplit("/", 1)[1], listed.split("/")[2]
    keys = PLATFORMS[network].address_keys(listed)
    followed = keys | (PLATFORMS["mastodon"].address_keys(f"@{name}@{host}") if network == "mastodon" else frozenset())
    assert PLATFORMS[network].address_keys(text) & followed
    assert not PLATFORMS[network].address_keys(text) & PLATFORMS[network].address_keys(f"{listed}x")


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("https://ada.example/blog", "blog"),
        ("https://forum.example/c/", "blog"),
        ("https://forum.example/c/plants/5", "blog"),
        ("@ada@example.social", "mastodon"),
        ("https://forum.example/u/ada", "discourse"),
        ("https://www.facebook.com/c/plants", "facebook"),
    ],
)
def test_what_is_no_group_by_its_form_is_read_as_any_address(text: str, network: str) -> None:
    assert read_group(text) == read_address(text)
    address = read_group(text)
    assert address is not None and address.network == network
