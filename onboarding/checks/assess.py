"""Say for oneself how large and how varied one's network is: before the course, and after it."""

from onboarding.checks.answered import Answered
from onboarding.checks.base import Config, Context, Field, Param
from plnapi.errors import N_

SCALE = (
    ("1", N_("Not at all")),
    ("2", N_("A little")),
    ("3", N_("In part")),
    ("4", N_("Mostly")),
    ("5", N_("Fully")),
)
STATEMENTS = (
    N_("When I am stuck, I know whom to ask outside of this course."),
    N_("I regularly hear from people who work elsewhere than I do."),
    N_("I regularly hear from people who see things otherwise than I do."),
    N_("I give others something that they can use."),
)


class Assess(Answered):
    """`config`: `statements` (four of ours when there are none). Two such steps, early and late, show the difference."""

    kind = "assess"
    title = N_("Assess your own network")
    help = N_("The student says how far some statements hold. Use it twice: when the course begins, and when it ends.")
    icon = "bar-chart-steps"
    params: tuple[Param, ...] = (
        Param(
            "statements", "lines", N_("Your statements"), N_("One a line. Leave empty for four of ours."), maximum=20
        ),
    )

    def form(self, config: Config, context: Context) -> tuple[Field, ...]:
        """A degree for each statement."""
        asked = config.get("statements") or STATEMENTS
        return tuple(Field(f"statement_{n}", "choice", text, choices=SCALE) for n, text in enumerate(asked, 1))


ASSESS = Assess()
