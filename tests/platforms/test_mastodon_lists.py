"""Posts and follows on Mastodon-compatible servers, and what real ones do with them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from plnapi.platforms.mastodon import MASTODON
from plnapi.platforms.types import Follow, Post, Seen
from tests.platforms.answers import ADA, API, FOLLOWING, STATUSES, account, server, status
from tests.platforms.drive import Network, drive, respond

BOB = account("bob")


def look(what: Any, network: Network, cursor: Any = None) -> Seen:
    return drive(MASTODON.look(what, ADA, cursor or {}), network)


def posts(*items: Any, cursor: Any = None) -> Seen:
    return look("posts", server().put(STATUSES, list(items)), cursor)


def uris(seen: Seen) -> list[str]:
    return [item.uri.rpartition("/")[2] for item in seen.items if isinstance(item, Post)]


def pages(count: int, first: str = STATUSES) -> Network:
    """`count` full pages that link onward, and an empty one that does so too."""
    network = server()
    for number in range(count + 1):
        url = first if number == 0 else f"{STATUSES}&max_id=p{number}"
        body = [status(1_000 - number)] if number < count else []
        network.put(url, body, links={"next": f"{STATUSES}&max_id=p{number + 1}"})
    return network


# ---- posts


def test_a_status_becomes_a_post() -> None:
    group = "https://groups.example/c/plants"
    seen = posts(
        status(
            2, content="<p>Hi <a>#<span>inText</span></a></p>", tags=[{"name": "sub101"}], spoiler_text="Leaves",
            in_reply_to_id="99", mentions=[{"id": "5", "acct": "plants@groups.example", "url": group}],
        )
    )  # fmt: skip
    (post,) = seen.items
    assert isinstance(post, Post)
    assert (post.uri, post.url) == ("https://example.social/users/ada/statuses/2", "https://example.social/@ada/2")
    assert post.tags == ("sub101", "inText")
    assert post.title == "Leaves"
    assert post.published_at == datetime(2026, 9, 1, 10, tzinfo=UTC)
    assert post.in_reply_to == "https://example.social/api/v1/statuses/99"
    assert post.mentions == (group,)
    assert seen.coverage.state == "complete"


def test_a_post_of_somebody_with_the_same_name_elsewhere_is_not_hers() -> None:
    stranger = account("ada", "other.example", acct="ada")
    assert uris(posts(status(1, by=stranger))) == []


def test_a_status_that_claims_an_address_on_another_server_is_not_taken() -> None:
    seen = posts(status(1, uri="https://famous.example/users/ada/statuses/1"), status(2))
    assert uris(seen) == ["2"]
    assert (seen.coverage.state, seen.coverage.reason) == ("partial", "malformed_items")


def test_what_was_not_meant_for_all_is_left_alone() -> None:
    seen = posts(*(status(n, visibility=shown) for n, shown in enumerate(["public", "unlisted", "private", "direct"])))
    assert uris(seen) == ["0", "1"]


def test_untagged_posts_come_too_because_no_server_is_trusted_to_filter() -> None:
    network = server()
    look("posts", network)
    assert not any("tagged" in url for url in network.urls)


def test_malformed_items_are_left_out_and_told() -> None:
    seen = posts(None, 3, [], {}, status(1, uri=None, url=None), status(2, created_at="soon", tags="x", mentions=[1]))
    assert uris(seen) == ["2"]
    assert (seen.coverage.state, seen.coverage.reason) == ("partial", "malformed_items")


def test_a_look_that_shows_the_same_again_says_that_nothing_changed() -> None:
    network = server()
    first = look("posts", network)
    second = look("posts", network, first.cursor)
    assert second.unchanged and not second.items and second.coverage.state == "complete"
    network.put(STATUSES, [status(3), status(2), status(1)])
    third = look("posts", network, second.cursor)
    assert uris(third) == ["3", "2", "1"] and third.cursor["newest"] == "3"
    network.put(STATUSES, [status(3, content="<p>Edited</p>"), status(2), status(1)])
    assert uris(look("posts", network, third.cursor)) == ["3", "2", "1"]


@pytest.mark.parametrize("newest", ["999", "998"])
def test_the_list_is_read_to_the_known_status_or_to_where_it_stood_and_no_further(newest: str) -> None:
    network = pages(5)
    network.put(STATUSES, [status(1_000), status(998)], links={"next": f"{STATUSES}&max_id=p1"})
    assert uris(look("posts", network, {"newest": newest})) == ["1000", "998"]
    assert len(network.asked) == 1


def test_what_is_newer_than_one_page_is_read_to_the_known_status() -> None:
    network = pages(9)
    assert uris(look("posts", network, {"newest": "997"})) == ["1000", "999", "998", "997"]


def test_an_empty_page_ends_a_list_that_links_onward_for_ever() -> None:
    network = pages(3)
    seen = look("posts", network)
    assert uris(seen) == ["1000", "999", "998"]
    assert seen.coverage.state == "complete"
    assert len(network.asked) == 4


def test_a_page_that_links_to_itself_ends_the_list() -> None:
    network = server().put(STATUSES, [status(1)], links={"next": STATUSES})
    assert look("posts", network).coverage.state == "complete"


def test_a_long_history_is_read_over_several_looks_and_new_posts_come_first() -> None:
    network = pages(25)
    first = look("posts", network)
    assert len(first.items) == 10
    assert (first.coverage.state, first.coverage.reason) == ("partial", "more_pages")
    network.put(STATUSES, [status(1_001), status(1_000)])
    second = look("posts", network, first.cursor)
    assert uris(second)[:3] == ["1001", "1000", "990"] and len(second.items) == 11
    third = look("posts", network, second.cursor)
    assert uris(third)[-1] == "976"
    assert third.coverage.state == "complete"
    assert third.cursor == {"id": "7", "host": "example.social", "newest": "1001"}


def test_a_failure_in_the_middle_keeps_what_was_read_and_goes_on_there() -> None:
    network = pages(5).fail(f"{STATUSES}&max_id=p2", "host_busy", retry_at=datetime(2026, 9, 1, tzinfo=UTC))
    seen = look("posts", network)
    assert len(seen.items) == 2
    assert (seen.coverage.state, seen.coverage.reason) == ("partial", "host_busy")
    assert seen.coverage.retry_at == datetime(2026, 9, 1, tzinfo=UTC)
    assert seen.cursor["next"] == f"{STATUSES}&max_id=p2"


def test_a_backlog_that_keeps_failing_does_not_hold_back_new_posts() -> None:
    network = server().put(f"{STATUSES}&max_id=p2", "<html>", status=500)
    seen = look("posts", network, {"newest": "1", "next": f"{STATUSES}&max_id=p2"})
    assert uris(seen) == ["2", "1"]
    assert seen.cursor["newest"] == "2" and seen.cursor["next"]


@pytest.mark.parametrize(
    "link",
    ["https://evil.example/api", "http://example.social/api", "https://example.social.evil.example/", "/relative"],
)
def test_a_link_to_another_server_is_not_followed(link: str) -> None:
    network = server().put(STATUSES, [status(1)], links={"next": link})
    seen = look("posts", network)
    assert (seen.coverage.state, seen.coverage.reason) == ("partial", "foreign_page")
    assert network.urls == [STATUSES]
    look("posts", network, {"newest": "1", "next": link})
    assert all(url.startswith("https://example.social/") for url in network.urls)


def test_an_account_without_posts_has_none_when_its_own_count_says_so() -> None:
    network = server().put(STATUSES, []).put(f"{API}/7", account(statuses_count=0))
    assert look("posts", network).coverage.state == "complete"


@pytest.mark.parametrize("count", [3, None, "many"])
def test_an_empty_list_of_an_account_that_counts_posts_proves_nothing(count: Any) -> None:
    seen = look("posts", server().put(STATUSES, []).put(f"{API}/7", account(statuses_count=count)))
    assert (seen.coverage.state, seen.coverage.reason) == ("hidden", "empty_list_proves_nothing")


def test_an_account_that_was_never_proven_is_looked_up_first() -> None:
    typed = type(ADA)(ADA.handle, "acct:ada@example.social", ADA.url)
    seen = drive(MASTODON.look("posts", typed, {}), server())
    assert uris(seen) == ["2", "1"]
    assert seen.cursor["id"] == "7"


# ---- follows


def handles(seen: Seen) -> list[str]:
    return [item.account.handle for item in seen.items if isinstance(item, Follow)]


def test_people_and_groups_that_are_followed() -> None:
    seen = look("follows", server())
    assert handles(seen) == ["@bob@other.example", "@plants@groups.example"]
    group = seen.items[1]
    assert isinstance(group, Follow) and group.account.is_group
    assert group.account.keys & MASTODON.address_keys("!plants@groups.example")
    assert seen.coverage.state == "complete"


@pytest.mark.parametrize("count", [0, 5, None])
def test_an_empty_list_proves_nothing_whatever_the_counts_say(count: int | None) -> None:
    seen = look("follows", server().put(FOLLOWING, []).put(f"{API}/7", account(following_count=count)))
    assert (seen.coverage.state, seen.coverage.reason) == ("hidden", "empty_list_proves_nothing")


def test_a_list_that_its_owner_hides_is_hidden() -> None:
    network = server().put(f"{API}/7", account(hide_collections=True))
    assert (look("follows", network).coverage.reason) == "hidden_by_owner"
    assert FOLLOWING not in network.urls


def test_a_list_shorter_than_its_count_is_partial() -> None:
    seen = look("follows", server().put(f"{API}/7", account(following_count=9)))
    assert (seen.coverage.state, seen.coverage.reason) == ("partial", "fewer_than_counted")


def test_a_long_list_goes_on_at_the_next_look() -> None:
    network = server().put(f"{API}/7", account(following_count=12))
    for number in range(13):
        url = FOLLOWING if number == 0 else f"{FOLLOWING}&max_id={number}"
        body = [account(f"p{number}", "other.example")] if number < 12 else []
        network.put(url, body, links={"next": f"{FOLLOWING}&max_id={number + 1}"})
    first = look("follows", network)
    assert len(first.items) == 10 and first.coverage.reason == "more_pages"
    second = look("follows", network, first.cursor)
    assert handles(second) == ["@p10@other.example", "@p11@other.example"]
    assert second.coverage.state == "complete"
    assert "next" not in second.cursor and "seen" not in second.cursor


def test_the_ids_of_a_server_are_used_only_there() -> None:
    """Ids are per server: that of a followed account is no part of what is known of it."""
    (first, _) = look("follows", server()).items
    assert isinstance(first, Follow)
    assert "id-bob" not in f"{first.account.uri}{first.account.url}{sorted(first.account.keys)}"


# ---- refusals


@pytest.mark.parametrize("what", ["posts", "follows"])
@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        ({"status": 401}, "hidden", "needs_sign_in"),
        ({"status": 403}, "hidden", "needs_sign_in"),
        ({"status": 422, "kind": "text/html"}, "hidden", "needs_sign_in"),
        ({"status": 404}, "failed", "gone"),
        ({"status": 410}, "failed", "gone"),
        ({"status": 500, "kind": "text/html"}, "failed", "bad_answer"),
        ({"kind": "text/html"}, "failed", "bad_answer"),
        ({"body": {"error": "x"}}, "failed", "bad_answer"),
        ({"body": b"[", "kind": "application/json"}, "failed", "bad_answer"),
        ({"body": b"[" * 200_000, "kind": "application/json"}, "failed", "bad_answer"),
    ],
)
def test_a_refusal_says_what_it_is(what: str, answer: dict[str, Any], state: str, reason: str) -> None:
    url = STATUSES if what == "posts" else FOLLOWING
    network = server()
    network.answers[url] = respond(url, answer.get("body", []), **{k: v for k, v in answer.items() if k != "body"})
    seen = look(what, network, {"newest": ""})
    assert (seen.coverage.state, seen.coverage.reason) == (state, reason)
    assert not seen.items


def test_what_was_not_there_yet_is_seen_when_it_comes() -> None:
    """Follows are applied asynchronously, so a look answers anew each time and remembers no absence."""
    network = server().put(FOLLOWING, [])
    before = look("follows", network)
    network.put(FOLLOWING, [account("bob", "other.example")])
    assert handles(look("follows", network, before.cursor)) == ["@bob@other.example"]
