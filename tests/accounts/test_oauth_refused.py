"""What goes wrong on the way to one's own server and back: told, and nothing stored."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine

from plnapi.accounts import oauth_server
from plnapi.accounts.models import Grant, Identity, OAuthAttempt, OAuthClient
from plnapi.clock import now
from plnapi.db import db
from plnapi.jobs import run_due_once
from plnapi.web.limits import limiter
from tests import make
from tests.accounts.conftest import Scene
from tests.oauthd import Oauthd


def test_no_view_waits_for_a_server_inside_of_a_transaction(scene, monkeypatch):
    with scene.app.app_context():
        pool = db.engine.pool
    held: list[int] = []
    answer = scene.server.answer
    monkeypatch.setattr(scene.server, "answer", lambda *a: (held.append(pool.checkedout()), answer(*a))[1])
    scene.sign_in(keep="yes")
    assert held == [0] * 4  # connections to the database while each of the four requests is answered


def nothing_stored(scene: Scene) -> bool:
    return scene.rows(Identity, Grant, OAuthAttempt) == 0


def test_saying_no_links_nothing(scene):
    state = dict(parse_qsl(urlsplit(scene.begin()).query))["state"]
    assert "You said no" in scene.come_back(f"/me/oauth/callback?error=access_denied&state={state}")
    assert nothing_stored(scene)


def test_a_way_back_works_once(scene):
    back = scene.server.consent(scene.begin(), "ada")
    assert "@ada@" in scene.come_back(back)
    assert "used already" in scene.come_back(back)


def test_a_way_back_that_is_too_old_links_nothing(scene):
    back = scene.server.consent(scene.begin(), "ada")
    with time_machine.travel(now().timestamp() + 11 * 60):
        assert "too old" in scene.come_back(back)
    assert nothing_stored(scene)


def test_a_way_back_that_began_in_another_browser_or_for_somebody_else_links_nothing(scene, browser, unit):
    with unit():
        eve = make.person("Eve")
    back = scene.server.consent(scene.begin(), "ada")
    for person in (eve, scene.ada):
        victim = replace(scene, mine=browser(person))
        assert "another browser" in victim.come_back(back)
    assert scene.rows(Identity, Grant) == 0 and "POST /oauth/token" not in scene.server.asked


def test_a_made_up_state_links_nothing(scene):
    assert "Begin again" in scene.come_back("/me/oauth/callback?code=x&state=made-up")
    assert "Begin again" in scene.come_back("/me/oauth/callback")


def test_another_issuer_than_the_server_that_was_meant_links_nothing(scene):
    back = scene.server.consent(scene.begin(), "ada")
    assert "Another server" in scene.come_back(f"{back}&{urlencode({'iss': 'https://evil.example'})}")
    assert nothing_stored(scene) and "POST /oauth/token" not in scene.server.asked
    back = scene.server.consent(scene.begin(), "ada")
    assert "@ada@" in scene.come_back(f"{back}&{urlencode({'iss': scene.server.origin})}")


def test_a_server_that_promises_to_name_itself_has_to(scene):
    scene.server.more = {"authorization_response_iss_parameter_supported": True}
    assert "Another server" in scene.sign_in()


def test_a_code_that_the_server_does_not_take_links_nothing(scene):
    back = scene.server.consent(scene.begin(), "ada")
    scene.server.codes.clear()
    assert "did not accept" in scene.come_back(back)
    assert nothing_stored(scene)


def test_a_verifier_that_does_not_fit_is_refused_by_the_server(scene):
    back = scene.server.consent(scene.begin(), "ada")
    for asked in scene.server.codes.values():
        asked["code_challenge"] = "x" * 43
    assert "did not accept" in scene.come_back(back)


@pytest.mark.parametrize(
    ("path", "answer", "said"),
    [
        ("/api/v1/apps", (404, "application/json", b"{}"), "does not let us ask"),
        ("/api/v1/apps", (200, "text/html", b"<p>Hello"), "does not let us ask"),
        ("/api/v1/apps", (200, "application/json", b'{"client_id": ["x"]}'), "do not understand"),
        ("/.well-known/oauth-authorization-server", (200, "application/json", b"[]"), "do not understand"),
        ("/.well-known/oauth-authorization-server", (200, "application/json", b'{"issuer": 5}'), "do not understand"),
        ("/.well-known/oauth-authorization-server", (302, "text/html", b"http://10.0.0.1/x"), "cannot be reached"),
        ("/.well-known/oauth-authorization-server", (200, "application/json", b" " * 300_000), "cannot be reached"),
    ],
)
def test_a_server_that_answers_nonsense_at_the_beginning_is_told_and_nothing_stored(scene, path, answer, said):
    scene.server.faults[path] = answer
    assert said in scene.refused()
    assert nothing_stored(scene) and scene.rows(OAuthClient) == 0


@pytest.mark.parametrize("end", ["issuer", "token_endpoint", "authorization_endpoint"])
def test_metadata_cannot_lead_to_another_server(scene, end):
    scene.server.more = {end: "https://evil.example/oauth/x"}
    assert "do not understand" in scene.refused()


WHOSE = "/api/v1/accounts/verify_credentials"


@pytest.mark.parametrize(
    ("path", "answer", "said"),
    [
        ("/oauth/token", (200, "application/json", b"{"), "do not understand"),
        ("/oauth/token", (200, "application/json", b'{"access_token": "a\\nb", "token_type": "Bearer"}'), "understand"),
        ("/oauth/token", (200, "application/json", b'{"access_token": "abc", "token_type": "mac"}'), "understand"),
        (WHOSE, (200, "text/html", b"<p>Hello"), "do not understand"),
        (WHOSE, (200, "application/json", b"[" * 5000), "do not understand"),
        (WHOSE, (200, "application/json", b'{"uri": 5, "url": {}, "acct": []}'), "do not understand"),
        (WHOSE, (302, "text/html", b"http://10.0.0.1/x"), "cannot be reached"),
        (WHOSE, (422, "application/json", b"{}"), "did not accept"),
    ],
)
def test_a_server_that_answers_nonsense_at_the_end_is_told_and_nothing_stored(scene, path, answer, said):
    back = scene.server.consent(scene.begin(keep="yes"), "ada")
    scene.server.faults[path] = answer
    assert said in scene.come_back(back)
    assert nothing_stored(scene)


def test_a_server_that_names_an_account_of_another_links_nothing_and_the_token_is_revoked(scene, monkeypatch):
    foreign = {
        "uri": "https://mastodon.example/users/ada",
        "url": "https://mastodon.example/@ada",
        "acct": "ada",
        "id": "1",
    }
    monkeypatch.setattr(scene.server, "account", lambda name: foreign)
    assert "another server" in scene.sign_in(keep="yes")
    assert nothing_stored(scene)
    run_due_once(scene.app)
    assert scene.server.grants == {}


@pytest.mark.parametrize("path", ["/.well-known/oauth-authorization-server", WHOSE])
def test_an_answer_of_another_server_than_the_one_that_was_asked_does_not_count(scene, path):
    with Oauthd() as other:
        scene.app.settings = replace(scene.app.settings, loopback_peers=(scene.server.pair, other.pair))
        back = scene.server.consent(scene.begin(keep="yes"), "ada")
        for said in (scene.server.account("ada"), scene.server._metadata()[1]):
            other.faults["/elsewhere"] = 200, "application/json", json.dumps(said).encode()
            scene.server.faults[path] = 302, "text/html", f"{other.origin}/elsewhere".encode()
            assert "do not understand" in (scene.come_back(back) if path == WHOSE else scene.refused())
            back = scene.server.consent(scene.begin(), "ada") if path == WHOSE else back
        assert scene.rows(Identity, Grant) == 0 and "GET /elsewhere" in other.asked


def test_nobody_makes_us_ask_servers_without_end(scene):
    limiter.reset()
    codes = [scene.mine.submit("/me/oauth", {"server": "-"}, page="/me").status_code for _ in range(21)]
    assert codes == [303] * 20 + [429]


def test_a_private_address_is_not_asked(scene):
    for typed in ("10.0.0.1", "http://127.0.0.1:1/", "@ada@192.168.1.1", "169.254.169.254", "localhost:5432"):
        assert "cannot be reached" in scene.refused(typed), typed
    assert scene.server.asked == []


@pytest.mark.parametrize("typed", ["ada", "two words.example", "javascript:alert(1)", "https://", "@ada@"])
def test_what_is_no_server_is_told_without_asking_anybody(scene, typed):
    assert "name of your server" in scene.refused(typed)


def test_a_slow_server_does_not_hold_the_page_for_long(scene, monkeypatch):
    monkeypatch.setattr(oauth_server, "SECONDS", 0.3)
    scene.server.slow = 0.6
    assert "in time" in scene.refused()


def test_only_a_few_pages_wait_for_servers_at_once(scene, monkeypatch):
    talks = [oauth_server.Talk(scene.app.settings).__enter__() for _ in range(oauth_server.AT_ONCE)]
    assert "Too many" in scene.refused()
    for talk in talks:
        talk.__exit__(None, None, None)
    assert scene.begin()


def test_an_account_that_somebody_else_proved_stays_theirs_and_the_token_goes(scene, unit):
    with unit():
        eve = make.person("Eve")
        theirs = make.identity(eve, handle=f"@ada@{scene.server.pair}")
        theirs.uri = f"{scene.server.origin}/users/ada"
    assert "Somebody else" in scene.sign_in(keep="yes")
    assert scene.linked == [] and scene.rows(Grant) == 0
    run_due_once(scene.app)
    assert scene.server.grants == {}


def test_attempts_of_one_person_do_not_fill_the_table_and_old_ones_go(scene):
    for _ in range(8):
        scene.begin()
    assert scene.rows(OAuthAttempt) == 5
    with time_machine.travel(now().timestamp() + 11 * 60):
        run_due_once(scene.app)
    assert scene.rows(OAuthAttempt) == 0


def test_a_form_without_its_token_asks_nobody(scene):
    assert scene.mine.post("/me/oauth", data={"server": scene.server.pair}).status_code == 403
    assert scene.app.test_client().get("/me/oauth/callback?state=x&code=y").status_code == 401
    assert scene.server.asked == []
