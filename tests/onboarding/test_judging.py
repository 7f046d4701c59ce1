"""A step is an any-of list of branches."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.checks.base import Said
from onboarding.judging import judge
from onboarding.words import SENTENCES, sentence
from tests.onboarding.test_checks import CONTEXT, LIST, ONE_POST, T0, follow, look, looks, post, said

POST = {"kind": "post", "config": ONE_POST}
FOLLOW = {"kind": "follow", "config": {"list": LIST, "count": 2}}
WORD = {"kind": "attest", "config": {"by": "word"}}
LINK = {"kind": "attest", "config": {"by": "link"}}


@pytest.mark.parametrize(
    ("branches", "facts", "seen", "decisions", "verdict", "branch"),
    [
        ([POST, LINK], [post(1, "sub101")], looks("complete"), [said(1, "link")], "verified", 0),
        ([POST, LINK], [], looks("complete"), [said(1, "link")], "waiting", 1),
        ([POST, LINK], [], looks("failed"), [], "error", None),
        ([LINK, POST], [], looks("hidden"), [], "unknown", None),
        ([POST, LINK], [], looks("complete"), [], "not_yet", None),
        ([POST, FOLLOW], [], [look("posts", "failed"), look("follows", "hidden")], [], "error", None),
        ([WORD, POST], [post(1, "sub101")], [], [said(1, "word")], "verified", 1),  # the better evidence is shown
    ],
)
def test_the_best_branch_counts(
    branches: Any, facts: Any, seen: Any, decisions: Any, verdict: str, branch: int | None
) -> None:
    judgement = judge(branches, facts, seen, decisions, CONTEXT)
    assert (judgement.verdict, judgement.branch) == (verdict, branch)
    assert len(judgement.branches) == len(branches)


def test_a_step_is_done_when_the_first_branch_was() -> None:
    judgement = judge([WORD, POST], [post(50, "sub101")], [], [said(1, "word")], CONTEXT)
    assert judgement.level == "machine"
    assert judgement.done_at == T0 + timedelta(hours=1)


def test_credit_that_was_kept_needs_no_facts_and_shows_no_address() -> None:
    kept = Said(said(7, "x").id, "credited", T0 + timedelta(days=9), level="machine", done_at=T0)
    judgement = judge([POST], [], looks("complete"), [kept], CONTEXT)
    assert (judgement.verdict, judgement.level, judgement.done_at) == ("verified", "machine", T0)
    assert judgement.evidence == ()
    assert [note.code for note in judgement.explanation] == ["credit_kept"]


def test_facts_without_consent_do_not_count() -> None:
    judgement = judge([POST, LINK], [post(1, "sub101")], looks("complete"), [], replace(CONTEXT, consented=False))
    assert judgement.verdict == "unknown"


FACTS = [post(n, "sub101") for n in range(4)] + [follow(name, n) for n, name in enumerate(("ann", "ben", "cat"))]


@given(st.lists(st.sampled_from(FACTS)), st.randoms())
def test_order_and_repetition_of_facts_make_no_difference(facts: Any, random: Any) -> None:
    branches = [{"kind": "post", "config": {"count": 2}}, FOLLOW]
    shuffled = facts * 2
    random.shuffle(shuffled)
    once = judge(branches, list({fact.key: fact for fact in facts}.values()), looks("complete"), [], CONTEXT)
    assert judge(branches, shuffled, looks("complete"), [], CONTEXT) == once


@given(st.lists(st.sampled_from(FACTS), unique_by=lambda f: f.key), st.sampled_from(FACTS))
def test_one_more_fact_never_takes_a_tick_away(facts: Any, more: Any) -> None:
    branches = [{"kind": "post", "config": {"count": 2}}, FOLLOW]
    before = judge(branches, facts, looks("complete"), [], CONTEXT)
    after = judge(branches, [*facts, more], looks("complete"), [], CONTEXT)
    assert not (before.verdict == "verified" and after.verdict != "verified")


def test_every_note_has_a_sentence(app: Any) -> None:
    params = {
        "have": 1, "wanted": 2, "left": ["Ann"], "list": "People", "tags": ["SUB101"], "look": "posts", "reason": "gone",
        "handle": "@a@b.example", "network": "mastodon", "comment": "Well done",
        "groups": [["A", "B"], ["C"]], "level": "declared", "least": "person", "count": 3, "day": "2026-09-01", "words": 40,
        "what": "like", "whom": "outside", "number": 1, "of": 2, "kind": "map", "verdict": "not_yet", "field": "Why?",
        "networks": ["blog"], "weeks": "2, 3",
    }  # fmt: skip
    with app.test_request_context():
        shown = {code: sentence(code, params) for code in SENTENCES}
    assert not [text for text in shown.values() if "%(" in text or not text]
    assert (
        shown["look_failed"]
        == "@a@b.example: the list of posts could not be read. There is nothing at this address any more."
    )
