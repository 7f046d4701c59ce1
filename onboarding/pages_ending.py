"""What pages say about the end of a course, and what they do not offer any more."""

from dataclasses import dataclass
from datetime import datetime

from plnapi.clock import now
from plnapi.courses import ending
from plnapi.courses.models import Course


@dataclass(frozen=True, slots=True)
class Ending:
    """`over`: nothing is looked at; `closed`: nothing can be handed in either; `frozen`: nothing changes any more.

    `until` is when it freezes.
    """

    over: bool
    closed: bool
    frozen: bool
    until: datetime


def ending_of(course: Course) -> Ending:
    """How far a course has come to its end; a draft has not begun."""
    over = course.state != "draft" and ending.over_from(course) <= now()
    return Ending(over, course.state == "closed", ending.is_frozen(course), ending.frozen_from(course))
