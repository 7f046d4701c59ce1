"""Posts on Bluesky, read from the person's own server, and what is done when that fails, moves or lies."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms.bluesky import BLUESKY
from plnapi.platforms.html import plain_text
from plnapi.platforms.types import Post, Profile, Seen, Subject
from tests.platforms.bluesky_answers import (
    ADA,
    BOB,
    DID,
    DOCUMENT,
    FEED,
    GET_PROFILE,
    PDS,
    POSTS,
    TYPED,
    document,
    key,
    page,
    posts_url,
    profile,
    record,
    record_url,
    records_url,
    refused,
    services,
    tag,
    view,
)
from tests.platforms.drive import Network, drive


def look(what: Any, network: Network, cursor: Any = None) -> Seen:
    return drive(BLUESKY.look(what, ADA, cursor or {}), network)


def keys(seen: Seen) -> list[str]:
    return [item.uri.rpartition("/")[2] for item in seen.items if isinstance(item, Post)]


def numbers(seen: Seen) -> list[int]:
    return [int(found[2:]) for found in keys(seen)]


def gone(seen: Seen) -> list[int]:
    assert all(uri.startswith(f"at://{DID}/app.bsky.feed.post/") for uri in seen.removed)
    return [int(uri.rpartition("/")[2][2:]) for uri in seen.removed]


def outcome(seen: Seen) -> tuple[str, str]:
    return seen.coverage.state, seen.coverage.reason


@dataclass
class Repository(Network):
    """Ada's server: pages of 100 posts, newest first, with a cursor even when they are the last."""

    posts: str = POSTS
    written: tuple[int, ...] = ()

    def answer(self, fetch: Fetch) -> Response:
        url, _, cursor = fetch.url.partition("&cursor=")
        if url == self.posts and fetch.url not in self.answers:
            below = int(cursor[2:]) if cursor else 10**10
            some = sorted((number for number in self.written if number < below), reverse=True)[:100]
            self.put(fetch.url, page(*map(record, some), cursor=key(some[-1]) if some else None))
        return super().answer(fetch)


def repository(*written: int, base: str = PDS) -> Repository:
    others = {url: answer for url, answer in services().answers.items() if not url.startswith(POSTS)}
    return Repository(others, posts=records_url(base=base), written=written)


# ---- posts


def test_a_record_becomes_a_post() -> None:
    parent = f"at://{BOB}/app.bsky.feed.post/3labc"
    mention = {"$type": "app.bsky.richtext.facet#mention", "did": BOB}
    reply = {"root": {"uri": parent, "cid": "c"}, "parent": {"uri": parent, "cid": "c"}}
    one = record(7, "Hi <b>&\nbye", reply=reply, facets=[{"index": {}, "features": [mention, mention]}])
    (post,) = look("posts", services().put(POSTS, page(one))).items
    assert isinstance(post, Post)
    assert post.uri == f"at://{DID}/app.bsky.feed.post/{key(7)}"
    assert post.url == f"https://bsky.app/profile/{DID}/post/{key(7)}"
    assert plain_text(post.html) == "Hi <b>& bye"
    assert post.published_at == datetime(2026, 9, 1, 10, tzinfo=UTC)
    assert (post.in_reply_to, post.mentions) == (parent, (BOB,))
    assert BLUESKY.address_keys(BOB) & post.answers


@pytest.mark.parametrize("parent", ["", "at://", "https://bsky.app/profile/bob.test/post/3l1", "at://x/y", 7])
def test_what_is_no_record_of_anybody_is_not_answered(parent: Any) -> None:
    one = record(7, reply={"parent": {"uri": parent}})
    (post,) = look("posts", services().put(POSTS, page(one))).items
    assert isinstance(post, Post) and (post.in_reply_to, post.answers) == (None, frozenset())


