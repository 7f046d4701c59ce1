"""Whom looks look at: the account with what is known of it, its own token where that shows more, and the others."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from plnapi.accounts import grants
from plnapi.activity.models import Fact
from plnapi.db import db
from plnapi.harvest import received
from plnapi.harvest.models import Source
from plnapi.platforms import PLATFORMS
from plnapi.platforms.types import Other, Subject
from plnapi.posts import service as posts

KNOWN = 500  # posts of one account that a look is told of
_ASKS_FOR_KNOWN = frozenset({"posts", "received"})


def subjects_of(sources: Sequence[Source], at: datetime) -> dict[UUID, Subject]:
    """The subject of each of these sources, by the source's id; `identity` has to be loaded. A few statements for all."""
    tokens = grants.token_of({source.identity_id for source in sources if _needs_token(source)})
    known = _known(sources)
    others = _others([source for source in sources if source.look == "received"], at)
    return {source.id: _subject(source, tokens, known, others.get(source.id, ())) for source in sources}


def _subject(
    source: Source, tokens: Mapping[UUID, str], known: Mapping[UUID, tuple[str, ...]], others: tuple[Other, ...]
) -> Subject:
    identity = source.identity
    return Subject(
        identity.handle,
        identity.uri,
        identity.url,
        dict(identity.data),
        token=tokens.get(identity.id, "") if _needs_token(source) else "",
        known=known.get(identity.id, ()) if source.look in _ASKS_FOR_KNOWN else (),
        others=others,
    )


def _known(sources: Sequence[Source]) -> dict[UUID, tuple[str, ...]]:
    """Identity → what is kept of its posts, and, where boosts come in the same list, of these."""
    found = posts.known_of({source.identity_id for source in sources if source.look in _ASKS_FOR_KNOWN}, KNOWN)
    both = {source.identity_id for source in sources if source.look == "posts" and _shows_boosts(source)}
    standing = Fact.identity_id.in_(both), Fact.verb == "Announce", Fact.undone_at.is_(None)
    act = Fact.evidence["act"].as_string()
    for identity_id, uri in db.session.execute(select(Fact.identity_id, act).where(*standing)) if both else ():
        found[identity_id] = (*found.get(identity_id, ()), uri)
    return found


def _shows_boosts(source: Source) -> bool:
    platform = PLATFORMS.get(source.network)
    return platform is not None and platform.capabilities.verbs.get("Announce") == "posts"


def _needs_token(source: Source) -> bool:
    platform = PLATFORMS.get(source.network)
    return platform is not None and source.look in platform.capabilities.with_token


def _others(sources: Collection[Source], at: datetime) -> dict[UUID, tuple[Other, ...]]:
    if not sources:
        return {}
    courses = received.courses_of([source.identity for source in sources], at)
    people = {some: received.people_of(some) for some in set(courses.values())}  # blogs of one class share them
    return {source.id: received.others_of(source.identity, people[courses[source.identity_id]]) for source in sources}
