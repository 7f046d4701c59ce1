"""Discourse forums: a person's page, groups, posts with the tags of their topics, and likes."""

from dataclasses import replace
from typing import Any

import pytest

from plnapi.http.types import FetchFailed
from plnapi.platforms import read_address, read_group
from plnapi.platforms.discourse import DISCOURSE
from plnapi.platforms.types import Act, Follow, Post, Profile, Seen, Subject
from tests.platforms.contract import PlatformContract
from tests.platforms.discourse_answers import (
    ADA,
    BASE,
    PAGE,
    SUMMARY,
    USER,
    action,
    actions,
    actions_url,
    forum,
    post_url,
    topic,
    user,
)
from tests.platforms.drive import Network, drive, respond

LOOKS = ("proof", "posts", "follows", "reactions")


def look(what: Any, network: Network, subject: Subject = ADA, cursor: Any = None) -> Seen:
    return drive(DISCOURSE.look(what, subject, cursor or {}), network)


def posts(seen: Seen) -> list[Post]:
    return [item for item in seen.items if isinstance(item, Post)]


def outcome(seen: Seen) -> tuple[str, str, int]:
    return seen.coverage.state, seen.coverage.reason, len(seen.items)


class TestDiscourse(PlatformContract):
    platform = DISCOURSE
    addresses = (PAGE, f"{BASE}/users/Ada", f"{BASE}/u/ada/summary", f"{BASE}/u/ada/activity/topics")
    exchanges = {look: (ADA, forum()) for look in LOOKS}


# ---- addresses


@pytest.mark.parametrize(
    ("text", "network"),
    [
        (PAGE, "discourse"),
        (f"{BASE}/u/ada/summary", "discourse"),
        (f"{BASE}/users/ada", "mastodon"),
        (f"{BASE}/u/ada/blog", "blog"),
        (f"{BASE}/u/", "blog"),
        (f"{BASE}/t/topic/5", "blog"),
        ("https://www.reddit.com/u/ada", "reddit"),
    ],
)
def test_a_forums_address_is_told_by_its_form(text: str, network: str) -> None:
    address = read_address(text)
    assert address is not None and address.network == network


def test_the_older_form_is_read_where_a_forum_is_asked_for_and_a_blog_where_that_is() -> None:
    address = read_address("forum.example.org/users/Ada", "discourse")
    assert address is not None and address.handle == PAGE
    blog = read_address(PAGE, "blog")
    assert blog is not None and blog.network == "blog"


def test_groups_are_no_people_but_have_keys() -> None:
    assert read_address(f"{BASE}/g/botany", "discourse") is None
    assert DISCOURSE.address_keys(f"{BASE}/g/Botany/members") == {"//forum.example.org/g/botany"}
    group = read_group(f"{BASE}/g/botany")
    assert group is not None and group.network == "discourse"


# ---- proof


def test_the_page_of_a_person_is_searched_and_what_they_wrote() -> None:
    seen = look("proof", actions(forum(), action(7, excerpt="It is PLN-WXYZ")))
    (profile,) = seen.items
    assert isinstance(profile, Profile)
    assert "PLN-ABCD" in profile.text and "PLN-WXYZ" in profile.text
    assert profile.links == ("https://ada.example/about", "https://ada.example/")
    assert profile.account.uri == PAGE and profile.account.keys == DISCOURSE.address_keys(PAGE)


def test_what_others_wrote_proves_nothing() -> None:
    (profile,) = look("proof", actions(forum(), action(7, by="Bob", excerpt="It is PLN-WXYZ"))).items
    assert isinstance(profile, Profile) and "PLN-WXYZ" not in profile.text


def test_a_page_of_a_new_member_lacks_its_words_and_posts_are_searched() -> None:
    network = actions(Network(), action(7, excerpt="PLN-WXYZ")).put(
        USER, user(bio_raw=None, bio_cooked=None, website=None)
    )
    (profile,) = look("proof", network).items
    assert isinstance(profile, Profile) and "PLN-WXYZ" in profile.text


@pytest.mark.parametrize("body", [{}, [], {"user": {"username": "Ada"}}, {"user": []}, user(username="Bob")])
def test_what_is_no_page_of_that_person_on_a_forum_proves_nothing(body: Any) -> None:
    assert outcome(look("proof", forum().put(USER, body))) == ("failed", "bad_answer", 0)


def test_a_profile_is_shown_where_posts_cannot_be_read() -> None:
    seen = look("proof", forum().fail(actions_url(), "deadline_exceeded"))
    assert outcome(seen) == ("partial", "deadline_exceeded", 1)


# ---- forums that tell nothing


