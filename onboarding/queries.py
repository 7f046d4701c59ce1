"""The statements by which `loading` reads, and how they are run.

Each is built once: building one costs as much as running it. They run on the connection, without the ORM.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, and_, bindparam, exists, or_, select

from onboarding.models import Checklist, ChecklistVersion, Decision, Step, StepState
from plnapi.accounts.models import Identity
from plnapi.activity.models import Fact
from plnapi.consents.models import Consent
from plnapi.courses.models import Course, Enrolment
from plnapi.db import db
from plnapi.hashtags.models import CourseHashtag
from plnapi.resources.models import ResourceItem, ResourceList, ResourceListVersion

PEOPLE: BindParameter[UUID] = bindparam("people", expanding=True)
COURSES: BindParameter[UUID] = bindparam("courses", expanding=True)
VERSIONS: BindParameter[UUID] = bindparam("versions", expanding=True)
VERBS: BindParameter[str] = bindparam("verbs", expanding=True)
CONSENT = and_(
    Consent.course_id == Enrolment.course_id,
    Consent.person_id == Enrolment.person_id,
    Consent.purpose == "checks",
    Consent.withdrawn_at.is_(None),
)
NEWEST = and_(ChecklistVersion.checklist_id == Checklist.id, ChecklistVersion.number == Checklist.version)
NEWEST_LIST = and_(ResourceListVersion.list_id == ResourceList.id, ResourceListVersion.number == ResourceList.version)
# A student, or somebody with another role in the meantime who has states: their evidence must still go with consent.
WAS_A_STUDENT = or_(
    Enrolment.role == "student",
    exists().where(StepState.course_id == Enrolment.course_id, StepState.person_id == Enrolment.person_id),
)
FACTS = select(
    Fact.person_id, Fact.key, Fact.verb, Fact.object_uri, Fact.object_keys, Fact.network, Fact.happened_at,
    Fact.seen_at, Fact.evidence, Fact.undone_at,
).where(Fact.person_id.in_(PEOPLE), Fact.verb.in_(VERBS))  # fmt: skip
FACTS_WITH_ID = FACTS.add_columns(Fact.id, Fact.identity_id)
STUDENTS = (
    select(
        Enrolment.course_id,
        Enrolment.person_id,
        Consent.id,
        Consent.without,
        Course.state,
        Course.ends_on,
        Course.time_zone,
        Course.closed_at,
        Course.grace_days,
        Enrolment.joined_at,
        ChecklistVersion.id.label("version_id"),
    )
    .join(Course, Course.id == Enrolment.course_id)
    .outerjoin(Consent, CONSENT)
    .outerjoin(Checklist, Checklist.course_id == Course.id)
    .outerjoin(ChecklistVersion, NEWEST)
    .where(Enrolment.person_id.in_(PEOPLE), WAS_A_STUDENT)
    .order_by(Enrolment.course_id, Enrolment.person_id)
)
STUDENTS_OF = STUDENTS.where(Enrolment.course_id.in_(COURSES))
CHECKLISTS = (
    select(Checklist.course_id, ChecklistVersion.id)
    .join(ChecklistVersion, NEWEST)
    .where(Checklist.course_id.in_(COURSES))
    .order_by(Checklist.course_id)
)
LISTS = (
    select(ResourceList.course_id, ResourceList.id, ResourceList.title, ResourceListVersion.id)
    .join(ResourceListVersion, NEWEST_LIST)
    .where(ResourceList.course_id.in_(COURSES))
    .order_by(ResourceList.id)
)
STEPS = (
    select(
        Step.version_id,
        Step.step_key,
        Step.title,
        Step.required,
        Step.branches,
        Step.after,
        Step.due_on,
        Step.points,
        Step.least_level,
        Step.fallback,
        Step.keeps_credit,
    )
    .where(Step.version_id.in_(VERSIONS))
    .order_by(Step.version_id, Step.position)
)
ITEMS = (
    select(
        ResourceItem.version_id,
        ResourceItem.item_key,
        ResourceItem.kind,
        ResourceItem.title,
        ResourceItem.network,
        ResourceItem.address,
    )
    .where(ResourceItem.version_id.in_(VERSIONS))
    .order_by(ResourceItem.version_id, ResourceItem.position)
)
ACCOUNTS = (
    select(
        Identity.person_id,
        Identity.network,
        Identity.handle,
        Identity.proven_at,
        Identity.id,
        Identity.uri,
        Identity.url,
        Identity.links_to,
    )
    .where(Identity.person_id.in_(PEOPLE))
    .order_by(Identity.id)
)
SAID = (
    select(
        Decision.course_id, Decision.person_id, Decision.step_key, Decision.id, Decision.kind, Decision.made_at,
        Decision.url, Decision.comment, Decision.about_id, Decision.level, Decision.done_at,
        Decision.data,
    )
    .where(Decision.person_id.in_(PEOPLE), Decision.course_id.in_(COURSES))
    .order_by(Decision.id)
)  # fmt: skip
TAGS = (
    select(Course.id, Course.starts_on, Course.ends_on, Course.time_zone, CourseHashtag.key, CourseHashtag.display)
    .outerjoin(CourseHashtag, CourseHashtag.course_id == Course.id)
    .where(Course.id.in_(COURSES))
    .order_by(CourseHashtag.id)
)


def run(statement: Select[*tuple[Any, ...]], **params: list[UUID] | list[str]) -> Sequence[Any]:
    """The rows of one of these. What services have added is written first, as the ORM would."""
    db.session.flush()
    return db.session.connection().execute(statement, params).all()
