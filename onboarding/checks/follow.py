"""Follow people of a starter list: so many of it, or named ones."""

from onboarding.checks.base import Param
from onboarding.checks.following import COUNT, LIST, SINCE, Matching
from plnapi.errors import N_


class Follow(Matching):
    """`config`: `list`, and `count` of it or `items` by name (with `count`, so many of those); `since` or `since_day`
    when only new ones count; `course_accounts` when the course's own accounts count beside the list.

    Follows of accounts that are neither on a list nor the course's are not kept, so new ones are those of the list.
    """

    kind = "follow"
    title = N_("Follow people")
    help = N_("plnapi reads whom the student follows in public and counts those who are on the list.")
    icon = "person-plus"
    params: tuple[Param, ...] = (
        LIST,
        COUNT,
        Param("items", "items", N_("Only these"), N_("Choose none to count anybody on the list.")),
        Param("course_accounts", "flag", N_("The course's own accounts count too")),
        *SINCE,
    )
    kinds = frozenset({"person", "feed"})
    done = "followed"
    missing = "follows_missing"
    action = "next_follow"
    too_few_items = "too_few_people"


FOLLOW = Follow()
