"""Linking an account on a network, and to whom it belongs."""

import pytest
import time_machine

from plnapi.accounts import identities
from plnapi.accounts.identities import CODE_LASTS
from plnapi.accounts.models import Identity
from plnapi.clock import now
from plnapi.errors import Conflict
from plnapi.platforms import PLATFORMS
from plnapi.platforms.types import Account
from tests import make

ADA = Account("https://example.social/users/ada", "https://example.social/@ada", "@ada@example.social")


def test_linking_gives_a_code_and_linking_again_gives_the_same(unit, sign):
    with unit():
        person = make.person()
    api = sign(person)
    first = api.post("/api/v1/me/identities", json={"address": "@Ada@Example.social"})
    assert first.status_code == 201 and first.json["proven_at"] is None
    assert first.json["network"] == "mastodon" and first.json["code"].startswith("pln-")
    again = api.post("/api/v1/me/identities", json={"address": "https://example.social/@ada"})
    assert again.json["id"] == first.json["id"] and again.json["code"] == first.json["code"]
    assert len(api.get("/api/v1/me/identities").json) == 1


def test_a_handle_that_was_written_otherwise_is_taken_as_written_last(unit, sign):
    with unit():
        person = make.person()
    api = sign(person)
    first = api.post("/api/v1/me/identities", json={"address": "@Ada@example.social"}).json
    again = api.post("/api/v1/me/identities", json={"address": "@ada@example.social"}).json
    assert again["id"] == first["id"] and again["handle"] == "@ada@example.social"


def test_what_is_no_account_is_refused_with_what_would_be_one(unit, sign):
    with unit():
        person = make.person()
    answer = sign(person).post("/api/v1/me/identities", json={"address": "hello"})
    assert answer.status_code == 422
    assert answer.json["code"] == "address_unknown" and answer.json["errors"][0]["pointer"] == "/address"


@pytest.mark.parametrize("given", [{}, {"network": "blog"}, {"network": "mastodon"}, {"network": "link"}])
@pytest.mark.parametrize("address", ["https://x.com/ada", "x.com/ada", "https://twitter.com/@ada"])
def test_a_network_that_cannot_be_read_says_why_and_what_to_do_instead(unit, sign, address, given):
    with unit():
        person = make.person()
    answer = sign(person).post("/api/v1/me/identities", json={"address": address, **given})
    assert (answer.status_code, answer.json["code"]) == (422, "network_unreadable")
    (error,) = answer.json["errors"]
    assert error["pointer"] == "/address"
    assert error["detail"].startswith(PLATFORMS["x"].capabilities.why_not) and "link for review" in error["detail"]


@pytest.mark.parametrize("address", ["https://matrix.to/#/#plants:example.org", "#plants:example.org"])
def test_a_room_is_said_to_be_nobodys_account(unit, sign, address):
    with unit():
        person = make.person()
    answer = sign(person).post("/api/v1/me/identities", json={"address": address})
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "address_of_a_room")


@pytest.mark.parametrize(
    ("address", "network", "handle"),
    [
        ("ada.bsky.social", "bluesky", "@ada.bsky.social"),
        ("ada.wordpress.com", "blog", "https://ada.wordpress.com/"),
        ("example.social/@ada/112233", "mastodon", "@ada@example.social"),
    ],
)
def test_an_address_is_linked_in_the_form_in_which_people_type_it(unit, sign, address, network, handle):
    with unit():
        person = make.person()
    linked = sign(person).post("/api/v1/me/identities", json={"address": address})
    assert (linked.status_code, linked.json["network"], linked.json["handle"]) == (201, network, handle)


def test_an_account_belongs_to_the_first_who_proves_it(unit):
    with unit():
        first = identities.link(make.person().id, "@ada@example.social")
        second = identities.link(make.person().id, "@ada@example.social")
        identities.record_proof(first, account=ADA, data={"id": "1"})
        assert (first.uri, first.proof) == (ADA.uri, "code")
        with pytest.raises(Conflict) as refused:
            identities.record_proof(second, account=ADA, data={})
        assert refused.value.code == "identity_taken"


