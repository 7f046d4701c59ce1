"""What a judgement needs, read for many people in a constant number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from onboarding import queries, rows, stored, touching
from onboarding.checks import CHECKS
from onboarding.checks.base import Account, Context, Level, Look, Reads, Said, Target, TargetList
from onboarding.judging import NOTHING, Acts, Fallback, reads
from onboarding.queries import run
from onboarding.stored import Place
from onboarding.versions import Kept
from plnapi.activity.service import News
from plnapi.courses.ending import frozen_from, over_from
from plnapi.courses.models import Enrolment
from plnapi.db import db
from plnapi.harvest import service as harvest
from plnapi.harvest.rolls import rolls_of

Key = tuple[UUID, UUID, UUID]  # course, person, step
NONE = frozenset[UUID]()
NO_NETWORKS = frozenset[str]()


@dataclass(frozen=True)
class StepRow:
    """A step of the newest version of a course's checklist; a heading has no branches."""

    step_key: UUID
    title: str
    required: bool
    branches: Sequence[Mapping[str, Any]]
    after: Sequence[Sequence[str]] = ()
    due_on: date | None = None
    points: int = 0
    least_level: Level | None = None
    fallback: Fallback = "review"
    keeps_credit: bool = True

    @cached_property
    def reads(self) -> tuple[Reads, ...]:
        """What each branch is judged by, in their order."""
        return tuple(map(reads, self.branches))


