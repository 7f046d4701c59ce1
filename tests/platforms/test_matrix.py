"""An account on Matrix: its names, told from those of others, and the proof of it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnapi.http.types import FetchFailed
from plnapi.platforms import read_address, read_group
from plnapi.platforms.matrix import MATRIX
from plnapi.platforms.types import Profile, Seen, Subject
from tests.platforms.contract import PlatformContract
from tests.platforms.drive import Network, drive
from tests.platforms.matrix_answers import (
    ADA,
    BASE,
    COURSE,
    STUDENT,
    WELL_KNOWN,
    profile_url,
    refused,
    server,
)


class TestMatrix(PlatformContract):
    platform = MATRIX
    addresses = (
        ADA,
        "@ada:EXAMPLE.org",
        "@a.d_a=-/+9:example.org:8448",
        "@ada:localhost:8008",
        "@ada:[::1]:8008",
        "https://matrix.to/#/@ada:example.org",
        "https://matrix.to/#/%40ada%3Aexample.org?via=elsewhere.example",
        "matrix:u/ada:example.org?action=chat",
    )
    exchanges = {"proof": (STUDENT, server()), "received": (COURSE, server())}


def proof(network: Network, subject: Subject = STUDENT) -> Seen:
    return drive(MATRIX.look("proof", subject, {}), network)


def outcome(seen: Seen) -> tuple[str, str, int]:
    return seen.coverage.state, seen.coverage.reason, len(seen.items)


# ---- names


@pytest.mark.parametrize(
    "text",
    [
        "ada:example.org", "@ada@example.org", "@ada", "@ada:", "@:example.org", "@ada:8448", "@ada:word",
        "@ada:example.org:x", "@ada:example.org:123456", "@ada example.org", "@ada:example.org/path",
        "@Ada:example.org", "@ad\u00e4:example.org", "@a!da:example.org", "@a:" + "b." * 130 + "org",  # historical, long
        "#room:example.org", "!id:example.org", "https://matrix.to/", "https://matrix.to/#/", "matrix:", "matrix:u",
        "https://matrix.to/#/!id:example.org/$event", "https://matrix.example/#/@ada:example.org",
        "matrix:roomid/id:example.org/e/event", "",
    ],
)  # fmt: skip
def test_what_is_no_account_of_this_network_is_not_read(text: str) -> None:
    assert MATRIX.read_address(text) is None


def test_the_longest_name_has_255_bytes() -> None:
    longest = "@" + "a" * 242 + ":example.org"
    assert MATRIX.read_address(longest) and MATRIX.read_address("@a" + longest[1:]) is None


@pytest.mark.parametrize(
    ("text", "network", "handle"),
    [
        ("@ada:example.org", "matrix", "@ada:example.org"),
        ("@ada@example.org", "mastodon", "@ada@example.org"),
        ("@ada.example.org", "bluesky", "@ada.example.org"),
        ("https://matrix.to/#/@ada:example.org", "matrix", "@ada:example.org"),
        ("https://example.org/@ada", "mastodon", "@ada@example.org"),
        ("https://example.org/", "blog", "https://example.org/"),
    ],
)
def test_the_network_is_told_from_the_form(text: str, network: str, handle: str) -> None:
    address = read_address(text)
    assert address is not None and (address.network, address.handle) == (network, handle)


def test_the_sign_may_be_missing_where_the_network_is_asked_for() -> None:
    for text in ("ada:example.org", "@ada:example.org"):
        address = read_address(text, "matrix")
        assert address is not None and address.handle == ADA
    for other in ("mastodon", "bluesky"):
        assert read_address(ADA, other) is None
    for text in ("@ada@example.org", "@ada.example.org"):
        assert read_address(text, "matrix") is None


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("#plants:example.org", "#plants:example.org"),
        ("https://matrix.to/#/#plants:example.org", "#plants:example.org"),
        ("https://matrix.to/#/%23plants%3Aexample.org", "#plants:example.org"),
        ("matrix:r/plants:example.org", "#plants:example.org"),
        ("#Plantes & \u00e9tudes/1:example.org".replace(" ", ""), "#Plantes&\u00e9tudes/1:example.org"),
        ("!id:example.org", "!id:example.org"),
        ("https://matrix.to/#/!id:example.org?via=a.example&via=b.example", "!id:example.org"),
        ("matrix:roomid/id:example.org?via=a.example", "!id:example.org"),
        ("!" + "a" * 43, "!" + "a" * 43),
    ],
)
def test_a_room_is_a_group_and_no_account(text: str, room: str) -> None:
    address = read_group(text)
    assert address is not None and (address.network, address.handle) == ("matrix", room)
    assert MATRIX.address_keys(text) == MATRIX.address_keys(address.url) == {room}
    assert MATRIX.read_address(text) is None


@given(
    st.text(max_size=40) | st.from_regex(r"(https://matrix\.to/#/|matrix:r/)?[#!@%$]?[\w%/]{0,9}:[\w.:%\[\]/?-]{0,20}")
)
def test_reading_a_room_or_a_user_twice_changes_nothing(text: str) -> None:
    for read in (MATRIX.read_group, MATRIX.read_address):
        address = read(text)
        assert address is None or read(address.handle) == read(address.url) == address


def test_a_name_that_is_no_room_is_no_group_here() -> None:
    for text in ("#room", "#:example.org", "#a b:example.org", "!short", "room:example.org"):
        assert MATRIX.read_group(text) is None


# ---- the proof


def test_the_code_is_looked_for_in_the_name_on_the_server_that_the_domain_names() -> None:
    network = server()
    seen = proof(network)
    (item,) = seen.items
    assert isinstance(item, Profile)
    assert (item.text, item.account.uri, item.account.handle) == ("Ada PLN-ABCD", ADA, ADA)
    assert item.account.url == "https://matrix.to/#/@ada:example.org"
    assert MATRIX.address_keys(ADA) == item.account.keys
    assert outcome(seen) == ("complete", "", 1)
    assert network.urls == [WELL_KNOWN, profile_url()]


@pytest.mark.parametrize(
    "body",
    [
        None, {}, [], "<html>", {"m.homeserver": {}}, {"m.homeserver": {"base_url": "matrix.example.org"}},
        {"m.homeserver": {"base_url": "http://matrix.example.org"}}, {"m.homeserver": {"base_url": "javascript:x"}},
    ],
)  # fmt: skip
def test_a_domain_that_names_no_server_is_the_server(body: Any) -> None:
    network = server().put(profile_url(base="https://example.org"), {"displayname": "Ada"})
    network = network.fail(WELL_KNOWN) if body is None else network.put(WELL_KNOWN, body)
    assert outcome(proof(network)) == ("complete", "", 1)


def test_the_port_for_other_servers_is_not_asked_but_on_loopback() -> None:
    for name, base in [("example.org:8448", "https://example.org"), ("localhost:8008", "http://localhost:8008")]:
        network = Network()
        user = f"@ada:{name}"
        proof(network, Subject(user, user, ""))
        assert network.urls == [f"{base}/.well-known/matrix/client", profile_url(user, base)]


@pytest.mark.parametrize("status", [401, 403])
def test_a_server_that_wants_a_sign_in_hides_the_name(status: int) -> None:
    network = server().put(profile_url(), refused("M_FORBIDDEN"), status=status)
    assert outcome(proof(network)) == ("hidden", "needs_sign_in", 0)


def test_a_token_is_sent_to_the_server_of_the_account_alone() -> None:
    network = server()
    proof(network, replace(STUDENT, token="secret"))
    sent = {fetch.url: fetch.headers.get("Authorization") for fetch in network.asked}
    assert sent == {WELL_KNOWN: None, profile_url(): "Bearer secret"}
    refusing = server().put(profile_url(), refused("M_UNKNOWN_TOKEN"), status=401)
    assert outcome(proof(refusing, replace(STUDENT, token="old"))) == ("hidden", "token_refused", 0)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"status": 404, "body": refused()}, "gone"),
        ({"status": 429, "body": refused("M_LIMIT_EXCEEDED")}, "host_busy"),
        ({"status": 500, "body": "<html>"}, "bad_answer"),
        ({"body": "<html>"}, "bad_answer"),
        ({"body": []}, "bad_answer"),
        ({"body": b"{", "kind": "application/json"}, "bad_answer"),
    ],
)
def test_a_refusal_says_what_it_is(answer: dict[str, Any], reason: str) -> None:
    rest = {name: value for name, value in answer.items() if name != "body"}
    assert outcome(proof(server().put(profile_url(), answer["body"], **rest))) == ("failed", reason, 0)


def test_a_person_without_a_name_is_there() -> None:
    for body in ({}, {"displayname": None}, {"displayname": ["x"]}):
        assert outcome(proof(server().put(profile_url(), body))) == ("complete", "", 1)


def test_a_server_that_does_not_answer_is_told_as_it_is() -> None:
    with pytest.raises(FetchFailed):
        proof(server().fail(profile_url()))


def test_what_is_no_address_fails_without_a_fetch() -> None:
    network = Network()
    assert proof(network, Subject("ada", "", BASE)).coverage.reason == "bad_address"
    assert network.asked == []
