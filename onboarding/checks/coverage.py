"""What too few facts mean: that depends on how much could be seen."""

from collections.abc import Iterable, Sequence

from onboarding.checks.base import Account, Context, Judgement, Look, Note, Received, Verdict
from plnapi.platforms import PLATFORMS

# The first that holds of any look decides. What the student can change comes first.
VERDICT: dict[str, Verdict] = {
    "hidden": "unknown",
    "failed": "error",
    "partial": "unknown",
    "never": "unknown",
    "complete": "not_yet",
}
_NEXT = {"hidden": "next_make_public", "failed": "next_wait", "partial": "next_wait", "never": "next_wait"}
TAKE_IN = Note("next_take_in")
# The look by which a verb is spoken of where no account is there to name one.
LOOK_OF = {"Create": "posts", "Follow": "follows", "Announce": "reactions", "Like": "reactions"}
READ_TO_THE_END = frozenset({"fewer_than_counted", "foreign_page", "malformed_items"})
SIGN_IN = frozenset({"needs_sign_in", "token_refused", "opted_out"})

# Networks on which posts of who asks not to be indexed are read with the account's own token.
BY_TOKEN = frozenset(key for key, one in PLATFORMS.items() if "posts" in one.capabilities.with_token)


def too_few(
    verbs: Sequence[str],
    looks: Sequence[Look],
    context: Context,
    missing: Note,
    do: Note,
    rules: Sequence[Note] = (),
    *,
    told: Sequence[Received] = (),
) -> Judgement:
    """The verdict when the facts do not suffice: `not_yet` only when everything public was seen.

    `verbs` are the acts that were looked for: which look of an account tells of them is known of its network. `missing`
    says what is not there, `rules` which facts were not counted, `do` is what the student does about it. `told` are looks
    at accounts of the course which together decide, whatever the student's own accounts show.
    """
    known = [account for account in context.accounts if any(verb in account.shows for verb in verbs)]
    able, apart = [account for account in known if not account.left_out], left_out(known)
    what = _spoken(verbs, able)
    if apart and not able:
        return Judgement("unknown", explanation=(missing, *rules, *apart, TAKE_IN))
    rules = (*rules, *apart)
    if not any(account.proven for account in able):
        return Judgement("not_yet", explanation=(missing, *rules, *_no_account(able, what)))
    if not context.consented:
        return Judgement("unknown", explanation=(missing, *rules, Note("no_consent"), Note("next_consent")))
    if told:
        return Judgement("not_yet", explanation=(missing, *rules, *map(_received, told), do))
    relevant = sorted(of_verbs(verbs, looks, able), key=lambda look: (look.network, look.handle, look.look))
    states = {look.coverage or "never" for look in relevant} or {"never"}
    worst = next(state for state in VERDICT if state in states)
    notes = [seen(look) for look in relevant if look.coverage]
    if "never" in states:
        notes.append(Note("not_looked_yet", {"look": what}))
    follow_up = do if worst == "complete" else _follow_up(worst, what, relevant, do)
    return Judgement(VERDICT[worst], explanation=(missing, *rules, *notes, follow_up))


def left_out(accounts: Iterable[Account]) -> tuple[Note, ...]:
    """Says which networks the student leaves out; nothing where none of these accounts is on one."""
    networks = sorted({account.network for account in accounts if account.left_out})
    return (Note("left_out", {"networks": networks}),) if networks else ()


def of_verbs(verbs: Sequence[str], looks: Iterable[Look], accounts: Iterable[Account]) -> list[Look]:
    """The looks that tell of these verbs, each by what its own network shows."""
    tell = {(account.network, account.shows[verb]) for account in accounts for verb in verbs if verb in account.shows}
    return [look for look in looks if (look.network, look.look) in tell]


def seen(look: Look) -> Note:
    """How much a look saw."""
    params = {"look": look.look, "handle": look.handle, "network": look.network, "reason": look.reason}
    return Note(f"look_{look.coverage}", params)


def _spoken(verbs: Sequence[str], able: Sequence[Account]) -> str:
    """The name of the look to speak of: that of an account that is there, else the usual one."""
    return next((account.shows[verb] for account in able for verb in verbs if verb in account.shows), LOOK_OF[verbs[0]])


def _follow_up(worst: str, what: str, relevant: Sequence[Look], do: Note) -> Note:
    """What comes next when not everything was seen. A list that was read to its end and only counts itself otherwise
    will not show more by waiting."""
    lasting = [look for look in relevant if look.coverage == "partial"]
    if worst == "partial" and all(look.reason in READ_TO_THE_END for look in lasting):
        return do
    hidden = [look for look in relevant if look.coverage == "hidden"]
    if worst == "hidden" and all(_shows_its_owner(look) for look in hidden):
        return Note("next_connect", {"handle": hidden[0].handle})
    return Note(_NEXT[worst], {"look": hidden[0].look if hidden else what})


def _shows_its_owner(look: Look) -> bool:
    """Whether a permission of the account's own would show what is hidden; not every network has one for posts."""
    return look.reason in SIGN_IN and (look.reason != "opted_out" or look.network in BY_TOKEN)


def _no_account(able: Sequence[Account], what: str) -> tuple[Note, Note]:
    """Linked but not proven, or not linked at all."""
    if able:
        handle = {"handle": min(account.handle for account in able)}
        return Note("account_unproven", handle), Note("next_prove_account", handle)
    return Note("no_account", {"look": what}), Note("next_link_account", {"look": what})


def _received(one: Received) -> Note:
    return Note("received_complete", {"handle": one.handle, "network": one.network})
