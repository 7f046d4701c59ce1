"""Facts out of items that are kept: what evidence says of a post, a follow, a boost, a like, a comment."""

from collections.abc import Mapping
from datetime import datetime

from plnapi.accounts.models import Identity
from plnapi.activity.service import NewFact
from plnapi.harvest.keeping import canonical_tags
from plnapi.harvest.received import Found
from plnapi.harvest.wants import Wants
from plnapi.platforms import PLATFORMS, types
from plnapi.platforms.html import safe_url
from plnapi.platforms.types import Act
from plnapi.posts.models import Post

VERSION = 2  # of the form of the evidence


def created(identity: Identity, kept: Post, post: types.Post, at: datetime, wanted: Wants) -> NewFact:
    """A post of the person's own; its object's keys are those of the author whom it answers."""
    evidence = {
        "uri": address(kept.url, kept.uri),
        "title": kept.title,
        "tags": sorted(tag.key for tag in kept.tags),
        "words": kept.words,
        "excerpt_hash": kept.content_hash,
        "in_reply_to": kept.in_reply_to or "",
        "mentions": _groups(identity.network, post.mentions, wanted),
        "look": "posts",
    }
    return _fact(identity, "Create", kept.uri, at, evidence, kept.published_at, post.answers)


def followed(identity: Identity, account: types.Account, at: datetime) -> NewFact:
    """The person follows this account."""
    evidence = {"uri": address(account.url, account.uri), "handle": account.handle, "look": "follows"}
    return _fact(identity, "Follow", account.uri, at, evidence, None, account.keys)


def acted(identity: Identity, act: Act, look: str, at: datetime, wanted: Wants) -> NewFact:
    """The person boosted or liked something. Of its tags those are kept that a course listens to."""
    evidence = {
        "uri": address(act.object_url, act.object_uri, act.uri),
        "act": act.uri,
        "tags": sorted(canonical_tags(act.tags) & wanted.tags),
        "look": look,
    }
    return _fact(identity, act.verb, act.object_uri, at, evidence, act.happened_at, act.object_keys)


def received(found: Found, subject: Identity, at: datetime, wanted: Wants) -> NewFact:
    """Somebody did this towards `subject`: the fact is theirs, and stands for the identity by which they were known."""
    act, who = found.act, found.identity
    evidence: dict[str, object] = {"act": act.uri, "look": "received"}
    if act.verb == "Follow":
        # A room that a course's account is in is not that account.
        here = {"handle": subject.handle} if act.object_uri == subject.uri else {}
        evidence |= {"uri": address(act.object_url, act.object_uri), **here, "at": str(subject.id)}
    else:
        evidence |= {
            "uri": address(act.uri, act.object_url),
            "tags": sorted(canonical_tags(act.tags) & wanted.tags),
            "words": len(act.text.split()),
            # A message that answers nothing is done towards itself.
            "in_reply_to": act.object_uri if act.object_uri != act.uri else "",
            "comment": "posts" in PLATFORMS[subject.network].capabilities.looks,
            "by": "code" if found.by_code else "address",
        }
    return _fact(who, act.verb, object_of(act), at, evidence, act.happened_at, act.object_keys, subject.network)


def object_of(act: Act) -> str:
    """What a fact of something received is about: the account that is followed, the comment that was made."""
    return act.uri if act.verb == "Create" else act.object_uri


def address(*candidates: str) -> str:
    """The first that a browser may open: a feed's id may be anything, `javascript:` too."""
    return next(filter(None, map(safe_url, candidates)), "")


def _groups(network: str, mentions: tuple[str, ...], wanted: Wants) -> list[str]:
    """The keys of those mentioned that are spaces on a list."""
    platform = PLATFORMS[network]
    keys = frozenset[str]().union(*(platform.address_keys(mention) for mention in mentions if wanted.groups))
    return sorted(keys & wanted.groups)


def _fact(
    identity: Identity,
    verb: str,
    object_uri: str,
    at: datetime,
    evidence: Mapping[str, object],
    happened_at: datetime | None,
    keys: frozenset[str] = frozenset(),
    network: str = "",
) -> NewFact:
    where = network or identity.network
    return NewFact(
        person_id=identity.person_id,
        identity_id=identity.id,
        subject_uri=identity.uri,
        verb=verb,
        object_uri=object_uri,
        network=where,
        seen_at=at,
        happened_at=happened_at,
        object_keys=keys,
        evidence={**evidence, "adapter": where, "version": VERSION},
    )
