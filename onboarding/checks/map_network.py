"""Map one's network: people, spaces and tools.

The three parts are those of D. G. Krutka, J. P. Carpenter, T. Trust: Elements of Engagement: A Model of Teacher
Interactions via Professional Learning Networks (2016), and Enriching Professional Learning Networks: A Framework for
Identification, Reflection, and Intention (TechTrends 61, 2017). The questions are our own.
"""

from onboarding.checks.answered import REVIEW, Answered
from onboarding.checks.base import Config, Context, Field, Param
from plnapi.errors import N_

HINT = N_("One a line, as in “Name: what you get from it”. What you have without the Internet counts as well.")
PARTS = (
    ("people", N_("How many people"), N_("People from whom you learn")),
    ("spaces", N_("How many spaces"), N_("Spaces where you meet them: a staff room, a group, a hashtag")),
    ("tools", N_("How many tools"), N_("Tools by which you learn: a notebook, a feed reader, a library")),
)


class MapNetwork(Answered):
    """`config`: how many `people`, `spaces` and `tools` at least, `review`."""

    kind = "map"
    title = N_("Map people, spaces and tools")
    help = N_(
        "The student lists what their learning network is made of, and what they get from each, offline ones too."
    )
    icon = "diagram-3"
    params: tuple[Param, ...] = (
        *(Param(name, "count", label, required=True, default=3, maximum=50) for name, label, _ in PARTS),
        REVIEW,
    )

    def form(self, config: Config, context: Context) -> tuple[Field, ...]:
        """Lines for each of the three."""
        return tuple(
            Field(name, "pairs", question, HINT, minimum=config.get(name, 3), maximum=200)
            for name, _, question in PARTS
        )


MAP = MapNetwork()
