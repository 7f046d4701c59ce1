"""Comment on somebody's site. The comment is seen there, not at an account of the student."""

from collections.abc import Iterator, Sequence

from onboarding.checks import counting, towards
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
from onboarding.checks.coverage import TAKE_IN, VERDICT, left_out
from onboarding.checks.published import Words, enough, lacking
from plnapi.errors import N_


class Comment(Check):
    """`config`: `count`; `whom` and how many different `people`; and the rules of `counting`."""

    kind = "comment"
    title = N_("Comment on blogs")
    help = N_(
        "plnapi reads the comments on the blogs of the course, and knows the student by the address left with one."
    )
    icon = "chat-text"
    params: tuple[Param, ...] = (
        Param("count", "count", N_("How many comments"), required=True, default=1),
        towards.WHOM,
        counting.PEOPLE,
        *counting.PARAMS,
    )

    def needs(self, config: Config) -> Needs:
        """An account by whose address a comment is known to be the student's."""
        return Needs(frozenset({"proof"}), public_account=True, classmates=bool(config.get("whom")))

    def reads(self, config: Config) -> Reads:
        """Comments, which are seen on sites of the course."""
        return Reads(frozenset({"Create"}), looks=True, around=True)

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """Impossible counts."""
        yield from counting.problems(config, context)

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """Verified when enough comments are there. Not seen means little: who moderates a site may not have shown it yet."""
        comments, rules = towards.others([act for act in facts if act.comment], config, context)
        words = Words("commented", "comments_missing", "next_comment", rules=rules)
        found = counting.tally(comments, config, context)
        done = enough(found, config, words)
        if done is not None:
            return done
        missing, left_out = lacking(found, config, words)
        return _unseen(missing, left_out, context)


def _unseen(missing: Note, rules: Sequence[Note], context: Context) -> Judgement:
    apart = left_out(account for account in context.accounts if account.proven)
    if not any(account.proven and not account.left_out for account in context.accounts):
        if apart:
            return Judgement("unknown", explanation=(missing, *rules, *apart, TAKE_IN))
        unknown = Note("no_account_for_comments"), Note("next_link_account")
        return Judgement("not_yet", explanation=(missing, *rules, *unknown))
    if not context.consented:
        return Judgement("unknown", explanation=(missing, *rules, Note("no_consent"), Note("next_consent")))
    sites = [one for one in context.received if "Create" in one.verbs]
    states = {one.coverage or "never" for one in sites} or {"never"}
    worst = next(state for state in VERDICT if state in states)
    notes = [
        Note("comments_read" if one.coverage == "complete" else "comments_unread", {"handle": one.handle})
        for one in sites
    ]
    return Judgement(VERDICT[worst], explanation=(missing, *rules, *notes, Note("next_comment")))


COMMENT = Comment()
