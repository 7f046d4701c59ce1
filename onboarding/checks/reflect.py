"""Reflect in writing on prompts; what is written is read by the reviewers of the course and nobody else."""

from onboarding.checks.answered import REVIEW, Answered
from onboarding.checks.base import Config, Context, Field, Param
from plnapi.errors import N_

PROMPTS = (
    N_("What did you do in your network since you last wrote, and what did you notice?"),
    N_("What do you want to do differently next, and by when will you look back at it?"),
)


class Reflect(Answered):
    """`config`: `prompts` (two of ours when there are none), at least how many `words` for each, `review`."""

    kind = "reflect"
    title = N_("Reflect in writing")
    help = N_("The student answers your questions in writing. You and your assistants read it, nobody else.")
    icon = "pencil"
    params: tuple[Param, ...] = (
        Param(
            "prompts",
            "lines",
            N_("Your questions"),
            N_("One a line. Leave empty for two that fit any week."),
            maximum=10,
        ),
        Param("words", "count", N_("At least how many words each"), default=20, maximum=2000),
        REVIEW,
    )

    def form(self, config: Config, context: Context) -> tuple[Field, ...]:
        """A text for each question."""
        asked = config.get("prompts") or PROMPTS
        least = config.get("words") or 1
        return tuple(Field(f"answer_{n}", "text", prompt, minimum=least) for n, prompt in enumerate(asked, 1))


REFLECT = Reflect()