def test_a_tag_counts_as_a_facet_and_beside_the_text_but_not_in_bare_text() -> None:
    written = [
        record(3, "Hello #SUB101", facets=[tag("SUB101"), tag("maps"), tag("SUB101")]),
        record(2, "Hello", tags=["#sub101", 7, ""]),
        record(1, "Hello #SUB101"),
    ]
    found = look("posts", services().put(POSTS, page(*written))).items
    assert [item.tags for item in found if isinstance(item, Post)] == [("SUB101", "maps"), ("sub101",), ()]


def test_a_post_whose_author_asks_programs_to_leave_it_alone_is_left_alone() -> None:
    network = services().put(POSTS, page(record(2, facets=[tag("NoBot")]), record(1, tags=["#nobots"])))
    seen = drive(BLUESKY.look("posts", keeping(2), {}), network)
    assert (seen.items, gone(seen), outcome(seen)) == ((), [2], ("complete", "posts_left_alone"))
    indexed = view(2)
    indexed["post"]["record"]["tags"] = ["nobot"]
    assert look("posts", services().fail(POSTS).put(FEED, {"feed": [indexed]})).items == ()


def test_the_list_is_read_until_an_empty_page_because_the_last_one_has_a_cursor_too() -> None:
    network = repository(1, 2)
    seen = look("posts", network)
    assert (numbers(seen), outcome(seen)) == ([2, 1], ("complete", ""))
    assert network.urls == [POSTS, f"{POSTS}&cursor={key(1)}"]


def test_a_list_without_a_cursor_ends_there() -> None:
    network = services().put(POSTS, page(record(1)))
    assert outcome(look("posts", network)) == ("complete", "")
    assert network.urls == [POSTS]


def test_an_account_without_posts_has_none_because_its_own_server_says_so() -> None:
    seen = look("posts", repository())
    assert (outcome(seen), seen.items, seen.cursor) == (
        ("complete", "no_posts"),
        (),
        {"did": DID, "pds": "pds.example", "looks": 1, "wish": 1},
    )
    again = look("posts", repository(), seen.cursor)
    assert (seen.unchanged, again.unchanged, again.coverage) == (False, True, seen.coverage)


def test_a_second_look_takes_one_request_and_says_that_nothing_is_new() -> None:
    first = look("posts", repository(1, 2))
    network = repository(1, 2)
    second = look("posts", network, first.cursor)
    assert second.unchanged and second.cursor == {**first.cursor, "looks": 2, "wish": 2}
    assert network.urls == [POSTS]


def test_a_new_post_is_seen_with_one_request() -> None:
    first = look("posts", repository(1, 2))
    network = repository(1, 2, 3)
    assert numbers(look("posts", network, first.cursor)) == [3, 2, 1]
    assert network.urls == [POSTS]


@pytest.mark.parametrize("deleted", [1, 2, 3])
def test_a_deleted_post_is_noticed_at_the_next_look(deleted: int) -> None:
    first = look("posts", repository(1, 2, 3))
    second = look("posts", repository(*({1, 2, 3} - {deleted})), first.cursor)
    assert gone(second) == [deleted]
    assert not second.unchanged


def test_the_only_post_deleted_is_noticed() -> None:
    first = look("posts", repository(1))
    second = look("posts", repository(), first.cursor)
    assert (gone(second), outcome(second)) == ([1], ("complete", "no_posts"))


def test_posts_that_slipped_off_the_first_page_are_not_taken_for_deleted() -> None:
    first = look("posts", repository(*range(120)))
    network = repository(*range(121))
    second = look("posts", network, first.cursor)
    assert (gone(second), len(network.urls)) == ([], 1)
    third = look("posts", repository(*(set(range(121)) - {60, 10})), second.cursor)
    assert gone(third) == [60]


def uris(*numbers: int) -> tuple[str, ...]:
    return tuple(f"at://{DID}/app.bsky.feed.post/{key(number)}" for number in numbers)


def keeping(*numbers: int) -> Subject:
    """Ada, of whose posts these are kept."""
    return replace(ADA, known=uris(*numbers))


