"""Every code that can come out of a look, or of a judgement, has words."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onboarding import words
from onboarding.checks.base import Note
from plnapi import harvest, platforms
from plnapi.http.types import FetchFailed

# Where a code stands in the calls that say how a look ended: position, and keyword.
CALLS = {"Coverage": (1, "reason"), "ParseFailed": (1, "code"), "refusal": (1, "reason"), "FetchFailed": (0, "code")}


def codes_in(source: str) -> Iterator[str]:
    """The codes that are written out in such calls. What is handed on from an error is found where the error is made."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in CALLS:
            continue
        place, keyword = CALLS[name]
        given = [*node.args[place : place + 1], *(k.value for k in node.keywords if k.arg == keyword)]
        yield from (one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str))


def codes() -> frozenset[str]:
    """Of all adapters, of the harvest that drives them, and of the door to the network."""
    folders = [Path(room.__path__[0]) for room in (platforms, harvest)]
    found = {code for folder in folders for file in folder.rglob("*.py") for code in codes_in(file.read_text("utf-8"))}
    return frozenset(found | FetchFailed.CODES)


def test_codes_are_found_where_they_are_written() -> None:
    text = "Coverage('failed', 'gone', 'x'); ParseFailed('x', code='bad'); looking.refusal(answer, 'no'); Coverage('complete')"
    assert set(codes_in(text)) == {"gone", "bad", "no"}
    assert {"hidden_by_owner", "not_a_feed", "feed_too_complex", "http_status", "internal_error"} <= codes()


@pytest.mark.parametrize("code", sorted(codes()))
def test_every_reason_of_a_look_has_words(code: str) -> None:
    assert words.REASONS[code].endswith(".")


def test_words_are_kept_for_no_reason_that_cannot_be_given() -> None:
    assert words.REASONS.keys() - codes() == set()


def test_a_reason_says_why_less_was_seen(app: Any) -> None:
    note = Note("look_partial", {"handle": "@sam@home.example", "look": "follows", "reason": "foreign_page"})
    with app.test_request_context():
        assert words.of(note)["text"].endswith(words.REASONS["foreign_page"])
