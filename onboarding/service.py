"""Checklists: read, and changed as a whole; every change is a version that stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from onboarding import crediting, linter, loading, progress, unlocking
from onboarding.checks.base import Level
from onboarding.judging import Fallback
from onboarding.models import Checklist, ChecklistVersion, Step
from plnapi.clock import new_id
from plnapi.courses.models import Course
from plnapi.courses.service import check_not_frozen
from plnapi.db import db
from plnapi.errors import N_, Conflict, FieldError, Invalid, NotFound

MOST_STEPS = 200
TITLE = N_("Checklist")


@dataclass(frozen=True, slots=True)
class StepData:
    """A step as it is given or shown; `step_key` None for one that does not stand yet. A heading has no branches.

    `after`: keys of the steps that open this one, as text; one of each inner list. `due_on`: a day in the course's zone.
    """

    title: str
    kind: str = "step"
    instructions: str = ""
    why: str = ""
    required: bool = True
    branches: Sequence[Mapping[str, Any]] = ()
    step_key: UUID | None = None
    after: Sequence[Sequence[str]] = ()
    due_on: date | None = None
    points: int = 0
    least_level: Level | None = None
    fallback: Fallback = "review"
    keeps_credit: bool = True


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """One version of a course's checklist; version 0 stands for a course that has none yet."""

    course_id: UUID
    title: str
    version: int
    created_at: datetime | None = None
    steps: Sequence[StepData] = field(default_factory=tuple)


def view(course_id: UUID, number: int | None = None) -> ChecklistView:
    """The newest version of a course's checklist, or the one with this number. Raises NotFound for an unknown number."""
    checklist = _of_course(course_id)
    if checklist is None:
        if number is not None:
            raise NotFound(N_("version"), number)
        return ChecklistView(course_id, TITLE, 0)
    found = _version(checklist.id, number or checklist.version)
    steps = tuple(map(_as_data, found.steps))
    return ChecklistView(course_id, checklist.title, found.number, found.created_at, steps)


def versions(course_id: UUID) -> Any:
    """Selects the versions of a course's checklist, without their steps."""
    statement = select(ChecklistVersion).join(Checklist, Checklist.id == ChecklistVersion.checklist_id)
    return statement.where(Checklist.course_id == course_id)


