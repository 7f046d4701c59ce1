"""Show on one account where else one is: accounts on several networks whose public pages link to each other."""

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
    Said,
)
from onboarding.checks.coverage import TAKE_IN, left_out
from plnapi.errors import N_


class ShareAccounts(Check):
    """`config`: `count`, how many networks hang together by links."""

    kind = "share_accounts"
    title = N_("Share accounts across networks")
    help = N_("plnapi reads the public pages of the student's proven accounts and sees which of them name each other.")
    icon = "share"
    params: tuple[Param, ...] = (
        Param("count", "count", N_("How many networks"), required=True, default=2, maximum=5),
    )  # fmt: skip

    def needs(self, config: Config) -> Needs:
        """Accounts whose pages anybody can read."""
        return Needs(frozenset({"proof"}), public_account=True)

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """One network is no sharing."""
        if config["count"] < 2:
            yield Problem("count", "too_few_networks")

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """Verified when so many networks hang together. It was done when the last of these accounts was proven: when a
        link was put on a page is not known."""
        mine = [account for account in context.accounts if account.proven and not account.left_out]
        if not context.consented:
            return Judgement("unknown", explanation=(Note("no_consent"), Note("next_consent")))
        best = max(_groups(mine), key=lambda some: len(_first(some)), default=())
        first = _first(best)
        counts = {"have": min(len(first), config["count"]), "wanted": config["count"]}
        if len(first) >= config["count"]:
            hits = first[: config["count"]]
            times = [account.proven_at for account in hits if account.proven_at]
            evidence = tuple(
                Evidence("Account", "", at, at, adapter=a.network) for a, at in zip(hits, times, strict=True)
            )
            return Judgement("verified", "machine", evidence, (Note("accounts_shared", counts),), max(times))
        missing = Note("sharing_missing", counts)
        apart = left_out(account for account in context.accounts if account.proven)
        if apart:
            return Judgement("unknown", explanation=(missing, *apart, TAKE_IN))
        if len({account.network for account in mine}) < config["count"]:
            return Judgement("not_yet", explanation=(missing, Note("next_link_account")))
        handles = sorted(account.handle for account in mine)[:5]
        return Judgement("not_yet", explanation=(missing, Note("next_share", {"left": handles})))


def _groups(accounts: Sequence[Account]) -> list[tuple[Account, ...]]:
    """The accounts that hang together by links, in either direction."""
    groups: list[tuple[Account, ...]] = []
    for account in accounts:
        touched = [group for group in groups if any(_linked(account, other) for other in group)]
        groups = [group for group in groups if group not in touched]
        groups.append((*(one for group in touched for one in group), account))
    return groups


def _linked(one: Account, other: Account) -> bool:
    return other.id in one.links_to or one.id in other.links_to


def _first(accounts: Sequence[Account]) -> list[Account]:
    """The account of each network that was proven first, oldest first."""
    found: dict[str, Account] = {}
    for account in sorted((a for a in accounts if a.proven_at), key=lambda a: (a.proven_at, a.id)):
        found.setdefault(account.network, account)
    return list(found.values())


SHARE_ACCOUNTS = ShareAccounts()
