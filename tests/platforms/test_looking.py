"""When a host that asks to wait may be asked again."""

from datetime import UTC, datetime

import pytest

from plnapi.platforms.looking import refusal, retry_at
from tests.platforms.drive import respond

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
