"""Follows on Bluesky, read from the person's own server and the index, and what all looks there have in common."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms.bluesky import BLUESKY
from plnapi.platforms.types import Follow, Seen
from tests.platforms.bluesky_answers import (
    ADA,
    BOB,
    CLEO,
    DID,
    DOCUMENT,
    FEED,
    FOLLOW_RECORDS,
    FOLLOWS,
    GET_PROFILE,
    LIKES,
    POSTS,
    PROFILE_RECORD,
    RESOLVE,
    TYPED,
    WELL_KNOWN,
    document,
    follows,
    page,
    profile,
    profiles_url,
    records_url,
    refused,
    services,
    view,
)
from tests.platforms.bluesky_answers import followed as record_of
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
    assert sorted(followed(seen)) == ["@bob.test", "@cleo.test"]
    (bob,) = (item for item in seen.items if isinstance(item, Follow) and item.account.uri == BOB)
    assert (bob.account.url, bob.account.name) == ("https://bsky.app/profile/bob.test", "Bob")
    for text in (BOB, "@bob.test", "bob.test", "https://bsky.app/profile/bob.test", f"https://bsky.app/profile/{BOB}"):
        assert BLUESKY.address_keys(text) & bob.account.keys
    assert outcome(seen) == ("complete", "")


def test_an_account_whose_handle_does_not_lead_back_is_known_by_its_did_alone() -> None:
    network = only_bob().put(FOLLOWS, follows(profile(BOB, "handle.invalid")))
    (item,) = look("follows", network).items
    assert isinstance(item, Follow)
    assert (item.account.handle, sorted(item.account.keys)) == (BOB, [BOB])


def only_bob() -> Network:
    return services().put(FOLLOW_RECORDS, page(record_of(1, BOB))).put(FOLLOWS, follows(profile(BOB, "bob.test")))


def test_an_account_that_the_index_leaves_out_is_followed_all_the_same() -> None:
    """The index leaves out accounts that are blocked; it still knows their handles."""
    network = services().put(FOLLOWS, follows(profile(BOB, "bob.test")))
    network.put(profiles_url(CLEO), {"profiles": [profile(CLEO, "cleo.test")]})
    seen = look("follows", network)
    assert (sorted(followed(seen)), outcome(seen)) == (["@bob.test", "@cleo.test"], ("complete", ""))


def test_an_account_that_is_closed_is_followed_by_its_did_and_asked_for_again_until_it_has_a_name() -> None:
    network = services().put(FOLLOWS, follows(profile(BOB, "bob.test"))).put(profiles_url(CLEO), {"profiles": []})
    first = look("follows", network)
    assert (sorted(followed(first)), outcome(first)) == (["@bob.test", CLEO], ("complete", ""))
    second = look("follows", network, first.cursor)
    assert second.unchanged and network.urls[-2:] == [FOLLOW_RECORDS, profiles_url(CLEO)]
    back = services().put(profiles_url(CLEO), {"profiles": [profile(CLEO, "cleo.test")]})
    third = look("follows", back, second.cursor)
    assert sorted(followed(third)) == ["@bob.test", "@cleo.test"]
    assert "nameless" not in third.cursor


def test_names_that_cannot_be_asked_for_do_not_spoil_the_list() -> None:
    network = services().put(FOLLOWS, follows(profile(BOB, "bob.test"))).fail(profiles_url(CLEO))
    seen = look("follows", network)
    assert (sorted(followed(seen)), outcome(seen)) == (["@bob.test", CLEO], ("complete", ""))


def test_a_profile_that_nobody_asked_for_is_no_follow() -> None:
    stranger = profile("did:web:eve.example", "eve.test")
    network = only_bob().put(FOLLOWS, follows()).put(profiles_url(BOB), {"profiles": [stranger, None, {}]})
    assert followed(look("follows", network)) == [BOB]


def test_a_follow_that_was_undone_is_not_there_though_the_index_still_shows_it() -> None:
    network = services().put(FOLLOW_RECORDS, page(record_of(1, BOB)))
    seen = look("follows", network)
    assert (followed(seen), outcome(seen)) == (["@bob.test"], ("complete", ""))


def test_an_account_without_follows_has_none_because_its_own_server_says_so() -> None:
    network = services().put(FOLLOWS, follows()).put(FOLLOW_RECORDS, page())
    first = look("follows", network)
    again = look("follows", network, first.cursor)
    assert outcome(first) == outcome(again) == ("complete", "no_follows")
    assert (first.unchanged, again.unchanged) == (False, True)


def test_without_the_persons_own_server_the_index_is_read_and_is_not_the_whole() -> None:
    for network in (services().fail(FOLLOW_RECORDS), services().put(FOLLOW_RECORDS, {}, status=500)):
        seen = look("follows", network)
        assert (sorted(followed(seen)), seen.coverage.state) == (["@bob.test", "@cleo.test"], "partial")


def test_without_the_index_accounts_are_known_by_their_dids() -> None:
    for network in (services().fail(FOLLOWS), services().put(FOLLOWS, follows(subject=BOB))):
        seen = look("follows", network)
        assert (sorted(followed(seen)), seen.coverage.state) == (sorted([BOB, CLEO]), "partial")


def test_an_old_server_that_has_been_emptied_does_not_undo_follows() -> None:
    new = "https://new.example"
    network = services().put(FOLLOW_RECORDS, page()).put(DOCUMENT, document(pds=new))
    network.put(records_url("app.bsky.graph.follow", base=new), page(record_of(2, CLEO), record_of(1, BOB)))
    seen = look("follows", network)
    assert (sorted(followed(seen)), seen.cursor["pds"]) == (["@bob.test", "@cleo.test"], "new.example")


@dataclass
class Lists(Network):
    """Ada's server and the index, each with pages of 100 of the accounts that she follows, and an empty one at the end."""

    written: int = 0

    def answer(self, fetch: Fetch) -> Response:
        url, _, cursor = fetch.url.partition("&cursor=")
        at = int(cursor or 0)
        some = range(at, min(at + 100, self.written))
        more = str(some[-1] + 1) if some else None
        if url == FOLLOW_RECORDS:
            self.put(fetch.url, page(*(record_of(n, f"did:web:p{n}.test") for n in some), cursor=more))
        elif url == FOLLOWS:
            self.put(fetch.url, follows(*(profile(f"did:web:p{n}.test", f"p{n}.test") for n in some), cursor=more))
        return super().answer(fetch)