def save(
    course: Course,
    title: str,
    steps: Sequence[StepData],
    by: UUID | None,
    *,
    expected: int,
    fresh: frozenset[UUID] = frozenset(),
) -> ChecklistView:
    """Make these steps the newest version; nothing is written when nothing is different.

    `expected` is the version that was read before (0: none). Raises Conflict `checklist_changed` when there is another by
    now, Invalid with pointers such as `/steps/2/branches/0/config/count`. `fresh` are keys made by the caller, for steps
    that need not have stood before.
    """
    checklist = db.session.scalars(
        select(Checklist)
        .where(Checklist.course_id == course.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    before = check(course, steps, expected=expected, fresh=fresh)
    if checklist is not None and (before.title, tuple(before.steps)) == (title, tuple(steps)):
        return before
    _add_version(_touched(checklist, course.id, title), steps, by)
    ceasing = crediting.ceasing(before.steps, steps)
    progress.refresh(loading.student_ids(course.id), [course.id], ceasing=ceasing)
    return view(course.id)


def adopt(course: Course, title: str, steps: Sequence[StepData]) -> None:
    """Make these steps the first version of a fresh course's checklist as they are; the linter speaks when it opens."""
    _add_version(_touched(None, course.id, title), steps, None)


def check(
    course: Course, steps: Sequence[StepData], *, expected: int, fresh: frozenset[UUID] = frozenset()
) -> ChecklistView:
    """Whether these steps could be saved; raises as `save`. Returns what stands before."""
    check_not_frozen(course)
    before = view(course.id)
    if before.version != expected:
        raise Conflict(N_("Somebody changed the checklist after you read it. Read it again."), code="checklist_changed")
    _check(course, _of_course(course.id), steps, fresh)
    return before


def step(course_id: UUID, step_key: UUID) -> StepData:
    """A step of the newest version, no heading. Raises NotFound."""
    for one in view(course_id).steps:
        if one.step_key == step_key and one.kind == "step":
            return one
    raise NotFound(N_("step"), step_key)


def _of_course(course_id: UUID) -> Checklist | None:
    return db.session.scalars(select(Checklist).where(Checklist.course_id == course_id)).one_or_none()


def _version(checklist_id: UUID, number: int) -> ChecklistVersion:
    found = db.session.scalars(
        select(ChecklistVersion)
        .options(selectinload(ChecklistVersion.steps))
        .where(ChecklistVersion.checklist_id == checklist_id, ChecklistVersion.number == number)
    ).one_or_none()
    if found is None:
        raise NotFound(N_("version"), number)
    return found


def _as_data(row: Step) -> StepData:
    return StepData(
        row.title, row.kind, row.instructions, row.why, row.required, tuple(row.branches), row.step_key,
        after=tuple(map(tuple, row.after)), due_on=row.due_on, points=row.points,
        least_level=cast("Level | None", row.least_level), fallback=cast("Fallback", row.fallback),
        keeps_credit=row.keeps_credit,
    )  # fmt: skip


def _check(course: Course, checklist: Checklist | None, steps: Sequence[StepData], fresh: frozenset[UUID]) -> None:
    errors = [*_shape_errors(steps), *_key_errors(checklist, steps, fresh)]
    errors += unlocking.errors(steps)
    if not errors:
        errors = linter.impossible(steps, loading.contexts([course.id])[course.id])
        if course.state == "open":
            errors += linter.excluded_errors(steps)
    if errors:
        raise Invalid(N_("The checklist cannot be accepted; nothing was changed."), errors=errors)


def _shape_errors(steps: Sequence[StepData]) -> list[FieldError]:
    errors = (
        [FieldError("/steps", N_("A checklist has at most 200 steps."), "too_many")] if len(steps) > MOST_STEPS else []
    )
    for n, one in enumerate(steps):
        if one.kind == "heading" and one.branches:
            errors.append(FieldError(f"/steps/{n}/branches", N_("A heading has nothing to be done."), "heading"))
        if one.kind == "heading" and (one.due_on or one.points):
            pointer = f"/steps/{n}/{'due_on' if one.due_on else 'points'}"
            errors.append(FieldError(pointer, N_("A heading is neither due nor worth points."), "heading"))
        if one.kind == "step" and not one.branches:
            errors.append(FieldError(f"/steps/{n}/branches", N_("A step needs at least one way to do it."), "required"))
    return errors


def _key_errors(checklist: Checklist | None, steps: Sequence[StepData], fresh: frozenset[UUID]) -> list[FieldError]:
    """A key names a step that stood in this checklist before, and names it once."""
    given = [one.step_key for one in steps]
    known = fresh | (_known_keys(checklist) if checklist and any(given) else frozenset())
    errors = []
    for n, key in enumerate(given):
        if key is not None and key in given[:n]:
            errors.append(FieldError(f"/steps/{n}/step_key", N_("This step is in the checklist twice."), "duplicate"))
        elif key is not None and key not in known:
            message = N_("No step of this checklist has had this key. Leave it out for another step.")
            errors.append(FieldError(f"/steps/{n}/step_key", message, "unknown"))
    return errors


def _known_keys(checklist: Checklist) -> frozenset[UUID]:
    statement = select(Step.step_key).join(ChecklistVersion, ChecklistVersion.id == Step.version_id)
    return frozenset(db.session.scalars(statement.where(ChecklistVersion.checklist_id == checklist.id).distinct()))


def _touched(checklist: Checklist | None, course_id: UUID, title: str) -> Checklist:
    """The checklist with its next version number."""
    if checklist is None:
        checklist = Checklist(course_id=course_id, title=title)
        db.session.add(checklist)
    else:
        checklist.title = title
        flag_modified(checklist, "title")  # a version is counted even when the title stays
    db.session.flush()
    return checklist


def _add_version(checklist: Checklist, steps: Sequence[StepData], by: UUID | None) -> None:
    made = ChecklistVersion(checklist_id=checklist.id, number=checklist.version, created_by=by)
    db.session.add(made)
    db.session.flush()
    db.session.add_all(
        Step(
            version_id=made.id, step_key=one.step_key or new_id(), position=n, kind=one.kind, title=one.title,
            instructions=one.instructions, why=one.why, required=one.required,
            branches=[{"kind": branch["kind"], "config": dict(branch["config"])} for branch in one.branches],
            after=[list(group) for group in one.after], due_on=one.due_on, points=one.points,
            least_level=one.least_level, fallback=one.fallback, keeps_credit=one.keeps_credit,
        )
        for n, one in enumerate(steps)
    )  # fmt: skip
    db.session.flush()
