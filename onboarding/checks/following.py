"""Matching follows with the items of a starter list; `follow` and `join_group` differ only in what they count."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from onboarding.checks.base import (
    Act,
    Config,
    Context,
    Evidence,
    Judgement,
    Look,
    Needs,
    Note,
    Problem,
    Said,
    Target,
    TargetList,
)
from onboarding.checks.coverage import too_few


class Matching:
    """A check of follows. A kind says which items count (`kinds` of `resources`), and the codes of what is said."""

    kinds: frozenset[str]
    done: str
    missing: str
    action: str
    too_few_items: str

    def needs(self, config: Config) -> Needs:
        """A public list of follows."""
        return Needs(frozenset({"follows"}), public_account=True)

    def wanted(self, config: Config, context: Context) -> tuple[Target, ...]:
        """The items that count: the named ones, else all of the right kind that can be followed."""
        list_ = context.lists.get(config["list"])
        named = frozenset(config.get("items") or ())
        if list_ is None:
            return ()
        return tuple(t for t in list_.targets if t.keys and (t.item_key in named if named else t.kind in self.kinds))

    def needed(self, config: Config) -> int:
        """How many of them."""
        return int(config.get("count") or len(config.get("items") or ()) or 1)

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """An unknown list or item, or more asked for than there are."""
        list_ = context.lists.get(config["list"])
        if list_ is None:
            yield Problem("list", "unknown_list", {"lists": sorted(known.title for known in context.lists.values())})
            return
        unknown = frozenset(config.get("items") or ()) - {target.item_key for target in list_.targets}
        for item in sorted(unknown):
            close = get_close_matches(item, [target.item_key for target in list_.targets], 1)
            yield Problem("items", "unknown_item", {"item": item, "suggestion": close[0] if close else ""})
        there = len(self.wanted(config, context))
        if not unknown and there < self.needed(config):
            params = {"wanted": self.needed(config), "there": there, "list": list_.title}
            yield Problem("count" if config.get("count") else "list", self.too_few_items, params)

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """Verified when enough different accounts of the list were followed, whether or not they still are."""
        list_ = context.lists.get(config["list"])
        if list_ is None:
            return Judgement("unknown", explanation=(Note("list_gone"), Note("next_ask_instructor")))
        wanted, needed = self.wanted(config, context), self.needed(config)
        hits, met = _hits(facts, list_, frozenset(t.item_key for t in wanted))
        counts = {"have": min(len(hits), needed), "wanted": needed}
        if len(hits) >= needed:
            evidence = tuple(Evidence.of(act) for act in _standing(hits, needed))
            return Judgement("verified", "machine", evidence, (Note(self.done, counts),), hits[needed - 1].at)
        left = [target.title for target in wanted if target.item_key not in met][:5]
        missing = Note(self.missing, {**counts, "left": left, "list": list_.title})
        return too_few("follows", looks, context, missing, Note(self.action, {"left": left}))


def _hits(facts: Sequence[Act], list_: TargetList, wanted: frozenset[str]) -> tuple[list[Act], set[str]]:
    """The first follow of each account that is wanted, oldest first, and the items that these mean."""
    hits: list[Act] = []
    met: set[str] = set()
    for act in sorted((a for a in facts if a.verb == "Follow"), key=lambda a: (a.at, a.key)):
        meant = {t.item_key for key in act.keys for t in list_.by_key.get(key, ())} & wanted
        if meant and not meant & met:
            hits.append(act)
        met |= meant
    return hits, met


def _standing(hits: list[Act], needed: int) -> list[Act]:
    """So many of them, oldest first: those that anybody can still see before those that were undone since."""
    return sorted(sorted(hits, key=lambda act: act.undone_at is not None)[:needed], key=lambda act: (act.at, act.key))
