"""Choosing the accounts by which a course looks: the looks of everybody concerned follow, and are told of."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from plnapi import signals
from plnapi.accounts import identities
from plnapi.accounts.models import Identity
from plnapi.courses.models import Course
from plnapi.harvest import course_accounts
from plnapi.harvest.sources import sync_sources


def choose(course: Course, identity_id: UUID, by: UUID) -> Any:
    """Let the course look from an account of the person `by`; returns its row of `course_accounts.of_course`.

    Raises as `course_accounts.add`.
    """
    course_accounts.add(course, identity_id, by)
    _changed(course, by)
    return next(row for row in course_accounts.of_course(course.id) if row.identity_id == identity_id)


def leave_out(course: Course, identity_id: UUID) -> None:
    """Look from this account no more; what was seen stays. Raises NotFound when the course does not look from it."""
    _changed(course, course_accounts.remove(course, identity_id))


def choosable(course: Course, person_id: UUID) -> Sequence[Identity]:
    """The person's proven accounts by which the course could look and does not."""
    chosen = {row.identity_id for row in course_accounts.of_course(course.id)}
    return [one for one in identities.proven(person_id) if course_accounts.can_look(one) and one.id not in chosen]


def _changed(course: Course, owner: UUID) -> None:
    people = course_accounts.people_concerned(course, owner)
    sync_sources(people)
    signals.tell(signals.facts_recorded, person_ids=people)
