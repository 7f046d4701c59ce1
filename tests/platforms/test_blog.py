"""A blog: its feed found, its entries read, and its owner's code."""

import time
from typing import Any

import pytest

from plnapi.http.types import FetchFailed
from plnapi.platforms.blog import BLOG
from plnapi.platforms.html import without_comments
from plnapi.platforms.types import Coverage, Post, Profile, Seen, Subject
from tests.platforms.contract import PlatformContract
from tests.platforms.drive import Network, drive, respond

HOME = "https://ada.example/"
FEED = "https://ada.example/feed.xml"
COMMENTS = f"{HOME}comments/feed/"
RSS = "application/rss+xml"
SITE = Subject(HOME, HOME, HOME)
KNOWN = Subject(HOME, HOME, HOME, {"feed": FEED})


def feed(*titles: str, link: str = HOME) -> str:
    items = "".join(f"<item><guid>{title}</guid><title>{title}</title></item>" for title in titles)
    return f"<rss version='2.0'><channel><title>Ada</title><link>{link}</link>{items}</channel></rss>"


def page(*feeds: str, text: str = "Code: PLN-ABCD") -> str:
    links = "".join(f'<link rel="alternate" type="{RSS}" href="{href}" title="{title}">' for href, _, title in
                    (feed.partition("|") for feed in feeds))  # fmt: skip
    return f"<!doctype html><html><head>{links}</head><body><a rel=me href='https://example.social/@ada'>me</a>{text}</body>"


def site(*feeds: str) -> Network:
    return Network().put(HOME, page(*feeds)).put(FEED, feed("One", "Two"), kind=RSS)


def comments() -> str:
    one = f"<item><link>{HOME}one#c1</link><title>By Bob</title><description>https://bob.example</description></item>"
    return f"<rss version='2.0'><channel><title>Comments</title>{one}</channel></rss>"


def look(what: Any, network: Network, subject: Subject = SITE, cursor: Any = None) -> Seen:
    return drive(BLOG.look(what, subject, cursor or {}), network)


class TestBlog(PlatformContract):
    platform = BLOG
    addresses = ("https://ada.example/blog/", "http://www.ada.example", "https://ada.example/feed.xml?type=rss")
    exchanges = {
        "posts": (SITE, site("/feed.xml")),
        "received": (Subject(HOME, HOME, HOME, known=(f"{HOME}one",)), site().put(COMMENTS, comments(), kind=RSS)),
        "proof": (SITE, site("/feed.xml")),
    }


# ---- posts


def test_a_feed_is_read_and_says_that_older_entries_are_not_seen() -> None:
    seen = look("posts", site(), KNOWN)
    assert [item.title for item in seen.items if isinstance(item, Post)] == ["One", "Two"]
    assert (seen.coverage.state, seen.coverage.reason) == ("complete", "newest_entries_only")
    assert seen.cursor["feed"] == FEED


def test_the_validators_of_the_last_answer_are_sent_and_304_is_unchanged() -> None:
    network = site().put(FEED, feed("One"), kind=RSS, etag='"a"', last_modified="Tue, 01 Sep 2026 10:00:00 GMT")
    first = look("posts", network, KNOWN)
    network.answers[FEED] = respond(FEED, status=304)
    second = look("posts", network, KNOWN, first.cursor)
    sent = network.asked[-1].headers
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('"a"', "Tue, 01 Sep 2026 10:00:00 GMT")
    assert second.unchanged and not second.items
    assert {**second.cursor, "wish": 1} == first.cursor


def test_the_same_body_is_unchanged_and_not_parsed_again() -> None:
    network = site()
    first = look("posts", network, KNOWN)
    steps = BLOG.look("posts", KNOWN, first.cursor)
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(network.answers[FEED])
    assert end.value.value.unchanged


def dated(*numbers: int) -> str:
    entries = "".join(
        f"<item><guid>{n}</guid><title>{n}</title><pubDate>{n:02} Sep 2026 10:00:00 +0000</pubDate></item>"
        for n in numbers
    )
    return f"<rss version='2.0'><channel><title>Ada</title><link>{HOME}</link>{entries}</channel></rss>"


