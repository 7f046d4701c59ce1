"""Answer what others published, with a hashtag of the course in the answer."""

from collections.abc import Sequence

from onboarding.checks import counting
from onboarding.checks.base import Act, Config, Context, Judgement, Look, Param, Said
from onboarding.checks.published import Published, Words, counted, tagged, tags_of
from plnapi.errors import N_


class Reply(Published):
    """`config`: `count`; `hashtag` when only one of the course's counts; and the rules of `counting`.

    Whom a reply answers, a classmate or somebody outside, is not known: networks name the post, not its author.
    """

    kind = "reply"
    title = N_("Reply with the hashtag")
    help = N_("plnapi counts the student's public replies, to whomever, that carry the hashtag.")
    icon = "reply"
    params: tuple[Param, ...] = (
        Param("count", "count", N_("How many replies"), required=True, default=1),
        Param("hashtag", "hashtag", N_("Hashtag"), N_("Choose none to count any of the course's.")),
        *counting.PARAMS,
    )

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """Verified when enough different replies carry it, whether or not they are still there."""
        replies = [act for act in tagged(facts, config, context) if act.in_reply_to]
        words = Words("replied", "replies_missing", "next_reply", {"tags": tags_of(config, context)})
        return counted(replies, looks, config, context, words)


REPLY = Reply()
