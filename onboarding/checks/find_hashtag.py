"""Find hashtags under which people of one's field talk."""

from collections.abc import Mapping
from typing import Any

from onboarding.checks.answered import REVIEW, Answered
from onboarding.checks.base import Config, Context, Field, Note, Param
from plnapi.errors import N_


class FindHashtag(Answered):
    """`config`: `count` of hashtags that are not the course's, at least how many `words` about them, `review`."""

    kind = "find_hashtag"
    title = N_("Find a hashtag")
    help = N_("The student looks for hashtags of their field, other than the course's, and says what is found there.")
    icon = "search"
    params: tuple[Param, ...] = (
        Param("count", "count", N_("How many hashtags"), required=True, default=1, maximum=20),
        Param("words", "count", N_("At least how many words about them"), default=15, maximum=500),
        REVIEW,
    )

    def form(self, config: Config, context: Context) -> tuple[Field, ...]:
        """The hashtags, and what is there."""
        about = N_("Who writes there, how often, and about what? What of it is useful to you?")
        hint = N_("One a line, such as #Botany.")
        return (
            Field("tags", "tags", N_("Hashtags that you found"), hint, minimum=config.get("count", 1), maximum=50),
            Field("about", "text", about, minimum=config.get("words") or 1),
        )

    def short(self, config: Config, context: Context, data: Mapping[str, Any]) -> tuple[Note, ...]:
        """Those of the course do not count."""
        own = {f"#{shown}".casefold() for shown in context.hashtags.values()}
        found = [tag for tag in data.get("tags", ()) if tag.casefold() not in own]
        wanted = config.get("count", 1)
        if len(found) < wanted:
            return Note("tags_short", {"have": len(found), "wanted": wanted}), Note("next_answer_again")
        return super().short(config, context, data)


FIND_HASHTAG = FindHashtag()
