"""Signing in on one's own server, against one that is as strict as a real one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine
from sqlalchemy import select

from plnapi.accounts import grants, identities, oauth_server
from plnapi.accounts.models import Grant, Identity, OAuthAttempt, OAuthClient, Person, Revocation
from plnapi.clock import now
from plnapi.db import Base, db
from plnapi.jobs import run_due_once
from plnapi.web.app import App
from plnapi.web.limits import limiter
from tests import make
from tests.client import BrowserClient
from tests.conftest import Unit
from tests.oauthd import Oauthd


@dataclass
class Scene:
    """Ada in her browser, and a server where she may have an account."""

    app: App
    server: Oauthd
    unit: Unit
    ada: Person
    mine: BrowserClient

    def begin(self, typed: str = "", *, keep: str = "no") -> str:
        """The link on the page that answers the form."""
        form = {"server": typed or self.server.pair, "keep": keep}
        page = self.mine.submit("/me/oauth", form, page="/me")
        assert page.status_code == 200, page.text
        return page.text.partition('class="button" href="')[2].partition('"')[0].replace("&amp;", "&")

    def refused(self, typed: str = "") -> str:
        """What she reads when it cannot begin."""
        assert self.mine.submit("/me/oauth", {"server": typed or self.server.pair}, page="/me").status_code == 303
        return self.said()

    def said(self) -> str:
        """The message on her page."""
        return self.mine.get("/me").text.partition('class="flash')[2].partition("</p>")[0]

    def come_back(self, back: str) -> str:
        """Follow the redirect of the server; what she reads then."""
        parts = urlsplit(back)
        answer = self.mine.get(f"{parts.path}?{parts.query}", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.location) == (303, "/me"), answer.text
        return self.said()

    def sign_in(self, typed: str = "", *, keep: str = "no", name: str = "ada") -> str:
        """All of it."""
        return self.come_back(self.server.consent(self.begin(typed, keep=keep), name))

    def rows(self, *models: type[Base]) -> int:
        """How many there are."""
        with self.unit() as session:
            return sum(len(session.scalars(select(model)).all()) for model in models)

    @property
    def linked(self) -> list[Identity]:
        """Her identities."""
        with self.unit():
            return list(identities.of_person(self.ada.id))

    @property
    def token(self) -> str:
        """Hers, as a look gets it."""
        with self.unit():
            return next(iter(grants.token_of([one.id for one in identities.of_person(self.ada.id)]).values()), "")


@pytest.fixture
def server() -> Iterator[Oauthd]:
    with Oauthd() as started:
        yield started


@pytest.fixture
def scene(app: App, server: Oauthd, unit: Unit, browser: Any, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(app, "settings", replace(app.settings, loopback_peers=(server.pair,)))
    with unit():
        ada = make.person("Ada")
    return Scene(app, server, unit, ada, browser(ada))


@pytest.mark.parametrize("keep", ["no", "yes"])
def test_an_account_is_linked_and_proven_by_signing_in_on_its_server(scene, keep):
    assert "@ada@" in scene.sign_in(keep=keep)
    (identity,) = scene.linked
    assert (identity.proof, identity.uri) == ("oauth", f"{scene.server.origin}/users/ada")
    assert identity.handle == f"@ada@{scene.server.pair}"
    assert identity.data == {"host": scene.server.pair, "id": "17"} and identity.proven_at
    assert identities.PROOFS["oauth"] in scene.mine.get("/me").text
    assert scene.rows(OAuthAttempt) == 0


def test_who_only_proves_gives_no_more_than_that_and_no_token_is_kept(scene):
    url = scene.begin(keep="no")
    assert dict(parse_qsl(urlsplit(url).query))["scope"] == "profile"
    scene.come_back(scene.server.consent(url, "ada"))
    assert scene.rows(Grant) == 0 and scene.token == ""
    assert len(scene.server.grants) == 1
    run_due_once(scene.app)
    assert scene.server.grants == {} and scene.rows(Revocation) == 0


def test_who_lends_their_eyes_gives_reading_and_the_token_is_kept_sealed(scene):
    url = scene.begin(keep="yes")
    assert dict(parse_qsl(urlsplit(url).query))["scope"] == "read:accounts read:follows read:statuses read:favourites"
    scene.come_back(scene.server.consent(url, "ada"))
    (token,) = scene.server.grants
    assert scene.token == token
    with scene.unit() as session:
        grant = session.scalars(select(Grant)).one()
        assert (grant.origin, grant.scopes) == (scene.server.origin, scene.server.grants[token][1])
        assert token not in grant.sealed_token and token not in repr(grant)
    assert "with your eyes" in scene.mine.get("/me").text


def test_the_page_says_in_words_what_is_asked_before_anybody_goes_there(scene):
    page = scene.mine.submit("/me/oauth", {"server": scene.server.pair, "keep": "yes"}, page="/me").text
    assert "your favourites" in page and "whom you follow" in page and "cannot write" in page


def test_an_account_that_waits_for_its_code_is_proven_rather_than_linked_twice(scene):
    with scene.unit():
        identities.link(scene.ada.id, f"@Ada@{scene.server.pair}", "mastodon")
    scene.sign_in(f"@ada@{scene.server.pair}")
    assert [one.proof for one in scene.linked] == ["oauth"]


def test_an_account_that_a_code_proved_still_vouches_and_gets_the_token(scene):
    scene.sign_in()
    with scene.unit() as session:
        session.scalars(select(Identity)).one().proof = "code"
    scene.sign_in(keep="yes")
    assert [one.proof for one in scene.linked] == ["code"] and scene.token


def test_plnapi_is_registered_once_at_a_server(scene):
    scene.sign_in()
    scene.sign_in(keep="yes")
    assert scene.server.asked.count("POST /api/v1/apps") == 1 and scene.rows(OAuthClient) == 1


def test_a_server_without_metadata_has_the_classic_paths(scene):
    scene.server.metadata = False
    scene.sign_in(keep="yes")
    assert scene.token


def test_a_server_that_knows_only_broad_scopes_is_asked_for_reading_in_plain_words(scene):
    scene.server.more = {"scopes_supported": ["read", "write", "follow"]}
    page = scene.mine.submit("/me/oauth", {"server": scene.server.pair, "keep": "yes"}, page="/me").text
    assert "scope=read&amp;" in page and "does not let us ask for less" in page


def test_a_handle_leads_to_the_server_that_its_domain_names(scene):
    with Oauthd() as other:
        actor = {"rel": "self", "type": "application/activity+json", "href": f"{scene.server.origin}/users/ada"}
        other.faults["/.well-known/webfinger"] = 200, "application/jrd+json", json.dumps({"links": [actor]}).encode()
        peers = (scene.server.pair, other.pair)
        scene.app.settings = replace(scene.app.settings, loopback_peers=peers)
        with scene.unit():
            identities.link(scene.ada.id, f"@ada@{other.pair}", "mastodon")
        assert "@ada@" in scene.sign_in(f"@ada@{other.pair}")
    assert [(one.proof, one.handle) for one in scene.linked] == [("oauth", f"@ada@{scene.server.pair}")]


# ---- what goes wrong


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


# ---- afterwards


def test_unlinking_forgets_the_token_at_once_and_the_server_hears_of_it_soon(scene):
    scene.sign_in(keep="yes")
    (identity,) = scene.linked
    scene.server.faults["/oauth/revoke"] = 503, "text/html", b"down"
    assert scene.mine.submit(f"/me/identities/{identity.id}/unlink", {}, page="/me").status_code == 303
    assert scene.rows(Identity, Grant) == 0
    run_due_once(scene.app)
    assert scene.rows(Revocation) == 1 and len(scene.server.grants) == 1
    scene.server.faults.clear()
    with time_machine.travel(now().timestamp() + 60):
        run_due_once(scene.app)
    assert scene.rows(Revocation) == 0 and scene.server.grants == {}


def test_a_server_that_never_answers_does_not_make_us_keep_the_token(scene):
    scene.sign_in(keep="yes")
    scene.server.faults["/oauth/revoke"] = 503, "text/html", b"down"
    scene.mine.submit(f"/me/identities/{scene.linked[0].id}/unlink", {}, page="/me")
    with time_machine.travel(now().timestamp() + 49 * 3600):
        run_due_once(scene.app)
    assert scene.rows(Revocation) == 0


def test_a_permission_can_be_taken_back_and_the_account_stays_proven(scene):
    scene.sign_in(keep="yes")
    (identity,) = scene.linked
    assert scene.mine.submit(f"/me/identities/{identity.id}/permission/end", {}, page="/me").status_code == 303
    assert scene.token == "" and scene.linked[0].proven_at
    run_due_once(scene.app)
    assert scene.server.grants == {}


def test_a_token_that_its_server_refuses_is_not_used_again_and_the_person_is_asked_to_sign_in(scene):
    scene.sign_in(keep="yes")
    (identity,) = scene.linked
    with scene.unit():
        grants.refuse(identity.id)
    assert scene.token == ""
    page = scene.mine.get("/me").text
    assert "takes our permission no longer" in page and "Sign in there again" in page
    scene.sign_in(identity.handle, keep="yes")
    assert scene.token and "Sign in there again" not in scene.mine.get("/me").text


def test_what_opens_a_door_is_nowhere_but_where_it_belongs(scene, capsys, caplog):
    caplog.set_level("DEBUG")
    url = scene.begin(keep="yes")
    back = scene.server.consent(url, "ada")
    scene.come_back(back)
    (token,) = scene.server.grants
    scene.server.faults[WHOSE] = 500, "text/html", b"down"
    scene.sign_in(keep="yes")
    with scene.unit():
        assert token not in repr(grants.of_person(scene.ada.id))
    pages = scene.mine.get("/me").text + scene.mine.get("/api/v1/me/identities").text
    scene.mine.submit(f"/me/identities/{scene.linked[0].id}/unlink", {}, page="/me")
    run_due_once(scene.app)
    (client,) = scene.server.clients.values()
    written = capsys.readouterr().err + caplog.text
    state = dict(parse_qsl(urlsplit(url).query))["state"]
    code = dict(parse_qsl(urlsplit(back).query))["code"]
    doors = [token, *scene.server.grants, client["client_secret"], state, code]
    assert "request" in written and [door for door in doors if door in written or door in pages] == []
    with scene.unit() as session:
        rows = [str(row) for table in Base.metadata.sorted_tables for row in session.execute(table.select())]
    assert rows and [door for door in doors if any(door in row for row in rows)] == []