@pytest.mark.parametrize(
    ("listed", "known", "removed"),
    [
        ((9, 7, 5), ("9", "8", "5"), ("8",)),  # taken away from between
        ((9, 7, 5), ("9", "7", "4", "3"), ()),  # older than a feed shows
        ((9, 7, 5), ("10", "9", "7"), ()),  # a stale copy has not the newest
        ((7, 9, 5), ("9", "8", "5"), ()),  # not by date: it may have been pushed out
        ((9, 7, 5), ("8",), ()),  # nothing that both know
        ((), ("9", "8", "5"), ()),
    ],
)
def test_an_entry_missing_between_newer_and_older_ones_is_gone(
    listed: tuple[int, ...], known: tuple[str, ...], removed: tuple[str, ...]
) -> None:
    subject = Subject(HOME, HOME, HOME, {"feed": FEED}, known=known)
    assert look("posts", Network().put(FEED, dated(*listed), kind=RSS), subject).removed == removed


def test_nothing_is_gone_from_a_feed_whose_entries_have_no_dates() -> None:
    subject = Subject(HOME, HOME, HOME, {"feed": FEED}, known=("One", "1.5", "Two"))
    assert look("posts", site(), subject).removed == ()


def test_a_changed_body_is_read_again() -> None:
    network = site()
    first = look("posts", network, KNOWN)
    seen = look("posts", network.put(FEED, feed("One", "Two", "Three"), kind=RSS), KNOWN, first.cursor)
    assert not seen.unchanged and len(seen.items) == 3


def test_an_entry_that_asks_to_be_left_alone_is_left_alone() -> None:
    asking = feed("One", "Two").replace("<title>Two</title>", "<title>Two</title><category>NoBot</category>")
    seen = look("posts", Network().put(FEED, asking, kind=RSS), KNOWN)
    assert [item.title for item in seen.items if isinstance(item, Post)] == ["One"]
    assert seen.coverage.reason == "posts_left_alone"


def quiet(*metas: str, **headers: str) -> Network:
    """A site whose page says this to robots."""
    said = "".join(
        f'<meta name="{name}" content="{content}">' for name, _, content in (m.partition("=") for m in metas)
    )
    return site("/feed.xml").put(HOME, page("/feed.xml").replace("<head>", f"<head>{said}"), **headers)


@pytest.mark.parametrize(
    ("network", "asks"),
    [
        (quiet("robots=noindex, nofollow"), True),
        (quiet("ROBOTS=NOINDEX"), True),
        (quiet("robots=none"), True),
        (quiet("robots=max-image-preview:large"), False),
        (quiet("otherbot=noindex"), False),
        (quiet("robots=noindex", "plnapi=index"), False),
        (quiet("plnapi=noindex"), True),
        (quiet(x_robots_tag="noindex"), True),
        (quiet(x_robots_tag="max-snippet: 20, noindex"), True),
        (quiet(x_robots_tag="otherbot: noindex"), False),
        (quiet(x_robots_tag="plnapi: noindex"), True),
    ],
    ids=lambda case: str(case) if isinstance(case, bool) else "",
)
def test_posts_of_a_site_that_asks_not_to_be_indexed_are_not_read(network: Network, asks: bool) -> None:
    proof = look("proof", network)
    assert isinstance(proof.items[0], Profile) and "PLN-ABCD" in proof.items[0].text
    seen = look("posts", network, Subject(HOME, HOME, HOME, proof.cursor))
    assert (seen.coverage.reason == "opted_out", seen.items == ()) == (asks, asks)


def test_a_site_that_asks_no_longer_is_read_and_a_page_that_fails_lifts_nothing() -> None:
    subject = Subject(HOME, HOME, HOME, {"feed": FEED, "opted_out": True})
    hidden = look("posts", site().fail(HOME), subject)
    assert hidden.coverage.reason == "opted_out"
    seen = look("posts", site("/feed.xml"), subject, hidden.cursor)
    assert len(seen.items) == 2 and seen.cursor["opted_out"] is False


def test_a_feed_that_software_marks_as_not_to_be_indexed_is_read() -> None:
    network = site("/feed.xml").put(FEED, feed("One"), kind=RSS, x_robots_tag="noindex, follow")
    assert len(look("posts", network, Subject(HOME, HOME, HOME, look("proof", network).cursor)).items) == 1