def test_a_kept_post_that_is_not_in_a_list_read_to_its_end_is_gone() -> None:
    seen = drive(BLUESKY.look("posts", keeping(3, 2, 1), {}), repository(1, 3))
    assert gone(seen) == [2]


def test_kept_posts_below_the_page_are_asked_for_together_and_the_missing_one_by_name() -> None:
    first = look("posts", repository(*range(300)))
    network = repository(*(set(range(300)) - {7})).put(
        posts_url(9, 8, 7), {"posts": [{"uri": uri} for uri in uris(9, 8)]}
    )
    network.put(record_url(7), refused("RecordNotFound", "Could not locate record"), status=400)
    seen = drive(BLUESKY.look("posts", keeping(9, 8, 7), first.cursor), network)
    assert gone(seen) == [7]
    assert network.urls == [POSTS, posts_url(9, 8, 7), record_url(7), DOCUMENT]


def test_a_post_that_only_the_index_hides_is_not_gone() -> None:
    first = look("posts", repository(*range(300)))
    for body, status in (({"uri": uris(7)[0]}, 200), ("<html>", 500), (refused("InvalidRequest", "No"), 400)):
        network = repository(*range(300)).put(posts_url(7), {"posts": []}).put(record_url(7), body, status=status)
        seen = drive(BLUESKY.look("posts", keeping(7), first.cursor), network)
        assert (seen.unchanged, seen.removed) == (True, ())


def test_an_index_that_fails_leaves_kept_posts_as_they_are_and_is_asked_again() -> None:
    first = look("posts", repository(*range(300)))
    network = repository(*range(300)).fail(posts_url(7))
    seen = drive(BLUESKY.look("posts", keeping(7), first.cursor), network)
    assert (seen.unchanged, seen.removed, "older" in seen.cursor) == (True, (), False)


def test_looks_go_round_the_kept_posts_twenty_at_a_time() -> None:
    cursor = look("posts", repository(*range(300))).cursor
    asked = []
    for _ in range(4):
        network = repository(*range(300))
        for some in (range(44, 24, -1), range(24, 4, -1), range(4, 0, -1)):
            network.put(posts_url(*some), {"posts": [{"uri": uri} for uri in uris(*some)]})
        cursor = drive(BLUESKY.look("posts", keeping(*range(44, 0, -1)), cursor), network).cursor
        asked += [url for url in network.urls[1:] if url != GET_PROFILE]
    assert asked == [
        posts_url(*range(44, 24, -1)), posts_url(*range(24, 4, -1)), posts_url(*range(4, 0, -1)),
        posts_url(*range(44, 24, -1)),
    ]  # fmt: skip


def test_a_key_from_the_future_does_not_hide_what_is_written_after_it() -> None:
    """Keys are chosen by whoever writes; a list is ordered by them."""
    first = look("posts", repository(1, 2, 99_999_999))
    assert 3 in numbers(look("posts", repository(1, 2, 3, 99_999_999), first.cursor))


def test_a_long_history_is_read_over_several_looks_and_new_posts_come_first() -> None:
    first = look("posts", repository(*range(2_500)))
    assert (len(first.items), outcome(first)) == (1_000, ("partial", "more_pages"))
    network = repository(*range(2_501))
    second = look("posts", network, first.cursor)
    assert numbers(second)[:2] == [2_500, 2_499] and len(network.asked) == 10
    third = look("posts", network, second.cursor)
    assert {*numbers(first), *numbers(second), *numbers(third)} == set(range(2_501))
    assert outcome(third) == ("complete", "") and "next" not in third.cursor


def test_a_cursor_that_comes_again_ends_the_list() -> None:
    network = services().put(POSTS, page(record(1), cursor="x")).put(f"{POSTS}&cursor=x", page(record(1), cursor="x"))
    seen = look("posts", network)
    assert (numbers(seen), outcome(seen), len(network.asked)) == ([1], ("complete", ""), 2)


