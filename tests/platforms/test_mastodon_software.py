"""Servers of other software than Mastodon's: what they are known to show, and how that is learned (NodeInfo)."""

from dataclasses import replace
from typing import Any

import pytest

from plnapi.platforms.mastodon import MASTODON
from plnapi.platforms.mastodon.software import SOFTWARE, software_of
from plnapi.platforms.types import Post, Seen, Subject
from tests.platforms.answers import (
    ADA,
    API,
    BASE,
    BOB,
    FAVOURITES,
    FOLLOWERS,
    FOLLOWING,
    NEWEST,
    NODEINFO,
    SIGNED,
    STATUSES,
    account,
    nodeinfo,
    server,
    status,
)
from tests.platforms.drive import Network, drive

LOOKUP = f"{API}/lookup?acct=ada"


def look(what: Any, network: Network, subject: Subject = SIGNED, cursor: Any = None) -> Seen:
    return drive(MASTODON.look(what, replace(subject, others=(BOB,)), cursor or {}), network)


def running(software: Any, subject: Subject = ADA) -> Subject:
    return replace(subject, data={**subject.data, "software": software})


def test_quirk_2_an_empty_list_of_snac_proves_nothing_whatever_the_counts_say() -> None:
    """snac answers `200 []`, and counts nothing."""
    network = server().put(FOLLOWING, []).put(FOLLOWERS, []).put(STATUSES, []).put(FAVOURITES, [])
    network.put(f"{API}/7", account(following_count=0, followers_count=0, statuses_count=0))
    for what in ("follows", "posts", "reactions"):
        seen = look(what, network, running("snac", SIGNED))
        assert (seen.coverage.state, seen.coverage.reason) == ("hidden", "empty_list_proves_nothing")


@pytest.mark.parametrize("what", ["follows", "posts", "reactions", "received"])
def test_before_an_empty_list_is_believed_the_server_says_what_it_runs(what: str) -> None:
    """An account that was proven by signing in had no look that would have learned it."""
    for software, state in (("snac", "hidden"), ("mastodon", "complete")):
        network = server().put(FOLLOWING, []).put(FOLLOWERS, []).put(STATUSES, []).put(FAVOURITES, [])
        network.put(f"{API}/7", account(following_count=0, followers_count=0, statuses_count=0))
        network.put(f"{API}/lookup?acct=bob%40other.example", {}, status=401)
        seen = look(what, nodeinfo(network, software))
        assert seen.coverage.state == state, software


@pytest.mark.parametrize("name", ["gotosocial", "snac", "takahe", "pixelfed"])
def test_what_a_software_shows_to_no_stranger_is_asked_for_with_a_token_only(name: str) -> None:
    for what in sorted(software_of(name).signed_in):
        network = server()
        seen = look(what, network, running(name))
        assert (seen.coverage.state, seen.coverage.reason, network.asked) == ("hidden", "needs_sign_in", [])
        assert seen.coverage.detail == SOFTWARE[name].sentence
        assert name in seen.coverage.detail.lower().replace("ē", "e")
        assert look(what, server(), running(name, SIGNED)).coverage.state == "complete"


@pytest.mark.parametrize("name", ["mastodon", "akkoma", "pleroma", "friendica", "", 7, None, []])
def test_other_software_is_asked_as_mastodon_is(name: Any) -> None:
    for what in ("posts", "follows", "received", "proof"):
        assert look(what, server(), running(name)).coverage.state == "complete"


def test_takahe_shows_to_strangers_whom_somebody_follows() -> None:
    assert look("follows", server(), running("takahe")).coverage.state == "complete"


def test_quirks_3_and_4_no_server_is_asked_to_filter_by_tag() -> None:
    """snac and GoToSocial ignore `tagged`, Takahe knows it in lower case only: tags are read from the statuses."""
    for name in SOFTWARE:
        network = server().put(STATUSES, [status(2, tags=[{"name": "SUB101"}]), status(1)])
        seen = look("posts", network, running(name, SIGNED))
        assert not any("tagged" in url for url in network.urls)
        assert [item.tags for item in seen.items if isinstance(item, Post)] == [("SUB101",), ()]


def test_the_software_is_read_at_the_proof_and_not_asked_again() -> None:
    network = nodeinfo(server(), "Mastodon")
    seen = look("proof", network, ADA)
    assert seen.cursor == {"id": "7", "host": "example.social", "software": "mastodon"}
    network.asked.clear()
    assert look("proof", network, ADA, seen.cursor).cursor == seen.cursor
    assert network.urls == [LOOKUP, NEWEST]


def test_the_highest_version_of_nodeinfo_is_followed() -> None:
    schema = "http://nodeinfo.diaspora.software/ns/schema/"
    links = [{"rel": f"{schema}{v}", "href": f"{BASE}/nodeinfo/{v}"} for v in ("1.0", "2.1", "2.0", "9.9")]
    network = server().put(NODEINFO, {"links": links})
    network.put(f"{BASE}/nodeinfo/2.1", {"software": {"name": "takahe"}}, kind="application/json; profile=x#")
    assert look("proof", network, ADA).cursor["software"] == "takahe"


@pytest.mark.parametrize(
    "body",
    [
        {"links": []}, [], "x", {"links": [{"rel": "x", "href": "y"}]}, {"links": [None, {"rel": 1, "href": []}]},
        {"links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "https://evil.example/nodeinfo"}]},
        {"links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "javascript:alert(1)"}]},
    ],
)  # fmt: skip
def test_a_server_that_does_not_say_what_it_runs_loses_nothing_by_it(body: Any) -> None:
    network = server().put(NODEINFO, body, kind="application/json")
    seen = look("proof", network, ADA)
    assert seen.coverage.state == "complete" and "software" not in seen.cursor
    assert not any("evil" in url for url in network.urls)


def test_a_server_that_stalls_when_asked_what_it_runs_loses_nothing_by_it() -> None:
    assert look("proof", server().fail(NODEINFO, "deadline_exceeded"), ADA).coverage.state == "complete"


@pytest.mark.parametrize("name", [None, "", "a b", "<script>", "x" * 60, 7.5, ["snac"]])
def test_a_name_of_software_that_is_none_is_not_taken(name: Any) -> None:
    network = nodeinfo(server(), "x").put(f"{BASE}/nodeinfo/2.0", {"software": {"name": name}})
    assert "software" not in look("proof", network, ADA).cursor


def test_a_server_that_shows_no_profile_is_named_by_its_software_and_asked_no_more() -> None:
    network = nodeinfo(Network().put(LOOKUP, {"error": "unauthorized"}, status=401), "gotosocial")
    first = look("proof", network, ADA)
    assert (first.coverage.state, first.coverage.reason) == ("hidden", "needs_sign_in")
    assert "GoToSocial" in first.coverage.detail
    network.asked.clear()
    assert look("proof", network, ADA, first.cursor).coverage == first.coverage
    assert network.asked == []
