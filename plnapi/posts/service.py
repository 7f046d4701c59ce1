"""Keeping of a post what a course asks for: a pointer, a short excerpt, its length, tags, times and a hash."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import selectinload

from plnapi.accounts.models import Identity
from plnapi.courses.models import Enrolment
from plnapi.db import db
from plnapi.hashtags.canonical import key_of
from plnapi.platforms import types
from plnapi.platforms.html import one_line, plain_text, safe_url
from plnapi.posts.models import Post, PostTag

MAX_EXCERPT = 500  # characters
MAX_TITLE = 300
MAX_TAGS = 30
MANY = 5_000  # values of one IN list; PostgreSQL takes 65,535 parameters


def store(
    identity: Identity,
    posts: Sequence[types.Post],
    wanted: frozenset[str],
    seen_at: datetime,
    concerning: Collection[str] = (),
) -> list[Post]:
    """Keep those of `posts` that carry one of the `wanted` tags (canonical keys); returns them as kept, with `tags`.

    `concerning` are URIs of posts that are kept for what they answer; without a wanted tag they are kept without tags.
    Storing a post again changes only what its author changed since, and a post that had gone is there again.
    """
    tagged = {post.uri: (post, _tags(post, wanted)) for post in posts}
    keeping = {uri: pair for uri, pair in tagged.items() if pair[1] or uri in concerning}
    known = _known(identity.id, keeping)
    kept = []
    for uri, (post, tags) in keeping.items():
        row = known.get(uri) or _new(identity, post, seen_at)
        _fill(row, post, tags)
        kept.append(row)
    db.session.flush()
    return kept


def mark_gone(identity: Identity, uris: Iterable[str], at: datetime) -> list[Post]:
    """The network says that these are no longer there. Returns the posts for which that is news."""
    gone = [post for post in _known(identity.id, uris).values() if post.gone_at is None]
    for post in gone:
        post.gone_at = at
    return gone


def known_of(identity_ids: Iterable[UUID], most: int) -> dict[UUID, tuple[str, ...]]:
    """The URIs of the posts of each identity that are kept and were not seen to be gone, at most so many, newest first."""
    at = func.coalesce(Post.published_at, Post.seen_at).desc()
    row = func.row_number().over(partition_by=Post.identity_id, order_by=(at, Post.id.desc())).label("row")
    mine = Post.identity_id.in_(list(identity_ids)), Post.gone_at.is_(None)
    newest = select(Post.identity_id, Post.uri, row).where(*mine).subquery()
    found: dict[UUID, list[str]] = defaultdict(list)
    for identity_id, uri, _ in db.session.execute(select(newest).where(newest.c.row <= most).order_by(newest.c.row)):
        found[identity_id].append(uri)
    return {identity_id: tuple(uris) for identity_id, uris in found.items()}


def kept_among(names: Iterable[str], tags: Collection[str], course_ids: Collection[UUID]) -> frozenset[str]:
    """Those of `names`, URIs or page addresses, that are of posts kept with one of the tags, of people in these courses."""
    asked = frozenset(names)
    there = (Enrolment.person_id == Post.person_id, Enrolment.course_id.in_(course_ids), Enrolment.left_at.is_(None))
    tagged = (PostTag.post_id == Post.id, PostTag.key.in_(tags))
    kept = select(Post.uri, Post.url).where(exists().where(*there), exists().where(*tagged))
    found: set[str] = set()
    everything = sorted(asked)
    for start in range(0, len(everything), MANY):
        some = everything[start : start + MANY]
        for pair in db.session.execute(kept.where(or_(Post.uri.in_(some), Post.url.in_(some)))):
            found.update(pair)
    return asked & found


def mark_all_gone(identity: Identity, at: datetime) -> None:
    """The account is no longer there, and its posts with it."""
    standing = select(Post).where(Post.identity_id == identity.id, Post.gone_at.is_(None))
    for post in db.session.scalars(standing):
        post.gone_at = at


def forget(person_id: UUID, *, staying: Collection[tuple[UUID | None, str]]) -> int:
    """Delete the person's posts but those `staying`, each an identity's id and a URI; returns how many."""
    mine = select(Post.id, Post.identity_id, Post.uri).where(Post.person_id == person_id)
    leaving = [id for id, identity_id, uri in db.session.execute(mine) if (identity_id, uri) not in staying]
    for start in range(0, len(leaving), MANY):
        db.session.execute(delete(Post).where(Post.id.in_(leaving[start : start + MANY])))
    return len(leaving)


def _tags(post: types.Post, wanted: frozenset[str]) -> frozenset[str]:
    """The canonical tags of a post, wanted ones first where there are too many; empty when none is wanted."""
    tags = {key for tag in post.tags if (key := key_of(tag))}
    if not tags & wanted:
        return frozenset()
    return frozenset(sorted(tags, key=lambda key: (key not in wanted, key))[:MAX_TAGS])


def _known(identity_id: UUID, uris: Iterable[str]) -> dict[str, Post]:
    everything = list(uris)
    found: dict[str, Post] = {}
    for start in range(0, len(everything), MANY):
        some = Post.identity_id == identity_id, Post.uri.in_(everything[start : start + MANY])
        found |= {post.uri: post for post in db.session.scalars(select(Post).where(*some).options(_WITH_TAGS))}
    return found


def _new(identity: Identity, post: types.Post, seen_at: datetime) -> Post:
    row = Post(
        identity_id=identity.id,
        person_id=identity.person_id,
        network=identity.network,
        uri=post.uri,
        published_at=post.published_at,
        seen_at=seen_at,
        content_hash="",
        tags=[],
    )
    db.session.add(row)
    return row


def _fill(row: Post, post: types.Post, tags: frozenset[str]) -> None:
    """Cleaning HTML is the expensive part: only what is new or changed is cleaned."""
    row.gone_at = None
    digest = _digest(post)
    if row.content_hash != digest:
        text = plain_text(post.html)
        row.title, row.url = _cut(plain_text(post.title), MAX_TITLE), safe_url(post.url)
        row.excerpt, row.words, row.content_hash = _cut(text, MAX_EXCERPT), len(text.split()), digest
        row.in_reply_to = one_line(post.in_reply_to or "") or None
    if {tag.key for tag in row.tags} != tags:
        kept = [tag for tag in row.tags if tag.key in tags]
        row.tags = kept + [PostTag(key=key) for key in sorted(tags - {tag.key for tag in kept})]


def _digest(post: types.Post) -> str:
    """SHA-256 of what the author wrote, as the network sent it."""
    return hashlib.sha256("\0".join((post.url, post.title, post.html)).encode("utf-8", "replace")).hexdigest()


def _cut(text: str, most: int) -> str:
    """At most so many characters, cut at a space where there is one."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0] + "…"


_WITH_TAGS = selectinload(Post.tags)
