"""Follow people of a starter list: so many of it, or named ones."""

from onboarding.checks.base import Param
from onboarding.checks.following import Matching
from plnapi.errors import N_


class Follow(Matching):
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
    kinds = frozenset({"person", "feed"})
    done = "followed"
    missing = "follows_missing"
    action = "next_follow"
    too_few_items = "too_few_people"


FOLLOW = Follow()
