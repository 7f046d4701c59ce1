"""Rooms on Matrix: who is a member, who wrote what, as a bot that is in them sees it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from plnapi.platforms.matrix import MATRIX
from plnapi.platforms.types import Act, Seen
from tests.platforms.drive import Network, drive
from tests.platforms.matrix_answers import (
    ADA,
    ALIAS,
    BOB,
    BOT,
    COURSE,
    JOINED,
    ROOM,
    STRANGER,
    WELL_KNOWN,
    alias_state_url,
    chunk,
    directory_url,
    event,
    members,
    members_url,
    messages_url,
    refused,
    server,
)

HERE = "https://matrix.to/#/!r1:example.org"


def look(network: Network, cursor: Any = None, subject: Any = COURSE) -> Seen:
    return drive(MATRIX.look("received", subject, cursor or {}), network)


def outcome(seen: Seen) -> tuple[str, str]:
    return seen.coverage.state, seen.coverage.reason


def joined(seen: Seen) -> list[Act]:
    return [act for act in seen.items if isinstance(act, Act) and act.verb == "Follow"]


def written(seen: Seen) -> list[Act]:
    return [act for act in seen.items if isinstance(act, Act) and act.verb == "Create"]


# ---- members


def test_members_follow_the_room_by_its_id_and_its_alias() -> None:
    seen = look(server())
    assert [act.actor_keys for act in joined(seen)] == [{ADA}, {BOB}]
    act = joined(seen)[0]
    assert (act.object_uri, set(act.object_keys)) == (ROOM, {ROOM, ALIAS})
    assert (act.uri, act.object_url) == (HERE, "https://matrix.to/#/%23plants:example.org")
    for text in (ALIAS, ROOM, "https://matrix.to/#/#plants:example.org", "matrix:r/plants:example.org"):
        assert MATRIX.address_keys(text) & act.object_keys
    assert outcome(seen) == ("complete", "")


def test_only_others_who_were_asked_for_are_seen() -> None:
    network = server().put(members_url(), members(BOT, "@eve:example.org", "@ADA:example.org"))
    network.put(messages_url(), chunk(event(1, by="@eve:example.org"), event(2, by=BOT)))
    assert look(network).items == ()


def test_without_a_token_nothing_is_asked_and_nothing_is_known() -> None:
    network = server()
    assert outcome(look(network, subject=STRANGER)) == ("hidden", "needs_sign_in")
    assert network.asked == []


def test_the_token_goes_to_the_server_of_the_bot_alone() -> None:
    network = server()
    look(network)
    assert network.asked[0].url == WELL_KNOWN and "Authorization" not in network.asked[0].headers
    assert all(fetch.headers["Authorization"] == "Bearer secret" for fetch in network.asked[1:])
    assert "secret" not in repr(COURSE) + "".join(network.urls)


def test_a_token_that_was_taken_back_is_told() -> None:
    assert outcome(look(server().put(JOINED, refused("M_UNKNOWN_TOKEN"), status=401))) == ("hidden", "token_refused")
    midway = look(server().put(messages_url(), refused("M_UNKNOWN_TOKEN"), status=401))
    assert (outcome(midway), midway.items) == (("partial", "token_refused"), ())


def test_an_alias_that_leads_elsewhere_is_not_the_rooms() -> None:
    for body, status in (({"room_id": "!other:example.org"}, 200), (refused(), 404), ({}, 200)):
        seen = look(server().put(directory_url(), body, status=status))
        assert joined(seen)[0].object_keys == {ROOM}
        assert outcome(seen) == ("complete", "")


def test_a_room_without_an_alias_is_known_by_its_id() -> None:
    seen = look(server().put(alias_state_url(), refused(), status=404))
    assert (set(joined(seen)[0].object_keys), joined(seen)[0].object_url) == ({ROOM}, HERE)


def test_other_aliases_count_too() -> None:
    other = "#garden:example.org"
    network = server().put(alias_state_url(), {"alias": ALIAS, "alt_aliases": [other, other, "x", 3]})
    network.put(directory_url(other), {"room_id": ROOM})
    assert joined(look(network))[0].object_keys == {ROOM, ALIAS, other}


def test_a_bot_in_no_room_sees_that() -> None:
    assert outcome(look(server().put(JOINED, {"joined_rooms": []}))) == ("complete", "no_rooms")


def test_a_room_that_refuses_leaves_the_others_seen() -> None:
    network = server().put(JOINED, {"joined_rooms": [ROOM, "!a:example.org"]})
    network.put(members_url("!a:example.org"), refused("M_FORBIDDEN"), status=403)
    seen = look(network)
    assert (len(joined(seen)), outcome(seen)) == (2, ("partial", "needs_sign_in"))


def test_a_failure_in_the_middle_keeps_what_was_seen_and_the_next_look_begins_there() -> None:
    rooms = ["!a:example.org", ROOM]
    network = server().put(JOINED, {"joined_rooms": rooms}).put(messages_url("", rooms[0]), chunk())
    network.put(members_url(rooms[0]), members(ADA)).fail(members_url())
    first = look(network)
    assert (len(joined(first)), outcome(first), first.cursor["begin"]) == (1, ("partial", "connection_failed"), ROOM)
    again = server().put(JOINED, {"joined_rooms": rooms}).put(messages_url("", rooms[0]), chunk())
    second = look(again.put(members_url(rooms[0]), members(ADA)), first.cursor)
    assert again.urls[2] == members_url()
    assert (len(joined(second)), outcome(second), "begin" in second.cursor) == (3, ("complete", ""), False)


# ---- messages


def test_a_message_is_an_act_of_its_sender_with_its_tags() -> None:
    (act, other) = written(look(server()))
    assert (act.uri, act.tags, act.text) == (f"{HERE}/$e2", ("SUB101",), "My #SUB101 work")
    assert (set(act.actor_keys), act.object_uri) == ({ADA}, act.uri)
    assert act.happened_at == datetime.fromtimestamp(1_788_256_800.002, UTC)
    assert other.tags == ()


def test_a_reply_is_done_towards_the_author_of_what_it_answers_and_what_it_quotes_does_not_count() -> None:
    answers = {"m.relates_to": {"m.in_reply_to": {"event_id": "$e1"}}}
    reply = event(2, f"> <{BOB}> #SUB101\n> more\n\nI agree #maps", content=answers)
    (act, _) = written(look(server().put(messages_url(), chunk(reply, event(1, "#SUB101", by=BOB)))))
    assert (act.object_uri, set(act.object_keys)) == (f"{HERE}/$e1", {BOB})
    assert (act.tags, act.text) == (("maps",), "I agree #maps")


def test_the_name_of_a_room_in_a_text_is_no_hashtag() -> None:
    (act,) = written(look(server().put(messages_url(), chunk(event(1, "In #plants:example.org #SUB101: done")))))
    assert act.tags == ("SUB101",)


@pytest.mark.parametrize(
    "one",
    [
        event(3, content={"msgtype": "m.notice"}),
        event(3, content={"m.relates_to": {"rel_type": "m.replace", "event_id": "$e1"}}),
        event(3, type="m.reaction"),
        event(3, content={"body": ["x"]}),
        event(3) | {"content": {}},
        event(3, sender="@ADA:example.org"),
        event(3, event_id="e3"),
        event(3, "#SUB101 #nobots"),
        None,
        {},
    ],
)
def test_what_no_person_wrote_as_a_message_is_none(one: Any) -> None:
    assert written(look(server().put(messages_url(), chunk(one)))) == []


def test_a_message_that_was_taken_back_is_told() -> None:
    taken = [
        event(9, type="m.room.redaction", content={"redacts": "$e2"}),
        event(8, type="m.room.redaction", redacts="$e0"),
        event(7) | {"content": {}, "unsigned": {"redacted_because": {}}},
    ]
    seen = look(server().put(messages_url(), chunk(*taken, event(2), event(1))))
    assert seen.removed == (f"{HERE}/$e0", f"{HERE}/$e2", f"{HERE}/$e7")
    assert [act.uri for act in written(seen)] == [f"{HERE}/$e1"]


def test_what_is_encrypted_is_not_known_from_then_on() -> None:
    secret = event(3, type="m.room.encrypted", by=BOB)
    first = look(server().put(messages_url(), chunk(secret)))
    assert (len(joined(first)), outcome(first)) == (2, ("partial", "encrypted"))
    second = look(server().put(messages_url(), chunk(event(4), secret)), first.cursor)
    assert outcome(second) == ("partial", "encrypted")


def test_what_a_stranger_encrypts_leaves_the_rest_known() -> None:
    network = server().put(messages_url(), chunk(event(3, type="m.room.encrypted", by="@eve:example.org")))
    assert outcome(look(network)) == ("complete", "")


def test_a_second_look_reads_only_the_newest_page_of_messages() -> None:
    first = look(server())
    assert first.cursor == {"rooms": {ROOM: {"newest": "$e2"}}}
    network = server().put(messages_url(), chunk(event(3), event(2), end="t1"))
    second = look(network, first.cursor)
    assert messages_url("t1") not in network.urls
    assert (second.cursor["rooms"][ROOM]["newest"], outcome(second)) == ("$e3", ("complete", ""))
    assert len(network.asked) == 6


def paged(pages: int) -> Network:
    """A room whose history has that many pages of one message, the newest with the highest number."""
    network = server()
    for number in range(pages):
        end = f"t{number + 1}" if number + 1 < pages else ""
        network.put(messages_url(f"t{number}" if number else ""), chunk(event(1_000 - number), end=end))
    return network


def test_a_long_history_is_read_over_several_looks() -> None:
    first = look(paged(7))
    assert (len(written(first)), len(joined(first)), outcome(first)) == (5, 2, ("partial", "more_pages"))
    second = look(paged(7), first.cursor)
    assert {act.uri for act in written(first) + written(second)} == {f"{HERE}/$e{1_000 - n}" for n in range(7)}
    assert (outcome(second), second.cursor) == (("complete", ""), {"rooms": {ROOM: {"newest": "$e1000"}}})


def test_a_place_that_the_server_has_forgotten_is_looked_for_anew() -> None:
    first = look(paged(7))
    forgotten = paged(7).put(messages_url("t5"), refused("M_INVALID_PARAM"), status=400)
    second = look(forgotten, first.cursor)
    assert (outcome(second), second.cursor) == (("partial", "more_pages"), {})


def test_an_empty_page_is_not_the_end_and_a_place_that_comes_again_is() -> None:
    network = server().put(messages_url(), chunk(end="t1")).put(messages_url("t1"), chunk(event(1), end="t1"))
    seen = look(network)
    assert (len(written(seen)), outcome(seen)) == (1, ("complete", ""))


def test_more_rooms_than_one_look_reads_are_gone_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plnapi.platforms.matrix.rooms.ROOMS", 1)
    rooms = ["!a:example.org", ROOM]
    network = server().put(JOINED, {"joined_rooms": rooms}).put(messages_url("", rooms[0]), chunk(event(5)))
    network.put(members_url(rooms[0]), members(ADA))
    first = look(network)
    assert ([act.object_uri for act in joined(first)], outcome(first)) == ([rooms[0]], ("partial", "more_pages"))
    second = look(network, first.cursor)
    assert {act.object_uri for act in joined(second)} == {ROOM}
    assert second.cursor["rooms"].keys() == set(rooms) and second.cursor["begin"] == rooms[0]


def test_a_room_that_was_left_is_forgotten() -> None:
    first = look(server())
    assert look(server().put(JOINED, {"joined_rooms": []}), first.cursor).cursor == {}


@pytest.mark.parametrize("body", [{"joined_rooms": {}}, [], {}, {"joined_rooms": None}])
def test_an_answer_without_a_list_of_rooms_is_no_answer(body: Any) -> None:
    assert outcome(look(server().put(JOINED, body))) == ("failed", "bad_answer")


def test_what_is_no_room_is_not_asked_for() -> None:
    network = server().put(JOINED, {"joined_rooms": [ALIAS, "../x", 3, None, "!a b:example.org"]})
    assert outcome(look(network)) == ("complete", "no_rooms")
    assert len(network.asked) == 2


def test_somebody_without_a_user_id_of_the_grammar_is_nobody_here() -> None:
    subject = replace(COURSE, others=(replace(COURSE.others[0], uri="@Ada:example.org"),))
    assert look(server(), subject=subject).items == ()
