"""When a source is looked at again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plnapi.harvest.schedule import LONGEST, Standing, next_look
from plnapi.platforms.types import Coverage

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
COMPLETE, FAILED = Coverage("complete"), Coverage("failed", "connection_failed")


def minutes(coverage: Coverage, standing: Standing | None = None, jitter: float = 0.5) -> float:
    return (next_look(NOW, coverage, standing or Standing(), HALF_HOUR, jitter) - NOW) / timedelta(minutes=1)


def test_looks_are_spread_by_a_fifth() -> None:
    assert [minutes(COMPLETE, jitter=jitter) for jitter in (0.0, 0.5, 1.0)] == [24, 30, 36]


def test_where_nothing_is_new_looks_become_half_as_frequent() -> None:
    assert [minutes(COMPLETE, Standing(quiet=n)) for n in (0, 1, 2, 4, 100)] == [30, 37.5, 45, 60, 60]


def test_failures_double_the_wait_up_to_a_day() -> None:
    assert [minutes(FAILED, Standing(failures=n)) for n in (1, 2, 3, 10, 10_000)] == [30, 60, 120, 1440, 1440]


def test_what_is_gone_rests_for_a_day() -> None:
    assert minutes(Coverage("failed", "gone"), Standing(failures=1)) == 1440


def test_a_list_that_goes_on_is_read_on_soon() -> None:
    assert minutes(Coverage("partial", "more_pages")) == 1


def test_a_code_is_looked_for_every_minute_while_it_is_fresh() -> None:
    ages = [timedelta(0), timedelta(hours=1), timedelta(days=3)]
    assert [minutes(COMPLETE, Standing(code_age=age)) for age in ages] == [1, 6, 60]
    assert minutes(Coverage("failed", "gone"), Standing(code_age=timedelta(0))) == 5


@given(
    st.sampled_from(["complete", "partial", "hidden", "failed"]),
    st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(hours=23)),
    st.integers(0, 100),
    st.floats(0, 1),
    st.booleans(),
)
def test_a_host_that_asked_to_wait_is_never_asked_earlier(
    state: str, wait: timedelta, failures: int, jitter: float, proof: bool
) -> None:
    coverage = Coverage(state, "host_busy", retry_at=NOW + wait)  # type: ignore[arg-type]
    standing = Standing(failures, code_age=timedelta(0) if proof else None)
    then = next_look(NOW, coverage, standing, HALF_HOUR, jitter)
    assert NOW + wait <= then <= NOW + 2 * LONGEST


def test_a_host_cannot_ask_for_more_than_a_day() -> None:
    assert minutes(Coverage("failed", "host_busy", retry_at=NOW + timedelta(days=400)), jitter=0) == 1440
