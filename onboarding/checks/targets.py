"""The items of a starter list that a step asks for: which count, how many there are, and which are gone since."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from onboarding.checks.base import Config, Context, Note, Problem, Target, TargetList


@dataclass(frozen=True, slots=True)
class Need:
    """How many are needed: `asked` for, and what is left of that (`count`) where items are gone that were not met.

    `since` is when the last of them went, None where that makes no difference; `notes` say it.
    """

    asked: int
    count: int
    since: datetime | None = None
    notes: tuple[Note, ...] = ()

    def done_at(self, reached: datetime) -> datetime:
        """When it was done: as soon as enough were met, and no more were needed."""
        return reached if self.since is None else max(reached, self.since)


def list_of(config: Config, context: Context) -> TargetList | None:
    """The list that the config names."""
    return context.lists.get(config["list"])


def wanted(config: Config, context: Context, kinds: frozenset[str], *, keyed: bool = True) -> tuple[Target, ...]:
    """The items that count: the named ones, else all of these kinds; `keyed`: only what can be followed or joined."""
    list_ = list_of(config, context)
    named = frozenset(config.get("items") or ())
    if list_ is None:
        return ()
    there = (target for target in list_.targets if target.keys or not keyed)
    return tuple(t for t in there if (t.item_key in named if named else t.kind in kinds))


def asked(config: Config) -> int:
    """How many of them the config asks for."""
    return int(config.get("count") or len(config.get("items") or ()) or 1)


def needed(number: int, possible: Sequence[Target], met: set[str] | frozenset[str], context: Context) -> Need:
    """What is left of `number` where some of `possible` are gone and not met (`met`: their keys)."""
    gone = [target for target in possible if target.item_key in context.gone and target.item_key not in met]
    if not gone:
        return Need(number, number)
    since = max(context.gone[target.item_key] for target in gone)
    day = since.astimezone(context.zone).date().isoformat()
    note = Note("items_gone", {"count": len(gone), "left": [target.title for target in gone][:5], "day": day})
    count = min(number, len(possible) - len(gone))
    return Need(number, count, since if count < number else None, (note,))


def short_of(there: Sequence[Target], named: frozenset[str], config: Config, context: Context) -> tuple[Note, ...]:
    """What is missing when a student names these items (keys); nothing when they are enough."""
    met = named & {target.item_key for target in there}
    need = needed(asked(config), there, met, context)
    if need.count == 0:
        return *need.notes, Note("next_ask_instructor")
    if len(met) >= need.count:
        return ()
    left = [t.title for t in there if t.item_key not in met and t.item_key not in context.gone][:5]
    missing = Note("items_short", {"have": len(met), "wanted": need.count, "left": left})
    return missing, *need.notes, Note("next_answer_again")


def problems(
    config: Config, context: Context, kinds: frozenset[str], code: str, *, keyed: bool = True
) -> Iterator[Problem]:
    """An unknown list or item, or more asked for than there are (`code`)."""
    list_ = list_of(config, context)
    if list_ is None:
        yield _unknown_list(str(config["list"]), context)
        return
    unknown = frozenset(config.get("items") or ()) - {target.item_key for target in list_.targets}
    for item in sorted(unknown):
        close = get_close_matches(item, [target.item_key for target in list_.targets], 1)
        yield Problem("items", "unknown_item", {"item": item, "suggestion": close[0] if close else ""})
    there = len(wanted(config, context, kinds, keyed=keyed))
    if not unknown and there < asked(config):
        params = {"wanted": asked(config), "there": there, "list": list_.title}
        yield Problem("count" if config.get("count") else "list", code, params)


def _unknown_list(given: str, context: Context) -> Problem:
    """With the list whose title or id is the nearest, and all that there are, by title and id."""
    named = {list_id: f"“{known.title}” ({list_id})" for list_id, known in context.lists.items()}
    if not named:
        return Problem("list", "no_list")
    forms = {form: list_id for list_id, known in context.lists.items() for form in (known.title.casefold(), list_id)}
    nearest = get_close_matches(given.casefold(), list(forms), 1, cutoff=0)[0]
    return Problem("list", "unknown_list", {"suggestion": named[forms[nearest]], "lists": sorted(named.values())})
