"""What plnapi sees of an account, step by step, for somebody who wants to know why. Nothing is stored.

The same looks as those of the worker, by the same driver, as a stranger: without a token, and so without those that look
for certain people (`received`). The profile comes first, as for a proof but without a code:
it says where the account is known to later looks.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from plnapi.config import Settings
from plnapi.errors import N_, Invalid
from plnapi.harvest import driver, sandbox
from plnapi.harvest.driver import Asked, Task
from plnapi.harvest.proof import memory_of
from plnapi.harvest.sentences import tell
from plnapi.hashtags.canonical import canonical, key_of
from plnapi.platforms import PLATFORMS, read_address, unreadable
from plnapi.platforms.types import (
    Account,
    Act,
    Address,
    CoverageState,
    Follow,
    Look,
    Post,
    Profile,
    Seen,
    Subject,
    Verb,
)

# An item, by its kind or its verb, as people read it.
KINDS = {
    "Profile": N_("profile"),
    "Post": N_("post"),
    "Follow": N_("account followed"),
    "Announce": N_("boost"),
    "Like": N_("like"),
    "Create": N_("comment"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: canonical keys of hashtags, and for each address of an account as given all forms of it."""

    tags: tuple[str, ...] = ()
    follows: tuple[tuple[str, frozenset[str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """One look: which one, the requests in the order in which they ended, and what came of it.

    `own`: for each tag of the question the addresses of the account's own posts with it; `tagged`: the same with those that
    it boosted or liked, as the network sorts them.
    `followed`: for each address of the question the handles of the accounts followed that it means. `counts`: how many of
    each kind of item, keys of KINDS.
    """

    look: Look
    requests: tuple[Asked, ...]
    seen: Seen
    own: dict[str, list[str]]
    tagged: dict[str, list[str]]
    followed: dict[str, list[str]]
    counts: dict[str, int]


Answer = Literal["verified", "not_yet", "unknown", "error"]
# What a look that did not show something makes of a step that asks for it, by its coverage. Steps judge over all that is
# stored, over several looks and with what other people's looks show; this is what one look alone comes to.
OF_COVERAGE: Mapping[CoverageState, Answer] = {
    "complete": "not_yet",
    "partial": "unknown",
    "hidden": "unknown",
    "failed": "error",
}
SHOWN = N_("The look shows it.")
NOT_SHOWN_THERE = N_("This network shows that to nobody from outside, so it cannot be seen there.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a step that asks for this would come to. `about`: a `#tag`, or an address as given; `verb`: "Create" or "Follow".

    `reason` is a stable code, that of the coverage where this decided; `told` a sentence; `evidence` the addresses of posts,
    or the handles of accounts, that show it.
    """

    verb: Verb
    about: str
    verdict: Answer
    reason: str
    told: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All looks at one address. `account` is who is there; None when the profile was not seen, and nothing else then.

    `verdicts`: one for each tag and each address of the question, in this order.
    """

    address: Address
    account: Account | None
    sights: tuple[Sight, ...]
    verdicts: tuple[Verdict, ...] = ()

    @property
    def was_read(self) -> bool:
        """False when the network gave no usable answer about the account; hidden is an answer."""
        return self.sights[0].seen.coverage.state != "failed"


def read_question(tags: Iterable[str], follows: Iterable[str]) -> Question:
    """The question in the words that somebody typed. Raises Invalid for what is no hashtag, or no address of an account."""
    return Question(tuple(canonical(tag).key for tag in tags), tuple((text, _keys(text)) for text in follows))


def look_at(text: str, question: Question, settings: Settings) -> Report:
    """Look at the account that `text` names, a handle or an address. Takes as long as the network; stores nothing.

    Raises Invalid for what is no address of a network that can be read, RuntimeError inside a unit of work.
    """
    address = _read(text)
    watch = partial(_sight, address.network, question, settings)
    proof = watch("proof", Subject(address.handle, address.uri, address.url))
    profile = next((item for item in proof.seen.items if isinstance(item, Profile)), None)
    if profile is None:
        return Report(address, None, (proof,), _verdicts(address.network, question, (proof,)))
    who = profile.account
    subject = Subject(who.handle, who.uri, who.url, memory_of(profile, proof.seen))
    others = sorted(PLATFORMS[address.network].capabilities.looks - {"proof", "received"})
    sights = (proof, *(watch(look, subject) for look in others))
    return Report(address, who, sights, _verdicts(address.network, question, sights))


def _verdicts(network: str, question: Question, sights: Sequence[Sight]) -> tuple[Verdict, ...]:
    """By the look that shows the verb; where nothing but the profile was asked for, by that."""
    shows, asked = PLATFORMS[network].capabilities.verbs, {one.look: one for one in sights}
    posts, follows = (asked.get(shows[verb]) if verb in shows else None for verb in ("Create", "Follow"))
    found: list[tuple[Verb, str, Sight | None, list[str]]] = [
        *(("Create", f"#{tag}", posts, posts.own[tag] if posts else []) for tag in question.tags),
        *(("Follow", text, follows, follows.followed[text] if follows else []) for text, _ in question.follows),
    ]
    return tuple(
        _verdict(verb, about, sight or sights[0], evidence)
        if verb in shows
        else Verdict(verb, about, "unknown", "not_shown", NOT_SHOWN_THERE)
        for verb, about, sight, evidence in found
    )


def _verdict(verb: Verb, about: str, sight: Sight, evidence: Sequence[str]) -> Verdict:
    if evidence:
        return Verdict(verb, about, "verified", "seen", SHOWN, tuple(evidence))
    coverage, is_profile = sight.seen.coverage, sight.look == "proof"
    verdict = OF_COVERAGE["partial" if is_profile and coverage.state == "complete" else coverage.state]
    told = tell("profile" if is_profile else sight.look, coverage.state, coverage.detail)
    return Verdict(verb, about, verdict, coverage.reason or coverage.state, told)


def _read(text: str) -> Address:
    address = read_address(text)
    if address is not None and "proof" in PLATFORMS[address.network].capabilities.looks:
        return address
    network = unreadable(text)
    if network is None:
        raise Invalid(N_("This is no handle and no address that we can read."), code="address_unknown")
    raise Invalid(network.capabilities.why_not, code="network_unreadable")


def _keys(text: str) -> frozenset[str]:
    address = read_address(text)
    if address is None:
        raise Invalid(N_("“%(text)s” is no address of an account."), code="address_unknown", text=text)
    return PLATFORMS[address.network].address_keys(text)


def _sight(network: str, question: Question, settings: Settings, look: Look, subject: Subject) -> Sight:
    requests: list[Asked] = []
    begin = partial(PLATFORMS[network].look, look, subject, {})
    task = Task(look, begin, {}, requests.append)
    ((_, seen),) = driver.look_all([task], driver.policy_of(settings), sandbox.shared())
    return Sight(
        look,
        tuple(requests),
        seen,
        _own(seen, question),
        _tagged(seen, question),
        _followed(seen, question),
        _counts(seen),
    )


def _counts(seen: Seen) -> dict[str, int]:
    kinds = Counter(item.verb if isinstance(item, Act) else type(item).__name__ for item in seen.items)
    return {kind: kinds[kind] for kind in KINDS if kinds[kind]}


def _tagged(seen: Seen, question: Question) -> dict[str, list[str]]:
    posts = [(_page(item), {key_of(tag) for tag in item.tags}) for item in seen.items if isinstance(item, Post | Act)]
    return {tag: [url for url, tags in posts if tag in tags] for tag in question.tags}


def _own(seen: Seen, question: Question) -> dict[str, list[str]]:
    posts = [(_page(item), {key_of(tag) for tag in item.tags}) for item in seen.items if isinstance(item, Post)]
    return {tag: [url for url, tags in posts if tag in tags] for tag in question.tags}


def _page(item: Post | Act) -> str:
    return (item.object_url or item.object_uri) if isinstance(item, Act) else (item.url or item.uri)


def _followed(seen: Seen, question: Question) -> dict[str, list[str]]:
    accounts = [item.account for item in seen.items if isinstance(item, Follow)]
    return {text: [who.handle for who in accounts if who.keys & keys] for text, keys in question.follows}
