"""When a host may be asked again: what its headers say, what is remembered of it, and our own pace.

Sources: RFC 9110, section 10.2.3 (Retry-After); the `X-RateLimit-*` headers of the Mastodon API, whose reset is
ISO 8601 text where others send seconds.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from plnapi import clock
from plnapi.http.types import FetchFailed

LONGEST = timedelta(hours=24)
# A 429 that does not say when to come back.
UNSAID = timedelta(seconds=60)
# Smaller numbers in a reset header are seconds from now, larger ones seconds since 1970.
_EPOCH_FROM = 1_000_000_000
_DIGITS = re.compile(r"[0-9]+(\.[0-9]*)?")
_REMEMBERED_HOSTS = 1000


def busy_until(status: int, headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Until when the host asked to be left alone, at most 24 hours from `now`; None when it did not ask.

    `headers` has lower-case names. Retry-After counts on 429 and 503; `X-RateLimit-Remaining: 0` counts on any answer.
    """
    said = [read_retry_after(headers.get("retry-after", ""), now)] if status in (429, 503) else []
    if status == 429 or headers.get("x-ratelimit-remaining", "").strip() == "0":
        said.append(read_reset(headers.get("x-ratelimit-reset", ""), now))
    times = [moment for moment in said if moment]
    if not times:
        return now + UNSAID if status == 429 else None
    return min(max(times), now + LONGEST)


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


class Blocks:
    """Hosts that asked to be left alone, and until when. Hand one object to several clients, so that they all know."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def add(self, host: str, until: datetime) -> None:
        """Leave the host alone until then, or longer where it said so before. Forgets those whose time is over."""
        now = clock.now()
        self._until = {name: moment for name, moment in self._until.items() if moment > now}
        self._until[host] = max(until, self._until.get(host, until))

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
    """Turns at a host: so many at once, and so many seconds between two starts. For one event loop."""

    def __init__(self, at_once: int, interval: float, max_wait: float) -> None:
        self._at_once, self._interval, self._max_wait = at_once, interval, max_wait
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, key: str, url: str) -> AsyncIterator[None]:
        """Wait for a turn, at most `max_wait` seconds. Raises FetchFailed `host_busy` when the queue is longer."""
        host = self._host(key)
        self._refuse_long_queue(host, url)
        host.inside += 1
        try:
            await self._enter(host, url)
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

    def _refuse_long_queue(self, host: _Host, url: str) -> None:
        ahead = max(0, host.inside - self._at_once) * self._interval
        if ahead + host.next_start - asyncio.get_running_loop().time() > self._max_wait:
            raise self._too_long(url, ahead)

    async def _enter(self, host: _Host, url: str) -> None:
        loop = asyncio.get_running_loop()
        entered = False
        try:
            async with asyncio.timeout(self._max_wait):
                await host.slots.acquire()
                entered = True
                start = max(loop.time(), host.next_start)
                host.next_start = start + self._interval
                await asyncio.sleep(start - loop.time())
        except BaseException as error:
            if entered:
                host.slots.release()
            if isinstance(error, TimeoutError):
                raise self._too_long(url, self._max_wait) from error
            raise

    def _too_long(self, url: str, seconds: float) -> FetchFailed:
        retry_at = clock.now() + timedelta(seconds=max(seconds, self._interval, 1.0))
        return FetchFailed("host_busy", url, "Too many requests to this host are waiting.", retry_at=retry_at)
