"""Follow people of a starter list: so many of it, or named ones."""

from collections.abc import Iterator, Sequence

from onboarding.checks.base import Act, Config, Context, Judgement, Look, Needs, Param, Problem, Said
from onboarding.checks.following import Matching
from plnapi.errors import N_

_MATCHING = Matching(
    kinds=frozenset({"person", "feed"}),
    done="followed",
    missing="follows_missing",
    action="next_follow",
    too_few_items="too_few_people",
)


class Follow:
    """`config`: `list`, and `count` of it or `items` by name (with `count`, so many of those)."""

    kind = "follow"
    title = N_("Follow people")
    help = N_("plnapi reads whom the student follows in public and counts those who are on the list.")
    icon = "person-plus"
    params: tuple[Param, ...] = (
        Param("list", "list", N_("Starter list"), required=True),
        Param("count", "count", N_("How many"), N_("Leave empty to ask for all of the named ones, or for one.")),
        Param("items", "items", N_("Only these"), N_("Choose none to count anybody on the list.")),
    )

    def needs(self, config: Config) -> Needs:
        """A public list of follows."""
        return Needs(frozenset({"follows"}), public_account=True)

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """See `Matching`."""
        return _MATCHING.problems(config, context)

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """See `Matching`."""
        return _MATCHING.judge(config, facts, looks, context)


FOLLOW = Follow()
