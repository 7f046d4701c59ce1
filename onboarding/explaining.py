"""Why a step stands as it does, for one student: judged on the spot by the same function that keeps the states."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from onboarding import dues, loading, progress, states
from onboarding.checks import CHECKS
from onboarding.checks.base import Look, Note
from onboarding.dues import Due
from onboarding.judging import StepJudgement
from onboarding.loading import Inputs, StepRow, Student
from plnapi.clock import now
from plnapi.errors import N_, NotFound


@dataclass(frozen=True, slots=True)
class Explanation:
    """`looks` are those that the step's branches need, with their times; `next` is the one thing to do, if any."""

    step: StepRow
    judgement: StepJudgement
    looks: Sequence[Look]
    next: Note | None
    consented: bool
    due: Due


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
    extended = dues.extensions_of(course_id, person_id)
    judged = {step.step_key: judgement for step, judgement in progress.judge_all(inputs, student)}
    return {
        step.step_key: _explanation(inputs, student, step, judged[step.step_key], extended.get(step.step_key))
        for step in inputs.steps[course_id]
    }


def _explanation(
    inputs: Inputs, student: Student, step: StepRow, judgement: StepJudgement, later: date | None
) -> Explanation:
    evidence = [states.evidence_row(one) for one in judgement.evidence]
    done_at = judgement.done_at or dues.handed_in(judgement.verdict, evidence)
    due = dues.due(step.due_on, later, inputs.contexts[student.course_id].zone, done_at, now())
    looks = inputs.looks.get(student.person_id, ()) if student.consented else ()
    return Explanation(step, judgement, _relevant(step, looks), _next(judgement), student.consented, due)


def _relevant(step: StepRow, looks: Sequence[Look]) -> list[Look]:
    wanted = {look for branch in step.branches for look in CHECKS[branch["kind"]].needs(branch["config"]).looks}
    return [look for look in looks if look.look in wanted]


def _next(judgement: StepJudgement) -> Note | None:
    return next((note for note in judgement.explanation if note.code.startswith("next_")), None)
