"""Which of what was seen is kept: only what a course of the person asks for."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from plnapi.accounts.models import Identity
from plnapi.activity.models import Fact
from plnapi.db import db
from plnapi.harvest.wants import Wants
from plnapi.hashtags.canonical import key_of
from plnapi.platforms.types import Act, Post
from plnapi.posts import service as posts


@dataclass(frozen=True, slots=True)
class Doing:
    """What decides whether an act is kept: its kind, `tags` (canonical), the `keys` that mean whom it was done to, and
    `names`, URIs and page addresses of the post that was answered, boosted or liked."""

    verb: str
    tags: frozenset[str]
    keys: frozenset[str]
    names: frozenset[str] = frozenset()


def of_post(post: Post) -> Doing:
    """A post; it is done to the author whom it answers."""
    return Doing("Create", canonical_tags(post.tags), post.answers, _named(post.in_reply_to))


def of_act(act: Act) -> Doing:
    """A boost, a like, a comment, a follow."""
    return Doing(act.verb, canonical_tags(act.tags), act.object_keys, _named(act.object_uri, act.object_url))


def of_fact(fact: Fact) -> Doing:
    """What is kept already."""
    names = _named(fact.evidence.get("in_reply_to"), None if fact.verb == "Create" else fact.object_uri)
    return Doing(fact.verb, frozenset(fact.evidence.get("tags", ())), frozenset(fact.object_keys), names)


def wanted_of(doings: Sequence[Doing], wanted: Wants) -> list[bool]:
    """For each whether a course asks for it.

    A follow: of an account on a list, or by which a course looks. Else what carries a tag, or concerns such an account, one
    of somebody in the course, or a post that is kept there for its tag. Posts are asked for at once, and only for what
    nothing else speaks for.
    """
    told = [_speaks_for_itself(doing, wanted) for doing in doings]
    doubtful = [doing for doing, sure in zip(doings, told, strict=True) if not sure and doing.verb != "Follow"]
    kept = _kept(doubtful, wanted)
    return [
        sure or (doing.verb != "Follow" and not kept.isdisjoint(doing.names))
        for doing, sure in zip(doings, told, strict=True)
    ]


def wanted_by_network(facts: Sequence[Fact], wanted: Callable[[str], Wants]) -> frozenset[UUID]:
    """The ids of those that a course asks for; `wanted` says what is wanted of accounts on a network.

    What was seen elsewhere, as a comment on a site is, is of the account by which its author was known.
    """
    ids = {fact.identity_id for fact in facts if fact.identity_id}
    rows = db.session.execute(select(Identity.id, Identity.network).where(Identity.id.in_(ids)))
    networks: dict[UUID | None, str] = {row.id: row.network for row in rows}
    by_network: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_network[networks.get(fact.identity_id, fact.network)].append(fact)
    kept = (
        (fact.id, keeps)
        for network, some in by_network.items()
        for fact, keeps in zip(some, wanted_of([of_fact(fact) for fact in some], wanted(network)), strict=True)
    )
    return frozenset(fact_id for fact_id, keeps in kept if keeps)


def canonical_tags(tags: Iterable[str]) -> frozenset[str]:
    """The keys of hashtags as written."""
    return frozenset(key for tag in tags if (key := key_of(tag)))


def _speaks_for_itself(doing: Doing, wanted: Wants) -> bool:
    if doing.verb == "Follow":
        return not wanted.addresses.isdisjoint(doing.keys)
    return not wanted.tags.isdisjoint(doing.tags) or wanted.concern(doing.keys)


def _kept(doings: Collection[Doing], wanted: Wants) -> frozenset[str]:
    names = frozenset[str]().union(*(doing.names for doing in doings))
    return posts.kept_among(names, wanted.tags, wanted.courses) if names and wanted.tags else frozenset()


def _named(*names: str | None) -> frozenset[str]:
    return frozenset(filter(None, names))
