"""Which steps of a person something new can make a difference to. Pure.

See docs/decisions/0012: a step is left alone only where judging it again would give what is kept.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from onboarding.checks.base import Reads
from onboarding.judging import KEPT_EVIDENCE
from plnapi.activity.service import News

FULL = frozenset({"machine", "person"})  # no act gives more


class Touched(Protocol):
    """What is read of a step here."""

    @property
    def step_key(self) -> UUID:
        """Names it."""

    @property
    def after(self) -> Sequence[Sequence[str]]:
        """As in `models.Step`."""

    @property
    def reads(self) -> Sequence[Reads]:
        """What each of its branches is judged by, in their order."""

    @property
    def keeps_credit(self) -> bool:
        """As in `models.Step`."""


def touched(steps: Sequence[Touched], news: News, kept: Mapping[UUID, Mapping[str, Any]]) -> frozenset[UUID]:
    """Keys of the steps that have to be judged again, with those that wait for one of them. `kept` are the person's states
    by step, as rows of `step_states`; a step that has none is judged."""
    found = {step.step_key for step in steps if _touches(step, news, kept.get(step.step_key))}
    waiting = [step for step in steps if step.after and step.step_key not in found]
    while more := {step.step_key for step in waiting if _waits_for(step, found)} - found:
        found |= more
    return frozenset(found)


def _waits_for(step: Touched, keys: set[UUID]) -> bool:
    return any(UUID(key) in keys for group in step.after for key in group)


def _touches(step: Touched, news: News, row: Mapping[str, Any] | None) -> bool:
    if row is None:
        return True
    verbs = [news.since.keys() & reads.verbs for reads in step.reads]
    if any(verbs):
        return not _is_settled(step, news, row, verbs)
    if not news.looks:
        return False
    held = row["verdict"] == "verified"
    return any(reads.public or (reads.looks and not held) for reads in step.reads)


def _is_settled(step: Touched, news: News, row: Mapping[str, Any], verbs: Sequence[frozenset[str] | set[str]]) -> bool:
    """Whether acts that are all later than what a step was done by leave it as it is.

    It was done by the earliest acts that suffice, and none of those was undone. A branch before the one that it was done
    by would be shown instead of that, were it done too.
    """
    branch, evidence = row["branch"], row["evidence"]
    if row["verdict"] != "verified" or branch is None or row["level"] not in FULL or not step.keeps_credit:
        return False
    if any(verbs[:branch]) or not 0 < len(evidence) < KEPT_EVIDENCE or any(one["undone_at"] for one in evidence):
        return False
    if news.looks and any(reads.public for reads in step.reads):
        return False
    if any(note["code"] == "items_gone" for note in row["explanation"]):  # an act that meets one asks for more again
        return False
    last = max([row["done_at"], *map(_at, evidence)])
    return all(news.since[verb] > last for some in verbs for verb in some)


def _at(evidence: Mapping[str, Any]) -> datetime:
    """As `Act.at`."""
    seen = datetime.fromisoformat(evidence["seen_at"])
    return min(datetime.fromisoformat(evidence["happened_at"]), seen) if evidence["happened_at"] else seen
