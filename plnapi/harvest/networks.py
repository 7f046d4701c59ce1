"""The matrix of networks: what is seen on each by itself, and what is not. Made from the adapters' capabilities."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from plnapi.errors import N_
from plnapi.platforms import PLATFORMS
from plnapi.platforms.types import Capabilities, Look, Platform

# What people read for an ActivityStreams type that a look can establish, a look, and a way of proving an account.
VERBS = {
    "Create": N_("posts with a hashtag"),
    "Follow": N_("whom somebody follows"),
    "Announce": N_("what somebody boosts"),
    "Like": N_("what somebody likes"),
}
# What others do towards a course's own account, in its rooms, or towards a student's blog.
RECEIVED = {
    "Create": N_("what others write there with an address of theirs: comments on a blog, messages in a course's rooms"),
    "Follow": N_("who follows a course's own account or is in its rooms, also when their own list is hidden"),
    "Announce": N_("who boosts a course's own posts"),
    "Like": N_("who likes a course's own posts"),
}
# Where the same type stands for something narrower.
HERE = {("discourse", "Follow"): N_("which of its public groups somebody is in")}
PROFILE = N_("that an account is somebody's own, and which of their other accounts it links to")
GROUPS = N_("groups that are joined by following them")
CONSENTS = {"checks": N_("“Look at my accounts for this course's steps”, in each course")}
PROOFS = {
    "code": N_("a code on its public page"),
    "rel_me": N_("a link with rel=me to an account that is proven by a code, and one back"),
    "verified_field": N_("a verified profile field with a site that is proven by a code"),
    "oauth": N_("signing in on its server"),
    "token": N_("an access token of it, for the account of a bot"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """Something that is checked by itself: `shows` in words, by which `look`, of which `verb` (empty for a profile).

    `of`: "account" when the person's own account shows it, "received" when it is seen where it arrived. `with_token`: the
    look shows more, or anything at all, with the account's own token. `consent`: the purpose to agree to before, in each
    course; None for a proof, which the person asks for by linking the account.
    """

    verb: str
    look: str
    of: str
    shows: str
    with_token: bool
    consent: str | None


@dataclass(frozen=True, slots=True)
class Network:
    """A row of the matrix.

    `looks`, `verbs`, `received` and `with_token` as in `platforms.types.Capabilities`, sorted; `checks` is all of these.
    `consent`: the purpose to which a person agrees in a course before such looks; None where nothing is looked at.
    `why_not` and `good_link` are empty where something is.
    """

    key: str
    title: str
    automatic: bool
    looks: tuple[str, ...]
    verbs: tuple[str, ...]
    received: tuple[str, ...]
    with_token: tuple[str, ...]
    checks: tuple[Check, ...]
    groups: bool
    consent: str | None
    proofs: tuple[str, ...]
    note: str
    why_not: str
    good_link: str


def matrix(platforms: Iterable[Platform] = PLATFORMS.values()) -> list[Network]:
    """A row for each network, those first on which something is seen by itself, else in the order of the list."""
    return sorted(map(_row, platforms), key=lambda network: not network.automatic)


def _row(platform: Platform) -> Network:
    can = platform.capabilities
    return Network(
        key=platform.name,
        title=platform.title,
        automatic=bool(can.looks),
        looks=tuple(sorted(can.looks)),
        verbs=tuple(sorted(can.verbs)),
        received=tuple(sorted(can.received)),
        with_token=tuple(sorted(can.with_token)),
        checks=tuple(_checks(platform.name, can)),
        groups=can.groups,
        consent="checks" if can.looks - {"proof"} else None,
        proofs=can.proofs if "proof" in can.looks else (),
        note=can.note,
        why_not=can.why_not,
        good_link=can.good_link,
    )


def _checks(name: str, can: Capabilities) -> Iterator[Check]:
    """The proof, then what own accounts show, then what arrives."""

    def check(verb: str, look: Look, of: str, shows: str) -> Check:
        return Check(verb, look, of, shows, look in can.with_token, None if look == "proof" else "checks")

    if "proof" in can.looks:
        yield check("", "proof", "account", PROFILE)
    yield from (check(verb, look, "account", HERE.get((name, verb), VERBS[verb])) for verb, look in can.verbs.items())
    yield from (check(verb, "received", "received", RECEIVED[verb]) for verb in sorted(can.received))
