"""What is checked on which network, as programs and people read it."""

from collections.abc import Callable

import pytest

from plnapi.accounts.models import Person
from plnapi.consents.service import PURPOSES
from plnapi.harvest import networks
from plnapi.harvest.networks import matrix
from plnapi.platforms import PLATFORMS
from plnapi.platforms.unreadable import UNREADABLE
from tests import make
from tests.client import BrowserClient, CheckedClient
from tests.conftest import Unit


@pytest.fixture
def person(unit: Unit) -> Person:
    with unit():
        return make.person()


def test_every_network_is_told_with_what_its_adapter_can(person: Person, sign: Callable[..., CheckedClient]) -> None:
    rows = {row["key"]: row for row in sign(person, ["me"]).get("/api/v1/networks").json}
    assert rows.keys() == PLATFORMS.keys()
    for key, platform in PLATFORMS.items():
        assert rows[key]["verbs"] == sorted(platform.capabilities.verbs)
        assert rows[key]["looks"] == sorted(platform.capabilities.looks)
        assert rows[key]["received"] == sorted(platform.capabilities.received)
        assert rows[key]["with_token"] == sorted(platform.capabilities.with_token)
    mastodon = rows["mastodon"]
    assert (mastodon["automatic"], mastodon["groups"], mastodon["consent"]) == (True, True, "checks")
    assert "code" in mastodon["proofs"] and "signed in" in mastodon["note"]
    facebook = rows["facebook"]
    assert (facebook["automatic"], facebook["consent"], facebook["proofs"]) == (False, None, [])
    assert "2024" in facebook["why_not"] and "address" in facebook["good_link"]


def test_networks_are_told_only_to_people_who_are_signed_in(
    person: Person, client: CheckedClient, sign: Callable[..., CheckedClient]
) -> None:
    assert client.get("/api/v1/networks").status_code == 401
    assert client.get("/networks").status_code == 401
    assert sign(person, ["courses:read"]).get("/api/v1/networks").status_code == 403


def test_a_network_either_shows_something_or_says_why_not_and_which_link_is_good() -> None:
    rows = matrix()
    for row in rows:
        assert (
            bool(row.checks)
            == bool(row.verbs or row.received)
            == bool(row.proofs)
            == bool(row.consent)
            == row.automatic
        )
        assert bool(row.why_not) == bool(row.good_link) == (not row.automatic)
        assert row.note or not row.automatic
    assert [row.automatic for row in rows] == sorted((row.automatic for row in rows), reverse=True)


def test_every_key_of_the_matrix_has_words() -> None:
    for row in matrix():
        assert set(row.verbs) <= networks.VERBS.keys() and set(row.received) <= networks.RECEIVED.keys()
        assert set(row.proofs) <= networks.PROOFS.keys()
        assert row.consent is None or row.consent in networks.CONSENTS
    assert networks.CONSENTS.keys() <= set(PURPOSES)


def test_each_check_says_by_which_look_and_with_which_consent(
    person: Person, sign: Callable[..., CheckedClient]
) -> None:
    rows = {row["key"]: row for row in sign(person, ["me"]).get("/api/v1/networks").json}
    checks = {(check["of"], check["verb"]): check for check in rows["mastodon"]["checks"]}
    assert checks["account", ""]["look"] == "proof" and checks["account", ""]["consent"] is None
    like, followed = checks["account", "Like"], checks["received", "Follow"]
    assert (like["look"], like["consent"], like["with_token"]) == ("reactions", "checks", True)
    assert followed["look"] == "received" and "course's own account" in followed["shows"]
    comments = next(check for check in rows["blog"]["checks"] if check["of"] == "received")
    assert comments["verb"] == "Create" and "comments" in comments["shows"] and not comments["with_token"]
    assert rows["facebook"]["checks"] == []


def test_every_look_of_a_network_is_one_of_its_checks() -> None:
    for row in matrix():
        assert {check.look for check in row.checks} == set(row.looks)


def test_the_page_shows_every_network_and_is_linked_where_accounts_are(
    person: Person, browser: Callable[..., BrowserClient]
) -> None:
    mine = browser(person)
    assert 'href="/networks"' in mine.get("/me").text
    shown = mine.get("/networks").text
    assert all(f'<th scope="row">{platform.title}</th>' in shown for platform in PLATFORMS.values())
    assert all(network.capabilities.why_not in shown for network in UNREADABLE)