@pytest.mark.parametrize("what", LOOKS)
@pytest.mark.parametrize("status", [401, 403])
def test_a_forum_for_members_only_hides_everything(what: str, status: int) -> None:
    refused = {"errors": ["You need to be logged in to do that."], "error_type": "not_logged_in"}
    network = Network({url: respond(url, refused, status=status) for url in forum().answers})
    assert outcome(look(what, network)) == ("hidden", "needs_sign_in", 0)


@pytest.mark.parametrize("what", LOOKS)
def test_a_forum_that_sends_to_its_sign_in_hides_everything(what: str) -> None:
    network = Network({url: respond(f"{BASE}/login", "<html>Log in") for url in forum().answers})
    assert outcome(look(what, network)) == ("hidden", "needs_sign_in", 0)


def test_a_hidden_page_hides_its_groups() -> None:
    assert outcome(look("follows", forum().put(USER, user(profile_hidden=True)))) == ("hidden", "hidden_by_owner", 0)
    assert outcome(look("follows", forum().put(USER, user(groups=None)))) == ("hidden", "hidden_by_owner", 0)


@pytest.mark.parametrize("what", LOOKS)
def test_a_person_who_is_not_there_is_gone(what: str) -> None:
    assert look(what, Network()).coverage.reason == "gone"


@pytest.mark.parametrize("what", LOOKS)
def test_a_forum_that_asks_to_wait_is_asked_later(what: str) -> None:
    wait: dict[str, Any] = {"retry_after": "30", "date": "Tue, 01 Sep 2026 10:00:00 GMT"}
    network = Network({url: respond(url, {}, status=429, **wait) for url in forum().answers})
    seen = look(what, network)
    assert outcome(seen) == ("failed", "host_busy", 0)
    assert seen.coverage.retry_at is not None and seen.coverage.retry_at.second == 30


@pytest.mark.parametrize("what", LOOKS)
def test_html_and_another_forums_answer_are_bad_answers(what: str) -> None:
    for answer in (respond(USER, "<html>"), respond("https://evil.example/u/ada.json", user())):
        network = Network(dict.fromkeys(forum().answers, answer))
        assert outcome(look(what, network)) == ("failed", "bad_answer", 0)


@pytest.mark.parametrize("what", ["posts", "reactions"])
def test_the_actions_of_a_hidden_page_are_not_found_and_are_hidden_not_gone(what: str) -> None:
    assert outcome(look(what, Network().put(USER, user(profile_hidden=True)))) == ("hidden", "hidden_by_owner", 0)


# ---- groups


def test_groups_are_followed_and_those_that_the_forum_makes_are_left_out() -> None:
    seen = look("follows", forum())
    (follow,) = seen.items
    assert isinstance(follow, Follow) and follow.account.is_group and follow.account.name == "Friends of plants"
    assert follow.account.keys == DISCOURSE.address_keys(f"{BASE}/g/botany")
    assert (seen.coverage.state, seen.coverage.reason) == ("complete", "public_groups_only")


# ---- posts


def test_posts_have_the_tags_of_their_topic_and_whom_they_answer() -> None:
    network = forum().put(f"{post_url(7)}.json", topic(1, "sub101", {"id": 9, "name": "Plants"}, cooked="<p>#More</p>"))
    network.put(f"{post_url(5, 3)}.json", topic(3, "sub101", reply_to_post_number=2, reply_to_user={"username": "Bob"}))
    begun, reply = posts(look("posts", network))
    assert (begun.uri, begun.title, begun.tags) == (post_url(7), "Topic 7", ("sub101", "Plants", "More"))
    assert (begun.in_reply_to, begun.answers) == (None, frozenset())
    assert reply.in_reply_to == post_url(5, 2)
    assert reply.answers == DISCOURSE.address_keys(f"{BASE}/u/bob")
    assert reply.published_at is not None and reply.published_at.day == 6


def test_a_reply_to_the_topic_itself_answers_who_began_it() -> None:
    reply = posts(look("posts", forum()))[1]
    assert (reply.in_reply_to, reply.answers) == (post_url(5, 1), DISCOURSE.address_keys(f"{BASE}/u/grace"))


@pytest.mark.parametrize("found", [topic(1, by="Bob"), {}, topic(2)])
def test_a_post_that_its_topic_does_not_show_as_theirs_is_left_out(found: Any) -> None:
    assert [post.uri for post in posts(look("posts", forum().put(f"{post_url(7)}.json", found)))] == [post_url(5, 3)]