def test_the_feed_of_a_page_is_found_and_kept() -> None:
    network = site("/feed.xml")
    seen = look("posts", network)
    assert network.urls == [HOME, FEED]
    assert len(seen.items) == 2
    look("posts", network, SITE, seen.cursor)
    assert network.urls[2:] == [FEED]


def test_a_feed_that_moved_for_good_is_asked_for_at_its_new_address() -> None:
    network = site()
    moved = respond("https://ada.example/new.xml", feed("One"), kind=RSS)
    object.__setattr__(moved, "moved_to", "https://ada.example/new.xml")
    network.answers[FEED] = moved
    assert look("posts", network, KNOWN).cursor["feed"] == "https://ada.example/new.xml"


@pytest.mark.parametrize("status", [404, 410])
def test_a_feed_that_is_gone_from_its_address_is_looked_for_again(status: int) -> None:
    network = site("/atom.xml").put(FEED, status=status).put(f"{HOME}atom.xml", feed("One", "Three"), kind=RSS)
    for cursor in ({}, {"feed": FEED, "etag": "x", "hash": "y"}):
        seen = look("posts", network, KNOWN, cursor)
        assert [item.title for item in seen.items if isinstance(item, Post)] == ["One", "Three"]
        assert seen.cursor["feed"] == f"{HOME}atom.xml" and "etag" not in seen.cursor


@pytest.mark.parametrize(
    ("network", "reason"),
    [(Network().put(HOME, page()), "not_a_feed"), (Network().put(HOME, status=500), "http_status")],
)
def test_a_site_without_its_feed_is_not_gone(network: Network, reason: str) -> None:
    seen = look("posts", network, KNOWN, {"feed": FEED})
    assert (seen.coverage.state, seen.coverage.reason) == ("failed", reason)
    assert network.urls[:2] == [FEED, HOME]


def test_a_site_that_does_not_answer_either_is_not_gone() -> None:
    with pytest.raises(FetchFailed, match="failed"):
        look("posts", Network().fail(HOME), KNOWN, {"feed": FEED})


def test_a_feed_that_was_linked_itself_is_gone_at_once() -> None:
    network = Network()
    assert look("posts", network, Subject(FEED, FEED, FEED, {"feed": FEED})).coverage.reason == "gone"
    assert network.urls == [FEED]


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (404, "", "gone"),
        (410, "", "gone"),
        (500, "", "http_status"),
        (403, "", "http_status"),
        (429, "", "host_busy"),
        (200, "<html>no</html>", "not_a_feed"),
        (200, "", "not_a_feed"),
        (200, "{", "bad_document"),
    ],
)
def test_an_answer_that_is_no_feed_fails_and_keeps_the_cursor(status: int, body: str, reason: str) -> None:
    seen = look("posts", Network().put(FEED, body, status=status), KNOWN, {"feed": FEED, "etag": "x"})
    assert (seen.coverage.state, seen.coverage.reason) == ("failed", reason)
    assert seen.cursor == {"feed": FEED, "etag": "x"}


def test_a_fetch_that_fails_is_told_as_it_is() -> None:
    with pytest.raises(FetchFailed):
        look("posts", Network().fail(FEED), KNOWN)


def test_a_site_without_a_feed_says_so() -> None:
    network = Network().put(HOME, page())
    seen = look("posts", network)
    assert seen.coverage.reason == "not_a_feed"
    assert len(network.asked) == 1 + 3


# ---- proof


def profile(seen: Seen) -> Profile:
    (item,) = seen.items
    assert isinstance(item, Profile)
    return item


def test_the_proof_of_a_site_has_its_page_its_newest_entries_and_its_own_links() -> None:
    seen = look("proof", site("/feed.xml"))
    found = profile(seen)
    assert "PLN-ABCD" in found.text and "Two" in found.text
    assert found.links == found.me == ("https://example.social/@ada",)
    assert found.feed == FEED
    assert seen.cursor == {"feed": FEED}
    assert found.account.uri == HOME and found.account.keys & BLOG.address_keys("http://www.ada.example")


