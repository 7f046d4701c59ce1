"""A course for the next term: its dates move, and each room brings over what is its own, but nobody and nothing they did."""

from datetime import date
from uuid import UUID

from plnapi.courses import service
from plnapi.courses.models import Course
from plnapi.signals import course_copied, tell


def copy(
    course: Course,
    by: UUID,
    *,
    term: str,
    starts_on: date,
    code: str | None = None,
    title: str | None = None,
    ends_on: date | None = None,
    time_zone: str | None = None,
) -> Course:
    """A draft with the lists, hashtags and steps of a course, whose instructor is the person `by`; days move with the first.

    What is not given is as in the course; without `ends_on` it lasts as long. Raises as `service.create`.
    """
    made = service.create(
        by, code or course.code, title or course.title, term, starts_on,
        ends_on or starts_on + (course.ends_on - course.starts_on), time_zone or course.time_zone, course.grace_days,
    )  # fmt: skip
    tell(course_copied, course_id=made.id, from_course_id=course.id)
    return made
