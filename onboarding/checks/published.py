"""The judgement of what somebody published; `post`, `reply` and `blog` differ only in which acts count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from onboarding.checks import counting
from onboarding.checks.base import Act, Config, Context, Evidence, Judgement, Look, Note
from onboarding.checks.coverage import too_few


@dataclass(frozen=True, slots=True)
class Words:
    """The codes of what is said, and parameters that all of them take."""

    done: str
    missing: str
    action: str
    params: Mapping[str, Any] = field(default_factory=dict)


def counted(acts: Sequence[Act], looks: Sequence[Look], config: Config, context: Context, words: Words) -> Judgement:
    """Verified when the acts suffice by the rules of `counting`, else what that means by how much could be seen."""
    found, weekly = counting.tally(acts, config, context), config.get("every") == "week"
    counts = {"have": found.have, "wanted": found.wanted}
    if weekly:
        counts["count"] = config["count"]
    if found.done_at:
        evidence = tuple(Evidence.of(act) for act in found.hits)
        note = Note("weeks_done" if weekly else words.done, counts)
        return Judgement("verified", "machine", evidence, (note,), found.done_at)
    missing = Note("weeks_missing" if weekly else words.missing, {**counts, **words.params})
    rules = list(found.rules)
    if found.days:
        rules.insert(0, Note("days_missing", dict(zip(("have", "wanted"), found.days, strict=True))))
    return too_few("posts", looks, context, missing, Note(words.action, dict(words.params)), rules)