def test_what_was_read_is_not_read_again() -> None:
    first = look("posts", forum())
    network = forum()
    again = look("posts", network, cursor=first.cursor)
    assert again.unchanged and network.urls == [actions_url()]
    more = look("posts", actions(network, action(8), action(7), action(5, 3)), cursor=again.cursor)
    assert [post.uri for post in posts(more)] == [post_url(8)]


def test_a_long_history_is_read_in_parts_without_gaps() -> None:
    rows = [action(500 - n) for n in range(70)]
    cursor: dict[str, Any] = {}
    found, looks = set[str](), 0
    state = "partial"
    while state == "partial":
        seen = look("posts", actions(Network(), *rows), cursor=cursor)
        assert len(posts(seen)) <= 15
        found |= {post.uri for post in posts(seen)}
        cursor, state, looks = dict(seen.cursor), seen.coverage.state, looks + 1
    assert len(found) == 70 and state == "complete" and looks <= 7
    network = actions(Network(), action(600), *rows)
    assert [post.uri for post in posts(look("posts", network, cursor=cursor))] == [post_url(600)]


def test_more_than_one_look_can_list_says_so() -> None:
    rows = [action(5000 - n) for n in range(320)]
    read = [f"{row['topic_id']}/1" for row in rows]
    seen = look("posts", actions(Network(), *rows), cursor={"read": read, "behind": True})
    assert (seen.coverage.state, seen.coverage.reason) == ("complete", "newest_entries_only")


def test_a_failure_between_posts_keeps_what_was_read() -> None:
    seen = look("posts", forum().fail(f"{post_url(5, 3)}.json", "host_busy"))
    assert outcome(seen) == ("partial", "host_busy", 1)
    assert [post.uri for post in posts(look("posts", forum(), cursor=seen.cursor))] == [post_url(5, 3)]


def test_deleted_posts_are_noted() -> None:
    assert look("posts", forum(), replace(ADA, known=(post_url(9), post_url(7)))).removed == (post_url(9),)
    network = actions(Network(), action(7, deleted=True), action(5, 3))
    assert look("posts", network, replace(ADA, known=(post_url(7), post_url(5, 3)))).removed == (post_url(7),)


def test_an_empty_list_is_believed_only_where_the_forum_counts_none() -> None:
    empty = Network().put(actions_url(), {"user_actions": []}).put(actions_url("1"), {"user_actions": []})
    none = {"user_summary": {"post_count": 0, "topic_count": 0, "likes_given": 0}}
    for what in ("posts", "reactions"):
        assert outcome(look(what, Network(empty.answers).put(SUMMARY, none))) == ("complete", "no_posts", 0)
        silent = look(what, Network(empty.answers).put(SUMMARY, none), replace(ADA, known=("x",)), {"likes": ["4/2"]})
        assert len(silent.removed) == 1
        some = {"user_summary": {"post_count": 4, "topic_count": 0, "likes_given": 2}}
        seen = look(what, Network(empty.answers).put(SUMMARY, some), replace(ADA, known=(post_url(7),)))
        assert outcome(seen) == ("hidden", "empty_list_proves_nothing", 0) and not seen.removed


# ---- likes


def test_a_like_is_an_act_towards_the_author() -> None:
    (like,) = look("reactions", forum()).items
    assert isinstance(like, Act)
    assert (like.verb, like.object_uri, like.object_url) == ("Like", post_url(4, 2), post_url(4, 2))
    assert like.object_keys == DISCOURSE.address_keys(f"{BASE}/u/bob") and not like.actor_keys
    assert like.happened_at is not None


def test_the_same_likes_are_unchanged_and_one_taken_back_is_missed() -> None:
    two = actions(Network(), action(9, 4, "Eve"), action(4, 2, "Bob"), kinds="1")
    first = look("reactions", two)
    assert len(first.items) == 2 and look("reactions", two, cursor=first.cursor).unchanged
    again = look("reactions", forum(), cursor=first.cursor)
    assert len(again.items) == 1
    assert again.removed == tuple(item.uri for item in first.items[:1] if isinstance(item, Act))


def test_a_list_of_likes_that_is_too_long_or_breaks_off_is_a_part() -> None:
    many = actions(Network(), *(action(5000 - n, 2, "Bob") for n in range(301)), kinds="1")
    assert outcome(look("reactions", many)) == ("partial", "newest_entries_only", 300)
    many.fail(actions_url("1", 30), "connection_failed")
    assert outcome(look("reactions", many)) == ("partial", "connection_failed", 30)


def test_a_look_that_cannot_begin_is_told_as_it_is() -> None:
    with pytest.raises(FetchFailed):
        look("posts", forum().fail(actions_url()))
    assert look("posts", Network(), Subject("x", "x", f"{BASE}/g/x")).coverage.reason == "bad_address"
