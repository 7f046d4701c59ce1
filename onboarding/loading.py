"""What a judgement needs, read for many people in a constant number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, or_, select

from onboarding.checks.base import Account, Act, Context, Look, Said, Target, TargetList
from onboarding.models import Checklist, ChecklistVersion, Decision, Step, StepState
from plnapi.accounts.models import Identity
from plnapi.activity import service as activity
from plnapi.activity.models import Fact
from plnapi.consents.models import Consent
from plnapi.courses.models import Course, Enrolment
from plnapi.db import db
from plnapi.harvest import service as harvest
from plnapi.hashtags.models import CourseHashtag
from plnapi.platforms import PLATFORMS
from plnapi.resources import service as resources
from plnapi.resources.models import ResourceItem, ResourceList

Place = tuple[UUID, UUID]  # course, person


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of the newest version of a course's checklist; a heading has no branches."""

    step_key: UUID
    title: str
    required: bool
    branches: Sequence[Mapping[str, Any]]
    after: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class Student:
    """A student's place in a course. `ended` is the moment at which nothing is looked for any more."""

    course_id: UUID
    person_id: UUID
    consented: bool
    ended: datetime
    joined_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that is stored and counts, for some people. `students` are their places in courses."""

    students: Sequence[Student]
    steps: Mapping[UUID, Sequence[StepRow]]
    contexts: Mapping[UUID, Context]
    acts: Mapping[UUID, Sequence[Act]]
    looks: Mapping[UUID, Sequence[Look]]
    accounts: Mapping[UUID, tuple[Account, ...]]
    said: Mapping[Place, Mapping[UUID, Sequence[Said]]]

    def context(self, student: Student) -> Context:
        """The course around this student."""
        course = self.contexts[student.course_id]
        accounts = self.accounts.get(student.person_id, ())
        return replace(course, accounts=accounts, consented=student.consented, joined_at=student.joined_at)


def load(
    people: Sequence[UUID],
    course_ids: Iterable[UUID] | None = None,
    *,
    leaving: frozenset[UUID] = frozenset(),
    ended: UUID | None = None,
) -> Inputs:
    """Everything about these people (in these courses; None: in all of theirs).

    `leaving` are ids of facts that count no more, `ended` a course whose consent counts no more.
    """
    students = _students(people, course_ids, ended)
    courses = sorted({student.course_id for student in students})
    steps = _steps(courses)
    facts = activity.facts_of(people)
    return Inputs(
        students=students,
        steps={course_id: steps.get(course_id, []) for course_id in courses},
        contexts=contexts(courses),
        acts={person: [_act(fact) for fact in facts[person] if fact.id not in leaving] for person in facts},
        looks={person: [_look(state) for state in states] for person, states in harvest.coverage_of(people).items()},
        accounts=_accounts(people),
        said=_said(people, courses),
    )


def contexts(course_ids: Sequence[UUID]) -> dict[UUID, Context]:
    """The hashtags, newest lists and days of each course."""
    tags: dict[UUID, dict[str, str]] = {course_id: {} for course_id in course_ids}
    days: dict[UUID, tuple[date, date, ZoneInfo]] = {}
    columns = (Course.id, Course.starts_on, Course.ends_on, Course.time_zone, CourseHashtag.key, CourseHashtag.display)
    statement = select(*columns).outerjoin(CourseHashtag, CourseHashtag.course_id == Course.id)
    for course_id, starts_on, ends_on, zone, key, display in db.session.execute(
        statement.where(Course.id.in_(tags)).order_by(CourseHashtag.id)
    ):
        days[course_id] = starts_on, ends_on, ZoneInfo(zone)
        if key is not None:
            tags[course_id][key] = display
    lists = _lists(course_ids)
    return {
        course_id: _context(tags[course_id], lists.get(course_id, {}), *days[course_id]) for course_id in course_ids
    }


def _context(
    tags: Mapping[str, str], lists: Mapping[str, TargetList], starts_on: date, ends_on: date, zone: ZoneInfo
) -> Context:
    return Context(tags, lists, starts_on=starts_on, ends_on=ends_on, zone=zone)


def _lists(course_ids: Sequence[UUID]) -> dict[UUID, dict[str, TargetList]]:
    items: dict[UUID, list[Target]] = defaultdict(list)
    for _, list_id, item in resources.items_of_courses(course_ids):
        items[list_id].append(_target(item))
    columns = (ResourceList.course_id, ResourceList.id, ResourceList.title)
    lists: dict[UUID, dict[str, TargetList]] = defaultdict(dict)
    for course_id, list_id, title in db.session.execute(select(*columns).where(ResourceList.course_id.in_(course_ids))):
        lists[course_id][str(list_id)] = TargetList.of(title, items[list_id])
    return lists


def _target(item: ResourceItem) -> Target:
    platform = PLATFORMS.get(item.network)
    can_be_followed = platform is not None and "follows" in platform.capabilities.looks
    keys = platform.address_keys(item.address) if platform and can_be_followed else frozenset[str]()
    return Target(str(item.item_key), item.kind, item.title, keys)


def student_ids(course_id: UUID) -> frozenset[UUID]:
    """Everybody who is or was a student of the course."""
    where = (Enrolment.course_id == course_id, _was_a_student())
    return frozenset(db.session.scalars(select(Enrolment.person_id).where(*where)))


def _was_a_student() -> ColumnElement[bool]:
    """A student, or somebody with another role in the meantime who has states: their evidence must still go with consent."""
    mine = (StepState.course_id == Enrolment.course_id, StepState.person_id == Enrolment.person_id)
    return or_(Enrolment.role == "student", exists().where(*mine))


def _students(people: Sequence[UUID], course_ids: Iterable[UUID] | None, ended: UUID | None) -> list[Student]:
    consent = and_(
        Consent.course_id == Enrolment.course_id,
        Consent.person_id == Enrolment.person_id,
        Consent.purpose == "checks",
        Consent.withdrawn_at.is_(None),
    )
    columns = (
        Enrolment.course_id, Enrolment.person_id, Consent.id, Course.state, Course.ends_on, Course.time_zone,
        Enrolment.joined_at,
    )  # fmt: skip
    statement = (
        select(*columns)
        .join(Course, Course.id == Enrolment.course_id)
        .outerjoin(Consent, consent)
        .where(Enrolment.person_id.in_(people), _was_a_student())
    )
    if course_ids is not None:
        statement = statement.where(Enrolment.course_id.in_(list(course_ids)))
    rows = db.session.execute(statement.order_by(Enrolment.course_id, Enrolment.person_id))
    return [
        Student(course, person, consent is not None and course != ended, _ended(state, ends_on, zone), joined_at)
        for course, person, consent, state, ends_on, zone, joined_at in rows
    ]


def _ended(state: str, ends_on: date, zone: str) -> datetime:
    """The end of the last day, in the course's zone; the beginning of time for a course that was closed."""
    if state in {"closed", "archived"}:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.combine(ends_on + timedelta(days=1), time(), ZoneInfo(zone))


