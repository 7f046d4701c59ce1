"""Follows on Bluesky, read from the network's index, and what all looks there have in common."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plnapi.http.types import FetchFailed, Response
from plnapi.platforms.bluesky import BLUESKY
from plnapi.platforms.types import Follow, Seen
from tests.platforms.bluesky_answers import (
    ADA,
    BOB,
    DID,
    FEED,
    FOLLOW_RECORDS,
    FOLLOWS,
    GET_PROFILE,
    POSTS,
    PROFILE_RECORD,
    RESOLVE,
    TYPED,
    WELL_KNOWN,
    follows,
    page,
    profile,
    record,
    refused,
    services,
    view,
)
from tests.platforms.contract import PlatformContract, mutated
from tests.platforms.drive import Network, drive


def look(what: Any, network: Network, cursor: Any = None) -> Seen:
    return drive(BLUESKY.look(what, ADA, cursor or {}), network)


def outcome(seen: Seen) -> tuple[str, str]:
    return seen.coverage.state, seen.coverage.reason


def followed(seen: Seen) -> list[str]:
    return [item.account.handle for item in seen.items if isinstance(item, Follow)]


def test_accounts_that_are_followed_are_known_by_did_and_by_handle() -> None:
    seen = look("follows", services())
    assert followed(seen) == ["@bob.test", "@cleo.test"]
    bob = seen.items[0]
    assert isinstance(bob, Follow)
    assert (bob.account.uri, bob.account.url, bob.account.name) == (BOB, "https://bsky.app/profile/bob.test", "Bob")
    for text in (BOB, "@bob.test", "bob.test", "https://bsky.app/profile/bob.test", f"https://bsky.app/profile/{BOB}"):
        assert BLUESKY.address_keys(text) & bob.account.keys
    assert outcome(seen) == ("complete", "")


def test_an_account_whose_handle_does_not_lead_back_is_known_by_its_did_alone() -> None:
    (item,) = look("follows", services().put(FOLLOWS, follows(profile(BOB, "handle.invalid")))).items
    assert isinstance(item, Follow)
    assert (item.account.handle, sorted(item.account.keys)) == (BOB, [BOB])


def test_an_empty_list_is_believed_when_the_persons_own_server_has_none_either() -> None:
    network = services().put(FOLLOWS, follows()).put(FOLLOW_RECORDS, page())
    assert outcome(look("follows", network)) == ("complete", "no_follows")


def test_an_empty_list_of_an_index_that_lags_is_not_the_whole() -> None:
    follow = {"uri": f"at://{DID}/app.bsky.graph.follow/3l1", "value": {"subject": BOB}}
    network = services().put(FOLLOWS, follows()).put(FOLLOW_RECORDS, page(follow))
    assert outcome(look("follows", network)) == ("partial", "index_behind")


def test_an_empty_list_that_nobody_confirms_proves_nothing() -> None:
    network = services().put(FOLLOWS, follows()).fail(FOLLOW_RECORDS)
    assert outcome(look("follows", network)) == ("hidden", "empty_list_proves_nothing")


def test_a_list_of_somebody_else_is_not_believed() -> None:
    assert outcome(look("follows", services().put(FOLLOWS, follows(subject=BOB)))) == ("failed", "bad_answer")


def test_a_long_list_goes_on_at_the_next_look_and_ends_with_an_empty_page() -> None:
    network = services()
    for number in range(13):
        url = FOLLOWS if number == 0 else f"{FOLLOWS}&cursor=c{number}"
        body = [profile(f"did:web:p{number}.test", f"p{number}.test")] if number < 12 else []
        network.put(url, follows(*body, cursor=f"c{number + 1}"))
    first = look("follows", network)
    assert (len(first.items), outcome(first)) == (10, ("partial", "more_pages"))
    second = look("follows", network, first.cursor)
    assert (followed(second), outcome(second)) == (["@p10.test", "@p11.test"], ("complete", ""))
    assert second.cursor == {"did": DID, "pds": "pds.example"}


def test_an_account_on_two_pages_is_one_follow() -> None:
    bob = profile(BOB, "bob.test")
    network = services().put(FOLLOWS, follows(bob, bob, cursor="c")).put(f"{FOLLOWS}&cursor=c", follows(bob))
    assert followed(look("follows", network)) == ["@bob.test"]


def test_malformed_accounts_are_left_out_and_told() -> None:
    seen = look("follows", services().put(FOLLOWS, {**follows(profile(BOB, "bob.test")), "follows": [
        None, {}, profile("did:x", "x.test"), profile(BOB, "bob.test") | {"displayName": []}]}))  # fmt: skip
    assert (followed(seen), outcome(seen)) == (["@bob.test"], ("partial", "malformed_items"))


def test_nothing_is_asked_with_a_token() -> None:
    network = services()
    for what in ("proof", "posts", "follows"):
        look(what, network)
    assert all("authorization" not in {name.lower() for name in fetch.headers} for fetch in network.asked)


def test_what_the_looks_at_one_student_cost() -> None:
    """Linking once, then a look each at posts and follows where nothing is new: the fetches of an ordinary hour."""
    network = services()
    proof = drive(BLUESKY.look("proof", TYPED, {}), network)
    assert len(network.asked) == 4
    first = {what: look(what, services(), proof.cursor) for what in ("posts", "follows")}
    again = services()
    for what, seen in first.items():
        look(what, again, seen.cursor)
    assert len(again.asked) == 2


# ---- refusals


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        ({"status": 401}, "hidden", "needs_sign_in"),
        ({"status": 403}, "hidden", "needs_sign_in"),
        ({"status": 400, "body": refused(message="Actor not found: x")}, "failed", "gone"),
        ({"status": 400, "kind": "text/html"}, "failed", "bad_answer"),
        ({"status": 429}, "failed", "host_busy"),
        ({"status": 500, "kind": "text/html"}, "failed", "bad_answer"),
        ({"status": 501, "body": refused("MethodNotImplemented", "Method Not Implemented")}, "failed", "bad_answer"),
        ({"kind": "text/html"}, "failed", "bad_answer"),
        ({"body": []}, "failed", "bad_answer"),
        ({"body": {"follows": {}, "subject": profile()}}, "failed", "bad_answer"),
        ({"body": b"{", "kind": "application/json"}, "failed", "bad_answer"),
        ({"body": b"[" * 200_000, "kind": "application/json"}, "failed", "bad_answer"),
    ],
)
def test_a_refusal_says_what_it_is(answer: dict[str, Any], state: str, reason: str) -> None:
    rest = {name: value for name, value in answer.items() if name != "body"}
    network = services().put(FOLLOWS, answer.get("body", {}), **rest)
    seen = look("follows", network, {"next": ""})
    assert (outcome(seen), seen.items) == ((state, reason), ())


def test_what_was_not_there_yet_is_seen_when_it_comes() -> None:
    """Follows reach the index after a while, so a look answers anew each time and remembers no absence."""
    before = look("follows", services().put(FOLLOWS, follows()).put(FOLLOW_RECORDS, page()))
    assert followed(look("follows", services(), before.cursor))[0] == "@bob.test"


# ---- what stands in when something fails


def stand_ins() -> dict[str, Network]:
    """For each look a network in which the usual way fails and another is gone."""
    unresolved = services().put(RESOLVE, refused(message="Unable to resolve handle"), status=400).fail(GET_PROFILE)
    own = {"uri": f"at://{DID}/app.bsky.actor.profile/self", "value": {"description": "PLN-SELF"}}
    return {
        "proof": unresolved.put(WELL_KNOWN, DID, kind="text/plain").put(PROFILE_RECORD, page(own)),
        "posts": services().fail(POSTS).put(FEED, {"feed": [view(2), view(1, by=BOB)], "cursor": "x"}),
        "follows": services().put(FOLLOWS, follows()).put(FOLLOW_RECORDS, page(record(1))),
    }


def test_the_stand_ins_are_asked() -> None:
    found = {what: drive(BLUESKY.look(what, TYPED, {}), network) for what, network in stand_ins().items()}  # type: ignore[arg-type]
    assert {what: (outcome(seen)[0], len(seen.items)) for what, seen in found.items()} == {
        "proof": ("complete", 1),
        "posts": ("partial", 1),
        "follows": ("partial", 0),
    }


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_answer_of_a_stand_in_breaks_a_look(data: st.DataObject) -> None:
    what, network = data.draw(st.sampled_from(sorted(stand_ins().items(), key=lambda pair: pair[0])))
    urls = sorted(url for url, answer in network.answers.items() if isinstance(answer, Response))
    url = data.draw(st.sampled_from(urls))
    answer = network.answers[url]
    assert isinstance(answer, Response)
    network.answers[url] = data.draw(mutated(answer))
    try:
        seen = drive(BLUESKY.look(what, TYPED, {}), network)  # type: ignore[arg-type]
    except FetchFailed:
        return
    PlatformContract().check(seen)
