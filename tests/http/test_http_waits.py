"""F13 and F14: hosts that ask to wait are left alone, and none is asked too much at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from plnapi.http.client import Blocks, Client, Policy, fetch_one
from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.http.waits import LONGEST, UNSAID, Budget, busy_until, read_budget, read_reset, read_retry_after
from tests.faultd import Faultd
from tests.http.kit import DEADLINE, Door

NOW = datetime(2026, 9, 1, 12, 0, 0, tzinfo=UTC)
Outcome = Response | FetchFailed


def _together(policy: Policy, *urls: str) -> list[Outcome]:
    """What one client gets for all of these at once, in their order."""
    return _with_client(policy, lambda client: asyncio.gather(*(_try(client, url) for url in urls)))


def _in_turn(policy: Policy, *urls: str) -> list[Outcome]:
    """What one client gets for each of these, one after another."""

    async def run(client: Client) -> list[Outcome]:
        return [await _try(client, url) for url in urls]

    return _with_client(policy, run)


async def _try(client: Client, url: str) -> Outcome:
    try:
        return await client.fetch(Fetch(url))
    except FetchFailed as error:
        return error


def _with_client(policy: Policy, use: Callable[[Client], Awaitable[list[Outcome]]]) -> list[Outcome]:
    async def run() -> list[Outcome]:
        async with Client(policy) as client:
            return await use(client)

    return asyncio.run(run())


def _codes(outcomes: list[Outcome]) -> list[str | int]:
    return [outcome.status if isinstance(outcome, Response) else outcome.code for outcome in outcomes]


@pytest.mark.parametrize("path", ["/429?after=30", "/503-then-ok?n=9&after=30"])
def test_a_host_that_asks_to_wait_is_not_asked_again(path: str, server: Faultd, policy: Policy) -> None:
    outcomes = _in_turn(policy, server.url(path), server.url("/ok"), server.url(path))
    assert _codes(outcomes) == ["host_busy"] * 3
    assert len(server.calls) == 1
    for outcome in outcomes:
        assert isinstance(outcome, FetchFailed)
        assert outcome.retry_at is not None
        assert timedelta(seconds=28) < outcome.retry_at - datetime.now(UTC) <= timedelta(seconds=30)


def test_those_who_wait_for_a_turn_learn_of_it_too(server: Faultd, policy: Policy) -> None:
    urls = [server.url("/429?after=30"), *[server.url("/ok")] * 5]
    assert _codes(_together(replace(policy, host_concurrency=1), *urls)) == ["host_busy"] * 6
    assert len(server.calls) == 1


def test_when_the_time_is_over_the_host_is_asked_again(server: Faultd, policy: Policy) -> None:
    blocks = Blocks()
    fetch = Fetch(server.url("/503-then-ok?n=1&after=3600"))
    with pytest.raises(FetchFailed):
        fetch_one(fetch, policy, blocks=blocks)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=3590)), pytest.raises(FetchFailed):
        fetch_one(fetch, policy, blocks=blocks)
    assert len(server.calls) == 1
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=3601)):
        assert fetch_one(fetch, policy, blocks=blocks).status == 200


def test_a_date_to_come_back_at_is_understood(door: Door) -> None:
    moment = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    with time_machine.travel(datetime.now(UTC), tick=False):
        date = format_datetime(moment, usegmt=True).replace(" ", "%20").replace("+", "%2B")
        assert door.fail(f"/429?after={date}").retry_at == moment


def test_other_hosts_are_not_held_back(server: Faultd, policy: Policy) -> None:
    with Faultd() as other:
        both = replace(policy, loopback=frozenset({server.pair, other.pair}))
        assert _codes(_in_turn(both, server.url("/429?after=30"), other.url("/ok"))) == ["host_busy", 200]


def test_a_503_that_names_no_time_is_an_ordinary_answer(door: Door) -> None:
    assert door.get("/status?code=503").status == 503


def test_requests_to_this_machine_keep_no_distance_and_those_to_others_do() -> None:
    assert (Policy().interval(loopback=True), Policy().interval(loopback=False)) == (0.0, 0.5)


@pytest.mark.parametrize(
    "reset",
    [lambda at: at.isoformat(), lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), lambda at: str(at.timestamp())],
)
def test_a_used_up_rate_limit_holds_back_the_next_request(
    reset: Callable[[datetime], str], server: Faultd, policy: Policy
) -> None:
    at = datetime.now(UTC) + timedelta(minutes=5)
    value = reset(at).replace("+", "%2B").replace(":", "%3A")
    path = f"/status?X_RateLimit_Remaining=0&X_RateLimit_Reset={value}"
    first, second = _in_turn(policy, server.url(path), server.url("/ok"))
    assert isinstance(first, Response)
    assert isinstance(second, FetchFailed)
    assert second.retry_at is not None
    assert abs(second.retry_at - at) < timedelta(seconds=1)
    assert len(server.calls) == 1


def test_a_rate_limit_that_is_not_used_up_holds_nothing_back(server: Faultd, policy: Policy) -> None:
    path = "/status?X_RateLimit_Remaining=1&X_RateLimit_Reset=2999-01-01T00%3A00%3A00Z"
    assert _codes(_in_turn(policy, server.url(path), server.url("/ok"))) == [200, 200]


def _told(limit: int, remaining: int, seconds: float, prefix: str = "X_") -> str:
    """A path whose answer says this about the budget; its reset is seconds since 1970."""
    reset = datetime.now(UTC).timestamp() + seconds
    return f"/status?{prefix}RateLimit_Limit={limit}&{prefix}RateLimit_Remaining={remaining}&{prefix}RateLimit_Reset={reset}"


@pytest.mark.parametrize("prefix", ["X_", ""])
def test_what_is_left_of_a_budget_is_spread_until_it_is_full_again(prefix: str, server: Faultd, policy: Policy) -> None:
    began = time.monotonic()
    outcomes = _in_turn(policy, server.url(_told(100, 5, 0.9, prefix)), *[server.url("/ok")] * 4)
    assert _codes(outcomes) == [200] * 5
    # However late a busy machine lets one arrive: none arrives before its turn, a sixth of the time after the one before.
    assert all(call.at - began > 0.149 * number for number, call in enumerate(server.calls))


def test_the_turns_of_what_is_left_are_evenly_spread_and_end_before_the_budget_is_full_again() -> None:
    blocks = Blocks()
    with time_machine.travel(NOW, tick=False):
        blocks.ration("blog.example", Budget(100, 5, NOW + timedelta(seconds=60)))
        waits = [blocks.reserve("blog.example", "https://blog.example/", 120) for _ in range(5)]
    assert waits == [10, 20, 30, 40, 50]


def test_a_budget_of_which_there_is_plenty_slows_nothing(server: Faultd, policy: Policy) -> None:
    began = time.monotonic()
    assert _codes(_in_turn(policy, server.url(_told(100, 10, 300)), *[server.url("/ok")] * 4)) == [200] * 5
    assert time.monotonic() - began < 1


def test_a_ration_that_is_far_off_is_told_and_not_waited_for(server: Faultd, policy: Policy) -> None:
    first, second = _in_turn(policy, server.url(_told(300, 2, 300)), server.url("/ok"))
    assert isinstance(first, Response) and isinstance(second, FetchFailed)
    assert second.code == "host_busy" and second.retry_at is not None
    assert timedelta(seconds=95) < second.retry_at - datetime.now(UTC) <= timedelta(seconds=100)
    assert len(server.calls) == 1


def test_rations_are_kept_by_the_next_client_until_there_is_plenty_again(server: Faultd, policy: Policy) -> None:
    blocks, impatient = Blocks(), replace(policy, max_wait=1.0)
    fetch_one(Fetch(server.url(_told(300, 2, 300))), impatient, blocks=blocks)
    with pytest.raises(FetchFailed, match="few more"):
        fetch_one(Fetch(server.url("/ok")), impatient, blocks=blocks)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=101)):
        assert fetch_one(Fetch(server.url(_told(300, 300, 300))), impatient, blocks=blocks).status == 200
        assert fetch_one(Fetch(server.url("/ok")), impatient, blocks=blocks).status == 200


@pytest.mark.parametrize(
    ("headers", "budget"),
    [
        (("x-ratelimit-", "300", "299", "2026-09-01T12:05:00.000000Z"), (300, 299, 300)),
        (("ratelimit-", "3000", "12", str(int(NOW.timestamp()) + 60)), (3000, 12, 60)),
        (("ratelimit-", "100, 100;w=60", "9", "50"), (100, 9, 50)),
        (("ratelimit-", "100", "9", "9999999"), (100, 9, 86_400)),
        (("ratelimit-", "many", "9", "50"), None),
        (("ratelimit-", "100", "", "50"), None),
        (("ratelimit-", "100", "9", "soon"), None),
        (("other-", "100", "9", "50"), None),
    ],
)
def test_a_budget_is_read_in_the_forms_that_servers_send(
    headers: tuple[str, str, str, str], budget: tuple[int, int, float] | None
) -> None:
    prefix, *values = headers
    said = {prefix + name: value for name, value in zip(("limit", "remaining", "reset"), values, strict=True)}
    expected = budget and Budget(budget[0], budget[1], NOW + timedelta(seconds=budget[2]))
    assert read_budget(said, NOW) == expected


@given(st.text(max_size=30), st.text(max_size=12), st.text(max_size=30))
def test_whatever_the_headers_say_reading_a_budget_raises_nothing(limit: str, remaining: str, reset: str) -> None:
    said = {"ratelimit-limit": limit, "ratelimit-remaining": remaining, "ratelimit-reset": reset}
    budget = read_budget(said, NOW)
    assert budget is None or NOW <= budget.reset <= NOW + LONGEST


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120), (" 0 ", 0), ("99999999", 86400), ("9" * 5000, 86400), ("1.5", 1.5),
        ("Tue, 01 Sep 2026 12:02:00 GMT", 120), ("Tuesday, 01-Sep-26 12:02:00 GMT", 120),
        ("Tue, 01 Sep 2020 12:00:00 GMT", 0),
    ],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str, seconds: float) -> None:
    assert read_retry_after(value, NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "soon", "-5", "1e9", "٣", "0x10", "Tue, 99 Foo"])
def test_a_retry_after_that_cannot_be_read_is_none(value: str) -> None:
    assert read_retry_after(value, NOW) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2026-09-01T12:05:00.000000Z", 300), ("2026-09-01T14:05:00+02:00", 300), ("2026-09-01T12:05:00", 300),
        (str(int(NOW.timestamp()) + 300), 300), ("300", 300), ("1", 1), ("2020-01-01T00:00:00Z", 0), ("1500000000", 0),
    ],
)  # fmt: skip
def test_a_reset_is_read_as_text_as_epoch_or_as_seconds(value: str, seconds: float) -> None:
    assert read_reset(value, NOW) == NOW + timedelta(seconds=seconds)


@given(
    st.sampled_from([200, 304, 429, 503]), st.text(max_size=20), st.text(max_size=20), st.sampled_from(["0", "1", ""])
)
def test_whatever_the_headers_say_the_wait_is_at_most_a_day(status: int, after: str, reset: str, left: str) -> None:
    headers = {"retry-after": after, "x-ratelimit-reset": reset, "x-ratelimit-remaining": left}
    until = busy_until(status, headers, NOW)
    assert until is None or NOW <= until <= NOW + LONGEST


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()))
def test_any_date_is_read_as_the_same_moment(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert read_reset(whole.isoformat(), NOW) == max(whole.astimezone(UTC), NOW)


def test_a_429_that_says_nothing_is_given_a_minute() -> None:
    assert busy_until(429, {}, NOW) == NOW + UNSAID
    assert busy_until(503, {}, NOW) is None
    assert busy_until(200, {"retry-after": "60"}, NOW) is None


@pytest.mark.parametrize("far", ["Fri, 01 Jan 2999 00:00:00 GMT", "Tue, 08 Sep 2026 12:00:00 GMT", "604800"])
def test_no_host_is_left_alone_for_more_than_a_day(far: str) -> None:
    assert busy_until(429, {"retry-after": far}, NOW) == NOW + LONGEST


def test_the_later_of_two_times_counts() -> None:
    headers = {"retry-after": "10", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "600"}
    assert busy_until(429, headers, NOW) == NOW + timedelta(seconds=600)


def test_one_host_serves_no_more_than_two_at_once(server: Faultd, policy: Policy) -> None:
    outcomes = _together(policy, *[server.url("/slow?seconds=0.05")] * 10)
    assert _codes(outcomes) == [200] * 10
    assert server.peak == 2


def test_all_hosts_together_serve_no_more_than_allowed_and_those_who_wait_lose_no_time(policy: Policy) -> None:
    with Faultd() as one, Faultd() as two:
        both = replace(policy, loopback=frozenset({one.pair, two.pair}), concurrency=1, deadline=0.9)
        outcomes = _together(both, *[one.url("/slow?seconds=0.3"), two.url("/slow?seconds=0.3")] * 2)
        calls = sorted(call.at for server in (one, two) for call in server.calls)
    assert _codes(outcomes) == [200] * 4
    assert all(later - earlier >= 0.3 for earlier, later in pairwise(calls))


def test_requests_to_one_host_keep_their_distance(server: Faultd, policy: Policy) -> None:
    began = time.monotonic()
    assert _codes(_together(replace(policy, loopback_interval=0.1), *[server.url("/ok")] * 4)) == [200] * 4
    assert time.monotonic() - began >= 0.3


def test_a_queue_that_is_too_long_is_told_when_to_come_back_at_once(server: Faultd, policy: Policy) -> None:
    slow = replace(policy, loopback_interval=0.4, max_wait=1.0)
    refused_after: list[float] = []

    async def timed(client: Client) -> Outcome:
        began = time.monotonic()
        outcome = await _try(client, server.url("/ok"))
        refused_after.append(time.monotonic() - began if isinstance(outcome, FetchFailed) else 0.0)
        return outcome

    outcomes = _with_client(slow, lambda client: asyncio.gather(*(timed(client) for _ in range(20))))
    codes = _codes(outcomes)
    assert 2 <= codes.count(200) <= 4
    assert codes.count("host_busy") == 20 - codes.count(200)
    assert all(outcome.retry_at for outcome in outcomes if isinstance(outcome, FetchFailed))
    assert max(refused_after) < 0.8
    assert len(server.calls) == codes.count(200)


def test_a_turn_that_does_not_come_is_a_busy_host(server: Faultd, policy: Policy) -> None:
    impatient = replace(policy, deadline=DEADLINE, host_concurrency=1, max_wait=0.1)
    codes = _codes(_together(impatient, server.url("/stall"), server.url("/ok")))
    assert codes == ["deadline_exceeded", "host_busy"]
