"""Whether the steps of a checklist can be done: by anybody in this course, and by somebody without a public account."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from onboarding import loading
from onboarding.checks import CHECKS, flat
from onboarding.checks.base import Context
from onboarding.sentences import problem
from plnapi.errors import N_, Conflict, FieldError, Message


class Checked(Protocol):
    """What the linter reads of a step."""

    @property
    def title(self) -> str:
        """For people."""

    @property
    def required(self) -> bool:
        """Whether everybody has to do it."""

    @property
    def branches(self) -> Sequence[Mapping[str, Any]]:
        """As in `models.Step`; empty for a heading."""

    @property
    def due_on(self) -> date | None:
        """The last day for it."""


def impossible(steps: Sequence[Checked], context: Context) -> list[FieldError]:
    """Settings that cannot work in this course, each with its pointer into the checklist."""
    return [error for n, step in enumerate(steps) for error in _of_step(f"/steps/{n}", step, context)]


def excluding(steps: Sequence[Checked]) -> list[tuple[int, Checked]]:
    """Required steps, with their positions, that nobody without a public account could do (PRIVACY.md P1)."""
    return [(n, step) for n, step in enumerate(steps) if step.required and step.branches and not _open_to_all(step)]


def excluded_errors(steps: Sequence[Checked]) -> list[FieldError]:
    """The same as errors with pointers."""
    message = N_("“%(step)s” has no way that needs no public account. Add “Own word or a link” to it.")
    return [
        FieldError(f"/steps/{n}/branches", Message.of(message, step=step.title), "needs_public_account")
        for n, step in excluding(steps)
    ]


def check_opening(course_id: UUID) -> None:
    """Raises Conflict `steps_impossible` or `steps_need_account`, naming the steps; a course without steps may open."""
    steps = loading.all_steps(course_id)
    wrong = impossible(steps, loading.contexts([course_id])[course_id])
    if wrong:
        raise Conflict(N_("Some steps cannot be done as they are set."), code="steps_impossible", errors=wrong)
    errors = excluded_errors(steps)
    if errors:
        names = ", ".join(f"“{step.title}”" for _, step in excluding(steps))
        raise Conflict(
            N_("Nobody may be made to have a public account. These steps need another way: %(steps)s."),
            code="steps_need_account", errors=errors, steps=names,
        )  # fmt: skip


def _open_to_all(step: Checked) -> bool:
    return any(not CHECKS[b["kind"]].needs(b["config"]).public_account for b in step.branches)


def _of_step(pointer: str, step: Checked, context: Context) -> Iterator[FieldError]:
    if step.due_on and not context.starts_on <= step.due_on <= context.ends_on:
        code = "due_before_start" if step.due_on < context.starts_on else "due_after_end"
        params = {"starts_on": context.starts_on.isoformat(), "ends_on": context.ends_on.isoformat()}
        yield FieldError(f"{pointer}/due_on", problem(code, params), code)
    yield from _doubled(pointer, step)
    for n, branch in enumerate(step.branches):
        for found in CHECKS[branch["kind"]].problems(branch["config"], context):
            field = f"/{found.param}" if found.param else ""
            where = f"{pointer}/branches/{n}/config{field}"
            yield FieldError(where, problem(found.code, found.params), found.code)


def _doubled(pointer: str, step: Checked) -> Iterator[FieldError]:
    """One answer of a kind is all that a step takes: two forms of a kind could not be told apart."""
    kinds = Counter(b["kind"] for b in flat(step.branches) if CHECKS[b["kind"]].takes(b["config"]) == "answer")
    for kind, times in kinds.items():
        if times > 1:
            message = Message.of(N_("A step takes “%(kind)s” once; make two steps."), kind=CHECKS[kind].title)
            yield FieldError(f"{pointer}/branches", message, "form_twice")