BLOG = Account("https://ada.example/blog/", "https://ada.example/blog/", "https://ada.example/blog/")


@pytest.mark.parametrize(
    ("uri", "feed", "taken"),
    [
        ("https://ada.example/blog", "", True),
        ("http://www.ada.example/blog/", "", True),
        ("https://ada.example/blog/feed", "https://ada.example/blog/feed/", True),
        ("https://ada.example/blog/?x=1", "http://www.ada.example/blog/feed", True),
        ("https://ada.example/blogger/", "https://ada.example/blogger/feed/", False),
        ("https://ada.example/blog/?author=2", "", False),
    ],
)
def test_a_site_belongs_to_one_person_in_whatever_form_its_address_is_written(unit, uri, feed, taken):
    with unit():
        mine, other = make.person("Ada").id, make.person("Eve").id
        first = identities.link(mine, BLOG.uri)
        identities.record_proof(first, account=BLOG, data={"feed": "https://ada.example/blog/feed/"})
        claim = Account(uri, uri, uri)
        for person, problem in ((other, "identity_taken"), (mine, "linked_already")):
            identity = identities.link(person, uri)
            if taken:
                with pytest.raises(Conflict) as refused:
                    identities.record_proof(identity, account=claim, data={"feed": feed} if feed else {})
                assert refused.value.code == problem and identity.proven_at is None
            else:
                identities.record_proof(identity, account=claim, data={"feed": feed} if feed else {})
                identities.unlink(identity)


def test_what_the_same_person_only_claimed_in_another_form_goes_when_the_account_is_proven(unit):
    with unit():
        person = make.person("Ada")
        identities.link(person.id, BLOG.uri)
        written = identities.link(person.id, "https://ada.example/blog/?x=1")
        identities.record_proof(written, account=BLOG, data={})
        assert [one.id for one in identities.of_person(person.id)] == [written.id]
        assert written.uri == BLOG.uri


@pytest.mark.parametrize(
    ("shown", "found"),
    [("I am pln-aaaa-bbbb.", True), ("PLN-AAAA-BBBB", True), ("xpln-aaaa-bbbb", False), ("pln-aaaa-bbbbc", False)],
)
def test_the_code_counts_as_a_word_of_its_own(shown, found):
    assert identities.holds_code(Identity(code="pln-aaaa-bbbb"), shown) is found


def test_checking_again_renews_a_code_that_ended(unit, sign):
    with unit():
        person = make.person()
        old = identities.link(person.id, "@ada@example.social")
    with time_machine.travel(now() + CODE_LASTS * 1.1):
        fresh = sign(person).post(f"/api/v1/me/identities/{old.id}/check")
    assert fresh.status_code == 202 and fresh.json["code"] != old.code


def test_unlinking_forgets_it_and_strangers_cannot(unit, sign):
    with unit():
        mine, stranger = make.person(), make.person()
        identity = identities.link(mine.id, "@ada@example.social")
    path = f"/api/v1/me/identities/{identity.id}"
    assert sign(stranger).get(path).status_code == sign(stranger).delete(path).status_code == 404
    assert sign(mine).get(path).status_code == 200
    assert sign(mine).delete(path).status_code == 204
    assert sign(mine).get("/api/v1/me/identities").json == []


def test_the_page_links_shows_the_code_and_unlinks(unit, browser):
    with unit():
        person = make.person()
    mine = browser(person)
    assert mine.submit("/me/identities", {"address": "@ada@example.social"}, page="/me").status_code == 303
    shown = mine.get("/me").text
    assert "@ada@example.social" in shown and "pln-" in shown
    refused = mine.submit("/me/identities", {"address": "nothing"}, page="/me")
    assert refused.status_code == 422 and 'value="nothing"' in refused.text
