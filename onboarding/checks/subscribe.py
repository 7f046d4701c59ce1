"""Subscribe to feeds of a list: the student gives the file that their reader exports; it is read, and not kept."""

from collections.abc import Iterator, Mapping
from typing import Any

from onboarding.checks import targets
from onboarding.checks.answered import Answered
from onboarding.checks.base import Config, Context, Field, Note, Param, Problem, Target
from onboarding.checks.following import COUNT, LIST
from plnapi.errors import N_, Invalid
from plnapi.platforms import PLATFORMS
from plnapi.resources import outlines

FEEDS = frozenset({"feed"})


class Subscribe(Answered):
    """`config`: `list`, and `count` of its feeds or `items` by name. Of the file only the items that it names are kept."""

    kind = "subscribe"
    title = N_("Subscribe to feeds")
    help = N_(
        "The student gives the OPML file of their feed reader; plnapi counts the feeds of the list and forgets the rest."
    )
    icon = "rss"
    params: tuple[Param, ...] = (
        LIST,
        COUNT,
        Param("items", "items", N_("Only these"), N_("Choose none to count any feed on the list.")),
    )

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """An unknown list or item, or more asked for than there are."""
        yield from targets.problems(config, context, FEEDS, "too_few_feeds", keyed=False)

    def form(self, config: Config, context: Context) -> tuple[Field, ...]:
        """The file."""
        hint = N_("Feed readers export it as OPML. Only which feeds of the list are in it is kept.")
        return (Field("file", "file", N_("The file of your subscriptions"), hint, maximum=outlines.MOST_BYTES),)

    def kept(self, config: Config, context: Context, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """The keys of the list's items whose feed is in the file, at its own address or that of its site."""
        try:
            outline = outlines.read(str(data["file"]).encode())
        except Invalid as error:
            raise Invalid.field("/data/file", error.errors[0].detail, code="not_opml") from error
        there = frozenset[str]().union(*(_keys(item.address) | _keys(item.site_url) for item in outline.items))
        wanted = targets.wanted(config, context, FEEDS, keyed=False)
        return {"found": [target.item_key for target in wanted if there & target.addresses]}

    def asks(self, config: Config, context: Context) -> tuple[Target, ...]:
        """The feeds."""
        return targets.wanted(config, context, FEEDS, keyed=False)

    def short(self, config: Config, context: Context, data: Mapping[str, Any]) -> tuple[Note, ...]:
        """So many feeds of the list, whatever else was in the file."""
        if targets.list_of(config, context) is None:
            return Note("list_gone"), Note("next_ask_instructor")
        wanted = targets.wanted(config, context, FEEDS, keyed=False)
        return targets.short_of(wanted, frozenset(data.get("found", ())), config, context)


def _keys(address: str) -> frozenset[str]:
    return PLATFORMS["blog"].address_keys(address) if address else frozenset()


SUBSCRIBE = Subscribe()
