"""What is written to the log, and what never is."""

import json

import pytest

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
    ],
)
def test_secrets_do_not_reach_the_log(event):
    assert "hunter22" not in json.dumps(redact(None, "info", dict(event)))


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
