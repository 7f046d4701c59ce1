"""Giving an access token of an account, on the page about oneself, against a homeserver of Matrix."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from plnapi.accounts import grants, identities
from plnapi.accounts.models import Grant, Identity, Person, Revocation
from plnapi.db import Base, db
from plnapi.jobs import run_due_once
from plnapi.platforms.matrix.tokens import account_of
from plnapi.web.app import App
from tests import make
from tests.client import BrowserClient
from tests.conftest import Unit
from tests.matrixd import LOGOUT, NOT_FOUND, WELL_KNOWN, WHOAMI, Matrixd


@dataclass
class Desk:
    """Grace in her browser, who has begun to link her bot `@bot` on `server`."""

    app: App
    server: Matrixd
    unit: Unit
    grace: Person
    bot: Identity
    mine: BrowserClient

    def give(self, token: str) -> str:
        """Fill in the form; what she reads then."""
        answer = self.mine.submit(f"/me/identities/{self.bot.id}/token", {"token": token}, page="/me")
        assert answer.status_code == 303 and (not token or token not in answer.location), answer.text
        return self.mine.get(answer.location).text.partition('class="flash')[2].partition("</p>")[0]

    def now(self) -> Identity:
        """The identity as it is stored."""
        with self.unit() as session:
            return session.get_one(Identity, self.bot.id)

    def kept(self) -> str:
        """The token, as a look gets it."""
        with self.unit():
            return grants.token_of([self.bot.id]).get(self.bot.id, "")

    def rows(self, model: type[Base]) -> int:
        """How many there are."""
        with self.unit() as session:
            return len(session.scalars(select(model)).all())

    def unchanged(self) -> bool:
        """Whether nothing was stored, and nobody was signed out."""
        left = self.now().proven_at, self.rows(Grant), self.rows(Revocation)
        return left == (None, 0, 0) and not any(path == LOGOUT for _, path, _ in self.server.heard)


@pytest.fixture
def desk(app, unit, browser, monkeypatch):
    with Matrixd() as server:
        monkeypatch.setattr(app, "settings", replace(app.settings, loopback_peers=(server.pair,)))
        with unit():
            grace = make.person("Grace")
            bot = identities.link(grace.id, server.user("bot"))
        yield Desk(app, server, unit, grace, bot, browser(grace))


def test_a_token_proves_the_account_and_is_kept_sealed(desk):
    token = desk.server.sign_in("bot")
    assert "is yours" in desk.give(f" {token}\n")
    assert (desk.now().network, desk.now().proof, desk.now().uri) == ("matrix", "token", desk.server.user("bot"))
    with desk.unit() as session:
        grant = session.scalars(select(Grant)).one()
        assert grant.origin == desk.server.origin and token not in grant.sealed_token and token not in repr(grant)
    assert desk.kept() == token and identities.PROOFS["token"] in desk.mine.get("/me").text


def test_the_form_is_there_until_a_token_works_and_again_when_it_does_no_longer(desk):
    form = f'action="/me/identities/{desk.bot.id}/token"'
    before = desk.mine.get("/me").text
    assert form in before and "display name" in before
    field = before.partition('name="token"')[2].partition(">")[0]
    assert 'autocomplete="off"' in field and "value=" not in field
    token = desk.server.sign_in("bot")
    desk.give(token)
    assert form not in desk.mine.get("/me").text
    with desk.unit():
        grants.refuse(desk.bot.id)
    refused = desk.mine.get("/me").text
    assert form in refused and "Give another token" in refused and "Sign in there again" not in refused
    desk.give(desk.server.sign_in("bot"))
    assert desk.kept() not in {"", token}


def test_an_account_that_its_display_name_proved_keeps_that_proof_and_gets_the_token(desk):
    with desk.unit() as session:
        proven = session.get_one(Identity, desk.bot.id)
        identities.record_proof(proven, account=account_of(desk.server.user("bot")), data={})
    desk.give(desk.server.sign_in("bot"))
    assert desk.now().proof == "code" and desk.kept()


def test_a_token_of_another_account_is_refused_by_name_and_that_one_is_not_signed_out(desk):
    token = desk.server.sign_in("grace")
    said = desk.give(token)
    assert desk.server.user("grace") in said and desk.server.user("bot") in said
    run_due_once(desk.app)
    assert desk.unchanged() and token in desk.server.sessions


def test_after_a_wrong_token_the_form_stands_open(desk):
    answer = desk.mine.submit(f"/me/identities/{desk.bot.id}/token", {"token": "canarywrong"}, page="/me")
    assert "<details open>" in desk.mine.get(answer.location).text
    assert "<details open>" not in desk.mine.get("/me").text


def test_a_token_that_the_server_does_not_know_is_refused(desk):
    assert "does not know this token" in desk.give("canarywrong") and desk.unchanged()


@pytest.mark.parametrize("typed", ["", "two words", "d\u00fcne", "x" * 4001])
def test_what_is_no_token_is_not_sent_anywhere(desk, typed):
    assert "no access token" in desk.give(typed)
    assert desk.server.heard == [] and desk.unchanged()


def test_a_server_that_is_no_homeserver_is_said_to_be_none(desk):
    desk.server.faults |= {WELL_KNOWN: NOT_FOUND, WHOAMI: NOT_FOUND}
    assert "something else does" in desk.give(desk.server.sign_in("bot")) and desk.unchanged()


def test_a_server_that_does_not_answer_is_said_to_be_out_of_reach(desk):
    with desk.unit():
        gone = identities.link(desk.grace.id, "@bot:127.0.0.2:1")
    desk.app.settings = replace(desk.app.settings, loopback_peers=("127.0.0.2:1",))
    assert "cannot be reached" in replace(desk, bot=gone).give("canarytoken") and desk.unchanged()


@pytest.mark.parametrize("base", ["https://10.0.0.1", "https://127.0.0.1", "https://[fd00::1]"])
def test_a_token_is_never_sent_to_a_private_address(desk, base):
    desk.server.faults[WELL_KNOWN] = 200, {"m.homeserver": {"base_url": base}}
    assert "not open to the public" in desk.give(desk.server.sign_in("bot"))
    assert desk.unchanged() and [path for _, path, _ in desk.server.heard] == [WELL_KNOWN]


def test_the_server_that_the_domain_names_gets_the_token_and_a_redirect_to_another_does_not(desk):
    with Matrixd() as other:
        desk.app.settings = replace(desk.app.settings, loopback_peers=(desk.server.pair, other.pair))
        desk.server.faults[WHOAMI] = 302, f"{other.origin}{WHOAMI}"
        assert "does not know this token" in desk.give(desk.server.sign_in("bot"))
        assert [token for _, _, token in other.heard] == [""] and desk.unchanged()


def test_a_server_speaks_for_its_own_users_only(desk):
    """Whoever rules a server could let it say any name: it is asked of the account that was linked, and of no other."""
    desk.server.faults[WHOAMI] = 200, {"user_id": "@somebody:example.org"}
    assert "@somebody:example.org" in desk.give(desk.server.sign_in("bot")) and desk.unchanged()


@pytest.mark.parametrize("body", [[], {}, {"user_id": 7}, {"user_id": "bot"}, {"user_id": "@BOT:example.org"}])
def test_an_answer_that_names_nobody_proves_nothing(desk, body):
    desk.server.faults[WHOAMI] = 200, body
    assert "something else does" in desk.give(desk.server.sign_in("bot")) and desk.unchanged()


def test_a_server_that_is_slow_is_not_waited_for(desk, monkeypatch):
    monkeypatch.setattr("plnapi.accounts.oauth_server.SECONDS", 0.2)
    desk.server.slow = 0.5
    assert "in time" in desk.give(desk.server.sign_in("bot")) and desk.unchanged()


def test_no_connection_is_held_while_the_server_answers(desk, monkeypatch):
    held = []

    def answer(method: str, path: str, token: str):
        with desk.app.app_context():
            engine: Engine = db.engine
            held.append(engine.pool.checkedout())  # type: ignore[attr-defined]
        return Matrixd.answer(desk.server, method, path, token)

    monkeypatch.setattr(desk.server, "answer", answer)
    assert "is yours" in desk.give(desk.server.sign_in("bot"))
    assert held == [0, 0]


def test_nobody_gives_a_token_for_an_account_of_somebody_else(desk, browser):
    with desk.unit():
        eve = make.person("Eve")
    hers = replace(desk, grace=eve, mine=browser(eve))
    assert "no such account" in hers.give(desk.server.sign_in("bot"))
    assert desk.unchanged() and desk.server.heard == []


def test_an_account_that_somebody_else_has_proven_stays_theirs(desk, browser):
    desk.give(desk.server.sign_in("bot"))
    with desk.unit():
        eve = make.person("Eve")
        claimed = identities.link(eve.id, desk.server.user("bot"))
    said = replace(desk, grace=eve, bot=claimed, mine=browser(eve)).give(desk.server.sign_in("bot"))
    assert identities.PROBLEMS["identity_taken"] in said and desk.rows(Grant) == 1


def test_a_network_that_takes_no_tokens_says_so(desk):
    with desk.unit():
        blog = identities.link(desk.grace.id, "https://blog.example.org/", "blog")
    there = replace(desk, bot=blog)
    assert "not proven by an access token" in there.give("canarytoken")
    assert f"/me/identities/{blog.id}/token" not in desk.mine.get("/me").text


@pytest.mark.parametrize("way", ["unlink", "permission/end"])
def test_taking_it_back_forgets_the_token_at_once_and_ends_that_session_and_no_other(desk, way):
    mine, another = desk.server.sign_in("bot"), desk.server.sign_in("bot")
    desk.give(mine)
    desk.mine.submit(f"/me/identities/{desk.bot.id}/{way}", {}, page="/me")
    assert desk.rows(Grant) == 0 and desk.kept() == ""
    run_due_once(desk.app)
    assert list(desk.server.sessions) == [another] and desk.rows(Revocation) == 0


def test_a_token_given_twice_goes_on_and_one_given_instead_ends_the_earlier(desk):
    first = desk.server.sign_in("bot")
    desk.give(first)
    desk.give(first)
    run_due_once(desk.app)
    assert list(desk.server.sessions) == [first]
    second = desk.server.sign_in("bot")
    desk.give(second)
    run_due_once(desk.app)
    assert list(desk.server.sessions) == [second] and desk.kept() == second


def test_the_token_is_nowhere_but_where_it_belongs(desk, capsys, caplog):
    caplog.set_level("DEBUG")
    token, foreign = desk.server.sign_in("bot"), desk.server.sign_in("grace")
    shown = desk.give("canarywrong") + desk.give(foreign) + desk.give(token)
    shown += desk.mine.get("/me").text + desk.mine.get("/api/v1/me/identities").text
    with desk.unit() as session:
        rows = [str(row) for table in Base.metadata.sorted_tables for row in session.execute(table.select())]
    desk.mine.submit(f"/me/identities/{desk.bot.id}/unlink", {}, page="/me")
    run_due_once(desk.app)
    written = capsys.readouterr().err + caplog.text
    assert "request" in written
    assert not any(door in text for door in (token, foreign, "canarywrong") for text in (shown, written, *rows))
