"""Take part in a group of a starter list: write in it, or to it."""

from collections.abc import Iterator, Sequence

from onboarding.checks import counting, targets
from onboarding.checks.base import (
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
    Said,
    Target,
)
from onboarding.checks.coverage import too_few
from onboarding.checks.following import LIST
from onboarding.checks.published import Words, enough, lacking
from plnapi.errors import N_

SPACES = frozenset({"space"})


class TakePart(Check):
    """`config`: `list`, maybe only `items` of it; `count` of contributions; and the rules of `counting`."""

    kind = "take_part"
    title = N_("Take part in a group")
    help = N_("plnapi counts posts that mention a group of the list, and messages in rooms of the course.")
    icon = "chat-dots"
    params: tuple[Param, ...] = (
        LIST,
        Param("items", "items", N_("Only these"), N_("Choose none to count any space on the list.")),
        Param("count", "count", N_("How many contributions"), required=True, default=1),
        *counting.PARAMS,
    )

    def needs(self, config: Config) -> Needs:
        """A network that shows posts."""
        return Needs(verbs=frozenset({"Create"}), public_account=True)

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """An unknown list or item, no group, impossible counts."""
        yield from targets.problems({**config, "count": 1}, context, SPACES, "too_few_spaces")
        yield from counting.problems(config, context)

    def asks(self, config: Config, context: Context) -> tuple[Target, ...]:
        """The groups."""
        return targets.wanted(config, context, SPACES)

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """Verified when enough was written to groups of the list."""
        list_ = targets.list_of(config, context)
        if list_ is None:
            return Judgement("unknown", explanation=(Note("list_gone"), Note("next_ask_instructor")))
        groups = targets.wanted(config, context, SPACES)
        keys = frozenset[str]().union(*(group.keys for group in groups))
        acts = [act for act in facts if act.verb == "Create" and not keys.isdisjoint(act.mentions | act.keys)]
        alive = [group.title for group in groups if group.item_key not in context.gone]
        words = Words("took_part", "parts_missing", "next_take_part", {"left": alive[:5], "list": list_.title})
        found = counting.tally(acts, config, context)
        done = enough(found, config, words)
        if done is not None:
            return done
        gone = targets.needed(1, groups, frozenset(), context)
        if gone.count == 0:
            return Judgement("unknown", explanation=(*gone.notes, Note("next_ask_instructor")))
        missing, rules = lacking(found, config, words)
        return too_few(["Create"], looks, context, missing, Note(words.action, words.params), [*gone.notes, *rules])


TAKE_PART = TakePart()
