"""Boosts, answers, and what authors want left alone, in the list of an account's posts on a Mastodon-compatible server."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from plnapi.platforms.mastodon import MASTODON
from plnapi.platforms.types import Act, Post, Seen, Subject
from tests.platforms.answers import ADA, SIGNED, STATUSES, account, server, status
from tests.platforms.drive import drive

BOB = account("bob")
EVE = account("eve", "other.example")


def posts(*items: Any, subject: Subject = ADA) -> Seen:
    return drive(MASTODON.look("posts", subject, {}), server().put(STATUSES, list(items)))


def the_post(seen: Seen) -> Post:
    (item,) = seen.items
    assert isinstance(item, Post)
    return item


def boost(number: int, of: dict[str, Any], **more: Any) -> dict[str, Any]:
    """As Mastodon 4.6 sends it: the wrapper is empty, and its address is that of the activity."""
    uri = f"https://example.social/users/ada/statuses/{number}/activity"
    return status(number, content="", tags=[], uri=uri, url=uri, reblog=of) | more


# ---- boosts


def test_what_ada_boosts_is_an_act_of_hers_and_no_post_of_anybody() -> None:
    theirs = status(40, by=EVE, tags=[{"name": "SUB101"}], content="<p>#Leaves</p>", created_at="2020-01-01T00:00:00Z")
    (act,) = posts(boost(5, theirs)).items
    assert isinstance(act, Act)
    assert (act.verb, act.actor_keys) == ("Announce", frozenset())
    assert act.uri == "https://example.social/users/ada/statuses/5/activity"
    assert act.object_uri == "https://other.example/users/eve/statuses/40"
    assert act.object_url == "https://other.example/@eve/40"
    assert act.object_keys & MASTODON.address_keys("@eve@other.example")
    assert act.tags == ("SUB101", "Leaves")
    assert act.happened_at == datetime(2026, 9, 1, 10, tzinfo=UTC)


def test_quirk_5_a_wrapper_by_bob_around_adas_status_is_adas_post_and_a_boost_of_nobody() -> None:
    """snac shows Ada's boosted status as a wrapper by Bob: it bears the tags, its id is in upper case, the original is gone."""
    wrapper = status(6, by=BOB, id="17ABCDEF", reblog=status(41, id="17abcdef"), tags=[{"name": "SUB101"}])
    seen = posts(wrapper, status(42, by=BOB))
    post = the_post(seen)
    assert post.uri == "https://example.social/users/ada/statuses/41"
    assert post.tags == ("SUB101",)
    assert seen.coverage.state == "complete"


def test_quirk_5_a_status_that_is_listed_itself_and_in_two_wrappers_is_one_post() -> None:
    wrapped = [status(n, by=by, reblog=status(41)) for n, by in ((6, BOB), (7, EVE))]
    assert the_post(posts(*wrapped, status(41))).uri.endswith("/41")


def test_what_ada_boosts_of_herself_is_her_post_and_no_act_towards_anybody() -> None:
    assert the_post(posts(boost(5, status(3)))).uri.endswith("/3")


def test_a_boost_by_somebody_of_somebody_is_nothing() -> None:
    assert posts(status(6, by=BOB, reblog=status(9, by=EVE))).items == ()


@pytest.mark.parametrize("shown", [("private", "public"), ("public", "private"), ("direct", "public")])
def test_a_boost_that_not_all_may_see_is_left_alone_also_with_her_own_token(shown: tuple[str, str]) -> None:
    wrapper, inner = shown
    seen = posts(boost(5, status(40, by=EVE, visibility=inner), visibility=wrapper), subject=SIGNED)
    assert seen.items == () and seen.coverage.state == "complete"


@pytest.mark.parametrize("odd", [{"uri": None, "url": None}, {"uri": "https://famous.example/a", "url": None}])
def test_a_boost_without_an_address_on_her_server_is_malformed(odd: dict[str, Any]) -> None:
    seen = posts(boost(5, status(40, by=EVE), **odd))
    assert (seen.items, seen.coverage.reason) == ((), "malformed_items")


def test_a_boost_of_what_has_no_address_is_malformed() -> None:
    seen = posts(boost(5, status(40, by=EVE, uri="javascript:alert(1)", url=[])))
    assert (seen.items, seen.coverage.reason) == ((), "malformed_items")


