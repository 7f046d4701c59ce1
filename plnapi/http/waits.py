"""When a host may be asked again: what its headers say, what is remembered of it, and our own pace.

Sources: RFC 9110, section 10.2.3 (Retry-After); the `X-RateLimit-*` headers of the Mastodon API, whose reset is
ISO 8601 text where others send seconds; the `RateLimit-*` headers of draft-ietf-httpapi-ratelimit-headers-06, whose
reset is seconds from now, and seconds since 1970 on servers of the AT Protocol.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from plnapi import clock
from plnapi.http.types import FetchFailed

LONGEST = timedelta(hours=24)
# A 429 that does not say when to come back.
UNSAID = timedelta(seconds=60)
# Smaller numbers in a reset header are seconds from now, larger ones seconds since 1970.
_EPOCH_FROM = 1_000_000_000
_COUNT = re.compile(r"[0-9]{1,9}")  # what follows is a window, as in `100, 100;w=60`
_DIGITS = re.compile(r"[0-9]+(\.[0-9]*)?")
_REMEMBERED_HOSTS = 1000


def busy_until(status: int, headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Until when the host asked to be left alone, at most 24 hours from `now`; None when it did not ask.

    `headers` has lower-case names. Retry-After counts on 429 and 503; nothing remaining counts on any answer.
    """
    said = [read_retry_after(headers.get("retry-after", ""), now)] if status in (429, 503) else []
    if status == 429 or _limits(headers, "remaining").strip() == "0":
        said.append(read_reset(_limits(headers, "reset"), now))
    times = [moment for moment in said if moment]
    if not times:
        return now + UNSAID if status == 429 else None
    return min(max(times), now + LONGEST)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a host said that it still answers: `remaining` of `limit` requests until `reset`."""

    limit: int
    remaining: int
    reset: datetime

    @property
    def is_tight(self) -> bool:
        """Less than a tenth is left."""
        return self.remaining * 10 < self.limit


def read_budget(headers: Mapping[str, str], now: datetime) -> Budget | None:
    """The budget in the headers of an answer, names in lower case; None when a part is missing or cannot be read."""
    limit, remaining = (_COUNT.match(_limits(headers, name).strip()) for name in ("limit", "remaining"))
    reset = read_reset(_limits(headers, "reset"), now)
    if not limit or not remaining or reset is None:
        return None
    return Budget(int(limit[0]), int(remaining[0]), min(reset, now + LONGEST))


def _limits(headers: Mapping[str, str], name: str) -> str:
    return headers.get(f"x-ratelimit-{name}") or headers.get(f"ratelimit-{name}", "")


def read_retry_after(value: str, now: datetime) -> datetime | None:
    """Seconds or an HTTP date, as a moment in UTC, not before `now`; None for anything else."""
    text = value.strip()
    if _DIGITS.fullmatch(text):
        return _later(text, now)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return _not_before(moment, now)


def read_reset(value: str, now: datetime) -> datetime | None:
    """ISO 8601 text, seconds since 1970 or seconds from now, as a moment in UTC; None for anything else."""
    text = value.strip()
    if _DIGITS.fullmatch(text):
        since_1970 = len(text) < 20 and float(text) >= _EPOCH_FROM
        return _later(str(max(0.0, float(text) - now.timestamp())) if since_1970 else text, now)
    try:
        return _not_before(datetime.fromisoformat(text), now)
    except (ValueError, OverflowError):
        return None


def _later(seconds: str, now: datetime) -> datetime:
    """`now` and that many seconds, a number of any length, at most 24 hours."""
    return now + timedelta(seconds=min(float(seconds), LONGEST.total_seconds()))


def _not_before(moment: datetime, now: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(aware.astimezone(UTC), now)


@dataclass(frozen=True, slots=True)
class _Ration:
    """Requests `gap` seconds apart until `until`, the next one at `next_at`."""

    gap: float
    until: datetime
    next_at: datetime


class Blocks:
    """What hosts asked for: to be left alone until a moment, or not to be asked more than they said that they answer.

    Hand one object to several clients, so that they all know, the later ones too.
    """

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._rations: dict[str, _Ration] = {}

    def add(self, host: str, until: datetime) -> None:
        """Leave the host alone until then, or longer where it said so before. Forgets those whose time is over."""
        now = clock.now()
        self._until = {name: moment for name, moment in self._until.items() if moment > now}
        self._until[host] = max(until, self._until.get(host, until))

    def ration(self, host: str, budget: Budget) -> None:
        """Spread the requests that are left until the budget is full again, once it gets tight.

        Forgets the rations whose time is over, and this host's when there is plenty again.
        """
        now = clock.now()
        self._rations = {name: ration for name, ration in self._rations.items() if ration.until > now}
        before = self._rations.pop(host, None)
        if budget.is_tight and budget.reset > now:
            gap = (budget.reset - now).total_seconds() / (budget.remaining + 1)
            soonest = now + timedelta(seconds=gap)
            self._rations[host] = _Ration(gap, budget.reset, max(before.next_at, soonest) if before else soonest)

    def reserve(self, host: str, url: str, longest: float) -> float:
        """Seconds until this host's next ration, which is then taken; 0 when there is plenty.

        Raises FetchFailed `host_busy` with `retry_at` when that is more than `longest`; nothing is taken then.
        """
        ration, now = self._rations.get(host), clock.now()
        if ration is None or ration.until <= now:
            return 0.0
        start = max(now, ration.next_at)
        wait = (start - now).total_seconds()
        if wait > longest:
            raise FetchFailed("host_busy", url, f"{host} answers few more requests for now.", retry_at=start)
        self._rations[host] = replace(ration, next_at=start + timedelta(seconds=ration.gap))
        return wait

    def check(self, host: str, url: str) -> None:
        """Raise FetchFailed `host_busy` with `retry_at` while the host is to be left alone."""
        until = self._until.get(host)
        if until and until > clock.now():
            raise FetchFailed(
                "host_busy", url, f"{host} asked to wait until {until:%Y-%m-%d %H:%M:%S} UTC.", retry_at=until
            )
        self._until.pop(host, None)


@dataclass(slots=True)
class _Host:
    slots: asyncio.Semaphore
    next_start: float = 0.0  # of the loop's clock
    inside: int = 0  # waiting or being served


class Paces:
    """Turns at a host: so many at once, and so many seconds between two starts. For one event loop.

    `blocks` may hold a host's requests further apart.
    """

    def __init__(self, at_once: int, max_wait: float, blocks: Blocks) -> None:
        self._at_once, self._max_wait, self._blocks = at_once, max_wait, blocks
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, key: str, url: str, interval: float) -> AsyncIterator[None]:
        """Wait for a turn, at most `max_wait` seconds, `interval` seconds after the one before.

        Raises FetchFailed `host_busy` when the queue is longer.
        """
        host = self._host(key)
        self._refuse_long_queue(host, url, interval)
        host.inside += 1
        try:
            await self._enter(host, key, url, interval)
            try:
                yield
            finally:
                host.slots.release()
        finally:
            host.inside -= 1

    def _host(self, key: str) -> _Host:
        if len(self._hosts) >= _REMEMBERED_HOSTS and key not in self._hosts:
            now = asyncio.get_running_loop().time()
            self._hosts = {name: host for name, host in self._hosts.items() if host.inside or host.next_start > now}
        return self._hosts.setdefault(key, _Host(asyncio.Semaphore(self._at_once)))

    def _refuse_long_queue(self, host: _Host, url: str, interval: float) -> None:
        ahead = max(0, host.inside - self._at_once) * interval
        if ahead + host.next_start - asyncio.get_running_loop().time() > self._max_wait:
            raise self._too_long(url, max(ahead, interval))

    async def _enter(self, host: _Host, key: str, url: str, interval: float) -> None:
        loop = asyncio.get_running_loop()
        entered = False
        try:
            async with asyncio.timeout(self._max_wait):
                await host.slots.acquire()
                entered = True
                self._blocks.check(key, url)  # the host may have asked while this one waited
                ration = self._blocks.reserve(key, url, self._max_wait)
                start = max(loop.time() + ration, host.next_start)
                host.next_start = start + interval
                await asyncio.sleep(start - loop.time())
        except BaseException as error:
            if entered:
                host.slots.release()
            if isinstance(error, TimeoutError):
                raise self._too_long(url, self._max_wait) from error
            raise

    def _too_long(self, url: str, seconds: float) -> FetchFailed:
        retry_at = clock.now() + timedelta(seconds=max(seconds, 1.0))
        return FetchFailed("host_busy", url, "Too many requests to this host are waiting.", retry_at=retry_at)
