"""WordPress read by its REST API, and by its feed where that is closed."""

from dataclasses import replace
from typing import Any

import pytest

from plnapi.http.types import FetchFailed
from plnapi.platforms.blog import BLOG
from plnapi.platforms.types import Post, Profile, Seen, Subject
from tests.platforms.contract import PlatformContract
from tests.platforms.drive import Network, drive, respond
from tests.platforms.wordpress_answers import (
    FEED,
    HOME,
    ROOT,
    RSS,
    SITE,
    feed,
    guid,
    link,
    listed,
    page,
    post,
    posts_url,
    rest_url,
    site,
    there_url,
)


def look(what: Any, network: Network, subject: Subject = SITE, cursor: Any = None) -> Seen:
    return drive(BLOG.look(what, subject, cursor or {}), network)


def uris(seen: Seen) -> list[str]:
    return [item.uri for item in seen.items if isinstance(item, Post)]


def knowing(*numbers: int) -> Subject:
    return replace(SITE, known=tuple(map(guid, numbers)))


class TestWordPress(PlatformContract):
    platform = BLOG
    addresses = (HOME,)
    exchanges = {"posts": (SITE, site()), "received": (knowing(2), site()), "proof": (SITE, site())}


# ---- the API, found


@pytest.mark.parametrize("root", [ROOT, f"{HOME}?rest_route=/", f"{HOME}index.php?rest_route=/"])
def test_the_api_that_a_front_page_announces_is_remembered(root: str) -> None:
    assert look("proof", site().put(HOME, page(rest=root))).cursor == {"feed": FEED, "rest": root}


def test_the_api_that_a_header_announces_is_remembered() -> None:
    network = site().put(HOME, page(rest=""), links={"https://api.w.org/": ROOT})
    assert look("proof", network).cursor["rest"] == ROOT


@pytest.mark.parametrize("root", ["https://evil.example/wp-json/", "", "ftp://ada.example/wp-json/"])
def test_the_api_of_another_site_is_not(root: str) -> None:
    assert "rest" not in look("proof", site().put(HOME, page(rest=root))).cursor


def test_the_page_of_an_author_gives_that_authors_posts_only() -> None:
    home = f"{HOME}author/ada/"
    head = f'<link rel="alternate" title="JSON" type="application/json" href="{ROOT}wp/v2/users/7">'
    subject = Subject(home, home, home)
    memory = look("proof", site().put(home, page(head)), subject).cursor
    assert (memory["rest"], memory["author"]) == (ROOT, 7)
    network = listed(Network(), [post(3)], author=7)
    assert uris(look("posts", network, replace(subject, data=memory))) == [guid(3)]
    assert all("author=7" in url for url in network.urls)


def test_a_page_that_is_neither_a_front_page_nor_an_authors_is_not_the_whole_site() -> None:
    home = f"{HOME}author/ada/"
    assert "rest" not in look("proof", site().put(home, page()), Subject(home, home, home)).cursor


def test_somebody_without_posts_is_not_listed_and_is_read_by_the_feed() -> None:
    """WordPress shows people only once they have published (PLATFORMS 3, quirk 13)."""
    subject = replace(SITE, data={"feed": FEED, "rest": ROOT, "author": 7})
    seen = look("posts", listed(Network(), [], author=7).put(FEED, feed(), kind=RSS), subject)
    assert (uris(seen), seen.coverage.reason) == ([], "newest_entries_only")


# ---- posts


def test_posts_come_whole_with_the_names_of_their_tags_in_one_request() -> None:
    network = listed(Network(), [post(2, "SUB101", "R&amp;D", text="About #sub102"), post(1)])
    seen = look("posts", network)
    first = seen.items[0]
    assert isinstance(first, Post)
    assert first.tags == ("Uncategorized", "SUB101", "R&D", "sub102")
    assert (first.uri, first.url, first.title) == (guid(2), link(2), "Post\u2019s number 2")
    assert first.published_at is not None and first.published_at.isoformat() == "2026-09-03T10:00:00+00:00"
    assert seen.coverage.state == "complete" and not seen.coverage.reason
    assert len(network.urls) == 1


