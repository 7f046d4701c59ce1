"""The account can be seen by everybody."""

from collections.abc import Iterator, Sequence

from onboarding.checks.base import (
    Account,
    Act,
    Check,
    Config,
    Context,
    Evidence,
    Judgement,
    Look,
    Needs,
    Note,
    Param,
    Problem,
    Reads,
    Said,
)
from onboarding.checks.coverage import seen, too_few
from plnapi.errors import N_

SHOWN = frozenset({"complete", "partial"})


class PublicAccount(Check):
    """`config`: `follows` when others must also see whom the account follows."""

    kind = "public_account"
    title = N_("Have a public account")
    help = N_("plnapi looks as a stranger would, and sees whether the student's posts are open to everybody.")
    icon = "globe"
    params: tuple[Param, ...] = (
        Param("follows", "flag", N_("Whom the account follows must be public too")),
    )  # fmt: skip

    def needs(self, config: Config) -> Needs:
        """A network that shows posts, and follows where they are asked for."""
        return Needs(verbs=_verbs(config), public_account=True)

    def reads(self, config: Config) -> Reads:
        """No acts: only how much can be seen."""
        return Reads(looks=True, public=True)

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """There is nothing in a course that could make it impossible."""
        return iter(())

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """Verified when a stranger could read one account. What is hidden from us is not public, so it is not done yet."""
        counting = [account for account in context.accounts if account.proven and not account.left_out]
        mine = counting if context.consented else []
        best = min((_of(account, looks, config) for account in mine), key=_rank, default=None)
        if best is not None and best.explanation:
            return best
        missing = Note("public_missing")
        return too_few(sorted(_verbs(config)), looks, context, missing, Note("next_wait"))


def _verbs(config: Config) -> frozenset[str]:
    return frozenset({"Create", "Follow"} if config.get("follows") else {"Create"})


def _rank(judgement: Judgement) -> tuple[int, str]:
    return ("verified", "not_yet", "error", "unknown").index(judgement.verdict), str(judgement.explanation)


def _of(account: Account, looks: Sequence[Look], config: Config) -> Judgement:
    """How one account stands; without an explanation where nobody looked yet. It counts as public since it was proven:
    when it became so is not known."""
    wanted = {account.shows.get(verb, "") for verb in _verbs(config)}
    mine = [look for look in looks if (look.network, look.handle) == (account.network, account.handle)]
    there = sorted((look for look in mine if look.look in wanted and look.coverage), key=lambda look: look.look)
    notes = tuple(map(seen, there))
    if any(look.coverage == "hidden" for look in there):
        hidden = next(look for look in there if look.coverage == "hidden")
        do = Note("next_make_public", {"look": hidden.look})
        return Judgement("not_yet", explanation=(Note("public_missing"), *notes, do))
    if {look.look for look in there if look.coverage in SHOWN} == wanted:
        done = account.proven_at or min(look.looked_at for look in there if look.looked_at)
        evidence = Evidence("Account", "", done, done, adapter=account.network)
        return Judgement("verified", "machine", (evidence,), (Note("public_seen", {"network": account.network}),), done)
    failed = any(look.coverage == "failed" for look in there)
    said = (Note("public_missing"), *notes, Note("next_wait")) if notes else ()
    return Judgement("error" if failed else "unknown", explanation=said)


PUBLIC_ACCOUNT = PublicAccount()
