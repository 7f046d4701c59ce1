"""The one door to a step being done.

State follows from what is stored: facts, decisions, the newest checklist, lists and hashtags, and how much was seen.
`refresh` derives it and keeps it in `step_states` for fast reading; `replay` derives it again and reports differences.

Credit once earned stays: when rules or evidence change so that a derived state would fall below the kept one, a decision
`credited` is written first, and the state is derived with it. An unfollow or a deleted post makes nothing fall: undone
facts count, unless the course said beforehand that a step does not keep its credit.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from onboarding import crediting, loading, states, telling, unlocking
from onboarding.checks.base import Context, Note, Said
from onboarding.judging import StepJudgement, judge
from onboarding.loading import Inputs, StepRow, Student
from onboarding.states import Key, Row
from plnapi.accounts.models import Person
from plnapi.activity.service import News
from plnapi.clock import now
from plnapi.db import db

HELD = frozenset({"verified", "waiting"})  # what somebody achieved or handed in
MANY = 500  # people judged at once
NO_STEPS = frozenset[UUID]()


@dataclass(frozen=True, slots=True)
class Difference:
    """A state that is kept otherwise than it follows. `kept` and `derived` are the rows, None where there is none."""

    course_id: UUID
    person_id: UUID
    step_key: UUID
    kept: Row | None
    derived: Row | None


@dataclass(slots=True)
class _Changes:
    added: dict[Key, Row] = field(default_factory=dict)
    changed: dict[Key, Row] = field(default_factory=dict)
    gone: list[Key] = field(default_factory=list)
    credits: list[Row] = field(default_factory=list)
    held: list[Row] = field(default_factory=list)
    done: list[Key] = field(default_factory=list)
    fallen: list[Key] = field(default_factory=list)


def refresh(
    person_ids: Iterable[UUID],
    course_ids: Iterable[UUID] | None = None,
    *,
    leaving: frozenset[UUID] = frozenset(),
    ended: UUID | None = None,
    undone: Key | None = None,
    ceasing: frozenset[UUID] = NO_STEPS,
    news: Mapping[UUID, News] | None = None,
) -> int:
    """Bring the states of these people (in these courses; None: all of theirs) up to date. Returns how many changed.

    `leaving` are ids of facts that are about to be deleted, `ended` is a course for which nothing of these people
    counts any more, `undone` a step about which a decision was just taken back: it alone may fall. `ceasing`: see
    `crediting.ceasing`. `news` is all that is different of each person, where that is known: only steps to which it makes
    a difference are judged then. Up to MANY people take a constant number of statements, however many steps and facts.
    """
    courses = None if course_ids is None else list(course_ids)
    changed = 0
    for people in _parts(person_ids):
        lock(people)
        inputs = loading.places(people, courses, ended)
        kept = states.kept(people, list(inputs.steps))
        if news is not None:
            inputs = loading.only(inputs, news, kept)
        if not inputs.students:
            continue
        inputs = loading.fill(inputs, leaving=leaving)
        found = _compare(inputs, kept, undone, ceasing)
        states.write_credits([*found.credits, *found.held])
        states.write(found.added, found.changed, found.gone)
        telling.tell(telling.DONE, found.done)
        telling.tell(telling.UNDONE, found.fallen)
        changed += len(found.added) + len(found.changed) + len(found.gone)
    return changed


def judge_all(
    inputs: Inputs,
    student: Student,
    credit: Callable[[Key, StepJudgement], Said | None] = lambda _key, _found: None,
    ceasing: frozenset[UUID] = NO_STEPS,
) -> Iterator[tuple[StepRow, StepJudgement]]:
    """The judgement of each step of a student, those that open others first; only of those that `inputs` name. Pure.

    `credit` is asked of each for a decision that is about to be written and keeps what was earned; `ceasing`: see
    `crediting.ceasing`.
    """
    steps, context, only = inputs.steps[student.course_id], inputs.context(student), inputs.only_of(student)
    done = set(only.done if only else ())
    for step in unlocking.in_order(steps):
        if only and step.step_key not in only.steps:
            continue
        locked = unlocking.locked(step, done, steps)
        found = _judge(inputs, student, step, context, locked)
        # Where the course said beforehand that it does not keep credit, what falls by undone acts alone falls: when
        # they are news. A rule that changes later takes nothing, also where acts were undone before.
        keeps = step.keeps_credit or step.step_key in ceasing or only is None
        worth = found if keeps else _judge(inputs, student, replace(step, keeps_credit=True), context, locked)
        said = credit((student.course_id, student.person_id, step.step_key), worth)
        if said is not None:
            found = _judge(inputs, student, step, context, locked, [said])
        if found.verdict == "verified":
            done.add(step.step_key)
        yield step, found


def _judge(
    inputs: Inputs, student: Student, step: StepRow, context: Context, locked: Note | None, more: Sequence[Said] = ()
) -> StepJudgement:
    """The judgement of one step; `more` are decisions about to be written, `locked` says what opens it."""
    said = _said(inputs, (student.course_id, student.person_id, step.step_key))
    acts, looks = inputs.seen(student)
    return judge(
        step.branches, acts, looks, (*said, *more), context,
        locked=locked, least_level=step.least_level, fallback=step.fallback, keeps_credit=step.keeps_credit,
    )  # fmt: skip


def derive(
    inputs: Inputs,
    credit: Callable[[Key, StepJudgement], Said | None] = lambda _key, _found: None,
    ceasing: frozenset[UUID] = NO_STEPS,
) -> Iterator[tuple[Key, dict[str, Any]]]:
    """The row that follows from the inputs for each step of each student; `credit` and `ceasing` as for
    `judge_all`. Pure."""
    for student in inputs.students:
        for step, found in judge_all(inputs, student, credit, ceasing):
            yield (student.course_id, student.person_id, step.step_key), states.as_row(found)


def replay(course_id: UUID) -> list[Difference]:
    """Derive every state of a course again and compare. Changes nothing."""
    differences: list[Difference] = []
    for people in _parts(loading.student_ids(course_id)):
        inputs = loading.load(people, [course_id])
        kept, over = states.kept(people, [course_id]), _Over.of(inputs)
        derived = dict(derive(inputs))
        for key in sorted(derived.keys() | kept.keys()):
            if derived.get(key) != kept.get(key) and not over.stays(key, kept.get(key), derived.get(key)):
                differences.append(Difference(*key, kept=kept.get(key), derived=derived.get(key)))
    return differences


def foresee(course_id: UUID, person_ids: Iterable[UUID], steps: Sequence[StepRow]) -> tuple[list[Key], list[Key]]:
    """What these steps would change in a course, were they its newest: what would come to be done, and what would fall
    but for the credit that is kept. Writes nothing."""
    gained, fallen = list[Key](), list[Key]()
    for people in _parts(person_ids):
        stored = loading.load(people, [course_id])
        ceasing = crediting.ceasing(stored.steps.get(course_id, ()), steps)
        inputs = replace(stored, steps={course_id: steps})
        found = _compare(inputs, states.kept(people, [course_id]), ceasing=ceasing)
        gained += found.done
        fallen += [(one["course_id"], one["person_id"], one["step_key"]) for one in found.credits]
    return gained, fallen


def _compare(
    inputs: Inputs, kept: Mapping[Key, Row], undone: Key | None = None, ceasing: frozenset[UUID] = NO_STEPS
) -> _Changes:
    """What has to be written, with the credits without which something would fall; `undone` falls without one."""
    found, over = _Changes(), _Over.of(inputs)

    def credit(key: Key, judged: StepJudgement) -> Said | None:
        before = kept.get(key)
        if before is None:
            return None
        falls = crediting.falls(before, judged)
        if falls and key == undone:
            return None
        if falls:
            found.credits.append(made := crediting.credit(key, before))
        elif (
            key[2] in ceasing and before["verdict"] == "verified" and not crediting.is_held(before, _said(inputs, key))
        ):
            found.held.append(made := crediting.credit(key, before))
        else:
            return None
        return crediting.as_said(made)

    for key, row in derive(inputs, credit, ceasing):
        before = kept.get(key)
        if row == before or over.stays(key, before, row):
            continue
        was, is_ = before is not None and before["verdict"] == "verified", row["verdict"] == "verified"
        if is_ and not was and not (before is None and _has_credit(inputs, key)):
            found.done.append(key)
        if was and not is_:
            found.fallen.append(key)
        if before is None:
            found.added[key] = row
        else:
            found.changed[key] = row
    found.gone = [] if inputs.only is not None else _without_step(inputs, kept)
    found.credits += [crediting.credit(key, kept[key]) for key in found.gone if kept[key]["verdict"] == "verified"]
    return found


def _has_credit(inputs: Inputs, key: Key) -> bool:
    """Whether the step was done before, on an earlier checklist."""
    return any(one.kind == "credited" for one in _said(inputs, key))


def _said(inputs: Inputs, key: Key) -> Sequence[Said]:
    return inputs.said.get(key[:2], {}).get(key[2], ())


def _without_step(inputs: Inputs, kept: Iterable[Key]) -> list[Key]:
    """What is kept of steps that are not on the checklist any more."""
    places = {(student.course_id, student.person_id) for student in inputs.students}
    there = {(course_id, step.step_key) for course_id, steps in inputs.steps.items() for step in steps}
    return [key for key in kept if key[:2] in places and (key[0], key[2]) not in there]


@dataclass(frozen=True, slots=True)
class _Over:
    """Courses that are over, and those of them whose grace time is over too."""

    courses: frozenset[UUID]
    frozen: frozenset[UUID]

    @classmethod
    def of(cls, inputs: Inputs) -> "_Over":
        """As it is at this moment."""
        moment = now()
        return cls(
            frozenset(student.course_id for student in inputs.students if student.over_from <= moment),
            frozenset(student.course_id for student in inputs.students if student.frozen_from <= moment),
        )

    def stays(self, key: Key, before: Row | None, row: Row | None) -> bool:
        """Whether a state stays as it is kept. Once nobody looks any more, a step that was open and would be stays as it
        was last explained. In a frozen course nothing changes but that evidence goes that must go."""
        if key[0] not in self.courses or before is None or row is None:
            return False
        if key[0] in self.frozen and not _loses(before, row):
            return True
        return not {before["verdict"], row["verdict"]} & HELD


def _loses(before: Row, row: Row) -> bool:
    return not {one["uri"] for one in before["evidence"]} <= {one["uri"] for one in row["evidence"]}


def lock(people: Sequence[UUID]) -> None:
    """One judgement of a person at a time: two harvests of one person at once would each miss the other's facts, and
    the later one would keep what it did not see. SQLite has one writer anyway, and is not asked."""
    db.session.flush()
    if db.session.connection().dialect.name != "sqlite":
        db.session.execute(
            select(Person.id).where(Person.id.in_(people)).order_by(Person.id).with_for_update(key_share=True)
        )


def _parts(people: Iterable[UUID]) -> Iterator[list[UUID]]:
    everybody = sorted(set(people))
    return (everybody[start : start + MANY] for start in range(0, len(everybody), MANY))
