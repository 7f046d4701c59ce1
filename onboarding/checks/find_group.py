"""Find a group and judge whether it fits."""

from onboarding.checks.answered import REVIEW, Answered
from onboarding.checks.base import Config, Context, Field, Param
from plnapi.errors import N_

QUESTIONS = (
    N_("Who is in it, and who speaks?"),
    N_("Which rules does it have, and who sees to them?"),
    N_("How do people answer a beginner's question?"),
)
FITS = (("yes", N_("It fits me")), ("partly", N_("It fits in part")), ("no", N_("It does not fit")))


class FindGroup(Answered):
    """`config`: `questions` (three of ours when there are none), at least how many `words` each, `review`."""

    kind = "find_group"
    title = N_("Find a group and judge it")
    help = N_(
        "The student finds a group, on the list or elsewhere, answers questions about it and says whether it fits."
    )
    icon = "binoculars"
    params: tuple[Param, ...] = (
        Param("questions", "lines", N_("Your questions"), N_("One a line. Leave empty for three of ours."), maximum=10),
        Param("words", "count", N_("At least how many words each"), default=5, maximum=500),
        REVIEW,
    )

    def form(self, config: Config, context: Context) -> tuple[Field, ...]:
        """The group, an answer to each question, and the judgement."""
        least = config.get("words") or 1
        asked = enumerate(config.get("questions") or QUESTIONS, 1)
        return (
            Field("group", "text", N_("Which group?"), N_("Its name, and its address where it has one."), maximum=100),
            *(Field(f"answer_{n}", "text", question, minimum=least) for n, question in asked),
            Field("fits", "choice", N_("Does it fit you?"), choices=FITS),
        )


FIND_GROUP = FindGroup()
