"""Matching follows with the items of a starter list; `follow` and `join_group` differ only in what they count."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from onboarding.checks import counting, targets
from onboarding.checks.base import (
    Act,
    Check,
    Config,
    Context,
    Evidence,
    Judgement,
    Look,
    Needs,
    Note,
    Param,
    Problem,
    Received,
    Said,
    Target,
    TargetList,
)
from onboarding.checks.coverage import too_few
from plnapi.errors import N_

SINCE: tuple[Param, ...] = (
    Param(
        "since",
        "choice",
        N_("What counts"),
        N_("Where a network does not say since when, the day counts on which plnapi first saw it."),
        choices=(
            ("", N_("Also from before the course")),
            ("course", N_("Only new ones, since the course began")),
            ("joined", N_("Only new ones, since the student joined the course")),
        ),
    ),
    Param("since_day", "day", N_("Since another day"), N_("Takes the place of the choice above.")),
)
LIST = Param("list", "list", N_("Starter list"), required=True)
COUNT = Param("count", "count", N_("How many"), N_("Leave empty to ask for all of the named ones, or for one."))


class Matching(Check):
    """A check of follows. A kind says which items count (`kinds` of `resources`), and the codes of what is said."""

    kinds: frozenset[str]
    done: str
    missing: str
    action: str
    too_few_items: str

    def needs(self, config: Config) -> Needs:
        """A network that shows follows."""
        return Needs(verbs=frozenset({"Follow"}), public_account=True)

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """An unknown list or item, more asked for than there are, or a day on which nothing could count any more."""
        yield from targets.problems(config, _with_course(config, context), self.kinds, self.too_few_items)
        yield from counting.since_problems(config, context)

    def asks(self, config: Config, context: Context) -> tuple[Target, ...]:
        """The items that count; none when accounts of the course, which are on no list, do as well."""
        if config.get("course_accounts") and not config.get("items"):
            return ()
        return targets.wanted(config, context, self.kinds)

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """Verified when enough different accounts of the list were followed since it counts."""
        around = _with_course(config, context)
        list_ = targets.list_of(config, around)
        if list_ is None:
            return Judgement("unknown", explanation=(Note("list_gone"), Note("next_ask_instructor")))
        wanted = targets.wanted(config, around, self.kinds)
        recent, rules = counting.since(
            [act for act in facts if act.verb == "Follow"], config, context, default="always"
        )
        hits, met = _hits(recent, list_, frozenset(t.item_key for t in wanted))
        need = targets.needed(targets.asked(config), wanted, met, context)
        if need.count == 0:
            return Judgement("unknown", explanation=(*need.notes, Note("next_ask_instructor")))
        counts = {"have": min(len(hits), need.count), "wanted": need.count}
        if len(hits) >= need.count:
            evidence = tuple(Evidence.of(act) for act in _standing(hits, need.count))
            notes = Note(self.done, counts), *need.notes
            return Judgement("verified", "machine", evidence, notes, need.done_at(hits[need.count - 1].at))
        open_ = [t for t in wanted if t.item_key not in met and t.item_key not in context.gone]
        left = [target.title for target in open_][:5]
        missing = Note(self.missing, {**counts, "left": left, "list": list_.title})
        do = Note(self.action, {"left": left})
        told = _told(open_, context) if not rules else ()
        return too_few(["Follow"], looks, context, missing, do, (*need.notes, *rules), told=told)


def _with_course(config: Config, context: Context) -> Context:
    """The course whose list has, where the config says so, the course's own accounts on it as well."""
    list_ = targets.list_of(config, context)
    if list_ is None or not config.get("course_accounts"):
        return context
    known = frozenset().union(*(target.keys for target in list_.targets))
    own = [Target(f"course:{one.handle}", "person", one.handle, one.keys) for one in context.received]
    added = [target for target in own if not target.keys & known]
    changed = TargetList.of(list_.title, [*list_.targets, *added])
    return replace(context, lists={**context.lists, config["list"]: changed})


def _told(open_: Sequence[Target], context: Context) -> tuple[Received, ...]:
    """The whole looks at the accounts that are left, when each of them has one: who follows them is known."""
    whole = [one for one in context.received if one.coverage == "complete" and "Follow" in one.verbs]
    able = {account.network for account in context.accounts if account.proven and not account.left_out}
    found = [next((one for one in whole if one.keys & t.keys and one.network in able), None) for t in open_]
    return tuple(dict.fromkeys(one for one in found if one)) if all(found) else ()


def _hits(facts: Sequence[Act], list_: TargetList, wanted: frozenset[str]) -> tuple[list[Act], set[str]]:
    """The first follow of each account that is wanted, oldest first, and the items that these mean."""
    hits: list[Act] = []
    met: set[str] = set()
    for act in sorted(facts, key=lambda a: (a.at, a.key)):
        meant = {t.item_key for key in act.keys for t in list_.by_key.get(key, ())} & wanted
        if meant and not meant & met:
            hits.append(act)
        met |= meant
    return hits, met


def _standing(hits: list[Act], needed: int) -> list[Act]:
    """So many of them, oldest first: those that anybody can still see before those that were undone since."""
    return sorted(sorted(hits, key=lambda act: act.undone_at is not None)[:needed], key=lambda act: (act.at, act.key))