def test_a_failure_in_the_middle_keeps_what_was_read_and_goes_on_there() -> None:
    until = datetime(2026, 9, 1, tzinfo=UTC)
    network = repository(*range(300)).fail(f"{POSTS}&cursor={key(100)}", "host_busy", retry_at=until)
    seen = look("posts", network)
    assert (len(seen.items), outcome(seen), seen.coverage.retry_at) == (200, ("partial", "host_busy"), until)
    assert seen.cursor["next"] == key(100)


def test_what_is_not_in_the_persons_own_repository_is_not_taken() -> None:
    """A server that anybody can run may speak of its own accounts only."""
    odd = [
        record(9, did=BOB),
        record(8) | {"uri": f"at://{DID}/app.bsky.feed.like/3l8"},
        record(7) | {"uri": "https://pds.example/"},
        record(6) | {"value": "x"},
        record(5) | {"uri": f"at://{DID}/app.bsky.feed.post/.."},
        None,
        3,
    ]
    seen = look("posts", services().put(POSTS, page(record(10), *odd)))
    assert (numbers(seen), outcome(seen)) == ([10], ("partial", "malformed_items"))


def test_fields_of_any_type_leave_a_post() -> None:
    odd = record(1, facets=[None, {"features": [None, {"$type": 3, "tag": []}, tag("x")]}], tags={}, reply=[])
    odd["value"] |= {"createdAt": "soon", "text": 7}
    (post,) = look("posts", services().put(POSTS, page(odd))).items
    assert isinstance(post, Post) and (post.published_at, post.in_reply_to, post.tags) == (None, None, ())


def test_an_account_that_was_never_proven_is_looked_up_first() -> None:
    network = services()
    seen = drive(BLUESKY.look("posts", TYPED, {}), network)
    assert numbers(seen) == [2, 1] and len(network.asked) == 4


# ---- who asks to be shown to no stranger

QUIET = {"val": "!no-unauthenticated", "src": DID}


def test_posts_of_an_account_that_asks_to_be_shown_to_no_stranger_are_not_read_until_it_does_not() -> None:
    proof = look("proof", services().put(GET_PROFILE, profile(labels=[QUIET])))
    subject = replace(ADA, data=proof.cursor)
    network = repository(1, 2).put(GET_PROFILE, profile(labels=[QUIET]))
    seen = drive(BLUESKY.look("posts", subject, {}), network)
    assert (seen.items, outcome(seen), network.urls) == ((), ("hidden", "opted_out"), [GET_PROFILE])
    again = drive(BLUESKY.look("posts", subject, seen.cursor), network.put(GET_PROFILE, profile()))
    assert numbers(again) == [2, 1]
    network.asked.clear()
    assert drive(BLUESKY.look("posts", subject, again.cursor), network).unchanged and GET_PROFILE not in network.urls


def test_a_wish_that_comes_later_is_heard_by_the_thirteenth_look() -> None:
    network = repository(1, 2).put(GET_PROFILE, profile(labels=[QUIET]))
    assert [outcome(one)[1] for one in looked(14, network)] == [""] * 12 + ["opted_out"] * 2


@pytest.mark.parametrize("label", [{"src": BOB}, {"neg": True}, {"val": "porn"}])
def test_labels_of_others_taken_back_or_of_something_else_are_no_such_wish(label: dict[str, Any]) -> None:
    network = services().put(GET_PROFILE, profile(labels=[QUIET | label]))
    assert "opted_out" not in look("proof", network).cursor


# ---- the name


def looked(times: int, network: Network) -> list[Seen]:
    seen = [look("posts", network)]
    for _ in range(times - 1):
        seen.append(look("posts", network, seen[-1].cursor))
    return seen


def test_another_handle_of_the_same_account_is_seen_by_the_third_look_and_by_few_after_it() -> None:
    network = repository(1).put(GET_PROFILE, profile(handle="lovelace.example.org"))
    seen = looked(30, network)
    named = [number for number, one in enumerate(seen, 1) for item in one.items if isinstance(item, Profile)]
    assert named == [3, 27] and network.urls.count(GET_PROFILE) == 3  # one of them for the wish to be left alone
    *_, found = seen[2].items
    assert isinstance(found, Profile) and not seen[2].unchanged
    assert (found.account.uri, found.account.handle) == (DID, "@lovelace.example.org")
    assert found.account.url == "https://bsky.app/profile/lovelace.example.org"


