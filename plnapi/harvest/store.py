"""What a look saw, written down in one transaction: how much was seen, when to look again, posts and facts."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from plnapi.accounts import grants, identities
from plnapi.db import db
from plnapi.harvest import evidence, proof, trail
from plnapi.harvest.driver import LOOK_SECONDS, Asked
from plnapi.harvest.models import Source
from plnapi.harvest.schedule import Standing, next_look
from plnapi.harvest.sources import LOOKED_FOR_ALL
from plnapi.platforms.types import Profile, Seen

# Longer than a look may take, so that a worker that lives is not overtaken.
LEASE = timedelta(seconds=LOOK_SECONDS + 300)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What storing came to. `dropped`: the source had changed or gone meanwhile. `facts`: how many are different."""

    unchanged: bool = False
    failed: bool = False
    dropped: bool = False
    facts: int = 0


def store(
    source_id: UUID, leased_until: datetime, seen: Seen, at: datetime, base: timedelta, asked: Sequence[Asked] = ()
) -> Outcome:
    """Write what a look saw, unless its lease is no longer that of the source. `base`: the usual time between looks.

    `asked` are the requests that the look made.
    """
    leased = Source.id == source_id, Source.leased_until == leased_until
    locked = select(Source).where(*leased).options(joinedload(Source.identity, innerjoin=True))
    source = db.session.scalar(locked.with_for_update(of=Source))
    if source is None:
        return Outcome(dropped=True)
    cursor, before, began = dict(source.cursor), source.seen_at, leased_until - LEASE
    news = _note_coverage(source, seen)
    trail.note(source, seen, asked, at)
    _note_times(source, seen, began, at, base)
    if source.look == "received" and seen.coverage.state != "failed":
        source.seen_at = began  # whoever came since was not looked for
    if seen.coverage.reason == "token_refused":
        grants.refuse(source.identity_id)
    db.session.flush()
    if source.look == "proof":
        proof.judge(source.identity, seen)
        facts = 0
    else:
        facts = evidence.keep(evidence.Look(source, seen, cursor, began, at, news, before))
    _follow(source, seen)
    return Outcome(seen.unchanged, seen.coverage.state == "failed", facts=facts)


def _follow(source: Source, seen: Seen) -> None:
    """Whatever look shows the profile of a proven account may say that its owner has moved, or has another handle."""
    identity = source.identity
    profile = next((item for item in seen.items if isinstance(item, Profile)), None)
    if profile is None or identity.proven_at is None or profile.account.uri != identity.uri:
        return
    if profile.moved_to:
        identities.move(identity, profile.moved_to, {})
    elif profile.account.handle != identity.handle:
        identities.rename(identity, profile.account.handle, profile.account.url)


def _note_coverage(source: Source, seen: Seen) -> bool:
    """Whether how much was seen is different from before. A host that asks to wait takes back nothing seen before."""
    coverage, before = seen.coverage, (source.coverage, source.reason)
    if _is_waiting(seen) and source.coverage not in (None, "failed"):
        return False
    source.coverage, source.reason, source.detail = coverage.state, coverage.reason, coverage.detail
    return before != (source.coverage, source.reason)


def _note_times(source: Source, seen: Seen, began: datetime, at: datetime, base: timedelta) -> None:
    wished = source.next_look_at > began  # else it would not have been due
    failed = seen.coverage.state == "failed"
    source.leased_until, source.looked_at = None, at
    source.seen_at = source.seen_at if failed else at
    source.cursor = (
        {} if seen.coverage.reason == "gone" else dict(seen.cursor)
    )  # what comes back is read from the start
    source.failures = 0 if not failed else source.failures + (not _is_waiting(seen))
    source.quiet = source.quiet + 1 if seen.unchanged else 0
    made_at = source.identity.code_expires_at - identities.CODE_LASTS
    standing = Standing(source.failures, source.quiet, at - made_at if source.look == "proof" else None)
    then = next_look(at, seen.coverage, standing, base, random.random())  # noqa: S311 # only spreads
    source.next_look_at = min(then, at + LOOKED_FOR_ALL) if wished and not failed else then
    source.not_before = seen.coverage.retry_at


def _is_waiting(seen: Seen) -> bool:
    return seen.coverage.state == "failed" and seen.coverage.reason == "host_busy"