def test_what_looking_at_500_follows_costs() -> None:
    """The index alone takes six requests and misses some; a list that is as before takes no more than that."""
    network = Lists(dict(services().answers), written=500)
    first = look("follows", network)
    assert (len(first.items), outcome(first), len(network.asked)) == (500, ("complete", ""), 12)
    again = Lists(dict(services().answers), written=500)
    second = look("follows", again, first.cursor)
    assert (second.unchanged, second.cursor, len(again.asked)) == (True, first.cursor, 6)


def test_a_long_list_goes_on_at_the_next_look_and_ends_with_an_empty_page() -> None:
    network = Lists(dict(services().answers), written=1_150)
    first = look("follows", network)
    assert (len(first.items), outcome(first)) == (1_000, ("partial", "more_pages"))
    assert first.cursor["next"] == {"records": "1000", "index": "1000"}
    second = look("follows", network, first.cursor)
    assert (len(second.items), outcome(second)) == (150, ("complete", ""))
    assert second.cursor == {"did": DID, "pds": "pds.example"}


def test_a_list_that_one_of_the_two_ends_earlier_goes_on_in_the_other() -> None:
    begun = {"next": {"index": "1000"}}
    network = Lists(dict(services().answers), written=1_001)
    assert (followed(look("follows", network, begun)), len(network.asked)) == (["@p1000.test"], 2)
    begun = {"next": {"records": "1000"}}
    network.put(profiles_url("did:web:p1000.test"), {"profiles": []})
    assert followed(look("follows", network, begun)) == ["did:web:p1000.test"]


