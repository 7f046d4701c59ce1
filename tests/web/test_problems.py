"""Problems as clients and browsers see them."""

import json

import pytest
from sqlalchemy.exc import OperationalError

from plnapi.accounts import service
from tests import make


def test_a_problem_has_a_code_a_sentence_and_a_request_id(client):
    answer = client.get("/api/v1/me")
    assert answer.status_code == 401 and answer.mimetype == "application/problem+json"
    assert answer.json["code"] == "not_signed_in" and answer.json["type"] == "urn:plnapi:problem:not_signed_in"
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_a_browser_gets_a_page_with_the_way_on(client):
    answer = client.get("/me", headers={"Accept": "text/html"})
    assert answer.status_code == 401 and "/sign-in?next=/me" in answer.text


def test_a_method_that_is_not_there_says_which_are(client):
    answer = client.delete("/api/v1/openapi.json", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"]
    assert answer.json["code"] == "method_not_allowed"


def test_wrong_fields_are_pointed_at(unit, sign):
    with unit():
        person = make.person()
    answer = sign(person).post("/api/v1/me/tokens", json={"name": "", "scopes": ["me", "no"], "days": "x", "~/": 1})
    pointers = {e["pointer"] for e in answer.json["errors"]}
    assert answer.status_code == 422 and pointers == {"/name", "/scopes/1", "/days", "/~0~1"}


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'"x"', b"null", b"[" * 5000])
def test_a_body_that_is_not_an_object_is_refused(unit, sign, body):
    with unit():
        person = make.person()
    answer = sign(person).patch("/api/v1/me", data=body, content_type="application/json")
    assert answer.status_code in {400, 422} and answer.mimetype == "application/problem+json"


def test_a_body_over_a_megabyte_is_refused(unit, sign):
    with unit():
        person = make.person()
    answer = sign(person).patch("/api/v1/me", json={"name": "x" * 1_100_000})
    assert answer.status_code == 413 and answer.json["code"] == "too_large"


def test_a_database_that_does_not_answer_is_told_as_such(app, client, monkeypatch, unit, sign):
    with unit():
        person = make.person()
    api = sign(person)

    def down(*_args):
        raise OperationalError("select", {}, Exception("database is locked"))

    monkeypatch.setattr(service, "get_person", down)
    answer = api.get("/api/v1/me")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
    assert "locked" not in answer.text
    assert client.get("/livez").status_code == 200


def test_a_fault_of_ours_shows_no_trace_and_changes_nothing(app, monkeypatch, unit, sign):
    with unit():
        person = make.person("Before")
    api = sign(person)

    def broken(person, name):
        person.name = name
        raise RuntimeError("secret detail")

    monkeypatch.setattr(service, "rename", broken)
    answer = super(type(api), api).open("/api/v1/me", method="PATCH", json={"name": "After"})
    assert answer.status_code == 500 and "secret detail" not in answer.text
    assert json.loads(answer.text)["code"] == "internal_error"
    monkeypatch.undo()
    assert api.get("/api/v1/me").json["name"] == "Before"


def test_a_page_about_a_database_that_is_down_does_not_ask_it_again(browser, unit, monkeypatch):
    with unit():
        person = make.person()
    mine = browser(person)

    def down(*_args, **_kwargs):
        raise OperationalError("select", {}, Exception("cannot connect"))

    monkeypatch.setattr("plnapi.accounts.sign_in.db.session.connection", down)
    answer = mine.get("/me", headers={"Accept": "text/html"})
    assert answer.status_code == 503 and "Nothing was changed" in answer.text