@pytest.mark.parametrize("handle", ["ada.bsky.social", "handle.invalid", ""])
def test_a_handle_that_is_as_before_or_that_nobody_vouches_for_is_not_told(handle: str) -> None:
    third = looked(3, repository(1).put(GET_PROFILE, profile(handle=handle)))[-1]
    assert third.unchanged and third.items == () and third.cursor["looks"] == 3


def test_an_index_that_does_not_answer_is_asked_for_the_handle_at_the_next_look() -> None:
    network = repository(1).fail(GET_PROFILE)
    third = looked(3, network)[-1]
    assert third.unchanged and third.coverage.state == "complete"
    fourth = look("posts", network.put(GET_PROFILE, profile(handle="lovelace.example.org")), third.cursor)
    assert isinstance(fourth.items[-1], Profile)


# ---- servers that moved, fail or close


def moved() -> Network:
    """Ada's old server no longer knows her; her document names another."""
    old = repository(1, 2, 3, base="https://new.example").put(DOCUMENT, document(pds="https://new.example"))
    return old.put(POSTS, refused(message=f"Could not find repo: {DID}"), status=400)


def test_an_account_that_moved_to_another_server_is_read_there_from_then_on() -> None:
    seen = look("posts", moved())
    assert (numbers(seen), seen.cursor["pds"]) == ([3, 2, 1], "new.example")
    network = moved()
    assert look("posts", network, seen.cursor).unchanged
    assert all(url.startswith("https://new.example/") for url in network.urls)


def test_an_old_server_that_has_been_emptied_does_not_make_posts_gone() -> None:
    first = look("posts", repository(1, 2, 3))
    seen = look("posts", moved().put(POSTS, page()), first.cursor)
    assert (gone(seen), seen.cursor["pds"]) == ([], "new.example")


def test_an_account_that_its_server_and_its_document_know_no_more_is_gone() -> None:
    network = services().put(POSTS, refused(message=f"Could not find repo: {DID}"), status=400)
    assert outcome(look("posts", network)) == ("failed", "gone")
    network.put(DOCUMENT, {"message": "DID not available"}, status=410)
    assert outcome(look("posts", network)) == ("failed", "gone")


def test_the_index_stands_in_for_a_server_that_does_not_answer() -> None:
    reposted = view(9, by=BOB, reason={"$type": "app.bsky.feed.defs#reasonRepost", "by": profile()})
    disowned = view(8)
    disowned["post"]["author"] = profile(BOB, "bob.test")
    network = services().fail(POSTS, "connection_failed").put(FEED, {"feed": [reposted, disowned, view(2), view(1)]})
    seen = look("posts", network, {"page": [key(2)]})
    assert (numbers(seen), outcome(seen)) == ([2, 1], ("partial", "connection_failed"))
    assert seen.cursor == {"did": DID, "pds": "pds.example", "page": [key(2)], "looks": 1, "wish": 1}
    assert not seen.removed


def test_what_the_index_sends_malformed_is_left_out() -> None:
    network = services().put(POSTS, "<html>", status=502).put(FEED, {"feed": [None, {}, {"post": []}, view(1)]})
    assert numbers(look("posts", network)) == [1]


def test_a_directory_that_does_not_answer_does_not_keep_from_the_index() -> None:
    network = services().fail(POSTS).fail(DOCUMENT).put(FEED, {"feed": [view(1)]})
    assert numbers(look("posts", network)) == [1]


def test_a_server_that_asks_to_wait_is_left_alone_and_so_are_the_others() -> None:
    network = services().fail(POSTS, "host_busy")
    with pytest.raises(FetchFailed):
        look("posts", network)
    assert network.urls == [POSTS]
