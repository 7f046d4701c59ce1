"""Read items of a list, and say so; where it is asked for, with a sentence about them."""

from collections.abc import Iterator, Mapping
from typing import Any

from onboarding.checks import targets
from onboarding.checks.answered import REVIEW, Answered
from onboarding.checks.base import Config, Context, Field, Note, Param, Problem, Target
from onboarding.checks.following import COUNT, LIST
from plnapi.errors import N_

READABLE = frozenset({"reading", "feed", "tool"})


class ReadResource(Answered):
    """`config`: `list`, and `count` of it or `items` by name; at least how many `words` about them (none: a word is enough)."""

    kind = "read_resource"
    title = N_("Read resources")
    help = N_(
        "The student ticks what they have read, seen or tried of a list, with a sentence about it where you ask for it."
    )
    icon = "book"
    params: tuple[Param, ...] = (
        LIST,
        COUNT,
        Param("items", "items", N_("Only these"), N_("Choose none to count any reading, feed or tool on the list.")),
        Param(
            "words", "count", N_("At least how many words about them"), N_("Leave empty to ask for none."), maximum=1000
        ),
        REVIEW,
    )

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """An unknown list or item, or more asked for than there are."""
        yield from targets.problems(config, context, READABLE, "too_few_readings", keyed=False)

    def form(self, config: Config, context: Context) -> tuple[Field, ...]:
        """What was read, and what of it."""
        there = tuple((one.item_key, one.title) for one in _wanted(config, context)) if "list" in config else ()
        read = Field("read", "choices", N_("What did you read?"), choices=there)
        if not config.get("words"):
            return (read,)
        return read, Field("about", "text", N_("What do you take from it?"), minimum=config["words"])

    def asks(self, config: Config, context: Context) -> tuple[Target, ...]:
        """What can be read."""
        return _wanted(config, context)

    def short(self, config: Config, context: Context, data: Mapping[str, Any]) -> tuple[Note, ...]:
        """So many of those that count; what is gone since counts when it was read, and is not asked for when not."""
        list_ = targets.list_of(config, context)
        if list_ is None:
            return Note("list_gone"), Note("next_ask_instructor")
        named = frozenset(data.get("read", ()))
        lacking = targets.short_of(_wanted(config, context), named, config, context)
        return lacking or _words(self.form(config, context), data)


def _wanted(config: Config, context: Context) -> tuple[Target, ...]:
    return targets.wanted(config, context, READABLE, keyed=False)


def _words(form: tuple[Field, ...], data: Mapping[str, Any]) -> tuple[Note, ...]:
    """What is said of them is long enough."""
    said = next((field for field in form if field.name == "about"), None)
    if said is None or len(str(data.get("about", "")).split()) >= said.minimum:
        return ()
    return Note("answer_short", {"field": said.label}), Note("next_answer_again")


READ_RESOURCE = ReadResource()
