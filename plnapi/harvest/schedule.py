"""When to look again. Pure: moments in, a moment out; `jitter` is a number from 0 to 1 that spreads looks apart."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from plnapi.platforms.types import Coverage

LONGEST = timedelta(hours=24)
# A list that goes on is read on soon.
GOES_ON = timedelta(minutes=1)
SPREAD = 0.2
QUIET_STEP = 0.25
MOST_DOUBLINGS = 12
FRESH, STALE = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands after a look: looks in a row that failed, or that found nothing new.

    `code_age` is how long ago the code was made that a look for proof looks for; None for the other looks.
    """

    failures: int = 0
    quiet: int = 0
    code_age: timedelta | None = None


def next_look(at: datetime, coverage: Coverage, standing: Standing, base: timedelta, jitter: float) -> datetime:
    """The moment of the next look. A host's own `retry_at` is never undercut.

    `base` apart while something happens, up to twice that while nothing does; failures double the wait up to a day;
    what is gone rests for a day. A proof is looked for a tenth of its code's age apart, from a minute to an hour.
    """
    wait = (
        _proof_wait(standing.code_age, coverage) if standing.code_age is not None else _wait(coverage, standing, base)
    )
    spread = 1 + SPREAD * (2 * jitter - 1)
    then = at + min(wait * spread, LONGEST)
    if coverage.retry_at is None or coverage.retry_at <= at:
        return then
    allowed = min(coverage.retry_at, at + LONGEST) + wait * SPREAD * jitter
    return allowed if coverage.state == "partial" else max(then, allowed)


def _wait(coverage: Coverage, standing: Standing, base: timedelta) -> timedelta:
    if coverage.reason == "gone":
        return LONGEST
    if coverage.state == "failed":
        doublings = min(max(standing.failures - 1, 0), MOST_DOUBLINGS)
        return min(base * (1 << doublings), LONGEST)
    if coverage.state == "partial" and coverage.reason == "more_pages":
        return min(GOES_ON, base)
    return base * min(1 + QUIET_STEP * standing.quiet, 2)


def _proof_wait(code_age: timedelta, coverage: Coverage) -> timedelta:
    wait = min(max(code_age / 10, FRESH), STALE)
    return wait if coverage.state in {"complete", "partial"} else max(wait, 5 * FRESH)
