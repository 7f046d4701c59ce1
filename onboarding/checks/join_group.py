"""Join groups of a starter list. On the Mastodon API joining a group is following a Group actor: the fact is a Follow."""

from onboarding.checks.base import Param
from onboarding.checks.following import COUNT, LIST, SINCE, Matching
from plnapi.errors import N_


class JoinGroup(Matching):
    """`config`: `list`, and `count` of its spaces or `items` by name; `since` when only new ones count."""

    kind = "join_group"
    title = N_("Join a group")
    help = N_("plnapi reads whom the student follows in public and counts the groups that are spaces of the list.")
    icon = "people"
    params: tuple[Param, ...] = (
        LIST,
        COUNT,
        Param("items", "items", N_("Only these"), N_("Choose none to count any space on the list.")),
        *SINCE,
    )
    kinds = frozenset({"space"})
    done = "joined"
    missing = "joins_missing"
    action = "next_join"
    too_few_items = "too_few_spaces"


JOIN_GROUP = JoinGroup()