# ---- answers


def test_an_answer_names_the_author_answered_among_the_mentions() -> None:
    mentions = [
        {"id": "1", "username": "bob", "acct": "bob", "url": "https://example.social/@bob"},
        {"id": "5", "username": "eve", "acct": "eve@other.example", "url": "https://other.example/@eve"},
    ]
    post = the_post(posts(status(2, in_reply_to_id="99", in_reply_to_account_id="5", mentions=mentions)))
    assert post.answers >= MASTODON.address_keys("@eve@other.example")
    assert not post.answers & MASTODON.address_keys("@bob@example.social")
    assert post.mentions == ("https://example.social/@bob", "https://other.example/@eve")


def test_an_answer_to_somebody_of_the_same_server_names_them_there() -> None:
    mentions = [{"id": 5, "acct": "bob", "url": "https://example.social/@bob"}]
    post = the_post(posts(status(2, in_reply_to_id="99", in_reply_to_account_id="5", mentions=mentions)))
    assert post.answers >= MASTODON.address_keys("@bob@example.social")


def test_an_answer_to_herself_names_herself() -> None:
    post = the_post(posts(status(2, in_reply_to_id="1", in_reply_to_account_id="7")))
    assert post.answers >= MASTODON.address_keys("@ada@example.social")


@pytest.mark.parametrize("answered", [None, "", "77", [], {"id": "7"}])
def test_whom_the_server_does_not_name_is_not_guessed(answered: Any) -> None:
    mentions = [{"id": "5", "acct": "bob", "url": "https://example.social/@bob"}, {"id": None, "url": "x"}]
    assert not the_post(posts(status(2, in_reply_to_account_id=answered, mentions=mentions))).answers


def test_a_boost_that_is_missing_from_between_others_is_taken_back() -> None:
    theirs = [status(40 + n, by=EVE) for n in (1, 2, 3)]
    before = [boost(7, theirs[2]), boost(6, theirs[1]), boost(5, theirs[0])]
    acts = tuple(item.uri for item in posts(*before).items if isinstance(item, Act))
    subject = replace(ADA, known=acts)
    assert posts(*before, subject=subject).removed == ()
    assert posts(before[0], before[2], subject=subject).removed == (acts[1],)


# ---- what is left alone


@pytest.mark.parametrize("tag", ["nobot", "NoBots", "#noindex", "noarchive"])
def test_a_post_whose_author_asks_programs_to_leave_it_alone_is_not_taken(tag: str) -> None:
    seen = posts(status(2, tags=[{"name": "sub101"}, {"name": tag}]), status(1, tags=[{"name": "sub101"}]))
    assert the_post(seen).uri.endswith("/1")


def test_a_kept_post_that_is_tagged_so_later_is_removed() -> None:
    uri = "https://example.social/users/ada/statuses/2"
    subject = Subject(ADA.handle, ADA.uri, ADA.url, ADA.data, known=(uri,))
    assert posts(status(2, tags=[{"name": "nobot"}]), subject=subject).removed == (uri,)


def test_the_posts_of_an_account_that_asks_not_to_be_indexed_are_read_only_with_its_own_permission() -> None:
    quiet = status(2, by=account(noindex=True))
    seen = posts(quiet)
    assert (seen.items, seen.coverage.state, seen.coverage.reason) == ((), "hidden", "opted_out")
    assert the_post(posts(quiet, subject=SIGNED)).uri.endswith("/2")


@pytest.mark.parametrize("flags", [{"noindex": False}, {"indexable": False, "discoverable": None}, {"locked": True}])
def test_what_is_set_from_the_start_is_no_wish_to_be_left_alone(flags: dict[str, Any]) -> None:
    """`indexable` and `discoverable` are off for everybody who never touched them; `locked` is about who may follow."""
    assert the_post(posts(status(2, by=account(**flags))))


def test_somebody_elses_wish_does_not_hide_ada() -> None:
    seen = posts(boost(5, status(40, by=account("eve", "other.example", noindex=True))), status(2))
    assert seen.coverage.state == "complete" and len(seen.items) == 2
