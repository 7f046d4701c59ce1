"""Likes and reposts on Bluesky from the person's own server, and who of a class follows an account, from the index."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from plnapi.http.types import FetchFailed
from plnapi.platforms.bluesky import BLUESKY
from plnapi.platforms.types import Act, Other, Seen
from tests.platforms.bluesky_answers import (
    ADA,
    BOB,
    CLEO,
    COURSE,
    DID,
    DOCUMENT,
    LIKED,
    LIKES,
    REPOSTS,
    document,
    key,
    page,
    reaction,
    records_url,
    refused,
    relationships,
    relationships_url,
    services,
)
from tests.platforms.drive import Network, drive

LIKE, REPOST = "app.bsky.feed.like", "app.bsky.feed.repost"


def look(what: Any, network: Network, cursor: Any = None) -> Seen:
    return drive(BLUESKY.look(what, COURSE if what == "received" else ADA, cursor or {}), network)


def outcome(seen: Seen) -> tuple[str, str]:
    return seen.coverage.state, seen.coverage.reason


def acts(seen: Seen) -> list[Act]:
    return [item for item in seen.items if isinstance(item, Act)]


# ---- likes and reposts


def test_likes_and_reposts_name_the_post_and_its_author() -> None:
    seen = look("reactions", services())
    assert [act.verb for act in acts(seen)] == ["Like", "Like", "Announce"]
    boost = acts(seen)[-1]
    assert boost.uri == f"at://{DID}/{REPOST}/{key(4)}"
    assert boost.object_uri == f"at://{BOB}/app.bsky.feed.post/{key(4)}"
    assert boost.object_url == f"https://bsky.app/profile/{BOB}/post/{key(4)}"
    assert BLUESKY.address_keys(BOB) & boost.object_keys
    assert boost.happened_at == datetime(2026, 9, 2, 10, tzinfo=UTC)
    assert outcome(seen) == ("complete", "")


def test_what_was_liked_has_the_handle_of_its_author_and_its_tags() -> None:
    """Lists name people by handles, courses their posts by tags; a record of a like has neither."""
    boost = acts(look("reactions", services()))[-1]
    assert BLUESKY.address_keys("@bob.test") <= boost.object_keys
    assert boost.tags == ("sub101",)


def test_an_index_that_does_not_answer_is_asked_again_what_was_liked() -> None:
    first = look("reactions", services().fail(LIKED))
    assert (len(first.items), outcome(first), first.cursor) == (3, ("partial", "connection_failed"), {})


def test_only_what_is_new_is_asked_about() -> None:
    first = look("reactions", services())
    network = services().put(REPOSTS, page(reaction(REPOST, 9), reaction(REPOST, 4)))
    look("reactions", network, first.cursor)
    assert sum("getPosts" in url and url.count("uris=") == 1 for url in network.urls) == 1


def test_a_like_of_a_feed_is_no_like_of_a_post() -> None:
    network = services().put(LIKES, page(reaction(LIKE, 6, what="app.bsky.feed.generator"), reaction(LIKE, 5)))
    seen = look("reactions", network)
    assert ([act.verb for act in acts(seen)], outcome(seen)) == (["Like", "Announce"], ("complete", ""))


def test_likes_that_nobody_could_make_are_left_out_and_told() -> None:
    odd = [
        reaction(LIKE, 9) | {"uri": f"at://{BOB}/{LIKE}/{key(9)}"},
        reaction(LIKE, 8) | {"value": {"subject": {"uri": "javascript:alert(1)"}}},
        reaction(LIKE, 7) | {"value": []},
        None,
    ]
    seen = look("reactions", services().put(LIKES, page(reaction(LIKE, 10), *odd)))
    assert ([act.verb for act in acts(seen)], outcome(seen)) == (["Like", "Announce"], ("partial", "malformed_items"))


def test_an_account_without_reactions_has_none() -> None:
    network = services().put(LIKES, page()).put(REPOSTS, page())
    first = look("reactions", network)
    again = look("reactions", network, first.cursor)
    assert outcome(first) == outcome(again) == ("complete", "no_reactions")
    assert (first.unchanged, again.unchanged) == (False, True)


def test_a_second_look_takes_a_request_for_each_list_and_says_that_nothing_is_new() -> None:
    first = look("reactions", services())
    network = services()
    second = look("reactions", network, first.cursor)
    assert second.unchanged and second.cursor == first.cursor
    assert network.urls == [LIKES, REPOSTS]


def test_a_like_that_was_taken_back_is_noticed_at_the_next_look() -> None:
    first = look("reactions", services())
    second = look("reactions", services().put(LIKES, page(reaction(LIKE, 5, CLEO))), first.cursor)
    assert second.removed == (f"at://{DID}/{LIKE}/{key(4)}",)
    assert not second.unchanged


def test_a_long_history_of_likes_goes_on_at_the_next_look() -> None:
    network = services()
    for number in range(12):
        url = LIKES if number == 0 else f"{LIKES}&cursor=c{number}"
        likes = [reaction(LIKE, 5_000 - number * 100 - at) for at in range(100)]
        network.put(url, page(*likes, cursor=f"c{number + 1}" if number < 11 else None))
    first = look("reactions", network)
    assert (len(first.items), outcome(first)) == (1_001, ("partial", "more_pages"))
    second = look("reactions", network, first.cursor)
    assert len({act.uri for act in acts(first) + acts(second)}) == 1_201
    assert outcome(second) == ("complete", "")


def test_reactions_of_an_account_that_moved_are_read_on_the_new_server() -> None:
    new = "https://new.example"
    network = services().put(LIKES, refused(message="Could not find repo"), status=400).put(DOCUMENT, document(pds=new))
    for collection in (LIKE, REPOST):
        network.put(records_url(collection, base=new), page(reaction(collection, 4)))
    seen = look("reactions", network)
    assert (len(seen.items), seen.cursor["pds"]) == (2, "new.example")
    emptied = network.put(LIKES, page()).put(REPOSTS, page())
    cursor = {"did": DID, "pds": "pds.example", "likes": {"page": [key(4)]}}
    assert look("reactions", emptied, cursor).removed == ()


def test_a_server_that_does_not_answer_leaves_reactions_unknown() -> None:
    with pytest.raises(FetchFailed):
        look("reactions", services().fail(LIKES))


# ---- who follows an account


def test_a_follower_is_seen_with_the_record_that_says_so() -> None:
    seen = look("received", services())
    (act,) = acts(seen)
    assert (act.verb, act.uri) == ("Follow", f"at://{BOB}/app.bsky.graph.follow/{key(1)}")
    assert (act.object_uri, act.object_url) == (DID, f"https://bsky.app/profile/{DID}")
    assert act.object_keys == {DID, "at://ada.bsky.social"}
    assert act.actor_keys == {BOB}
    assert outcome(seen) == ("complete", "")


def people(count: int) -> tuple[str, ...]:
    return tuple(f"did:web:p{number:04}.test" for number in range(count))


def class_of(*others: str) -> Any:
    return replace(ADA, others=tuple(Other(did, "", "") for did in others))


def batches(*others: str) -> Network:
    """An index that answers for all, of whom each follows."""
    network = Network()
    for at in range(0, len(others), 30):
        some = others[at : at + 30]
        network.put(relationships_url(*some), relationships(some))
    return network


def test_a_thousand_others_take_34_requests() -> None:
    network = batches(*people(1_000))
    seen = drive(BLUESKY.look("received", class_of(*people(1_000)), {}), network)
    assert (len(seen.items), outcome(seen), len(network.asked)) == (1_000, ("complete", ""), 34)


def test_a_handle_is_never_asked_for_because_the_service_would_answer_no() -> None:
    """The service answers about a handle as if there were no relationship, whatever there is."""
    network = batches(BOB)
    seen = drive(BLUESKY.look("received", class_of(BOB, "at://cleo.test"), {}), network)
    assert (len(seen.items), outcome(seen)) == (1, ("partial", "others_unknown"))
    assert network.urls == [relationships_url(BOB)]


def test_the_account_followed_is_asked_for_by_its_did_too() -> None:
    subject = replace(class_of(BOB), uri="at://ada.bsky.social", data={})
    network = services().put(relationships_url(BOB), relationships([BOB]))
    seen = drive(BLUESKY.look("received", subject, {}), network)
    assert (len(seen.items), network.urls[-1]) == (1, relationships_url(BOB))


def test_nobody_to_ask_for_takes_no_request() -> None:
    network = Network()
    assert outcome(drive(BLUESKY.look("received", ADA, {}), network)) == ("complete", "")
    assert network.asked == []


def test_an_account_that_the_index_does_not_know_is_a_400_and_gone() -> None:
    network = services().put(relationships_url(BOB, CLEO), refused(message="Profile not found"), status=400)
    assert outcome(look("received", network)) == ("failed", "gone")


def test_somebody_whom_the_index_does_not_know_follows_nobody_there() -> None:
    body = relationships([BOB])
    body["relationships"].append({"actor": CLEO, "notFound": True})
    assert outcome(look("received", services().put(relationships_url(BOB, CLEO), body))) == ("complete", "")


def test_an_answer_that_leaves_somebody_out_is_not_the_whole() -> None:
    network = services().put(relationships_url(BOB, CLEO), relationships([BOB]))
    assert outcome(look("received", network)) == ("partial", "malformed_items")


@pytest.mark.parametrize("uri", ["x", f"at://{CLEO}/app.bsky.graph.follow/3l1", f"at://{BOB}/app.bsky.feed.like/3l1"])
def test_a_record_that_is_no_follow_of_that_person_proves_nothing(uri: str) -> None:
    body = relationships([], [CLEO])
    body["relationships"].append({"did": BOB, "followedBy": uri})
    seen = look("received", services().put(relationships_url(BOB, CLEO), body))
    assert (acts(seen), outcome(seen)) == ([], ("partial", "malformed_items"))


def test_followers_whom_nobody_asked_for_are_left_out() -> None:
    network = batches(BOB).put(relationships_url(BOB), relationships([BOB, CLEO]))
    assert len(drive(BLUESKY.look("received", class_of(BOB), {}), network).items) == 1


def test_an_answer_about_another_account_is_not_believed() -> None:
    network = services().put(relationships_url(BOB, CLEO), relationships([BOB], [CLEO], actor=CLEO))
    assert outcome(look("received", network)) == ("failed", "bad_answer")


def test_a_failure_in_the_middle_keeps_what_was_read_and_the_next_look_begins_there() -> None:
    everybody = people(90)
    until = datetime(2026, 9, 1, tzinfo=UTC)
    network = batches(*everybody).fail(relationships_url(*everybody[30:60]), "host_busy", retry_at=until)
    first = drive(BLUESKY.look("received", class_of(*everybody), {}), network)
    assert (len(first.items), outcome(first), first.coverage.retry_at) == (30, ("partial", "host_busy"), until)
    turned = (*everybody[30:], *everybody[:30])
    second = drive(BLUESKY.look("received", class_of(*everybody), first.cursor), batches(*turned))
    assert (len(second.items), outcome(second)) == (90, ("complete", ""))
    assert second.cursor == {"did": DID}


def test_more_people_than_one_look_asks_for_are_gone_round() -> None:
    everybody = people(2_401)
    first = drive(BLUESKY.look("received", class_of(*everybody), {}), batches(*everybody[:2_400], everybody[2_400]))
    assert (len(first.items), outcome(first)) == (2_400, ("partial", "more_pages"))
    turned = (everybody[2_400], *everybody[:2_400])
    second = drive(BLUESKY.look("received", class_of(*everybody), first.cursor), batches(*turned))
    assert everybody[2_400] in {who for act in acts(second) for who in act.actor_keys}
