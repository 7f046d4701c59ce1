"""What another checklist would change for the students, before it is saved: the dry run. Nothing is written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from onboarding import loading, progress, service
from onboarding.loading import StepRow
from onboarding.service import ChecklistView, StepData
from onboarding.states import Key
from plnapi.accounts.models import Person
from plnapi.clock import new_id
from plnapi.courses.models import Course
from plnapi.db import db


@dataclass(frozen=True, slots=True)
class Someone:
    """A student, for staff."""

    person_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class StepChange:
    """What changes with one step. `step_key` is None for one that does not stand yet, `removed` for one that would go.

    `gains` would have it done. `loses` would not have it done by these rules: they keep the credit that they earned.
    """

    step_key: UUID | None
    title: str
    removed: bool
    gains: Sequence[Someone]
    loses: Sequence[Someone]


@dataclass(frozen=True, slots=True)
class Foresight:
    """`students` is how many were judged; `steps` are those with which something changes."""

    students: int
    steps: Sequence[StepChange]


def matters(before: Sequence[StepData], after: Sequence[StepData]) -> bool:
    """Whether steps differ in something by which they are judged: texts, days, points and their order are nothing of it."""
    return {one.step_key: _judged(one) for one in before} != {one.step_key: _judged(one) for one in after}


def _judged(step: StepData) -> Any:
    branches = [(way["kind"], dict(way["config"])) for way in step.branches]
    evidence = step.least_level, step.fallback, step.keeps_credit
    return step.kind, branches, [list(group) for group in step.after], evidence


def foresee(
    course: Course, steps: Sequence[StepData], *, expected: int, fresh: frozenset[UUID] = frozenset()
) -> Foresight:
    """Judge everybody by these steps. Raises as `service.save` does; `fresh` as there."""
    before = service.check(course, steps, expected=expected, fresh=fresh)
    keyed = [one if one.step_key else replace(one, step_key=new_id()) for one in steps]
    people = loading.student_ids(course.id)
    gained, fallen = progress.foresee(course.id, people, [row_of(one) for one in keyed if one.kind == "step"])
    names = _names({key[1] for key in (*gained, *fallen)})
    by_step = _by_step(gained, names), _by_step(fallen, names)
    shown = [None if one.step_key in fresh else one.step_key for one in steps]
    return Foresight(len(people), [*_changes(shown, keyed, *by_step), *_removals(before, keyed, by_step[1])])


ByStep = Mapping[UUID, Sequence[Someone]]


def _changes(
    shown: Sequence[UUID | None], keyed: Sequence[StepData], gained: ByStep, fallen: ByStep
) -> Sequence[StepChange]:
    """Of the steps as they would stand; `shown` are the keys of those that stand already."""
    found = [
        StepChange(standing, one.title, False, gained.get(one.step_key, ()), fallen.get(one.step_key, ()))
        for standing, one in zip(shown, keyed, strict=True)
        if one.step_key
    ]
    return [one for one in found if one.gains or one.loses]


def _removals(before: ChecklistView, keyed: Sequence[StepData], fallen: ByStep) -> Sequence[StepChange]:
    """Of the steps that would go and that somebody has done."""
    stay = {one.step_key for one in keyed}
    gone = [one for one in before.steps if one.step_key and one.step_key not in stay and one.step_key in fallen]
    return [StepChange(one.step_key, one.title, True, (), fallen[one.step_key]) for one in gone if one.step_key]


def row_of(step: StepData) -> StepRow:
    """A step that has its key, as it is judged."""
    assert step.step_key is not None
    return StepRow(
        step.step_key,
        step.title,
        step.required,
        step.branches,
        step.after,
        step.due_on,
        step.points,
        step.least_level,
        step.fallback,
        step.keeps_credit,
    )


def _by_step(keys: Sequence[Key], names: Mapping[UUID, str]) -> ByStep:
    found: dict[UUID, list[Someone]] = defaultdict(list)
    for _, person_id, step_key in keys:
        found[step_key].append(Someone(person_id, names[person_id]))
    return {key: sorted(some, key=lambda one: (one.name, one.person_id)) for key, some in found.items()}


def _names(people: set[UUID]) -> dict[UUID, str]:
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    return {row.id: row.name for row in rows}
