"""Start a blog: there is one, it is the student's, and everybody can read it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from onboarding.checks.base import (
    Act,
    Check,
    Config,
    Context,
    Judgement,
    Look,
    Needs,
    Note,
    Param,
    Problem,
    Reads,
    Said,
)
from onboarding.checks.blog import BLOGS, is_blog
from onboarding.checks.public_account import PUBLIC_ACCOUNT
from plnapi.errors import N_


class StartBlog(Check):
    """It has no settings."""

    kind = "start_blog"
    title = N_("Start a blog")
    help = N_("The student links a blog and proves that it is theirs; plnapi sees whether everybody can read it.")
    icon = "journal-plus"
    params: tuple[Param, ...] = ()

    def needs(self, config: Config) -> Needs:
        """A site that can be read."""
        return Needs(verbs=frozenset({"Create"}), public_account=True, networks=BLOGS)

    def reads(self, config: Config) -> Reads:
        """No acts: only how much can be seen."""
        return Reads(looks=True, public=True)

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """There is nothing in a course that could make it impossible."""
        return iter(())

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """Verified when a proven blog can be read; other networks make no difference."""
        blogs = tuple(account for account in context.accounts if is_blog(account.network))
        found = PUBLIC_ACCOUNT.judge({}, (), looks, (), replace(context, accounts=blogs))
        said = {"public_seen": Note("blog_seen"), "public_missing": Note("blog_missing")}
        do = {"next_link_account": Note("next_start_blog")}
        changed = {**said, **do}
        return replace(found, explanation=tuple(changed.get(note.code, note) for note in found.explanation))


START_BLOG = StartBlog()
