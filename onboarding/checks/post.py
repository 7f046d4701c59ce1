"""Publish posts that carry a hashtag of the course."""

from collections.abc import Sequence

from onboarding.checks import counting
from onboarding.checks.base import Act, Config, Context, Judgement, Look, Param, Said
from onboarding.checks.published import Published, Words, counted, tagged, tags_of
from plnapi.errors import N_


class Post(Published):
    """`config`: `count`; `hashtag` (a canonical key) when only one of the course's counts; `original` to leave out
    replies; and the rules of `counting`."""

    kind = "post"
    title = N_("Post with the hashtag")
    help = N_("plnapi reads the student's public posts and blog entries and counts those with the hashtag.")
    icon = "hash"
    params: tuple[Param, ...] = (
        Param("count", "count", N_("How many posts"), required=True, default=1),
        Param("hashtag", "hashtag", N_("Hashtag"), N_("Choose none to count any of the course's.")),
        Param("original", "flag", N_("Replies do not count")),
        *counting.PARAMS,
    )

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """Verified when enough different posts carry it, whether or not they are still there."""
        words = Words("posted", "posts_missing", "next_post", {"tags": tags_of(config, context)})
        return counted(tagged(facts, config, context), looks, config, context, words)


POST = Post()
