"""Boost or like what others published."""

from collections.abc import Iterator, Sequence

from onboarding.checks import counting, towards
from onboarding.checks.base import Act, Check, Config, Context, Judgement, Look, Needs, Param, Problem, Said
from onboarding.checks.published import Words, counted
from plnapi.errors import N_

VERBS = {"boost": ("Announce",), "like": ("Like",), "either": ("Announce", "Like")}


class React(Check):
    """`config`: `what` (boost, like, either), `count` of different posts; `whom` and how many different `people`; and the
    rules of `counting` but for the length."""

    kind = "react"
    title = N_("Boost or like posts")
    help = N_("plnapi counts posts of the course, and of people on its lists, that the student boosted or liked.")
    icon = "repeat"
    params: tuple[Param, ...] = (
        Param(
            "what",
            "choice",
            N_("What counts as a reaction"),
            required=True,
            default="either",
            choices=(("either", N_("Boosts and likes")), ("boost", N_("Boosts")), ("like", N_("Likes"))),
        ),
        Param("count", "count", N_("How many different posts"), required=True, default=1),
        towards.WHOM,
        counting.PEOPLE,
        counting.DAYS,
        *counting.TIMES,
    )

    def needs(self, config: Config) -> Needs:
        """A network that shows these."""
        return Needs(verbs=frozenset(_verbs(config)), public_account=True, classmates=True)

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """Impossible counts."""
        yield from counting.problems(config, context)

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """Verified when so many different posts were boosted or liked, whether or not they still are."""
        verbs = _verbs(config)
        some = towards.from_course([act for act in facts if act.verb in verbs], context)
        chosen, rules = towards.others(some, config, context)
        words = Words("reacted", "reactions_missing", "next_react", {"what": config.get("what") or "either"}, rules)
        return counted(chosen, looks, config, context, words, verbs)


def _verbs(config: Config) -> tuple[str, ...]:
    return VERBS[config.get("what") or "either"]


REACT = React()
