"""The matrix of networks: what is seen on each by itself, and what is not. Made from the adapters' capabilities."""

from collections.abc import Iterable
from dataclasses import dataclass

from plnapi.errors import N_
from plnapi.platforms import PLATFORMS
from plnapi.platforms.types import Platform

# What people read for an ActivityStreams type that a look can establish, a look, and a way of proving an account.
VERBS = {
    "Create": N_("posts with a hashtag"),
    "Follow": N_("whom somebody follows"),
    "Announce": N_("what somebody boosts"),
    "Like": N_("what somebody likes"),
}
GROUPS = N_("groups that are joined by following them")
CONSENTS = {"checks": N_("“Look at my accounts for this course's steps”, in each course")}
PROOFS = {
    "code": N_("a code on its public page"),
    "rel_me": N_("a link with rel=me to an account that is proven by a code, and one back"),
    "verified_field": N_("a verified profile field with a site that is proven by a code"),
    "oauth": N_("signing in on its server"),
}


@dataclass(frozen=True, slots=True)
class Network:
    """A row of the matrix.

    `looks` and `verbs` as in `platforms.types.Capabilities`, sorted. `consent`: the purpose to which a person agrees in
    a course before such looks; None where nothing is looked at. `why_not` and `good_link` are empty where something is.
    """

    key: str
    title: str
    automatic: bool
    looks: tuple[str, ...]
    verbs: tuple[str, ...]
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
        groups=can.groups,
        consent="checks" if can.looks - {"proof"} else None,
        proofs=can.proofs if "proof" in can.looks else (),
        note=can.note,
        why_not=can.why_not,
        good_link=can.good_link,
    )
