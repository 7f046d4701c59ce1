"""What is written to the log, and what never is."""

import json
import re

import pytest

from plnapi.accounts import service
from plnapi.web.logs import redact
from tests import make


@pytest.mark.parametrize(
    "event",
    [
        {"event": "x", "password": "hunter22"},
        {"event": "token pln_hunter22hunter22 was sent"},
        {"event": "x", "header": "Bearer hunter22"},
        {"event": "x", "url": "https://ada:hunter22@example.edu/"},
        {"event": "x", "path": "/sign-in/hunter22hunter22hunter22"},
        {"event": "x", "data": {"deep": [{"access_token": "hunter22"}, ("Bearer hunter22",)]}},
        {"event": "x", "data": {"pln_hunter22hunter22": {"a"}}},
        {"event": "x", "data": [[[[[[[[[[["hunter22"]]]]]]]]]]]},
        {"event": "x", "error": ValueError("pln_hunter22hunter22")},
        {"event": "DETAIL: Key (email)=(hunter22@example.edu) already exists."},
    ],
)
def test_secrets_do_not_reach_the_log(event):
    assert "hunter22" not in json.dumps(redact(None, "info", dict(event)))


def test_what_is_no_secret_is_written_as_it_is():
    event = {"event": "x", "n": 1, "ok": True, "none": None, "data": {"list": [1, "two"], "took": 1.5}}
    assert redact(None, "info", dict(event)) == event


def test_a_request_is_one_line_with_its_id_and_its_route(unit, sign, capsys):
    with unit():
        person = make.person()
    api = sign(person)
    capsys.readouterr()
    answer = api.patch("/api/v1/me", json={"name": "two\\nlines"})
    lines = capsys.readouterr().err.strip().splitlines()
    (line,) = [json.loads(line) for line in lines if '"request"' in line]
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert (line["method"], line["route"], line["status"]) == ("PATCH", "/api/v1/me", 200)


def test_nothing_that_opens_a_door_or_names_somebody_is_in_the_log(
    app, unit, browser, sign, monkeypatch, capsys, caplog
):
    password, email = "canary password of mine", "canary.person@example.edu"
    with unit():
        person, admin = make.person("Nobody", email=email), make.person("Root", "admin")
        path = service.invite(person)
    mine, root = browser(), sign(admin)
    mine.submit(path, {"password": "short"})
    mine.submit(path, {"password": password})
    browser().submit("/sign-in", {"email": email, "password": password + "x"})
    browser().submit("/sign-in", {"email": email, "password": password})
    shown = mine.submit("/me/tokens", {"name": "n", "scopes": "me", "days": "3"}, page="/me").text
    token = re.search(r"pln_[A-Za-z0-9_-]{20,}", shown)[0]
    bearer = {"Authorization": f"Bearer {token}"}
    app.test_client().patch("/api/v1/me", headers=bearer, json={"name": 1, "password": password})
    app.test_client().get(f"/nothing/{token}?token={token}", headers=bearer)
    monkeypatch.setattr(service, "find_by_email", lambda _: None)  # as when two add the same person at once
    assert root.post("/api/v1/people", json={"email": email, "name": "Twice"}).status_code == 409
    monkeypatch.setattr(service, "rename", lambda *_: 1 / len([]) if email and token else None)
    with pytest.raises(AssertionError, match="see the log"):
        app.test_client().patch("/api/v1/me", headers=bearer, json={"name": email})
    logged = capsys.readouterr().err
    cookies = [cookie.value for cookie in mine._cookies.values()]
    secrets = [
        password,
        email,
        path.split("/")[-1],
        token,
        root.environ_base["HTTP_AUTHORIZATION"].split()[1],
        *cookies,
    ]
    assert logged.count('"event": "request"') > 10 and "ZeroDivisionError" in logged and len(cookies) == 1
    assert [secret for secret in secrets if secret in logged + caplog.text] == []
