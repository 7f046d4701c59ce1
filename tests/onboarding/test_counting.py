"""What counts of that which somebody published: days and weeks of the course, words, replies, and since when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.checks import CHECKS
from onboarding.checks.base import Act, Judgement
from tests.onboarding.test_checks import CONTEXT, T0, codes, looks
from tests.onboarding.test_checks import post as plain

AUCKLAND = ZoneInfo("Pacific/Auckland")
# Three weeks and two days: the fourth week is short.
COURSE = replace(CONTEXT, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 23))


def post(day: int, hour: int = 12, **fields: Any) -> Act:
    """A post on a day of September, in UTC; each has a URI of its own."""
    at = datetime(2026, 9, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)
    given: dict[str, Any] = {"happened_at": at, "seen_at": T0 + timedelta(days=90), "words": 20}
    return plain(day * 100 + hour, "sub101", **{**given, **fields})


def judged(config: dict[str, Any], facts: list[Act], **around: Any) -> Judgement:
    return CHECKS["post"].judge({"count": 1, **config}, facts, looks("complete"), (), replace(COURSE, **around))


def days_of(judgement: Judgement) -> list[int]:
    return [one.happened_at.day for one in judgement.evidence if one.happened_at]


@pytest.mark.parametrize(
    ("config", "facts", "verdict"),
    [
        # on different days
        ({"count": 3, "days": 3}, [post(2), post(3), post(4)], "verified"),
        ({"count": 3, "days": 3}, [post(2), post(2, 13), post(2, 14), post(3)], "not_yet"),
        ({"count": 3, "days": 2}, [post(2), post(2, 13), post(3)], "verified"),
        ({"count": 3, "days": 2}, [post(2), post(3)], "not_yet"),
        # at least so many words
        ({"words": 20}, [post(2, words=20)], "verified"),
        ({"words": 21}, [post(2, words=20)], "not_yet"),
        # no replies
        ({"original": True}, [post(2, in_reply_to="https://x.example/1")], "not_yet"),
        ({"original": True}, [post(2, in_reply_to="https://x.example/1"), post(3)], "verified"),
        ({"original": False}, [post(2, in_reply_to="https://x.example/1")], "verified"),
        # since when
        ({}, [post(-3)], "not_yet"),
        ({}, [post(1, 0)], "verified"),
        ({"since": "course"}, [post(-3)], "not_yet"),
        ({"since": "always"}, [post(-3)], "verified"),
        ({"since": "joined"}, [post(4)], "not_yet"),
        ({"since": "joined"}, [post(5, 13)], "verified"),
        ({"since_day": "2026-09-10"}, [post(9)], "not_yet"),
        ({"since_day": "2026-09-10"}, [post(10, 0)], "verified"),
        ({"since_day": "2026-08-20", "since": "joined"}, [post(-3)], "verified"),
        # every week of the course, or so many
        ({"every": "week"}, [post(1), post(8), post(15), post(22)], "verified"),
        ({"every": "week"}, [post(1), post(8), post(15)], "not_yet"),
        ({"every": "week", "weeks": 3}, [post(1), post(8), post(22)], "verified"),
        ({"every": "week", "weeks": 2}, [post(1), post(2), post(7)], "not_yet"),
        ({"every": "week", "weeks": 2, "count": 2}, [post(1), post(2), post(8), post(15), post(16)], "verified"),
        ({"every": "week", "weeks": 1, "count": 2, "days": 2}, [post(1), post(1, 13)], "not_yet"),
        ({"every": "week", "weeks": 4}, [post(1), post(8), post(15), post(25)], "not_yet"),
        ({"every": "week", "weeks": 2, "since": "always"}, [post(-3), post(1)], "not_yet"),
        ({"every": ""}, [post(2)], "verified"),
    ],
)  # fmt: skip
def test_the_rules_decide_what_counts(config: dict[str, Any], facts: list[Act], verdict: str) -> None:
    joined = datetime(2026, 9, 5, 13, tzinfo=UTC)
    assert judged(config, facts, joined_at=joined).verdict == verdict


def test_a_day_is_one_of_the_courses_zone() -> None:
    before_and_after_midnight_there = [post(2, 11), post(2, 13)]
    rule = {"count": 2, "days": 2}
    assert judged(rule, before_and_after_midnight_there).verdict == "not_yet"
    assert judged(rule, before_and_after_midnight_there, zone=AUCKLAND).verdict == "verified"


def test_the_course_begins_at_midnight_of_its_zone() -> None:
    evening_before = post(0, 13)  # 1 September, 1:00, in Auckland
    assert judged({}, [evening_before]).verdict == "not_yet"
    assert judged({}, [evening_before], zone=AUCKLAND).verdict == "verified"


def test_what_was_seen_late_counts_for_the_day_on_which_it_happened() -> None:
    late = [post(1, seen_at=T0 + timedelta(days=30)), post(8, seen_at=T0 + timedelta(days=30))]
    assert judged({"every": "week", "weeks": 2}, late).verdict == "verified"
    undated = [post(1, happened_at=None, seen_at=T0), post(8, happened_at=None, seen_at=T0 + timedelta(days=7))]
    assert judged({"every": "week", "weeks": 2}, undated).verdict == "verified"


def test_the_step_was_done_when_the_last_that_was_needed_happened() -> None:
    judgement = judged({"count": 2, "days": 2}, [post(9), post(2), post(2, 13), post(4), post(4, 14)])
    assert (days_of(judgement), judgement.done_at) == ([2, 4], post(4).at)
    weekly = judged({"every": "week", "weeks": 2, "count": 2}, [post(1), post(9), post(10), post(20), post(7)])
    assert (days_of(weekly), weekly.done_at) == ([1, 7, 9, 10], post(10).at)


def test_what_was_left_out_is_said() -> None:
    facts = [post(-3), post(2, words=3), post(3, in_reply_to="x"), post(4)]
    judgement = judged({"count": 3, "days": 2, "words": 10, "original": True}, facts)
    assert codes(judgement) == [
        "posts_missing", "days_missing", "rule_since", "rule_original", "rule_words", "look_complete", "next_post",
    ]  # fmt: skip
    assert [dict(note.params) for note in judgement.explanation[:5]] == [
        {"have": 1, "wanted": 3, "tags": ["EdTech", "SUB101"]},
        {"have": 1, "wanted": 2},
        {"day": "2026-09-01", "count": 1},
        {"count": 1},
        {"words": 10, "count": 1},
    ]
    weekly = judged({"every": "week", "weeks": 3, "count": 2}, [post(1), post(2), post(8)])
    assert dict(weekly.explanation[0].params) == {"have": 1, "wanted": 3, "count": 2, "tags": ["EdTech", "SUB101"]}


# COURSE: weeks from 1, 8, 15 and 22 September; the last has two days.
@pytest.mark.parametrize(
    ("config", "joined", "wanted"),
    [
        ({}, 1, 4),
        ({}, 10, 4),
        ({"since": "joined"}, -5, 4),
        ({"since": "joined"}, 7, 4),
        ({"since": "joined"}, 8, 3),
        ({"since": "joined"}, 23, 1),
        ({"since": "joined"}, 30, 1),
        ({"since": "joined", "weeks": 3}, 2, 3),
        ({"since": "joined", "weeks": 3}, 15, 2),
        ({"since_day": "2026-09-15"}, 1, 2),
        ({"since_day": "2026-08-15"}, 1, 4),
        # a week counts in which so many days are left
        ({"count": 3, "days": 3}, 1, 3),
        ({"count": 3, "days": 3, "since": "joined"}, 5, 3),
        ({"count": 3, "days": 3, "since": "joined"}, 6, 2),
        ({"count": 2, "days": 2, "since": "joined"}, 22, 1),
    ],
)
def test_who_joins_late_is_asked_for_the_weeks_that_are_left(config: dict[str, Any], joined: int, wanted: int) -> None:
    at = datetime(2026, 9, 1, 9, tzinfo=UTC) + timedelta(days=joined - 1)
    judgement = judged({"every": "week", **config}, [], joined_at=at)
    assert judgement.explanation[0].params["wanted"] == wanted
    said = [dict(note.params) for note in judgement.explanation if note.code == "rule_weeks"]
    assert bool(said) == (wanted < config.get("weeks", 4))
    assert all(one["weeks"] == wanted for one in said)


def test_who_joined_late_can_finish() -> None:
    joined = datetime(2026, 9, 16, 9, tzinfo=UTC)
    config = {"every": "week", "since": "joined"}
    assert judged(config, [post(15), post(17)], joined_at=joined).verdict == "not_yet"
    assert judged(config, [post(17), post(22)], joined_at=joined).verdict == "verified"


@pytest.mark.parametrize(
    ("config", "code", "most"),
    [
        ({"count": 24, "days": 24}, "too_few_days", 23),
        ({"count": 24, "days": 24, "since": "joined"}, "too_few_days", 23),
        ({"count": 24, "days": 24, "since": "always"}, None, None),
        ({"count": 23, "days": 23}, None, None),
        ({"count": 9, "days": 9, "since_day": "2026-09-15"}, None, None),
        ({"count": 10, "days": 10, "since_day": "2026-09-15"}, "too_few_days", 9),
        ({"count": 30, "days": 30, "since_day": "2026-08-20"}, None, None),
        ({"every": "week", "weeks": 2, "since_day": "2026-09-15"}, None, None),
        ({"every": "week", "weeks": 3, "since_day": "2026-09-15"}, "too_few_weeks", 2),
        ({"every": "week", "weeks": 5}, "too_many_weeks", 4),
        ({"every": "week", "since_day": "2026-09-23"}, None, None),
        ({"every": "week", "count": 3, "days": 3, "weeks": 4}, "too_few_weeks", 3),
        ({"every": "week", "count": 3, "days": 3, "since_day": "2026-09-22"}, "too_few_days", 2),
        ({"since_day": "2026-09-24"}, "since_after_end", None),
    ],
)
def test_more_days_or_weeks_than_are_left_are_refused(
    config: dict[str, Any], code: str | None, most: int | None
) -> None:
    found = list(CHECKS["post"].problems({"count": 1, **config}, COURSE))
    assert [one.code for one in found] == ([code] if code else [])
    assert [one.params.get("most") for one in found] == ([most] if code else [])


RULES = st.sampled_from(
    [
        {"count": 2},
        {"count": 3, "days": 2},
        {"count": 2, "words": 10, "original": True},
        {"count": 1, "every": "week", "weeks": 2},
        {"count": 2, "every": "week", "weeks": 2, "days": 2},
        {"count": 2, "since": "always"},
    ]
)
POSTS = st.builds(
    lambda day, hour, words, reply: post(day, hour, words=words, in_reply_to=reply),
    st.integers(-2, 23), st.integers(0, 23), st.sampled_from([5, 20]), st.sampled_from(["", "https://x.example/1"]),
)  # fmt: skip


@given(RULES, st.lists(POSTS, max_size=8, unique_by=lambda one: one.key), st.randoms())
def test_order_and_repetition_make_no_difference(config: dict[str, Any], facts: list[Act], random: Any) -> None:
    shuffled = facts * 2
    random.shuffle(shuffled)
    assert judged(config, shuffled) == judged(config, facts)


@given(RULES, st.lists(POSTS, max_size=8, unique_by=lambda one: one.key), POSTS)
def test_one_more_post_takes_no_tick_away(config: dict[str, Any], facts: list[Act], more: Act) -> None:
    if more.key not in {one.key for one in facts} and judged(config, facts).verdict == "verified":
        assert judged(config, [*facts, more]).verdict == "verified"
