"""SECRET_KEY is changed: what former keys sealed and signed still works, and can be sealed again."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from plnapi.accounts import grants, resealing, service
from plnapi.accounts.models import Grant, OAuthClient
from plnapi.accounts.resealing import columns
from plnapi.clock import now
from plnapi.crypto import sealer
from plnapi.db import Base
from plnapi.web.models import IdempotencyKey
from plnapi.webhooks import service as webhooks
from plnapi.webhooks.models import Webhook
from tests import make

OLD, NEW = "a secret for tests, long enough to be one", "another secret, and just as long as that"


@pytest.fixture
def keys(app, monkeypatch):
    """`keys(current, *former)`: as after a restart with these settings."""

    def turn(current, *former):
        monkeypatch.setattr(app, "secret_key", current)
        monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", list(former))
        monkeypatch.setattr(app, "settings", replace(app.settings, secret_key=current, former_keys=former))

    turn(OLD)
    return turn


@pytest.fixture
def granted(unit, keys):
    """An identity whose owner lent us their eyes."""
    with unit():
        identity = make.identity(make.person("Ada"))
        grants.keep(identity, "https://host.example", "the token", "read:follows")
        return identity


def token(unit, identity):
    with unit():
        return grants.token_of([identity.id]).get(identity.id)


def test_a_token_outlives_the_key_that_sealed_it(app, unit, keys, granted):
    keys(NEW, OLD)
    assert token(unit, granted) == "the token"
    result = app.test_cli_runner().invoke(args=["accounts", "reseal", "--json"])
    assert json.loads(result.output)["grants.sealed_token"] == {"resealed": 1, "current": 0, "lost": 0}
    keys(NEW)
    assert token(unit, granted) == "the token"


def test_without_sealing_again_the_token_is_lost_which_is_said_and_the_person_is_asked(
    app, unit, keys, granted, browser, capsys
):
    keys(NEW)
    assert token(unit, granted) is None
    written = capsys.readouterr().err
    assert "grant_sealed_under_an_unknown_key" in written and str(granted.id) in written
    with unit() as session:
        assert session.scalars(select(Grant.sealed_token)).one() not in written
        owner = service.get_person(granted.person_id)
    page = browser(owner).get("/me").text
    assert "can no longer be opened" in page and "Sign in there again" in page
    result = app.test_cli_runner().invoke(args=["accounts", "reseal"])
    assert result.exit_code == 1 and "grants.sealed_token: 0 resealed, 0 current, 1 lost" in result.output


def test_everything_that_is_sealed_is_sealed_again_and_doing_it_twice_changes_nothing(app, unit, keys, granted):
    with unit() as session:
        hook, secret = webhooks.create(app.settings, "https://hook.example/", ["step.verified"])
        session.add(
            OAuthClient(
                origin="https://host.example", client_id="i", redirect_uri="r", scopes="s",
                sealed_secret=sealer("oauth clients").seal("client secret"),
            )
        )  # fmt: skip
        session.add(
            IdempotencyKey(
                person_id=granted.person_id, key="k", fingerprint="f", body=sealer("idempotency").seal("answer")
            )
        )
    keys(NEW, OLD)
    with app.app_context():
        first, second = resealing.reseal(), resealing.reseal()
    assert sum(done.resealed for done in first.values()) == 4
    assert sum(done.resealed for done in second.values()) == 0 == sum(done.lost for done in second.values())
    assert sum(done.current for done in second.values()) == 4
    keys(NEW)
    with unit() as session:
        assert sealer("oauth clients").open(session.scalars(select(OAuthClient)).one().sealed_secret) == "client secret"
        assert sealer("idempotency").open(session.scalars(select(IdempotencyKey.body)).one()) == "answer"
        assert webhooks.secrets_of(app.settings, session.get(Webhook, hook.id)) == [secret]


def test_many_rows_are_sealed_again_piece_by_piece(app, unit, keys, monkeypatch):
    monkeypatch.setattr(resealing, "AT_ONCE", 3)
    with unit() as session:
        who = make.person().id
        for number in range(8):
            body = sealer("idempotency").seal(str(number)) if number % 2 else None
            session.add(IdempotencyKey(person_id=who, key=f"k{number}", fingerprint="f", body=body))
    keys(NEW, OLD)
    with app.app_context():
        done = resealing.reseal()["idempotency_keys.body"]
    assert (done.resealed, done.lost) == (4, 0)


def test_a_text_that_somebody_changed_is_lost_and_the_others_are_not(app, unit, keys, granted):
    with unit() as session:
        other = make.identity(make.person("Eve"))
        grants.keep(other, "https://host.example", "hers", "")
        session.execute(update(Grant).where(Grant.identity_id == granted.id).values(sealed_token="nonsense"))
    keys(NEW, OLD)
    with app.app_context():
        done = resealing.reseal()["grants.sealed_token"]
    assert (done.resealed, done.lost) == (1, 1)
    assert token(unit, granted) is None and token(unit, other) == "hers"


def test_every_column_that_holds_sealed_text_says_so():
    named = {
        f"{t.name}.{c.name}" for t in Base.metadata.sorted_tables for c in t.columns if c.name.startswith("sealed_")
    }
    found = {f"{column.table.name}.{column.name}" for column in columns()}
    assert found == named | {"idempotency_keys.body"} and len(named) > 5


def test_a_browser_that_a_former_key_signed_in_stays_signed_in(unit, keys, browser):
    with unit():
        person = make.person()
    mine = browser(person)
    keys(NEW, OLD)
    assert mine.get("/api/v1/me").status_code == 200
    stranger = browser(person)
    keys(NEW)
    assert stranger.get("/api/v1/me").status_code == 200
    keys("a third secret that signed nothing so far")
    assert stranger.get("/api/v1/me").status_code == 401


def test_tokens_are_read_in_one_statement_and_none_for_nobody(unit, statements, granted):
    with unit():
        others = [make.identity(make.person()) for _ in range(3)]
        with statements() as seen:
            found = grants.token_of([granted.id, *(one.id for one in others)])
        assert found == {granted.id: "the token"} and len(seen) == 1
        with statements() as seen:
            assert grants.token_of([]) == {} and seen == []


def test_a_token_that_is_given_again_takes_the_place_of_a_refused_one(unit, granted):
    with unit():
        grants.refuse(granted.id)
        assert grants.token_of([granted.id]) == {}
        assert grants.of_person(granted.person_id)[granted.id].state == "refused"
        grants.keep(granted, "https://host.example", "a later one", "")
        assert grants.token_of([granted.id]) == {granted.id: "a later one"}
        assert grants.of_person(granted.person_id)[granted.id].given_at <= now()
