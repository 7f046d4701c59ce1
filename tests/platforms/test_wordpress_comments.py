"""Comments on a blog's posts: by the REST API, by a feed, and whom each could be of."""

from dataclasses import replace
from typing import Any

import pytest

from plnapi.platforms.blog import BLOG
from plnapi.platforms.types import Act, Seen, Subject
from tests.platforms.drive import Network, drive
from tests.platforms.wordpress_answers import (
    COMMENTS_FEED,
    FEED,
    HOME,
    RSS,
    SITE,
    comment,
    comments_url,
    feed,
    guid,
    item,
    link,
    post,
    rest_url,
    site,
)

KNOWN = replace(SITE, known=(guid(2),))
BY_FEED = replace(KNOWN, data={"feed": FEED})


def look(network: Network, subject: Subject = KNOWN, cursor: Any = None) -> Seen:
    return drive(BLOG.look("received", subject, cursor or {}), network)


def acts(seen: Seen) -> list[Act]:
    return [item for item in seen.items if isinstance(item, Act)]


def commented(*comments: dict[str, Any], on: tuple[int, ...] = (2,)) -> Network:
    return site().put(comments_url(*on), list(comments), x_wp_totalpages="1")


def comments_feed(*numbers: int, text: str = "See https://bob.example/", atom: bool = False) -> str:
    if atom:
        entries = "".join(
            f"<entry><id>{HOME}#{n}</id><link href='{link(2)}comment-page-1/#comment-{n}'/><author><name>Bob</name>"
            f"<uri>https://bob.example/</uri></author><content type='html'>{text}</content>"
            f"<thr:in-reply-to ref='{guid(2)}' href='{link(2)}'/><published>2026-09-20T10:00:00Z</published></entry>"
            for n in numbers
        )
        threads = "http://purl.org/syndication/thread/1.0"
        return f"<feed xmlns='http://www.w3.org/2005/Atom' xmlns:thr='{threads}'><title>C</title>{entries}</feed>"
    items = "".join(
        f"<item><link>{link(2)}#comment-{n}</link><guid>{guid(2)}#c{n}</guid><title>By: Bob</title>"
        f"<description>{text}</description></item>"
        for n in numbers
    )
    return f"<rss version='2.0'><channel><title>Comments for Ada</title>{items}</channel></rss>"


# ---- by the API


def test_a_comment_is_an_act_towards_the_blog_by_the_address_that_its_author_gave() -> None:
    (act,) = acts(look(site()))
    assert (act.verb, act.uri, act.object_uri) == ("Create", f"{link(2)}#comment-5", guid(2))
    assert act.object_keys == BLOG.address_keys(HOME)
    assert BLOG.address_keys("https://bob.example") <= act.actor_keys
    assert act.text == "I agree" and act.happened_at is not None


def test_links_in_the_text_say_who_it_could_be_on_any_network() -> None:
    text = '<a href="https://example.social/@bob">me</a> <a href="https://bsky.app/profile/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa">x</a>'
    (act,) = acts(look(commented(comment(5, 2, text))))
    assert {"acct:bob@example.social", "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"} <= act.actor_keys


def test_a_comment_that_names_nobody_is_not_taken_for_one_of_the_blogs_owner() -> None:
    (act,) = acts(look(commented(comment(5, 2, "My code is PLN-BOBS"))))
    assert act.actor_keys and not act.actor_keys & BLOG.address_keys(HOME)
    assert "PLN-BOBS" in act.text


def test_who_wrote_a_comment_is_said_to_be_unverified() -> None:
    seen = look(site())
    assert (seen.coverage.state, seen.coverage.reason) == ("complete", "names_not_verified")
    assert "not verified" in seen.coverage.detail and "nobody has verified" in BLOG.capabilities.note


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "bob", 7, None])
def test_an_address_that_is_none_names_nobody(url: Any) -> None:
    (act,) = acts(look(commented(comment(5, 2, author_url=url))))
    assert act.actor_keys == {act.uri}


def test_pings_and_comments_on_other_posts_are_left_out() -> None:
    assert not acts(look(commented(comment(5, 2, type="pingback"), comment(6, 3))))