def test_the_address_of_a_feed_is_a_site_too() -> None:
    seen = look("proof", site(), Subject(FEED, FEED, FEED))
    assert profile(seen).feed == FEED
    assert "One" in profile(seen).text


def test_a_feed_that_is_not_announced_is_looked_for_at_usual_places() -> None:
    network = Network().put(HOME, page()).fail(HOME + "feed/").put(HOME + "index.xml", feed("One"), kind=RSS)
    seen = look("proof", network)
    assert profile(seen).feed == "https://ada.example/index.xml"
    assert len(network.asked) <= 4


def test_a_site_without_a_feed_can_be_proven_and_says_that_it_has_none() -> None:
    seen = look("proof", Network().put(HOME, page()))
    assert "PLN-ABCD" in profile(seen).text
    assert profile(seen).feed is None
    assert (seen.coverage.state, seen.coverage.reason) == ("complete", "not_a_feed")


def test_a_feed_that_cannot_be_reached_leaves_the_proof_partial() -> None:
    seen = look("proof", Network().put(HOME, page("/feed.xml")).fail(FEED, "deadline_exceeded"))
    assert "PLN-ABCD" in profile(seen).text
    assert (seen.coverage.state, seen.coverage.reason) == ("partial", "deadline_exceeded")


def test_the_feed_of_comments_is_never_a_persons_feed() -> None:
    network = site("/comments/feed/|Ada » Comments Feed", "/feed.xml|Ada » Feed")
    assert profile(look("proof", network)).feed == FEED


def test_an_authors_page_gives_the_authors_own_feed() -> None:
    author = "https://blog.example/author/ada/"
    network = Network().put(author, page("/feed/", "/author/ada/feed/"))
    network.put(f"{author}feed/", feed("Hers"), kind=RSS).put("https://blog.example/feed/", feed("All"), kind=RSS)
    seen = look("proof", network, Subject(author, author, author))
    assert profile(seen).feed == f"{author}feed/"


@pytest.mark.parametrize(
    ("url", "announced", "feed_link", "taken"),
    [
        (HOME, "https://famous.example/feed", "https://famous.example/", False),  # somebody else's feed
        ("https://blogs.example/ada/", "/bob/feed", "https://blogs.example/bob/", False),  # a neighbour's
        ("https://victim.example/2026/post/", "/feed/", "https://victim.example/", False),  # a page with comments
        (HOME, "https://feeds.example/ada", "https://ada.example/", True),  # a feed service that names the site
        ("https://ada.example/blog/", "/index.xml", "https://ada.example/blog/", True),
        ("https://ada.example/index.html", "/feed.xml", "", True),
    ],
)
def test_a_page_has_only_a_feed_that_is_its_own(url: str, announced: str, feed_link: str, taken: bool) -> None:
    network = Network().put(url, page(announced))
    for address in (announced, *(f"{host}{announced}" for host in ("https://ada.example", "https://blogs.example",
                                                                   "https://victim.example"))):  # fmt: skip
        network.put(address, feed("One", link=feed_link), kind=RSS)
    seen = look("proof", network, Subject(url, url, url))
    assert (profile(seen).feed is not None) is taken
    assert bool(look("posts", network, Subject(url, url, url)).items) is taken


def test_a_redirect_within_the_site_keeps_its_address_and_one_away_does_not() -> None:
    within = (
        Network()
        .put(HOME, page("/feed.xml"), at="https://www.ada.example/en/")
        .put("https://www.ada.example/feed.xml", feed("One"), kind=RSS)
    )
    assert profile(look("proof", within)).account.uri == HOME
    away = Network().put(HOME, page(), at="https://else.example/x")
    assert profile(look("proof", away)).account.uri == "https://else.example/x"


@pytest.mark.parametrize(("status", "reason"), [(404, "gone"), (500, "http_status")])
def test_a_page_that_does_not_answer_proves_nothing(status: int, reason: str) -> None:
    seen = look("proof", Network().put(HOME, page(), status=status))
    assert seen.coverage == Coverage("failed", reason, seen.coverage.detail)
    assert not seen.items


# ---- one site, one address


