"""How often somebody may ask."""

import dataclasses

import pytest

from plnapi.app import create_app
from plnapi.db import Base, db


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
