"""Rows of the database as what checks read."""

from collections.abc import Sequence
from typing import Any

from onboarding.checks.base import Account, Act, Look, Received, Target
from plnapi.harvest import service as harvest
from plnapi.harvest.rolls import keys_of
from plnapi.platforms import PLATFORMS
from plnapi.platforms.types import Platform

_NOBODY = frozenset[str]()


def target(item: Any) -> Target:
    """An item of a starter list."""
    platform = PLATFORMS.get(item.network)
    known = platform.address_keys(item.address) if platform else frozenset[str]()
    can_be_followed = platform is not None and _shows_follows(platform)
    # A tool or a reading has no network; as a site its address is compared all the same.
    addresses = known or PLATFORMS["blog"].address_keys(item.address)
    return Target(str(item.item_key), item.kind, item.title, known if can_be_followed else frozenset(), addresses)


def account(row: Any) -> Account:
    """An identity, with what its network shows."""
    can = PLATFORMS[row.network].capabilities if row.network in PLATFORMS else None
    return Account(
        row.network,
        row.handle,
        row.proven_at is not None,
        frozenset(can.looks) if can else frozenset(),
        row.proven_at,
        {str(verb): str(look) for verb, look in can.verbs.items()} if can else {},
        keys_of(row.network, row.handle, row.uri, row.url),
        str(row.id),
        frozenset(map(str, row.links_to or ())),
    )


def act(fact: Any) -> Act:
    """A fact."""
    evidence, keys = fact.evidence, fact.object_keys
    return Act(
        key=fact.key,
        verb=fact.verb,
        object_uri=fact.object_uri,
        network=fact.network,
        seen_at=fact.seen_at,
        happened_at=fact.happened_at,
        undone_at=fact.undone_at,
        keys=frozenset(keys) if keys else _NOBODY,
        tags=frozenset(evidence.get("tags", ())),
        uri=evidence.get("uri", ""),
        title=evidence.get("title") or evidence.get("handle", ""),  # of a post, or of whom was followed
        words=evidence.get("words", 0),
        adapter=evidence.get("adapter", ""),
        in_reply_to=evidence.get("in_reply_to") or "",
        mentions=_mentions(fact.network, evidence.get("mentions") or ()),
        comment=bool(evidence.get("comment")),
        version=evidence.get("version"),
        excerpt_hash=evidence.get("excerpt_hash", ""),
    )


def look(state: harvest.LookState) -> Look:
    """A look at an identity."""
    return Look(
        state.network, state.handle, state.look, state.coverage, state.reason, state.detail,
        state.looked_at, state.seen_at, state.next_look_at,
    )  # fmt: skip


def received(one: harvest.Received) -> Received:
    """A look at an account of a course."""
    return Received(one.network, one.handle, one.keys, one.verbs, one.coverage, one.reason)


def _shows_follows(platform: Platform) -> bool:
    """Whether a look at who follows, or at who is followed, could tell of it."""
    return "Follow" in platform.capabilities.verbs or "Follow" in platform.capabilities.received


def _mentions(network: str, addresses: Sequence[str]) -> frozenset[str]:
    """All forms that mean those who are mentioned."""
    if not addresses:
        return _NOBODY
    platform = PLATFORMS.get(network)
    forms = (platform.address_keys(address) for address in addresses) if platform else ()
    return frozenset(addresses).union(*forms)