def test_an_account_on_two_pages_is_one_follow() -> None:
    bob = profile(BOB, "bob.test")
    network = only_bob().put(FOLLOWS, follows(bob, bob, cursor="c")).put(f"{FOLLOWS}&cursor=c", follows(bob))
    assert followed(look("follows", network)) == ["@bob.test"]


def test_malformed_records_and_accounts_are_left_out_and_told() -> None:
    odd = [None, {}, record_of(9, "did:x"), record_of(8, BOB) | {"uri": f"at://{BOB}/app.bsky.graph.follow/3l8"}]
    seen = look("follows", only_bob().put(FOLLOW_RECORDS, page(record_of(1, BOB), *odd)))
    assert (followed(seen), outcome(seen)) == (["@bob.test"], ("partial", "malformed_items"))
    seen = look("follows", only_bob().put(FOLLOWS, {**follows(profile(BOB, "bob.test")), "follows": [
        None, {}, profile("did:x", "x.test"), profile(BOB, "bob.test") | {"displayName": []}]}))  # fmt: skip
    assert (followed(seen), outcome(seen)) == (["@bob.test"], ("partial", "malformed_items"))


def test_nothing_is_asked_with_a_token() -> None:
    network = services()
    for what in BLUESKY.capabilities.looks:
        look(what, network)
    assert all("authorization" not in {name.lower() for name in fetch.headers} for fetch in network.asked)


def test_what_the_looks_at_one_student_cost() -> None:
    """Linking once, then a look at everything where nothing is new: the fetches of an ordinary hour."""
    network = services()
    proof = drive(BLUESKY.look("proof", TYPED, {}), network)
    assert len(network.asked) == 4
    first = {what: look(what, services(), proof.cursor) for what in ("posts", "follows", "reactions")}
    again = services()
    for what, seen in first.items():
        look(what, again, seen.cursor)
    assert len(again.asked) == 4


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
        ({"body": {"records": {}}}, "failed", "bad_answer"),
        ({"body": b"{", "kind": "application/json"}, "failed", "bad_answer"),
        ({"body": b"[" * 200_000, "kind": "application/json"}, "failed", "bad_answer"),
    ],
)
def test_a_refusal_says_what_it_is(answer: dict[str, Any], state: str, reason: str) -> None:
    rest = {name: value for name, value in answer.items() if name != "body"}
    seen = look("reactions", services().put(LIKES, answer.get("body", {}), **rest))
    assert (outcome(seen), seen.items) == ((state, reason), ())


def test_what_was_not_there_yet_is_seen_when_it_comes() -> None:
    before = look("follows", services().put(FOLLOWS, follows()).put(FOLLOW_RECORDS, page()))
    assert "@bob.test" in followed(look("follows", services(), before.cursor))


# ---- what stands in when something fails


def stand_ins() -> dict[str, Network]:
    """For each look a network in which the usual way fails and another is gone."""
    unresolved = services().put(RESOLVE, refused(message="Unable to resolve handle"), status=400).fail(GET_PROFILE)
    own = {"uri": f"at://{DID}/app.bsky.actor.profile/self", "value": {"description": "PLN-SELF"}}
    return {
        "proof": unresolved.put(WELL_KNOWN, DID, kind="text/plain").put(PROFILE_RECORD, page(own)),
        "posts": services().fail(POSTS).put(FEED, {"feed": [view(2), view(1, by=BOB)], "cursor": "x"}),
        "follows": services().put(FOLLOWS, follows()).put(profiles_url(CLEO, BOB), {"profiles": [profile(BOB)]}),
    }


def test_the_stand_ins_are_asked() -> None:
    found = {what: drive(BLUESKY.look(what, TYPED, {}), network) for what, network in stand_ins().items()}  # type: ignore[arg-type]
    assert {what: (outcome(seen)[0], len(seen.items)) for what, seen in found.items()} == {
        "proof": ("complete", 1),
        "posts": ("partial", 1),
        "follows": ("complete", 2),
    }


class Checked(PlatformContract):
    __test__ = False
    platform = BLUESKY


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
    Checked().check(seen, what)
