"""Whose steps stand otherwise when somebody else's accounts change: where a step asks to whom something was done."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import select

from onboarding import loading
from plnapi.accounts.models import Identity
from plnapi.activity import service as activity
from plnapi.courses.models import Enrolment
from plnapi.db import db
from plnapi.harvest.rolls import keys_of


def touched(person_ids: Collection[UUID], *, keys_known: bool = True) -> dict[UUID, frozenset[UUID]]:
    """Course → others there who did something towards an account of these people, where a step asks for that.

    `keys_known` is False when an account is gone, and with it the forms that mean it: then it is everybody.
    """
    rows = db.session.execute(
        select(Enrolment.course_id, Enrolment.person_id).where(Enrolment.person_id.in_(person_ids))
    )
    courses = loading.asking_for_classmates({course for course, _ in rows})
    return {course: _others(course, person_ids, keys_known) for course in courses}


def _others(course_id: UUID, person_ids: Collection[UUID], keys_known: bool) -> frozenset[UUID]:
    students = loading.student_ids(course_id) - frozenset(person_ids)
    return activity.people_touching(_keys(person_ids), students) if keys_known else students


def _keys(person_ids: Iterable[UUID]) -> frozenset[str]:
    columns = (Identity.network, Identity.handle, Identity.uri, Identity.url)
    found = db.session.execute(select(*columns).where(Identity.person_id.in_(person_ids)))
    return frozenset[str]().union(*(keys_of(*row) for row in found))
