"""When a host that asks to wait may be asked again; posts that ask to be left alone."""

from datetime import UTC, datetime
from typing import Any

import pytest

from plnapi.platforms.looking import begin, refusal, retry_at
from plnapi.platforms.types import Act, Coverage, Post, Seen, Steps, Subject
from tests.platforms.drive import Network, drive, respond

AT = datetime(2026, 8, 1, 13, 50, 0, 809356, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "when"),
    [
        ({"x-ratelimit-reset": "2026-08-01T13:50:00.809356Z"}, AT),
        ({"x-ratelimit-reset": "2026-08-01T15:50:00.809356+02:00"}, AT),
        ({"x-ratelimit-reset": "1785592200"}, AT.replace(microsecond=0)),
        ({"retry-after": "Sat, 01 Aug 2026 13:50:00 GMT"}, AT.replace(microsecond=0)),
        ({"retry-after": "60", "date": "Sat, 01 Aug 2026 13:49:00 GMT"}, AT.replace(microsecond=0)),
        ({"retry-after": "60"}, None),
        ({"x-ratelimit-reset": "soon"}, None),
        ({"x-ratelimit-reset": "99999999999999999"}, None),
        ({"x-ratelimit-reset": "0001-01-01T00:00:00+14:00"}, None),
        ({"retry-after": "²", "date": "x"}, None),
        ({}, None),
    ],
)
def test_the_end_of_a_rate_limit_is_read_as_iso_text_as_epoch_and_as_retry_after(
    headers: dict[str, str], when: datetime | None
) -> None:
    assert retry_at(headers) == when


def test_a_host_that_asks_to_wait_says_until_when() -> None:
    answer = respond("https://example.social/", status=429, x_ratelimit_reset="2026-08-01T13:50:00.809356Z")
    coverage = refusal(answer, "bad_answer")
    assert (coverage.state, coverage.reason, coverage.retry_at) == ("failed", "host_busy", AT)


# ---- what asks to be left alone


def sparing(seen: Seen, *known: str, cursor: Any = None) -> Seen:
    """`seen` as a look comes out that saw it."""

    def look(*_: object) -> Steps:
        yield from ()
        return seen

    return drive(begin({"posts": look}, "posts", Subject("a", "a", "a", known=known), cursor or {}), Network())


def tagged(uri: str, *tags: str) -> Post:
    return Post(uri, uri, tags=("sub101", *tags))


WHOLE = Coverage("complete")


@pytest.mark.parametrize("tag", ["nobot", "NoBots", "#noindex", "NOARCHIVE"])
def test_a_post_that_asks_to_be_left_alone_is_and_the_coverage_says_so(tag: str) -> None:
    seen = sparing(Seen((tagged("1"), tagged("2", tag)), WHOLE, {"newest": "2"}), "1", "2", "3")
    assert (seen.items, seen.removed) == ((tagged("1"),), ("2",))
    assert (seen.coverage.state, seen.coverage.reason) == ("complete", "posts_left_alone")
    assert seen.coverage.detail


def test_that_is_said_again_as_long_as_all_is_as_before() -> None:
    first = sparing(Seen((tagged("2", "nobot"),), WHOLE, {"newest": "2"}))
    again = sparing(Seen((), WHOLE, {"newest": "2"}, unchanged=True), cursor=first.cursor)
    assert again.unchanged and again.coverage == first.coverage and again.cursor == first.cursor
    later = sparing(Seen((tagged("3"),), WHOLE, {**first.cursor, "newest": "3"}), cursor=again.cursor)
    assert (later.coverage, later.cursor) == (WHOLE, {"newest": "3"})


def test_a_part_and_a_failure_say_their_own_reason() -> None:
    part = Coverage("partial", "more_pages")
    seen = sparing(Seen((tagged("2", "nobot"),), part))
    assert (seen.items, seen.coverage) == ((), part)
    failed = Seen((), Coverage("failed", "host_busy"), {"spared": True})
    assert sparing(failed, cursor=failed.cursor) == failed


def test_an_answer_by_somebody_else_may_ask_it_too_and_what_is_boosted_is_not_the_subjects() -> None:
    answer = Act("Create", "c", "p", tags=("nobot",))
    boost = Act("Announce", "b", "p", tags=("nobot",))
    assert sparing(Seen((answer, boost), WHOLE)) == Seen((boost,), WHOLE)