def _steps(course_ids: Sequence[UUID]) -> dict[UUID, list[StepRow]]:
    """The steps of each course that has a checklist."""
    found = _rows(course_ids)
    return {course_id: [row for row in rows if row.branches] for course_id, rows in found.items()}


def all_steps(course_id: UUID) -> list[StepRow]:
    """Steps and headings (which have no branches) of the newest version, in order."""
    return _rows([course_id]).get(course_id, [])


def _rows(course_ids: Sequence[UUID]) -> dict[UUID, list[StepRow]]:
    statement = (
        select(Checklist.course_id, Step.step_key, Step.title, Step.required, Step.branches, Step.after)
        .join(ChecklistVersion, ChecklistVersion.checklist_id == Checklist.id)
        .outerjoin(Step, Step.version_id == ChecklistVersion.id)
        .where(Checklist.course_id.in_(course_ids), ChecklistVersion.number == Checklist.version)
        .order_by(Checklist.course_id, Step.position)
    )
    steps: dict[UUID, list[StepRow]] = {}
    for course_id, *rest in db.session.execute(statement):
        rows = steps.setdefault(course_id, [])
        if rest[0] is not None:  # a checklist without steps
            rows.append(StepRow(*rest))
    return steps


def _accounts(people: Sequence[UUID]) -> dict[UUID, tuple[Account, ...]]:
    columns = (Identity.person_id, Identity.network, Identity.handle, Identity.proven_at)
    statement = select(*columns).where(Identity.person_id.in_(people)).order_by(Identity.id)
    found: dict[UUID, tuple[Account, ...]] = {}
    for person, network, handle, proven_at in db.session.execute(statement):
        looks = frozenset[str](PLATFORMS[network].capabilities.looks) if network in PLATFORMS else frozenset[str]()
        found[person] = (*found.get(person, ()), Account(network, handle, proven_at is not None, looks))
    return found


def _said(people: Sequence[UUID], courses: Sequence[UUID]) -> dict[Place, dict[UUID, list[Said]]]:
    where = (Decision.person_id.in_(people), Decision.course_id.in_(courses))
    columns = (
        Decision.course_id, Decision.person_id, Decision.step_key, Decision.id, Decision.kind, Decision.made_at,
        Decision.url, Decision.comment, Decision.about_id, Decision.level, Decision.done_at,
    )  # fmt: skip
    found: dict[Place, dict[UUID, list[Said]]] = defaultdict(lambda: defaultdict(list))
    for course, person, step_key, *rest in db.session.execute(select(*columns).where(*where).order_by(Decision.id)):
        found[course, person][step_key].append(Said(*rest))
    return found


def _act(fact: Fact) -> Act:
    evidence = fact.evidence
    return Act(
        key=fact.key,
        verb=fact.verb,
        object_uri=fact.object_uri,
        network=fact.network,
        seen_at=fact.seen_at,
        happened_at=fact.happened_at,
        undone_at=fact.undone_at,
        keys=frozenset(fact.object_keys),
        tags=frozenset(evidence.get("tags", ())),
        uri=evidence.get("uri", ""),
        title=evidence.get("title", ""),
        words=evidence.get("words", 0),
        adapter=evidence.get("adapter", ""),
        in_reply_to=evidence.get("in_reply_to", ""),
    )


def _look(state: harvest.LookState) -> Look:
    return Look(
        state.network, state.handle, state.look, state.coverage, state.reason, state.detail,
        state.looked_at, state.seen_at, state.next_look_at,
    )  # fmt: skip
