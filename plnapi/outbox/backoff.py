"""When a failed try is repeated. Pure but for the dice."""

import random
from datetime import datetime, timedelta

# Seconds after the first, second, … failed try. With the jitter from 5 s to 10 h, and 34 to 40 hours in all: a receiver
# that is down for a day and a night loses nothing.
DELAYS = (5, 30, 120, 600, 1800, 3600, 7200, 18_000, 30_000, 30_000, 30_000)
MAX_ATTEMPTS = len(DELAYS) + 1
JITTER = 0.2  # at most so much longer, so that what failed together does not come back together


def next_try(attempts: int, at: datetime, retry_at: datetime | None = None) -> datetime | None:
    """When to try again after `attempts` tries of which the last failed at `at`, None when that was the last one.

    Never before `retry_at`, the moment that the receiver asked for.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    seconds = DELAYS[attempts - 1] * random.uniform(1, 1 + JITTER)  # noqa: S311 - nothing secret hangs on it
    moment = at + timedelta(seconds=seconds)
    return max(moment, retry_at) if retry_at else moment