@dataclass(frozen=True, slots=True)
class Student:
    """A student's place in a course. `over_from` and `frozen_from`: see `courses.ending`. `without`: the networks that the
    student leaves out there."""

    course_id: UUID
    person_id: UUID
    consented: bool
    over_from: datetime
    frozen_from: datetime
    joined_at: datetime | None = None
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Only:
    """The steps of one student that are to be judged (keys), and which of the others are done."""

    steps: frozenset[UUID]
    done: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that is stored and counts, for some people. `students` are their places in courses. `apart`: what counts in the
    places where networks are left out; elsewhere all of a person's acts and looks do.

    `only`: which steps of each place are to be judged, and the rest is what these need; None: all.
    """

    students: Sequence[Student]
    steps: Mapping[UUID, Sequence[StepRow]]
    contexts: Mapping[UUID, Context]
    acts: Mapping[UUID, Acts]
    looks: Mapping[UUID, Sequence[Look]]
    accounts: Mapping[UUID, tuple[Account, ...]]
    said: Mapping[Place, Mapping[UUID, Sequence[Said]]]
    only: Mapping[Place, Only] | None = None
    apart: Mapping[Place, tuple[Acts, Sequence[Look]]] = field(default_factory=dict)

    def only_of(self, student: Student) -> Only | None:
        """Which steps of this student are to be judged; None: all."""
        return None if self.only is None else self.only[student.course_id, student.person_id]

    def asked(self) -> list[StepRow]:
        """The steps that are to be judged for any of the students."""
        if self.only is None:
            return [step for steps in self.steps.values() for step in steps]
        keys = {(place[0], key) for place, only in self.only.items() for key in only.steps}
        return [step for course, steps in self.steps.items() for step in steps if (course, step.step_key) in keys]

    def context(self, student: Student) -> Context:
        """The course around this student."""
        course = self.contexts[student.course_id]
        accounts = self.accounts.get(student.person_id, ())
        if student.without:
            accounts = tuple(replace(one, left_out=one.network in student.without) for one in accounts)
        return replace(course, accounts=accounts, consented=student.consented, joined_at=student.joined_at)

    def seen(self, student: Student) -> tuple[Acts, Sequence[Look]]:
        """The acts that count for this student in this course, and the looks."""
        found = self.apart.get((student.course_id, student.person_id))
        return found or (self.acts.get(student.person_id, NOTHING), self.looks.get(student.person_id, ()))


def load(
    people: Sequence[UUID],
    course_ids: Iterable[UUID] | None = None,
    *,
    leaving: frozenset[UUID] = NONE,
    ended: UUID | None = None,
) -> Inputs:
    """Everything about these people (in these courses; None: in all of theirs).

    `leaving` are ids of facts that count no more, `ended` a course whose consent counts no more.
    """
    return fill(places(people, course_ids, ended), leaving=leaving)


def places(people: Sequence[UUID], course_ids: Iterable[UUID] | None, ended: UUID | None = None) -> Inputs:
    """Only where these people are students, and the steps of these courses."""
    found = _places(people, course_ids)
    versions = {row.course_id: row.version_id for row in found}
    rows_of = _ROWS.of(version for version in versions.values() if version)
    steps = {course: [row for row in rows_of.get(version, ()) if row.branches] for course, version in versions.items()}
    return Inputs([_student(row, ended) for row in found], steps, {}, {}, {}, {}, {})


def only(inputs: Inputs, news: Mapping[UUID, News], kept: Mapping[Key, Mapping[str, Any]]) -> Inputs:
    """The same without the places, and in the others without the steps, to which `news` make no difference. `kept` are
    the rows of `step_states`."""
    found: dict[Place, Only] = {}
    for student in inputs.students:
        steps, place = inputs.steps[student.course_id], (student.course_id, student.person_id)
        states = {step.step_key: kept[(*place, step.step_key)] for step in steps if (*place, step.step_key) in kept}
        if keys := touching.touched(steps, news[student.person_id], states):
            done = (key for key, row in states.items() if row["verdict"] == "verified" and key not in keys)
            found[place] = Only(keys, frozenset(done))
    students = [student for student in inputs.students if (student.course_id, student.person_id) in found]
    return replace(inputs, students=students, only=found)


def fill(inputs: Inputs, *, leaving: frozenset[UUID] = NONE) -> Inputs:
    """The same with all that is needed to judge these steps of these students."""
    people = sorted({student.person_id for student in inputs.students})
    courses = sorted({student.course_id for student in inputs.students})
    asked = Reads.together(one for step in inputs.asked() for one in step.reads)
    around = contexts(courses, around=asked.around)
    states = harvest.coverage_of(people) if asked.looks else {}
    looks = {person: [rows.look(state) for state in some] for person, some in states.items()}
    accounts, leaving_out = stored.accounts(people), [student for student in inputs.students if student.without]
    facts = stored.facts(people, asked.verbs, leaving, accounts=bool(leaving_out))
    return replace(
        inputs,
        contexts=_with_classmates(around, {course: inputs.steps[course] for course in courses}),
        acts=stored.acts(facts),
        looks=looks,
        accounts=accounts,
        said=stored.said(people, courses),
        apart=stored.apart(leaving_out, facts, looks, accounts),
    )


def contexts(course_ids: Sequence[UUID], *, around: bool = True) -> dict[UUID, Context]:
    """The hashtags and days of each course; with `around` its newest lists, the looks at its own accounts, and what of its
    lists is gone."""
    tags: dict[UUID, dict[str, str]] = {course_id: {} for course_id in course_ids}
    days: dict[UUID, tuple[date, date, ZoneInfo]] = {}
    for course_id, starts_on, ends_on, zone, key, display in run(queries.TAGS, courses=list(tags)):
        days[course_id] = starts_on, ends_on, ZoneInfo(zone)
        if key is not None:
            tags[course_id][key] = display
    lists = _lists(course_ids) if around else {}
    found = {
        course_id: _context(tags[course_id], lists.get(course_id, {}), *days[course_id]) for course_id in course_ids
    }
    if not around:
        return found
    received, gone = harvest.received_of(course_ids), harvest.gone_of(course_ids)
    return {
        course_id: replace(
            context,
            received=tuple(map(rows.received, received.get(course_id, ()))),
            gone={str(key): since for key, since in gone.get(course_id, {}).items()},
        )
        for course_id, context in found.items()
    }


def _with_classmates(found: dict[UUID, Context], steps: Mapping[UUID, Sequence[StepRow]]) -> dict[UUID, Context]:
    """The same with the accounts of the members, where a step asks for them."""
    asking = [course_id for course_id, rows in steps.items() if _asks_for_classmates(rows)]
    rolls = rolls_of(asking) if asking else {}
    members = {course_id: frozenset(roll.owners) for course_id, roll in rolls.items()}
    return {course: replace(one, classmates=members.get(course, frozenset())) for course, one in found.items()}


def asking_for_classmates(course_ids: Iterable[UUID]) -> list[UUID]:
    """Those of the courses in which a step asks to whom something was done."""
    return [course_id for course_id, rows in _steps(sorted(course_ids)).items() if _asks_for_classmates(rows)]


def _asks_for_classmates(steps: Sequence[StepRow]) -> bool:
    return any(CHECKS[way["kind"]].needs(way["config"]).classmates for step in steps for way in step.branches)


def _context(
    tags: Mapping[str, str], lists: Mapping[str, TargetList], starts_on: date, ends_on: date, zone: ZoneInfo
) -> Context:
    return Context(tags, lists, starts_on=starts_on, ends_on=ends_on, zone=zone)


def _lists(course_ids: Sequence[UUID]) -> dict[UUID, dict[str, TargetList]]:
    rows = run(queries.LISTS, courses=list(course_ids))
    items = _TARGETS.of(version_id for *_, version_id in rows)
    lists: dict[UUID, dict[str, TargetList]] = defaultdict(dict)
    for course_id, list_id, title, version_id in rows:
        lists[course_id][str(list_id)] = replace(items[version_id], title=title)
    return lists


def _read_targets(versions: list[UUID]) -> dict[UUID, TargetList]:
    """The items of each version of a list; a list's title is not its version's, and stays empty."""
    items: dict[UUID, list[Target]] = {version_id: [] for version_id in versions}
    for row in run(queries.ITEMS, versions=versions):
        items[row.version_id].append(rows.target(row))
    return {version_id: TargetList.of("", targets) for version_id, targets in items.items()}


def student_ids(course_id: UUID) -> frozenset[UUID]:
    """Everybody who is or was a student of the course."""
    where = (Enrolment.course_id == course_id, queries.WAS_A_STUDENT)
    return frozenset(db.session.scalars(select(Enrolment.person_id).where(*where)))


def _places(people: Sequence[UUID], course_ids: Iterable[UUID] | None) -> Sequence[Any]:
    if course_ids is None:
        return run(queries.STUDENTS, people=list(people))
    return run(queries.STUDENTS_OF, people=list(people), courses=list(course_ids))


def _student(row: Any, ended: UUID | None) -> Student:
    consented = row.id is not None and row.course_id != ended
    without = frozenset(row.without or ()) if consented else NO_NETWORKS
    return Student(row.course_id, row.person_id, consented, over_from(row), frozen_from(row), row.joined_at, without)


def _steps(course_ids: Sequence[UUID]) -> dict[UUID, list[StepRow]]:
    """The steps of each course that has a checklist."""
    found = _rows(course_ids)
    return {course_id: [row for row in rows if row.branches] for course_id, rows in found.items()}


def all_steps(course_id: UUID) -> Sequence[StepRow]:
    """Steps and headings (which have no branches) of the newest version, in order."""
    return _rows([course_id]).get(course_id, ())


def _rows(course_ids: Sequence[UUID]) -> dict[UUID, Sequence[StepRow]]:
    versions = dict(run(queries.CHECKLISTS, courses=list(course_ids)))
    steps = _ROWS.of(versions.values())
    return {course_id: steps[version_id] for course_id, version_id in versions.items()}


def _read_steps(versions: list[UUID]) -> dict[UUID, Sequence[StepRow]]:
    steps: dict[UUID, list[StepRow]] = {version_id: [] for version_id in versions}
    for version_id, *rest in run(queries.STEPS, versions=versions):
        steps[version_id].append(StepRow(*rest))
    return {version_id: tuple(rows) for version_id, rows in steps.items()}


_ROWS = Kept(_read_steps)
_TARGETS = Kept(_read_targets)
