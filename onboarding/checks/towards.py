"""Towards whom somebody acted: a classmate, or somebody outside of the course."""

from collections.abc import Iterable, Sequence

from onboarding.checks.base import Act, Config, Context, Note, Param
from plnapi.errors import N_

WHOM = Param(
    "whom",
    "choice",
    N_("To whom"),
    choices=(
        ("", N_("Anybody")),
        ("classmates", N_("People of the course")),
        ("outside", N_("People outside of the course")),
    ),
)


def others(acts: Iterable[Act], config: Config, context: Context) -> tuple[list[Act], tuple[Note, ...]]:
    """The acts towards those whom `whom` names, and what is said of the rest. Acts towards oneself never count.

    Where a network does not say who is meant, the act counts towards anybody, not towards one of the two groups.
    """
    own, whom = context.own, config.get("whom") or ""
    towards = [act for act in acts if not act.keys & own]
    if not whom:
        return towards, ()
    chosen = [act for act in towards if act.keys and bool(act.keys & context.classmates) == (whom == "classmates")]
    return chosen, (Note("rule_whom", {"whom": whom, "count": len(towards) - len(chosen)}),)


def concerns(act: Act, context: Context, tags: frozenset[str]) -> bool:
    """Whether an act has to do with the course: by a hashtag, a person of the course, or an item of its lists."""
    if act.tags & tags or act.keys & context.classmates:
        return True
    return any(key in list_.by_key for list_ in context.lists.values() for key in act.keys)


def from_course(acts: Sequence[Act], context: Context) -> list[Act]:
    """Those of the acts that have to do with the course."""
    tags = frozenset(context.hashtags)
    return [act for act in acts if concerns(act, context, tags)]
