"""Tokens: shown once, limited, revocable; a bearer's cookie is not read."""

from datetime import timedelta
from uuid import UUID

import time_machine
from sqlalchemy import select

from plnapi.accounts.models import ApiToken
from plnapi.clock import now
from plnapi.web.models import IdempotencyKey
from tests import make

NEW = {"name": "my script", "scopes": ["me"], "days": 30}


def test_a_token_is_shown_once_and_only_its_hash_is_kept(unit, sign):
    with unit():
        person = make.person()
    api = sign(person)
    made = api.post("/api/v1/me/tokens", json=NEW).json
    assert made["secret"].startswith("pln_")
    assert all("secret" not in token for token in api.get("/api/v1/me/tokens").json)
    with unit() as session:
        stored = session.get_one(ApiToken, UUID(made["id"]))
        assert made["secret"] not in {str(getattr(stored, c.key)) for c in ApiToken.__table__.columns}


def test_a_revoked_token_is_not_heard(unit, sign, client):
    with unit():
        person = make.person()
    api = sign(person)
    made = api.post("/api/v1/me/tokens", json=NEW).json
    headers = {"Authorization": f"Bearer {made['secret']}"}
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    assert api.delete(f"/api/v1/me/tokens/{made['id']}").status_code == 204
    answer = client.get("/api/v1/me", headers=headers)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert api.delete(f"/api/v1/me/tokens/{made['id']}").status_code == 404


def test_a_token_ends_when_it_ends(unit, sign):
    with unit():
        person = make.person()
    api = sign(person)
    with time_machine.travel(now() + timedelta(days=2)):
        assert api.get("/api/v1/me").status_code == 401


def test_a_token_does_only_what_its_scopes_say_and_cannot_make_a_stronger_one(unit, sign):
    with unit():
        person = make.person()
    weak = sign(person, ("me",))
    refused = weak.post("/api/v1/me/tokens", json={**NEW, "scopes": ["courses:write"]})
    assert (refused.status_code, refused.json["code"]) == (403, "scope_missing")
    reader = sign(person, ("courses:read",))
    assert reader.get("/api/v1/me").json["code"] == "scope_missing"


def test_a_bearer_is_not_helped_by_a_cookie(unit, browser):
    with unit():
        person = make.person()
    mine = browser(person)
    assert mine.get("/api/v1/me", headers={"Authorization": "Bearer pln_wrong"}).status_code == 401


def test_an_unknown_or_read_only_field_changes_nothing(unit, sign):
    with unit():
        person = make.person("Before")
    api = sign(person)
    answer = api.patch("/api/v1/me", json={"name": "After", "role": "admin", "id": "x"})
    assert answer.status_code == 422
    assert {e["pointer"] for e in answer.json["errors"]} == {"/role", "/id"}
    assert api.get("/api/v1/me").json["name"] == "Before"


def test_a_post_repeated_with_its_key_is_done_once_and_gets_the_same_answer(unit, sign):
    with unit():
        person = make.person()
    api, headers = sign(person), {"Idempotency-Key": "one"}
    first = api.post("/api/v1/me/tokens", json=NEW, headers=headers)
    again = api.post("/api/v1/me/tokens", json=NEW, headers=headers)
    assert first.status_code == again.status_code == 201 and first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    other = api.post("/api/v1/me/tokens", json={**NEW, "name": "other"}, headers=headers)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert len(api.get("/api/v1/me/tokens").json) == 2
    with unit() as session:
        assert first.json["secret"] not in session.scalars(select(IdempotencyKey.body)).one()
