"""How a course ends: a grace time after its last day, or after it was closed, in which what is late still counts.

Then it is frozen: nobody gains or loses anything, and what was decided stays. One rule, for progress and for reviewers.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from plnapi.clock import now
from plnapi.errors import N_, Conflict

GRACE_DAYS = 14


class Ending(Protocol):
    """What is read of a course."""

    @property
    def state(self) -> str:
        """draft, open, closed or archived."""

    @property
    def ends_on(self) -> date:
        """The last day, in its zone."""

    @property
    def time_zone(self) -> str:
        """IANA name."""

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed; None: it is not."""

    @property
    def grace_days(self) -> int:
        """For how many days what is late still counts."""


def over_from(course: Ending) -> datetime:
    """The moment from which nothing is looked at: after the last day, or when it was closed if that was earlier."""
    last = datetime.combine(course.ends_on + timedelta(days=1), time(), ZoneInfo(course.time_zone))
    return last if course.closed_at is None else min(last, course.closed_at)


def frozen_from(course: Ending) -> datetime:
    """The moment from which nothing changes: after the grace time, and from the beginning of time in an archived course."""
    if course.state == "archived":
        return datetime.min.replace(tzinfo=UTC)
    return over_from(course) + timedelta(days=course.grace_days)


def is_frozen(course: Ending) -> bool:
    """Whether nothing changes any more."""
    return course.state != "draft" and frozen_from(course) <= now()


def check_not_frozen(course: Ending) -> None:
    """Raises Conflict `course_frozen`."""
    if is_frozen(course):
        raise Conflict(
            N_(
                "The course is over, and so is its grace time: nothing changes any more. Its instructor can lengthen it."
            ),
            code="course_frozen",
        )