def test_an_unchanged_page_is_unchanged() -> None:
    first = look("posts", site())
    again = look("posts", site(), knowing(2), first.cursor)
    assert again.unchanged and not again.items and {**again.cursor, "wish": 1} == first.cursor


def test_a_blog_read_by_feed_and_then_by_the_api_has_the_same_posts() -> None:
    by_feed = look("posts", site(), replace(SITE, data={"feed": FEED}))
    assert uris(by_feed) == uris(look("posts", site())) == [guid(2), guid(1)]


def test_posts_that_the_feed_named_by_their_address_keep_that_name() -> None:
    seen = look("posts", site(), replace(SITE, known=(link(2),)))
    assert uris(seen) == [link(2), guid(1)] and not seen.removed


def test_a_history_is_read_to_its_end_over_several_looks() -> None:
    pages = [[post(2000 - 100 * n - i) for i in range(100)] for n in range(12)]
    network = listed(Network(), *pages)
    first = look("posts", network)
    assert (first.coverage.state, first.coverage.reason, len(first.items)) == ("partial", "more_pages", 1000)
    second = look("posts", network, SITE, first.cursor)
    assert second.coverage.state == "complete"
    assert {*uris(first), *uris(second)} == {guid(p["id"]) for page in pages for p in page}
    third = Network(dict(network.answers))
    assert look("posts", third, SITE, second.cursor).unchanged and len(third.urls) == 1


def test_a_page_past_the_end_ends_the_list() -> None:
    """It is a 400, when posts were deleted between two pages (quirk 13)."""
    network = listed(Network(), [post(200 - n) for n in range(100)])
    network.put(posts_url(1), [post(200 - n) for n in range(100)], x_wp_totalpages="2")
    seen = look("posts", network)
    assert (seen.coverage.state, len(seen.items)) == ("complete", 100)


def test_a_failure_on_a_later_page_keeps_what_was_read_and_goes_on_there() -> None:
    network = listed(Network(), [post(200 - n) for n in range(100)], [post(3)])
    network.fail(posts_url(2), "deadline_exceeded")
    seen = look("posts", network)
    assert (seen.coverage.state, seen.cursor["next"]) == ("partial", 2)
    network = listed(Network(), [post(200 - n) for n in range(100)], [post(3)])
    assert guid(3) in uris(look("posts", network, SITE, seen.cursor))


# ---- deletions


def test_a_known_post_that_a_whole_list_lacks_is_gone() -> None:
    assert look("posts", site(), knowing(9, 2)).removed == (guid(9),)


def test_older_known_posts_are_asked_for_by_number_in_one_request() -> None:
    newest = [post(2000 - n) for n in range(100)]
    network = listed(Network(), newest, [post(5), post(4)]).put(there_url(5, 4), [{"id": 5}])
    cursor = {"newest": 2000}
    seen = look("posts", network, knowing(2000, 5, 4), cursor)
    assert seen.removed == (guid(4),)
    assert len(network.urls) == 2


def test_the_next_look_asks_for_the_next_of_many() -> None:
    newest, older = [post(2000 - n) for n in range(100)], list(range(900, 870, -1))
    network = listed(Network(), newest, [post(5)]).put(there_url(*older[:20]), [{"id": n} for n in older[:20]])
    network.put(there_url(*older[20:]), [{"id": n} for n in older[20:-1]])
    first = look("posts", network, knowing(2000, *older), {"newest": 2000})
    assert not first.removed
    second = look("posts", network, knowing(2000, *older), first.cursor)
    assert second.removed == (guid(older[-1]),) and "at" not in second.cursor


@pytest.mark.parametrize("answer", [respond(there_url(5), "<html>", status=500), respond(there_url(5), {}, status=403)])
def test_nothing_is_gone_because_a_server_refuses_to_say(answer: Any) -> None:
    network = listed(Network(), [post(2000 - n) for n in range(100)], [post(5)])
    network.answers[there_url(5)] = answer
    assert not look("posts", network, knowing(2000, 5), {"newest": 2000}).removed


