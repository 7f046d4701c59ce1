"""The hashtags that courses listen to."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from plnapi.courses.models import Course
from plnapi.db import db
from plnapi.errors import N_, Conflict, NotFound
from plnapi.hashtags.canonical import canonical
from plnapi.hashtags.models import CourseHashtag
from plnapi.signals import tag_attached, tell


def attach(course: Course, text: str) -> CourseHashtag:
    """Let a course listen to one more hashtag. Raises Invalid (see `canonical`), Conflict when it does already."""
    tag = canonical(text)
    where = (CourseHashtag.course_id == course.id, CourseHashtag.key == tag.key)
    if db.session.scalar(select(CourseHashtag.id).where(*where)) is not None:
        raise Conflict(N_("The course has #%(tag)s already."), code="hashtag_attached", tag=tag.display)
    row = CourseHashtag(course_id=course.id, key=tag.key, display=tag.display)
    db.session.add(row)
    db.session.flush()
    tell(tag_attached, course_id=course.id, key=tag.key)
    return row


def copy_tags(from_course_id: UUID, course_id: UUID) -> None:
    """Let a fresh course listen to the hashtags of another; nothing when it listens to some already."""
    if not of_course(course_id):
        tags = of_course(from_course_id)
        db.session.add_all(CourseHashtag(course_id=course_id, key=tag.key, display=tag.display) for tag in tags)
        db.session.flush()


def detach(course: Course, hashtag_id: UUID) -> None:
    """Stop listening to a hashtag. Raises NotFound when it is none of this course."""
    row = db.session.get(CourseHashtag, hashtag_id)
    if row is None or row.course_id != course.id:
        raise NotFound(N_("hashtag"), hashtag_id)
    db.session.delete(row)
    db.session.flush()
    tell(tag_attached, course_id=course.id, key=row.key)


def of_course(course_id: UUID) -> Sequence[CourseHashtag]:
    """The hashtags of a course in the order in which they were attached."""
    where = CourseHashtag.course_id == course_id
    return db.session.scalars(select(CourseHashtag).where(where).order_by(CourseHashtag.id)).all()


def keys_of_courses(course_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """Course → the keys of its hashtags; a course without one has an empty set."""
    keys: dict[UUID, set[str]] = {course_id: set() for course_id in course_ids}
    rows = db.session.execute(
        select(CourseHashtag.course_id, CourseHashtag.key).where(CourseHashtag.course_id.in_(keys))
    )
    for course_id, key in rows:
        keys[course_id].add(key)
    return {course_id: frozenset(found) for course_id, found in keys.items()}
