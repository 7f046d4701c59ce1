"""Choose a network, and say why: also to stay without a public account is a choice."""

from onboarding.checks.answered import REVIEW, Answered
from onboarding.checks.base import Config, Context, Field, Param
from plnapi.errors import N_
from plnapi.platforms import PLATFORMS

NONE = (
    ("other", N_("Another network")),
    ("none", N_("No public account: I do the steps in the other ways")),
)


class ChooseNetwork(Answered):
    """`config`: at least how many `words` the reason has, `review`."""

    kind = "choose_network"
    title = N_("Choose a network")
    help = N_(
        "The student chooses where to learn with others, and says why. To have no public account is a choice too."
    )
    icon = "signpost"
    params: tuple[Param, ...] = (
        Param("words", "count", N_("At least how many words the reason has"), default=10, maximum=500),
        REVIEW,
    )

    def form(self, config: Config, context: Context) -> tuple[Field, ...]:
        """The network and the reason."""
        there = tuple((name, one.title) for name, one in PLATFORMS.items() if "proof" in one.capabilities.looks)
        least = config.get("words") or 1
        return (
            Field("network", "choice", N_("Which network do you choose?"), choices=(*there, *NONE)),
            Field("why", "text", N_("Why? Who is there, what do its rules say, what do you give away?"), minimum=least),
        )


CHOOSE_NETWORK = ChooseNetwork()
