"""Create a hashtag or a group for others, and say what it is for."""

from onboarding.checks.answered import REVIEW, Answered
from onboarding.checks.base import Config, Context, Field, Param
from plnapi.errors import N_

NAMES = {
    "hashtag": N_("Which hashtag did you begin?"),
    "group": N_("Which group did you begin?"),
    "either": N_("Which hashtag or group did you begin?"),
}


class Create(Answered):
    """`config`: `what` (hashtag, group, either), at least how many `words` about it, `review` (yes unless said otherwise)."""

    kind = "create"
    title = N_("Create a hashtag or a group")
    help = N_("The student begins a hashtag or a group for others, gives the address and says what it is for.")
    icon = "plus-circle"
    reviewed_by_default = True
    params: tuple[Param, ...] = (
        Param(
            "what",
            "choice",
            N_("What is created"),
            required=True,
            default="either",
            choices=(("either", N_("A hashtag or a group")), ("hashtag", N_("A hashtag")), ("group", N_("A group"))),
        ),
        Param("words", "count", N_("At least how many words about it"), default=10, maximum=500),
        Param("review", "flag", REVIEW.label, REVIEW.hint, default=True),
    )

    def form(self, config: Config, context: Context) -> tuple[Field, ...]:
        """Its name and address, and what it is for."""
        least = config.get("words") or 1
        return (
            Field("name", "text", NAMES[config.get("what") or "either"], maximum=50),
            Field("url", "url", N_("Where can it be seen?"), N_("A web address that begins with https://.")),
            Field("about", "text", N_("For whom is it, and who has joined in already?"), minimum=least),
        )


CREATE = Create()
