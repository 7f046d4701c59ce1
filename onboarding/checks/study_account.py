"""Decide whether to study under an account of one's own for it. Either answer is right; nobody is made to have one."""

from onboarding.checks.answered import REVIEW, Answered
from onboarding.checks.base import Config, Context, Field, Param
from plnapi.errors import N_

DECISIONS = (
    ("separate", N_("A separate account for studying")),
    ("same", N_("The account that I have already")),
    ("none", N_("No public account")),
)


class StudyAccount(Answered):
    """`config`: at least how many `words` the reason has, `review`."""

    kind = "study_account"
    title = N_("Separate study account")
    help = N_(
        "The student decides whether studying and private life share an account, and says why. Any answer counts."
    )
    icon = "person-badge"
    params: tuple[Param, ...] = (
        Param("words", "count", N_("At least how many words the reason has"), default=10, maximum=500),
        REVIEW,
    )

    def form(self, config: Config, context: Context) -> tuple[Field, ...]:
        """The decision and the reason."""
        why = N_("Why? Who shall find you by it, and what shall they not find?")
        return (
            Field("decision", "choice", N_("Under which account do you study?"), choices=DECISIONS),
            Field("why", "text", why, minimum=config.get("words") or 1),
        )


STUDY_ACCOUNT = StudyAccount()
