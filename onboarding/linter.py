"""Whether the steps of a checklist can be done: by anybody in this course, and by somebody without a public account."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from onboarding import loading, unlocking
from onboarding.checks import CHECKS, flat
from onboarding.checks.answered import Answered
from onboarding.checks.base import Context, Level
from onboarding.judging import Fallback, level_rank
from onboarding.sentences import problem
from plnapi.errors import N_, Conflict, FieldError, Message


class Checked(unlocking.Opened, Protocol):
    """What the linter reads of a step."""

    @property
    def required(self) -> bool:
        """Whether everybody has to do it."""

    @property
    def branches(self) -> Sequence[Mapping[str, Any]]:
        """As in `models.Step`; empty for a heading."""

    @property
    def due_on(self) -> date | None:
        """The last day for it."""

    @property
    def least_level(self) -> Level | None:
        """As in `models.Step`."""

    @property
    def fallback(self) -> Fallback:
        """As in `models.Step`."""


def impossible(steps: Sequence[Checked], context: Context) -> list[FieldError]:
    """Settings that cannot work in this course, each with its pointer into the checklist."""
    return [error for n, step in enumerate(steps) for error in _of_step(f"/steps/{n}", step, context)]


@dataclass(frozen=True, slots=True)
class Excluded:
    """A required step, with its position, that nobody without a public account could do. `behind` are the steps that need
    one and without which it does not open; none when it needs one itself."""

    position: int
    step: Checked
    behind: Sequence[Checked] = ()


def excluding(steps: Sequence[Checked]) -> list[Excluded]:
    """Required steps that shut out whoever has no public account (PRIVACY.md P1): by all of their ways, or by what opens
    them."""
    blocking: dict[str, Sequence[Checked]] = {}
    for step in unlocking.in_order([step for step in steps if step.step_key]):
        blocking[str(step.step_key)] = _blocking(step, blocking)
    found = []
    for n, step in enumerate(steps):
        if step.required and step.branches and (by := _blocking(step, blocking)):
            found.append(Excluded(n, step, [one for one in by if one is not step]))
    return found


def _blocking(step: Checked, known: Mapping[str, Sequence[Checked]]) -> Sequence[Checked]:
    """The step itself when all of its ways need a public account, else those that keep it shut for the same reason:
    `known` are theirs, by key."""
    if step.branches and not _open_to_all(step):
        return [step]
    for group in step.after:
        openers = [known[key] for key in group if key in known]
        if openers and all(openers):
            return list({one.step_key: one for some in openers for one in some}.values())
    return ()


def excluded_errors(steps: Sequence[Checked]) -> list[FieldError]:
    """The same as errors with pointers."""
    return [_excluded_error(one) for one in excluding(steps)]


def _excluded_error(found: Excluded) -> FieldError:
    if not found.behind and any(not _needs_account(way) for way in found.step.branches):
        message = N_(
            "Of “%(step)s” nothing counts that can be done without a public account. "
            "Add a link that a person reviews, or let weaker evidence wait for a person."
        )
        text = Message.of(message, step=found.step.title)
        return FieldError(f"/steps/{found.position}/fallback", text, "needs_public_account")
    if not found.behind:
        message = N_("“%(step)s” has no way that needs no public account. Add “Own word or a link” to it.")
        text = Message.of(message, step=found.step.title)
        return FieldError(f"/steps/{found.position}/branches", text, "needs_public_account")
    message = N_(
        "“%(step)s” opens only after what needs a public account: %(before)s. "
        "Add “Own word or a link” there, or let the step open without it."
    )
    text = Message.of(message, step=found.step.title, before=_titles(found.behind))
    return FieldError(f"/steps/{found.position}/after", text, "needs_public_account")


def _titles(steps: Iterable[Checked]) -> str:
    return ", ".join(f"“{title}”" for title in dict.fromkeys(one.title for one in steps))


def check_opening(course_id: UUID) -> None:
    """Raises Conflict `steps_impossible` or `steps_need_account`, naming the steps; a course without steps may open."""
    steps = loading.all_steps(course_id)
    wrong = impossible(steps, loading.contexts([course_id])[course_id])
    if wrong:
        raise Conflict(N_("Some steps cannot be done as they are set."), code="steps_impossible", errors=wrong)
    errors = excluded_errors(steps)
    if errors:
        names = _titles(one for found in excluding(steps) for one in (found.behind or [found.step]))
        raise Conflict(
            N_("Nobody may be made to have a public account. These steps need another way: %(steps)s."),
            code="steps_need_account", errors=errors, steps=names,
        )  # fmt: skip


def _open_to_all(step: Checked) -> bool:
    return any(not _needs_account(way) and _counts(way, step) for way in step.branches)


def _needs_account(way: Mapping[str, Any]) -> bool:
    return CHECKS[way["kind"]].needs(way["config"]).public_account


def _counts(way: Mapping[str, Any], step: Checked) -> bool:
    """Whether the best evidence that a way can give is enough for the step, or may wait for a person."""
    if step.fallback == "review":
        return True
    return min(map(_best, flat([way]))) >= level_rank(step.least_level)


def _best(way: Mapping[str, Any]) -> int:
    check = CHECKS[way["kind"]]
    takes, reviewed = check.takes(way["config"]), isinstance(check, Answered) and check.is_reviewed(way["config"])
    if takes == "link" or reviewed:
        return level_rank("person")
    return level_rank("declared" if takes else "machine")


def _of_step(pointer: str, step: Checked, context: Context) -> Iterator[FieldError]:
    if step.due_on and not context.starts_on <= step.due_on <= context.ends_on:
        code = "due_before_start" if step.due_on < context.starts_on else "due_after_end"
        params = {"starts_on": context.starts_on.isoformat(), "ends_on": context.ends_on.isoformat()}
        yield FieldError(f"{pointer}/due_on", problem(code, params), code)
    yield from _doubled(pointer, step)
    if step.branches and not any(_counts(way, step) for way in step.branches):
        message = N_("No way of this step can give that evidence. Add one, or let weaker evidence wait for a person.")
        yield FieldError(f"{pointer}/fallback", Message.of(message), "level_out_of_reach")
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