def test_the_same_comments_are_unchanged_until_one_more_is_approved() -> None:
    first = look(site())
    assert look(site(), cursor=first.cursor).unchanged
    more = look(commented(comment(5, 2), comment(4, 2)), cursor=first.cursor)
    assert len(acts(more)) == 2


def test_a_comment_that_the_whole_list_lacks_is_gone() -> None:
    first = look(commented(comment(5, 2), comment(4, 2)))
    second = look(commented(comment(5, 2)), cursor=first.cursor)
    assert second.removed == (f"{link(2)}#comment-4",)
    assert not look(commented(comment(5, 2), comment(6, 2)), cursor=second.cursor).removed


def test_comments_on_a_post_that_is_not_asked_for_any_more_are_not_missed() -> None:
    first = look(commented(comment(5, 2), comment(4, 1), on=(1, 2)), replace(KNOWN, known=(guid(2), guid(1))))
    assert not look(commented(comment(5, 2)), cursor=first.cursor).removed


def test_without_known_posts_the_newest_of_the_blog_are_asked_about() -> None:
    """The blog of somebody who teaches: none of its posts is kept, and comments on all of them count."""
    newest = rest_url("posts", per_page=100, _fields="id,guid,link,_links,_embedded", _embed="wp:term")
    network = commented(comment(7, 2), on=(1, 2)).put(newest, [post(2), post(1)])
    (act,) = acts(look(network, SITE))
    assert act.object_uri == guid(2)


def test_posts_whose_uri_lacks_their_number_are_looked_up_once() -> None:
    newest = rest_url("posts", per_page=100, _fields="id,guid,link,_links,_embedded", _embed="wp:term")
    network = site().put(newest, [post(2)])
    subject = replace(SITE, known=(link(2),))
    first = look(network, subject)
    assert [act.object_uri for act in acts(first)] == [link(2)]
    again = Network(network.answers)
    assert look(again, subject, first.cursor).unchanged and newest not in again.urls


def test_many_comments_are_read_over_several_looks() -> None:
    network = site()
    for page in range(1, 8):
        network.put(comments_url(2, page=page), [comment(page, 2)], x_wp_totalpages="7")
    first = look(network)
    assert (first.coverage.state, len(acts(first)), first.cursor["next"]) == ("partial", 5, 6)
    second = look(network, cursor=first.cursor)
    assert (second.coverage.state, len(acts(second))) == ("complete", 2)


# ---- by a feed


@pytest.mark.parametrize("atom", [True, False])
def test_where_there_is_no_api_the_feed_of_comments_is_read(atom: bool) -> None:
    network = site().put(COMMENTS_FEED, comments_feed(5, atom=atom), kind=RSS)
    seen = look(network, BY_FEED)
    (act,) = acts(seen)
    assert act.object_uri == guid(2) and "#comment-5" in act.uri
    assert ("//bob.example" in act.actor_keys) is atom
    assert seen.coverage.reason == "newest_entries_only"


def test_a_closed_api_leaves_the_feed() -> None:
    network = site().put(comments_url(2), {"code": "rest_forbidden"}, status=401)
    assert acts(look(network.put(COMMENTS_FEED, comments_feed(5), kind=RSS)))


@pytest.mark.parametrize(("status", "body"), [(404, ""), (200, "<html>no feed"), (403, ""), (200, "<rss")])
def test_a_site_that_shows_no_comments_proves_nothing(status: int, body: str) -> None:
    seen = look(site().put(COMMENTS_FEED, body, status=status), BY_FEED)
    assert (seen.coverage.state, seen.coverage.reason) == ("hidden", "no_comments_shown")


def test_a_site_that_is_busy_is_asked_later() -> None:
    seen = look(site().put(COMMENTS_FEED, "", status=429), BY_FEED)
    assert (seen.coverage.state, seen.coverage.reason) == ("failed", "host_busy")


def test_the_same_feed_of_comments_is_unchanged() -> None:
    network = site().put(COMMENTS_FEED, comments_feed(5), kind=RSS)
    assert look(network, BY_FEED, look(network, BY_FEED).cursor).unchanged


def test_comments_on_posts_that_are_not_kept_are_left_out() -> None:
    network = site().put(COMMENTS_FEED, comments_feed(5), kind=RSS).put(FEED, feed(item(1)), kind=RSS)
    assert not acts(look(network, BY_FEED))
