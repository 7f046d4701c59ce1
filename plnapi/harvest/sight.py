"""What plnapi sees of an account, step by step, for somebody who wants to know why. Nothing is stored.

The same looks as those of the worker, by the same driver, as a stranger: without a token, and so without those that look
for certain people (`received`). The profile comes first, as for a proof but without a code:
it says where the account is known to later looks.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from plnapi.config import Settings
from plnapi.errors import N_, Invalid
from plnapi.harvest import driver, sandbox
from plnapi.harvest.driver import Asked, Task
from plnapi.harvest.proof import memory_of
from plnapi.hashtags.canonical import canonical, key_of
from plnapi.platforms import PLATFORMS, read_address, unreadable
from plnapi.platforms.types import Account, Act, Address, Follow, Look, Post, Profile, Seen, Subject

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

    `tagged`: for each tag of the question the addresses of the posts with it, own, boosted or liked, as the network sorts
    them.
    `followed`: for each address of the question the handles of the accounts followed that it means. `counts`: how many of
    each kind of item, keys of KINDS.
    """

    look: Look
    requests: tuple[Asked, ...]
    seen: Seen
    tagged: dict[str, list[str]]
    followed: dict[str, list[str]]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """All looks at one address. `account` is who is there; None when the profile was not seen, and nothing else then."""

    address: Address
    account: Account | None
    sights: tuple[Sight, ...]

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
        return Report(address, None, (proof,))
    who = profile.account
    subject = Subject(who.handle, who.uri, who.url, memory_of(profile, proof.seen))
    others = sorted(PLATFORMS[address.network].capabilities.looks - {"proof", "received"})
    return Report(address, who, (proof, *(watch(look, subject) for look in others)))


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
    return Sight(look, tuple(requests), seen, _tagged(seen, question), _followed(seen, question), _counts(seen))


def _counts(seen: Seen) -> dict[str, int]:
    kinds = Counter(item.verb if isinstance(item, Act) else type(item).__name__ for item in seen.items)
    return {kind: kinds[kind] for kind in KINDS if kinds[kind]}


def _tagged(seen: Seen, question: Question) -> dict[str, list[str]]:
    posts = [(_page(item), {key_of(tag) for tag in item.tags}) for item in seen.items if isinstance(item, Post | Act)]
    return {tag: [url for url, tags in posts if tag in tags] for tag in question.tags}


def _page(item: Post | Act) -> str:
    return (item.object_url or item.object_uri) if isinstance(item, Act) else (item.url or item.uri)


def _followed(seen: Seen, question: Question) -> dict[str, list[str]]:
    accounts = [item.account for item in seen.items if isinstance(item, Follow)]
    return {text: [who.handle for who in accounts if who.keys & keys] for text, keys in question.follows}