@pytest.mark.parametrize("typed", [HOME, "http://www.ada.example/", f"{HOME}?x=1", FEED, f"{FEED}?x=1"])
def test_a_site_is_one_account_by_whatever_form_of_its_address(typed: str) -> None:
    """`?x=1` at the feed is announced by no page, so that address stays one of its own."""
    network = site("/feed.xml").put(f"{HOME}?x=1", page("/feed.xml")).put(f"{FEED}?x=1", feed("One"), kind=RSS)
    network.put("http://www.ada.example/", page("https://ada.example/feed.xml"))
    found = profile(look("proof", network, Subject(typed, typed, typed)))
    assert found.account.uri == (typed if typed == f"{FEED}?x=1" else HOME)
    assert found.feed == (typed if typed == f"{FEED}?x=1" else FEED)


def test_a_feed_that_names_a_page_which_does_not_name_it_is_not_that_page() -> None:
    stolen = "https://evil.example/feed.xml"
    for front in (page("/feed.xml"), page("/other.xml")):
        network = site("/feed.xml").put(HOME, front).put(stolen, feed("PLN-WXYZ"), kind=RSS)
        found = profile(look("proof", network, Subject(stolen, stolen, stolen)))
        assert (found.account.uri, found.feed) == (stolen, stolen)


@pytest.mark.parametrize("status", [404, 500])
def test_a_feed_whose_page_cannot_be_read_stands_for_itself(status: int) -> None:
    subject = Subject(FEED, FEED, FEED)
    seen = look("proof", site().put(HOME, page("/feed.xml"), status=status), subject)
    assert (profile(seen).account.uri, seen.coverage.state) == (FEED, "complete")
    assert profile(look("proof", site().fail(HOME), subject)).account.uri == FEED


# ---- what readers wrote


COMMENTED = [
    '<aside class="widget widget_recent_comments"><ul id="recentcomments"><li class="recentcomments">'
    '<span class="comment-author-link"><a href="https://x.example" rel="ugc external nofollow">PLN-WXYZ</a></span>'
    ' on <a href="/one#comment-7">One</a></li></ul></aside>',
    '<ol class="wp-block-latest-comments"><li class="wp-block-latest-comments__comment"><article><footer>PLN-WXYZ on One'
    "</footer><div><p>So <b>true</b></p></div></article></li></ol>",
    '<div id="comments" class="comments-area"><ol class="comment-list"><li id="comment-7" class="comment even depth-1">'
    '<article id="div-comment-7" class="comment-body"><div class="comment-content"><p>PLN-WXYZ</p></div></article></li></ol>'
    "</div>",
    "<ul class=recentcomments><li>One<li class='recentcomments'>PLN-WXYZ</ul>",
    '<DIV CLASS="x Comments1"><!-- </div> --><img src=a><br>PLN-WXYZ</DIV>',
    '<section id="disqus_thread">PLN-WXYZ</section>',
    '<div class="comment">PLN-WXYZ',
]  # fmt: skip


@pytest.mark.parametrize("block", COMMENTED)
def test_a_code_that_a_reader_left_in_a_comment_is_not_the_owners(block: str) -> None:
    text = profile(look("proof", Network().put(HOME, page(text=f"<main>Mine</main>{block}")))).text
    assert "Mine" in text and "PLN-WXYZ" not in text


@pytest.mark.parametrize(
    "before",
    [
        *(block for block in COMMENTED if "</" in block),
        '<body class="home comments-open has-comments">', '<main id="comments">', '<p class="commentary">', "</div></ul>",
        '<a title="comment">', '<p data-class="comment">', "<script>'<div class=comment>'</script>",
        "<!-- <div class=comment> -->",
    ],
)  # fmt: skip
def test_a_code_beside_the_comments_is_found(before: str) -> None:
    network = Network().put(HOME, page(text=f"<div>{before.replace('PLN-WXYZ', 'Hi')}</div><p>PLN-WXYZ</p>"))
    assert "PLN-WXYZ" in profile(look("proof", network)).text


def test_many_tags_cost_no_more_than_their_number() -> None:
    html = "<div class=comment>" * 20_000 + "</p>" * 20_000
    began = time.process_time()
    assert without_comments(html) == "<div class=comment>"
    assert time.process_time() - began < 2
