"""Several ways that all have to be done: one branch of a step whose parts are branches."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onboarding.checks.base import (
    LEVELS,
    VERDICTS,
    Act,
    Check,
    Config,
    Context,
    Judgement,
    Look,
    Needs,
    Note,
    Param,
    Problem,
    Reads,
    Said,
)
from plnapi.errors import N_

KIND = "all_of"


class AllOf(Check):
    """`config`: `of`, at least two branches, none of which is itself of this kind. `parts` are the kinds that they have."""

    kind = KIND
    title = N_("All of several ways")
    help = N_("The student does every one of the parts; together they are one way.")
    icon = "list-check"
    params: tuple[Param, ...] = (Param("of", "ways", N_("The parts"), required=True, maximum=5),)

    def __init__(self, parts: Mapping[str, Check]) -> None:
        self.parts = parts

    def needs(self, config: Config) -> Needs:
        """All that the parts need."""
        all_ = [self.parts[part["kind"]].needs(part["config"]) for part in config.get("of", ())]
        return Needs(
            frozenset().union(*(one.looks for one in all_)),
            any(one.public_account for one in all_),
            frozenset().union(*(one.verbs for one in all_)),
            any(one.classmates for one in all_),
        )

    def reads(self, config: Config) -> Reads:
        """All that the parts look at."""
        return Reads.together(self.parts[part["kind"]].reads(part["config"]) for part in config.get("of", ()))

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """Those of the parts, each at `of/<number>/config/<setting>`."""
        for n, part in enumerate(config["of"]):
            for found in self.parts[part["kind"]].problems(part["config"], context):
                field = f"/{found.param}" if found.param else ""
                yield Problem(f"of/{n}/config{field}", found.code, found.params)

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """The worst verdict and the least level of the parts; done when the last of them was. All evidence is shown."""
        judged = [
            (part, self.parts[part["kind"]].judge(part["config"], facts, looks, decisions, context))
            for part in config["of"]
        ]
        results = [found for _, found in judged]
        worst = max(results, key=lambda one: VERDICTS.index(one.verdict))
        done = [one.done_at for one in results if one.done_at]
        levels = [one.level for one in results if one.level]
        held = worst.verdict in {"verified", "waiting"}
        return Judgement(
            worst.verdict,
            min(levels, key=LEVELS.index) if held and levels else None,
            tuple(evidence for one in results for evidence in one.evidence) if held else (),
            (*_chain(judged), *(note for note in worst.explanation if note.code.startswith("next_"))),
            max(done) if worst.verdict == "verified" and done else None,
        )


def _chain(judged: Sequence[tuple[Any, Judgement]]) -> Iterator[Note]:
    """What is said of each part, under its number."""
    for n, (part, found) in enumerate(judged, 1):
        yield Note("part", {"number": n, "of": len(judged), "kind": part["kind"], "verdict": found.verdict})
        yield from (note for note in found.explanation if not note.code.startswith("next_"))
