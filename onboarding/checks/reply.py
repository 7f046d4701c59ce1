"""Answer what others published: classmates, people outside, or anybody."""

from collections.abc import Iterator, Sequence

from onboarding.checks import counting, towards
from onboarding.checks.base import Act, Config, Context, Judgement, Look, Needs, Param, Problem, Said
from onboarding.checks.published import Published, Words, counted, tagged, tags_of
from plnapi.errors import N_


class Reply(Published):
    """`config`: `count`; `whom` and to how many different `people`; `hashtag` when only one of the course's counts;
    `untagged` when an answer needs none, if it answers somebody of the course or of its lists; the rules of `counting`.
    """

    kind = "reply"
    title = N_("Reply to somebody")
    help = N_("plnapi counts the student's public replies, and sees whether they answer somebody of the course.")
    icon = "reply"
    params: tuple[Param, ...] = (
        Param("count", "count", N_("How many replies"), required=True, default=1),
        towards.WHOM,
        counting.PEOPLE,
        Param("hashtag", "hashtag", N_("Hashtag"), N_("Choose none to count any of the course's.")),
        Param(
            "untagged",
            "flag",
            N_("Replies need no hashtag"),
            N_("Those to people of the course and of its lists count as well."),
        ),
        *counting.PARAMS,
    )

    def needs(self, config: Config) -> Needs:
        """A network that shows posts, and where it matters who else is of the course."""
        classmates = bool(config.get("whom") or config.get("untagged"))
        return Needs(verbs=frozenset({"Create"}), public_account=True, classmates=classmates)

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """As for posts; without a hashtag it can be done where none is asked for."""
        if config.get("untagged") and not config.get("hashtag"):
            yield from counting.problems(config, context)
        else:
            yield from super().problems(config, context)

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """Verified when enough different replies are there, towards so many different people."""
        published = [act for act in facts if act.verb == "Create" and act.in_reply_to]
        free = bool(config.get("untagged"))
        some = towards.from_course(published, context) if free else tagged(published, config, context)
        replies, rules = towards.others(some, config, context)
        codes = (
            ("replied_to", "answers_missing", "next_answer_to")
            if free
            else ("replied", "replies_missing", "next_reply")
        )
        words = Words(*codes, {} if free else {"tags": tags_of(config, context)}, rules)
        return counted(replies, looks, config, context, words)


REPLY = Reply()
