"""Signing in and out, invitations, and what a copied cookie is worth."""

import time_machine

from plnapi.accounts import service
from plnapi.clock import now
from tests import make

HTML = {"Accept": "text/html"}


def test_an_invited_person_sets_a_password_and_signs_in_with_it(unit, browser):
    with unit():
        person = make.person("Ada Lovelace")
        path = service.invite(person)
    guest = browser()
    assert "Ada Lovelace" in guest.get(path, headers=HTML).text
    assert guest.submit(path, {"password": "four words in a row"}).location == "/"
    assert guest.get("/api/v1/me").json["email"] == person.email
    fresh = browser()
    answer = fresh.submit("/sign-in", {"email": person.email.upper(), "password": "four words in a row"})
    assert (answer.status_code, answer.location) == (303, "/")


def test_opening_a_link_changes_nothing_and_using_it_ends_it(unit, browser):
    with unit():
        path = service.sign_in_link(make.person())
    guest = browser()
    assert guest.get(path).status_code == guest.get(path).status_code == 200
    assert guest.submit(path, {}).status_code == 303
    assert browser().get(path).status_code == 404


def test_a_password_that_is_too_short_is_refused_and_the_invitation_still_works(unit, browser):
    with unit():
        path = service.invite(make.person())
    guest = browser()
    answer = guest.submit(path, {"password": "short"})
    assert answer.status_code == 422 and "10 to 128" in answer.text and "short" not in answer.text
    assert guest.submit(path, {"password": "long enough now"}).status_code == 303


def test_a_cookie_copied_before_signing_out_is_worth_nothing_afterwards(unit, browser):
    with unit():
        person = make.person()
    mine = browser(person)
    copied = mine.get_cookie("pln_session").value
    assert mine.submit("/sign-out", {}, page="/me").status_code == 303
    thief = browser()
    thief.set_cookie("pln_session", copied)
    assert thief.get("/api/v1/me").status_code == 401


def test_signing_in_gives_another_session_than_the_one_before(unit, browser):
    with unit():
        person = make.person()
        path = service.sign_in_link(person)
    guest = browser()
    guest.get("/sign-in", headers=HTML)
    before = guest.get_cookie("pln_session").value
    guest.submit(path, {})
    assert guest.get_cookie("pln_session").value != before


def test_a_session_left_alone_ends_and_one_in_use_goes_on(unit, browser, app):
    with unit():
        person = make.person()
    with time_machine.travel(now(), tick=False) as clock:
        mine = browser(person)
        for _ in range(3):
            clock.shift(11 * 3600)
            assert mine.get("/api/v1/me").status_code == 200
        clock.shift(13 * 3600)
        assert mine.get("/api/v1/me").status_code == 401


def test_signing_out_everywhere_else_spares_this_browser(unit, browser):
    with unit():
        person = make.person()
    here, there = browser(person), browser(person)
    assert here.submit("/me/sessions/end", {}, page="/me").status_code == 303
    assert here.get("/api/v1/me").status_code == 200
    assert there.get("/api/v1/me").status_code == 401


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(unit, browser):
    with unit():
        person = make.person()
        service.set_password(person, "the right password")
    known, unknown = (
        browser().submit("/sign-in", {"email": email, "password": "the wrong password"})
        for email in (person.email, "nobody@example.edu")
    )
    assert known.status_code == unknown.status_code == 422
    assert "is not right" in known.text and "is not right" in unknown.text


def test_the_eleventh_wrong_try_is_not_heard_and_nobody_else_is_locked_out(unit, browser):
    with unit():
        person = make.person()
        service.set_password(person, "the right password")
    guesser = browser()
    for _ in range(10):
        assert guesser.submit("/sign-in", {"email": person.email, "password": "a guess"}).status_code == 422
    refused = guesser.submit("/sign-in", {"email": person.email, "password": "a guess"})
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    elsewhere = browser()
    elsewhere.environ_base["REMOTE_ADDR"] = "127.0.0.9"
    right = {"email": person.email, "password": "the right password"}
    assert elsewhere.submit("/sign-in", right).status_code == 303


def test_a_form_without_its_token_changes_nothing(unit, browser):
    with unit():
        person = make.person("Before")
    mine = browser(person)
    assert mine.post("/me", data={"name": "After"}).status_code == 403
    assert mine.patch("/api/v1/me", json={"name": "After"}).json["code"] == "csrf"
    assert mine.get("/api/v1/me").json["name"] == "Before"


def test_after_signing_in_nobody_is_sent_elsewhere(unit, browser):
    with unit():
        person = make.person()
        service.set_password(person, "the right password")
    right = {"email": person.email, "password": "the right password"}
    for target in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil"):
        guest = browser()
        answer = guest.submit(f"/sign-in?next={target}", right)
        assert answer.location == "/", target
    assert browser().submit("/sign-in?next=/me", right).location == "/me"
