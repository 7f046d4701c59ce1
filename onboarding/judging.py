"""The one judgement of a step: an any-of list of branches, of which the best one counts. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal

from onboarding import undoing
from onboarding.checks import CHECKS
from onboarding.checks.base import (
    LEVELS,
    VERDICTS,
    Act,
    Context,
    Evidence,
    Judgement,
    Level,
    Look,
    Note,
    Reads,
    Said,
    Verdict,
)

Fallback = Literal["review", "not_yet"]  # what becomes of what is below the least level of a step
FALLBACKS: tuple[Fallback, ...] = ("review", "not_yet")
KEPT_EVIDENCE = 20


class Acts:
    """What one person did, oldest first; each branch is given the verbs that it reads."""

    def __init__(self, acts: Iterable[Act]) -> None:
        self.all = sorted(acts, key=_ORDER)
        self._found: dict[frozenset[str], Sequence[Act]] = {}

    def of(self, verbs: frozenset[str]) -> Sequence[Act]:
        """The acts of these verbs, oldest first."""
        if verbs not in self._found:
            self._found[verbs] = [act for act in self.all if act.verb in verbs]
        return self._found[verbs]


_ORDER = attrgetter("at", "key")
NOTHING = Acts(())


@dataclass(frozen=True, slots=True)
class StepJudgement:
    """The step as a whole. `branch` is the index of the branch that was satisfied or waits; None also for a credit that
    was kept when its evidence went. `leading` is the index of the branch whose next action is shown first."""

    verdict: Verdict
    level: Level | None
    branch: int | None
    leading: int
    evidence: tuple[Evidence, ...]
    explanation: tuple[Note, ...]
    done_at: datetime | None
    branches: tuple[Judgement, ...]


def judge(
    branches: Sequence[Mapping[str, Any]],
    facts: Acts | Sequence[Act],
    looks: Sequence[Look],
    decisions: Sequence[Said],
    context: Context,
    *,
    locked: Note | None = None,
    least_level: Level | None = None,
    fallback: Fallback = "review",
    keeps_credit: bool = True,
) -> StepJudgement:
    """Judge a step. `branches` as in `models.Step`, `decisions` those of this student about this step.

    A step that is `locked` is not done yet, whatever its branches say; only credit that was earned before outlasts a lock.
    Without `keeps_credit` what was deleted or undone since does not count. What is done on a lower level than
    `least_level` waits until a reviewer has confirmed it, or with `fallback` not_yet does not count.
    """
    acts = facts if isinstance(facts, Acts) else Acts(facts)
    if not context.consented:
        acts, looks = NOTHING, ()
    decisions = undoing.standing(decisions)
    results = _results(branches, acts, looks, decisions, context)
    if not keeps_credit and any(act.undone_at for act in acts.all):
        still = Acts(act for act in acts.all if act.undone_at is None)
        results = tuple(map(_fallen, results, _results(branches, still, looks, decisions, context)))
    reviewed = undoing.confirmation(decisions)
    results = tuple(_on_level(one, least_level, fallback, reviewed) for one in results)
    kept = tuple(_credit(said) for said in decisions if said.kind == "credited")
    if locked is not None and not kept:
        return _locked(locked, results)
    return _best(results, kept)


def _best(results: tuple[Judgement, ...], kept: tuple[Judgement, ...]) -> StepJudgement:
    """The step by the best of its branches and of the credit that was kept."""
    candidates = (*results, *kept)
    leading = min(range(len(candidates)), key=lambda index: (_rank(candidates[index]), index))
    best = candidates[leading]
    satisfied = leading if leading < len(results) and best.verdict in {"verified", "waiting"} else None
    done = [one.done_at for one in candidates if one.verdict == "verified" and one.done_at]
    return StepJudgement(
        verdict=best.verdict,
        level=best.level,
        branch=satisfied,
        leading=min(leading, max(len(results) - 1, 0)),
        evidence=best.evidence[:KEPT_EVIDENCE],
        explanation=best.explanation,
        done_at=min(done, default=None),
        branches=results,
    )


def reads(branch: Mapping[str, Any]) -> Reads:
    """What a branch is judged by."""
    return CHECKS[branch["kind"]].reads(branch["config"])


def _results(
    branches: Sequence[Mapping[str, Any]],
    acts: Acts,
    looks: Sequence[Look],
    decisions: Sequence[Said],
    context: Context,
) -> tuple[Judgement, ...]:
    return tuple(
        CHECKS[b["kind"]].judge(b["config"], acts.of(reads(b).verbs), looks, decisions, context) for b in branches
    )


def _fallen(with_undone: Judgement, found: Judgement) -> Judgement:
    """What counts without that which was undone; it is said when that makes the difference."""
    if with_undone.verdict == found.verdict:
        return found
    return replace(found, explanation=(found.explanation[0], Note("undone_since"), *found.explanation[1:]))


def _on_level(result: Judgement, least: Level | None, fallback: Fallback, said: Said | None) -> Judgement:
    """A result as it counts where evidence must have at least this level; `said` is a reviewer's last word about it."""
    if result.verdict != "verified" or level_rank(result.level) >= level_rank(least):
        return result
    if said is None or (said.kind == "returned" and any(one.seen_at > said.made_at for one in result.evidence)):
        return _below(result, {"level": result.level, "least": least}, fallback)
    if said.kind == "returned":
        notes = (*result.explanation, Note("step_returned", {"comment": said.comment}), Note("next_improve"))
        return Judgement("not_yet", None, result.evidence, notes)
    approval = Evidence("Approve", "", said.made_at, said.made_at)
    notes = (*result.explanation, Note("level_confirmed", {"comment": said.comment}))
    return Judgement("verified", "person", (*result.evidence, approval), notes, result.done_at)


def _below(result: Judgement, levels: Mapping[str, Any], fallback: Fallback) -> Judgement:
    if fallback == "not_yet":
        notes = (*result.explanation, Note("level_not_enough", levels), Note("next_better", {"least": levels["least"]}))
        return Judgement("not_yet", None, result.evidence, notes)
    notes = (*result.explanation, Note("level_too_low", levels), Note("next_wait_confirm"))
    return Judgement("waiting", result.level, result.evidence, notes)


def _locked(note: Note, results: tuple[Judgement, ...]) -> StepJudgement:
    do = Note("next_unlock", note.params)
    return StepJudgement("not_yet", None, None, 0, (), (note, do), None, results)


def level_rank(level: str | None) -> int:
    """0 for none, then in the order of the evidence ladder."""
    return LEVELS.index(level) + 1 if level in LEVELS else 0


def _rank(judgement: Judgement) -> tuple[int, int]:
    return VERDICTS.index(judgement.verdict), -level_rank(judgement.level)


def _credit(said: Said) -> Judgement:
    return Judgement("verified", said.level, (), (Note("credit_kept"),), said.done_at or said.made_at)
