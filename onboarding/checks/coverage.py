"""What too few facts mean: that depends on how much could be seen."""

from collections.abc import Sequence

from onboarding.checks.base import Account, Context, Judgement, Look, Note, Verdict

# The first that holds of any look decides. What the student can change comes first.
_VERDICT: dict[str, Verdict] = {
    "hidden": "unknown",
    "failed": "error",
    "partial": "unknown",
    "never": "unknown",
    "complete": "not_yet",
}
_NEXT = {"hidden": "next_make_public", "failed": "next_wait", "partial": "next_wait", "never": "next_wait"}


def too_few(
    what: str, looks: Sequence[Look], context: Context, missing: Note, do: Note, rules: Sequence[Note] = ()
) -> Judgement:
    """The verdict when the facts do not suffice: `not_yet` only when everything public was seen.

    `what` is the look that would show it, `missing` says what is not there, `rules` which facts were not counted, `do`
    is what the student does about it.
    """
    able = [account for account in context.accounts if what in account.looks]
    if not any(account.proven for account in able):
        return Judgement("not_yet", explanation=(missing, *rules, *_no_account(able, what)))
    if not context.consented:
        return Judgement("unknown", explanation=(missing, *rules, Note("no_consent"), Note("next_consent")))
    relevant = sorted((look for look in looks if look.look == what), key=lambda look: (look.network, look.handle))
    states = {look.coverage or "never" for look in relevant} or {"never"}
    worst = next(state for state in _VERDICT if state in states)
    notes = [_seen(look) for look in relevant if look.coverage]
    if "never" in states:
        notes.append(Note("not_looked_yet", {"look": what}))
    follow_up = do if worst == "complete" else Note(_NEXT[worst], {"look": what})
    return Judgement(_VERDICT[worst], explanation=(missing, *rules, *notes, follow_up))


def _no_account(able: Sequence[Account], what: str) -> tuple[Note, Note]:
    """Linked but not proven, or not linked at all."""
    if able:
        handle = {"handle": min(account.handle for account in able)}
        return Note("account_unproven", handle), Note("next_prove_account", handle)
    return Note("no_account", {"look": what}), Note("next_link_account", {"look": what})


def _seen(look: Look) -> Note:
    params = {"look": look.look, "handle": look.handle, "network": look.network, "reason": look.reason}
    return Note(f"look_{look.coverage}", params)
