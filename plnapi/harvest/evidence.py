"""Posts and facts out of what a look saw: only what the courses of the person ask for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from plnapi.accounts.models import Identity
from plnapi.activity import service as activity
from plnapi.activity.models import Fact
from plnapi.activity.service import NewFact
from plnapi.db import db
from plnapi.harvest import wants
from plnapi.harvest.wants import NOTHING, Wants
from plnapi.platforms import types
from plnapi.platforms.html import safe_url
from plnapi.platforms.types import Seen
from plnapi.posts import service as posts
from plnapi.posts.models import Post

VERSION = 1  # of the form of the evidence


def keep(identity: Identity, look: str, seen: Seen, at: datetime, *, news: bool, whole: bool) -> int:
    """Record what was seen and tell of it; returns how many facts are different.

    `news`: how much was seen is different from before. `whole`: the look began at the beginning, so that a complete
    one has seen everything. Nothing is asked of the database when nothing is new.
    """
    looked_at = frozenset({identity.person_id} if news else ())
    if seen.unchanged and not seen.removed:
        return activity.record((), looked_at=looked_at) if news else 0
    wanted = wants.running([identity.person_id], at).get(identity.person_id, NOTHING)
    if look == "posts":
        facts, undone = _posts(identity, seen, wanted, at)
    else:
        facts, undone = _follows(identity, seen, wanted, at, whole)
    return activity.record(facts, undone=dict.fromkeys(undone, at), looked_at=looked_at)


def forget_unwanted(person_id: UUID, course_id: UUID) -> None:
    """Let go of what no course asks for to which the person's consent still stands, after it ended for `course_id`."""
    wanted = wants.standing(person_id)
    leaving = [fact.id for fact in _facts(person_id) if not is_wanted(fact, wanted)]
    activity.forget(person_id, leaving, course_id=course_id)
    posts.forget(person_id, wanted=wanted.tags)


def forget_unlinked(person_id: UUID) -> None:
    """Let go of what was seen on accounts that the person has unlinked; their posts have gone with the account."""
    activity.forget(person_id, [fact.id for fact in _facts(person_id) if fact.identity_id is None])


def is_wanted(fact: Fact, wanted: Wants) -> bool:
    """Whether a course asks for this."""
    if fact.verb == "Follow":
        return not wanted.addresses.isdisjoint(fact.object_keys)
    return not wanted.tags.isdisjoint(fact.evidence.get("tags", ()))


def _facts(person_id: UUID) -> Sequence[Fact]:
    """The facts of a person that came from looks."""
    mine = Fact.person_id == person_id, Fact.verb.in_(("Follow", "Create"))
    return db.session.scalars(select(Fact).where(*mine)).all()


# ---- posts


def _posts(identity: Identity, seen: Seen, wanted: Wants, at: datetime) -> tuple[list[NewFact], list[UUID]]:
    """The facts of the posts that carry a wanted tag, and the ids of facts whose post is gone."""
    published = [item for item in seen.items if isinstance(item, types.Post)]
    kept = posts.store(identity, published, wanted.tags, at)
    gone = posts.mark_gone(identity, seen.removed, at) if seen.removed else []
    keys = [activity.key_of("Create", identity.uri, post.uri) for post in gone]
    return [_created(identity, post, at) for post in kept], _ids(keys)


def _created(identity: Identity, post: Post, at: datetime) -> NewFact:
    evidence = {
        "uri": _address(post.url, post.uri),
        "title": post.title,
        "tags": sorted(tag.key for tag in post.tags),
        "words": post.words,
        "excerpt_hash": post.content_hash,
        "in_reply_to": post.in_reply_to or "",
    }
    return _fact(identity, "Create", post.uri, at, evidence, post.published_at)


# ---- follows


def _follows(
    identity: Identity, seen: Seen, wanted: Wants, at: datetime, whole: bool
) -> tuple[list[NewFact], list[UUID]]:
    """The facts of the wanted accounts that are followed, and the ids of facts that a look at everything did not see."""
    followed = [item.account for item in seen.items if isinstance(item, types.Follow)]
    facts = [_followed(identity, account, at) for account in followed if account.keys & wanted.addresses]
    if not (whole and seen.coverage.state == "complete"):
        return facts, []
    still = {fact.key for fact in facts} | {activity.key_of("Follow", identity.uri, a.uri) for a in followed}
    standing = (Fact.identity_id == identity.id, Fact.verb == "Follow", Fact.undone_at.is_(None))
    known = db.session.execute(select(Fact.id, Fact.key).where(*standing))
    return facts, [id for id, key in known if key not in still]


def _followed(identity: Identity, account: types.Account, at: datetime) -> NewFact:
    evidence = {"uri": _address(account.url, account.uri), "handle": account.handle}
    return _fact(identity, "Follow", account.uri, at, evidence, None, account.keys)


# ---- both


def _fact(
    identity: Identity,
    verb: str,
    object_uri: str,
    at: datetime,
    evidence: Mapping[str, object],
    happened_at: datetime | None,
    keys: frozenset[str] = frozenset(),
) -> NewFact:
    return NewFact(
        person_id=identity.person_id,
        identity_id=identity.id,
        subject_uri=identity.uri,
        verb=verb,
        object_uri=object_uri,
        network=identity.network,
        seen_at=at,
        happened_at=happened_at,
        object_keys=keys,
        evidence={**evidence, "adapter": identity.network, "version": VERSION},
    )


def _ids(keys: Iterable[str]) -> list[UUID]:
    wanted = list(keys)
    return list(db.session.scalars(select(Fact.id).where(Fact.key.in_(wanted)))) if wanted else []


def _address(*candidates: str) -> str:
    """The first that a browser may open: a feed's id may be anything, `javascript:` too."""
    return next(filter(None, map(safe_url, candidates)), "")
