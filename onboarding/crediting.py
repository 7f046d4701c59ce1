"""Credit that is kept: when a derived state would fall below the kept one, and the decision that holds what was earned."""

from collections.abc import Iterable, Sequence
from typing import Protocol
from uuid import UUID

from onboarding import undoing
from onboarding.checks.base import Said
from onboarding.judging import StepJudgement, level_rank
from onboarding.states import Key, Row
from plnapi.clock import new_id, now


class Keeping(Protocol):
    """What is read of a step here."""

    @property
    def step_key(self) -> UUID | None:
        """None for one that does not stand yet."""

    @property
    def keeps_credit(self) -> bool:
        """As in `models.Step`."""


def ceasing(before: Iterable[Keeping], after: Iterable[Keeping]) -> frozenset[UUID]:
    """Keys of the steps that keep credit before and do not after. It is said beforehand only for what is earned later:
    what was earned until then stays."""
    kept = {one.step_key for one in before if one.keeps_credit}
    return frozenset(one.step_key for one in after if one.step_key in kept and not one.keeps_credit and one.step_key)


def falls(before: Row, judged: StepJudgement) -> bool:
    """Whether a kept row is worth more than what is derived."""
    if before["verdict"] != "verified":
        return False
    return judged.verdict != "verified" or level_rank(judged.level) < level_rank(before["level"])


def is_held(before: Row, said: Sequence[Said]) -> bool:
    """Whether a decision that stands holds all that a kept row is worth."""
    worth = level_rank(before["level"])
    return any(one.kind == "credited" and level_rank(one.level) >= worth for one in undoing.standing(said))


def credit(key: Key, before: Row) -> Row:
    """A decision that holds what was earned, without the handle or address that it was earned with."""
    course_id, person_id, step_key = key
    return {
        "id": new_id(), "course_id": course_id, "person_id": person_id, "step_key": step_key, "kind": "credited",
        "url": "", "comment": "", "made_at": now(), "level": before["level"], "done_at": before["done_at"],
    }  # fmt: skip


def as_said(row: Row) -> Said:
    """The same as it is judged."""
    return Said(row["id"], "credited", row["made_at"], level=row["level"], done_at=row["done_at"])
