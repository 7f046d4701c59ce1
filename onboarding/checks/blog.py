"""Keep a blog: entries with a hashtag of the course on a blog that is proven to be the student's."""

from collections.abc import Sequence
from dataclasses import replace

from onboarding.checks import counting
from onboarding.checks.base import Act, Config, Context, Judgement, Look, Needs, Param, Said
from onboarding.checks.published import Published, Words, counted, tagged, tags_of
from plnapi.errors import N_

BLOGS = frozenset({"blog"})


def is_blog(network: str) -> bool:
    """Whether an account of this network is a site of its owner's."""
    return network in BLOGS


class Blog(Published):
    """`config`: `count`; `hashtag` when only one of the course's counts; and the rules of `counting`."""

    kind = "blog"
    title = N_("Write on a blog")
    help = N_("plnapi reads the feed of the student's own blog and counts the entries with the hashtag.")
    icon = "journal"
    params: tuple[Param, ...] = (
        Param("count", "count", N_("How many entries"), required=True, default=1),
        Param("hashtag", "hashtag", N_("Hashtag"), N_("Choose none to count any of the course's.")),
        *counting.PARAMS,
    )

    def needs(self, config: Config) -> Needs:
        """A blog."""
        return replace(super().needs(config), networks=BLOGS)

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """Verified when enough different entries carry it; what other networks show makes no difference."""
        entries = [act for act in tagged(facts, config, context) if is_blog(act.network)]
        own = [look for look in looks if is_blog(look.network)]
        blogs = tuple(account for account in context.accounts if is_blog(account.network))
        words = Words("blogged", "entries_missing", "next_blog", {"tags": tags_of(config, context)})
        return counted(entries, own, config, replace(context, accounts=blogs), words)


BLOG = Blog()
