"""Link an account and prove whose it is, on one network or on several."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from onboarding.checks.base import (
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
    Said,
)
from onboarding.checks.coverage import TAKE_IN, left_out
from plnapi.errors import N_


class LinkAccount(Check):
    """`config`: `count`, on how many different networks."""

    kind = "link_account"
    title = N_("Link an account")
    help = N_("The student links an account and proves by a code on its page that it is theirs.")
    icon = "link"
    params: tuple[Param, ...] = (
        Param("count", "count", N_("On how many networks"), required=True, default=1, maximum=5),
    )

    def needs(self, config: Config) -> Needs:
        """An account whose page anybody can read."""
        return Needs(frozenset({"proof"}), public_account=True)

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """There is nothing in a course that could make it impossible."""
        return iter(())

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """Verified when accounts of so many networks are proven. The evidence names the network, not the account."""
        first = _first_proofs(context)
        counts = {"have": min(len(first), config["count"]), "wanted": config["count"]}
        if not context.consented:
            return Judgement("unknown", explanation=(Note("accounts_missing", {**counts, "have": 0}), *_NO_CONSENT))
        apart = left_out(account for account in context.accounts if account.proven)
        if len(first) < config["count"] and apart:
            return Judgement("unknown", explanation=(Note("accounts_missing", counts), *apart, TAKE_IN))
        if len(first) < config["count"]:
            return Judgement("not_yet", explanation=(Note("accounts_missing", counts), *_left(context)))
        hits = first[: config["count"]]
        evidence = tuple(Evidence("Account", "", at, at, adapter=network) for at, network in hits)
        return Judgement("verified", "machine", evidence, (Note("accounts_linked", counts),), hits[-1][0])


_NO_CONSENT = Note("no_consent"), Note("next_consent")


def _first_proofs(context: Context) -> list[tuple[datetime, str]]:
    """When an account of each network was first proven, oldest first."""
    first: dict[str, datetime] = {}
    for account in context.accounts:
        if account.proven_at is not None and not account.left_out:
            first[account.network] = min(account.proven_at, first.get(account.network, account.proven_at))
    return sorted((at, network) for network, at in first.items())


def _left(context: Context) -> tuple[Note, ...]:
    """Prove what is linked before linking more."""
    waiting = sorted(account.handle for account in context.accounts if not account.proven)
    if waiting:
        return Note("account_unproven", {"handle": waiting[0]}), Note("next_prove_account", {"handle": waiting[0]})
    return (Note("next_link_account"),)


LINK_ACCOUNT = LinkAccount()