def test_numbers_of_posts_that_came_from_another_site_are_not_asked_for() -> None:
    moved = post(2000, guid={"rendered": guid(7)})
    network = listed(Network(), [moved, *(post(1999 - n) for n in range(99))], [post(5)])
    assert not look("posts", network, knowing(5), {"newest": 2000}).removed
    assert len(network.urls) == 1


def test_posts_whose_guid_is_their_address_are_asked_for_by_the_number_that_was_listed() -> None:
    """So it is for posts that were made over the REST API (WordPress 6.1)."""
    named = post(5, guid={"rendered": link(5)})
    subject = replace(SITE, known=(guid(2000), link(5)))
    first = look("posts", listed(Network(), [post(2000), named]), subject)
    assert first.cursor["numbers"] == {link(5): 5}
    later = listed(Network(), [post(2000 - n) for n in range(100)], [post(4)]).put(there_url(5), [])
    assert look("posts", later, subject, first.cursor).removed == (link(5),)


def test_what_is_not_of_the_type_post_is_not_missed() -> None:
    other = f"{HOME}?post_type=project&p=9"
    assert not look("posts", site(), replace(SITE, known=(guid(2), other))).removed


# ---- closed


@pytest.mark.parametrize(
    ("status", "kind", "body", "lasting"),
    [
        (401, "application/json", {"code": "rest_login_required"}, True),
        (403, "text/html", "<html>Forbidden", True),
        (404, "application/json", {"code": "rest_no_route"}, True),
        (200, "text/html", "<html>Welcome", True),
        (200, "application/json", {"posts": []}, True),
        (200, "application/json", [{"id": 1}], True),
        (500, "text/html", "<html>", False),
        (200, "application/json", [], False),
    ],
)
def test_where_the_api_is_closed_the_feed_is_read(status: int, kind: str, body: Any, lasting: bool) -> None:
    network = site().put(posts_url(), body, status=status, kind=kind)
    seen = look("posts", network)
    assert (uris(seen), seen.coverage.reason) == ([guid(2), guid(1)], "newest_entries_only")
    assert network.urls == [posts_url(), FEED]
    again = site()
    look("posts", again, SITE, seen.cursor)
    assert (posts_url() not in again.urls) is lasting


def test_a_closed_api_is_asked_again_in_the_end() -> None:
    cursor: Any = look("posts", site().put(posts_url(), {}, status=401)).cursor
    for _ in range(23):
        cursor = look("posts", Network(site().answers), SITE, cursor).cursor
    network = site()
    assert look("posts", network, SITE, cursor).coverage.reason == "" and posts_url() in network.urls


def test_a_server_that_asks_to_wait_is_not_asked_for_its_feed_instead() -> None:
    network = site().put(posts_url(), {}, status=429, retry_after="60", date="Tue, 01 Sep 2026 10:00:00 GMT")
    seen = look("posts", network)
    assert (seen.coverage.state, seen.coverage.reason) == ("failed", "host_busy")
    assert seen.coverage.retry_at is not None and network.urls == [posts_url()]
    with pytest.raises(FetchFailed):
        look("posts", site().fail(posts_url(), "host_busy"))


def test_a_site_without_a_feed_but_with_an_api_is_a_blog() -> None:
    network = Network().put(
        HOME, f'<!doctype html><html><head><link rel="https://api.w.org/" href="{ROOT}"></head></html>'
    )
    seen = look("proof", network)
    assert isinstance(seen.items[0], Profile) and seen.coverage.reason == ""
    assert seen.cursor == {"rest": ROOT}


def test_addresses_of_a_list_are_made_for_both_forms_of_the_root() -> None:
    plain = f"{HOME}?rest_route=/"
    assert rest_url("posts", plain, page=1) == f"{HOME}?rest_route=/wp/v2/posts&page=1"
    network = listed(Network(), [post(1)], root=plain)
    assert uris(look("posts", network, replace(SITE, data={"rest": plain}))) == [guid(1)]
