"""Why a step stands as it does, for one student: judged on the spot by the same function that keeps the states."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from onboarding import dues, loading, pausing, progress, states
from onboarding.checks import CHECKS, flat
from onboarding.checks.assess import ASSESS
from onboarding.checks.base import Account, Context, Field, Look, Note
from onboarding.checks.coverage import of_verbs
from onboarding.dues import Due
from onboarding.judging import StepJudgement
from onboarding.loading import Inputs, StepRow, Student
from plnapi.clock import now
from plnapi.errors import N_, NotFound
from plnapi.harvest import service as harvest
from plnapi.harvest.service import Down


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the student answered to the same statements in a step that stands before."""

    step_key: UUID
    title: str
    data: Mapping[str, Any]
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Form:
    """What a way of the step asks for, and `data`, what was answered last (empty and None when nothing was). `earlier` is
    what to hold an answered self-assessment against."""

    kind: str
    fields: Sequence[Field]
    data: Mapping[str, Any]
    answered_at: datetime | None
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """`looks` are those that the step's branches need, with their times; `next` is the one thing to do, if any. `forms`
    are those of the ways that take an answer."""

    step: StepRow
    judgement: StepJudgement
    looks: Sequence[Look]
    next: Note | None
    consented: bool
    due: Due
    forms: Sequence[Form] = ()


def explain(course_id: UUID, person_id: UUID, step_key: UUID) -> Explanation:
    """Raises NotFound for somebody who is no student of the course, or no such step."""
    found = everything(course_id, person_id).get(step_key)
    if found is None:
        raise NotFound(N_("step"), step_key)
    return found


def everything(course_id: UUID, person_id: UUID) -> dict[UUID, Explanation]:
    """Every step of a student by its key, in order. Raises NotFound for somebody who is no student of the course."""
    inputs = loading.load([person_id], [course_id])
    student = next(iter(inputs.students), None)
    if student is None:
        raise NotFound(N_("student"), person_id)
    downs = harvest.outages_of([person_id]).get(person_id, ())
    return _all(inputs, student, dues.extensions_of(course_id, person_id), downs)


def for_a_newcomer(course_id: UUID, steps: Sequence[StepRow], context: Context) -> dict[UUID, Explanation]:
    """Each of these steps as it is explained to somebody who joined just now, agreed and linked nothing. Stores nothing."""
    never = datetime.max.replace(tzinfo=UTC)
    student = Student(course_id, UUID(int=0), True, never, never, now())
    inputs = Inputs((student,), {course_id: steps}, {course_id: context}, {}, {}, {}, {})
    return _all(inputs, student, {}, ())


def _all(
    inputs: Inputs, student: Student, extended: Mapping[UUID, date], downs: Sequence[Down]
) -> dict[UUID, Explanation]:
    judged = {step.step_key: judgement for step, judgement in progress.judge_all(inputs, student)}
    return _compared(
        _explanation(inputs, student, step, judged[step.step_key], extended.get(step.step_key), downs)
        for step in inputs.steps[student.course_id]
    )


def _compared(found: Iterable[Explanation]) -> dict[UUID, Explanation]:
    """By step: beside each self-assessment that was answered the first one of the same statements in a step before it.

    Not before it is answered, so that nobody only repeats what they said.
    """
    first: dict[tuple[str, ...], Earlier] = {}
    made: dict[UUID, Explanation] = {}
    for one in found:
        key, forms = one.step.step_key, []
        for form in one.forms:
            asked = tuple(field.label for field in form.fields)
            if form.kind != ASSESS.kind or form.answered_at is None:
                forms.append(form)
            else:
                forms.append(replace(form, earlier=first.get(asked)))
                first.setdefault(asked, Earlier(key, one.step.title, form.data, form.answered_at))
        made[key] = replace(one, forms=forms)
    return made


def _explanation(
    inputs: Inputs,
    student: Student,
    step: StepRow,
    judgement: StepJudgement,
    later: date | None,
    downs: Sequence[Down],
) -> Explanation:
    evidence = [states.evidence_row(one) for one in judgement.evidence]
    done_at = judgement.done_at or dues.handed_in(judgement.verdict, evidence)
    context = inputs.contexts[student.course_id]
    pauses = pausing.of_step(step.branches, downs, context) if step.due_on else ()
    due = dues.due(step.due_on, later, context.zone, done_at, now(), pauses)
    looks = inputs.seen(student)[1] if student.consented else ()
    relevant = _relevant(step, looks, inputs.accounts.get(student.person_id, ()))
    return Explanation(
        step, judgement, relevant, _next(judgement, student), student.consented, due, _forms(inputs, student, step)
    )


def _relevant(step: StepRow, looks: Sequence[Look], accounts: Sequence[Account]) -> list[Look]:
    """The looks that the branches need: by name, or because they tell of a verb."""
    needs = [CHECKS[branch["kind"]].needs(branch["config"]) for branch in step.branches]
    named = {look for one in needs for look in one.looks}
    telling = of_verbs([verb for one in needs for verb in one.verbs], looks, accounts)
    return [look for look in looks if look.look in named or look in telling]


def _forms(inputs: Inputs, student: Student, step: StepRow) -> list[Form]:
    """Of the ways that take an answer, in their order."""
    context = inputs.contexts[student.course_id]
    said = inputs.said.get((student.course_id, student.person_id), {}).get(step.step_key, ())
    answers = sorted((one for one in said if one.kind == "answer"), key=lambda one: (one.made_at, one.id))
    found: list[Form] = []
    for way in flat(step.branches):
        check = CHECKS[way["kind"]]
        if check.takes(way["config"]) == "answer":
            last = next((one for one in reversed(answers) if check.kind in one.data), None)
            data, at = (last.data[check.kind], last.made_at) if last else ({}, None)
            found.append(Form(check.kind, check.form(way["config"], context), data, at))
    return found


def _next(judgement: StepJudgement, student: Student) -> Note | None:
    """Nothing where nothing changes any more; and nobody waits for a look when the course is over."""
    moment = now()
    if student.frozen_from <= moment:
        return None
    found = next((note for note in judgement.explanation if note.code.startswith("next_")), None)
    return None if found and found.code == "next_wait" and student.over_from <= moment else found
