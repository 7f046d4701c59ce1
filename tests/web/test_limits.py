"""How often somebody may ask."""

import dataclasses

import pytest

from plnapi.accounts import service as accounts
from plnapi.app import create_app
from plnapi.db import Base, db, unit_of_work
from tests import make
from tests.client import CSRF, BrowserClient


@pytest.fixture
def strict(settings, tmp_path):
    url = f"sqlite:///{tmp_path / 'strict.db'}"
    app = create_app(dataclasses.replace(settings, database_url=url, rate_limit="3 per minute"))
    with app.app_context():
        Base.metadata.create_all(db.engine)
    return app


def test_too_many_requests_are_told_when_to_come_back(strict):
    client = strict.test_client()
    answers = [client.get("/api/v1/me") for _ in range(4)]
    assert [a.status_code for a in answers] == [401, 401, 401, 429]
    assert int(answers[3].headers["Retry-After"]) > 0 and answers[3].json["code"] == "too_many_requests"


def test_a_forged_address_gets_no_fresh_budget(strict):
    client = strict.test_client()
    answers = [client.get("/api/v1/me", headers={"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(4)]
    assert answers[3].status_code == 429


def test_health_is_always_answered(strict):
    client = strict.test_client()
    assert {client.get("/livez").status_code for _ in range(6)} == {200}


def test_made_up_tokens_get_no_fresh_budget(strict):
    client = strict.test_client()
    answers = [client.get("/api/v1/me", headers={"Authorization": f"Bearer pln_made_up_{n}"}) for n in range(5)]
    assert [a.status_code for a in answers] == [401, 401, 401, 429, 429]


def test_a_class_behind_one_address_does_not_use_up_each_others_budget(strict):
    with strict.app_context(), unit_of_work():
        links = [accounts.sign_in_link(make.person(f"Person {n}")) for n in range(2)]
    browsers = [BrowserClient(strict, strict.response_class, use_cookies=True) for _ in links]
    for n, (one, link) in enumerate(zip(browsers, links, strict=True)):
        at = {"REMOTE_ADDR": f"192.0.2.{n + 1}"}  # signing in is still counted for the address
        token = CSRF.search(one.get(link, environ_base=at).text)
        assert token and one.post(link, data={"csrf_token": token[1]}, environ_base=at).status_code == 303
    statuses = [[one.get("/me").status_code for _ in range(4)] for one in browsers]
    assert statuses == [[200, 200, 200, 429]] * 2
