"""Hot reads answer with a strong ETag, and with nothing when the reader has it already."""

import pytest

from plnapi.web.fast import json_response


@pytest.fixture
def ask(app):
    def asked(**headers):
        with app.test_request_context(headers={name.replace("_", "-"): value for name, value in headers.items()}):
            return json_response({"name": "Ada"})

    return asked


def test_a_reader_who_has_it_gets_nothing_again(ask):
    first = ask()
    again = ask(If_None_Match=first.headers["ETag"])
    assert (first.status_code, first.json) == (200, {"name": "Ada"})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert not first.headers["ETag"].startswith("W/")


def test_any_other_condition_gets_the_whole_answer(ask):
    assert ask(If_None_Match='"other"').status_code == ask(If_Match='"other"').status_code == 200
