"""Which acts are no longer so: unfollowed, taken back, deleted, gone with the account.

A look undoes only what it can see and has seen to the end. A follow can be shown by two looks: at the list of whoever
follows, and at the course's account that is followed. It is undone when one of them, begun after it was first seen, is
complete without it, and no other look that showed it is complete and current: what one look shows is not taken back by
the other's incomplete or older coverage. So an unfollow is noticed by the look that shows it whole, at the latest when
the other has looked again; where the other sees nothing any more (a list hidden since), the complete one decides.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from plnapi.accounts.models import Identity
from plnapi.activity import service as activity
from plnapi.activity.models import Fact
from plnapi.db import db
from plnapi.harvest.models import Source
from plnapi.platforms import PLATFORMS
from plnapi.platforms.types import Coverage

CURRENT = timedelta(days=1)  # so long a complete look speaks for what it showed


@dataclass(frozen=True, slots=True)
class Undone:
    """Ids of facts: `gone` no longer so, `unseen` no longer shown by this look but by another."""

    gone: frozenset[UUID] = frozenset()
    unseen: frozenset[UUID] = frozenset()


def missing(source: Source, still: Collection[str], began: datetime, at: datetime) -> Undone:
    """What a complete look at everything, begun at `began`, did not show; `still` are the keys of the facts that it did."""
    standing = [fact for fact in _visible(source) if fact.key not in still and fact.seen_at <= began]
    others = _holders(standing, source, at)
    held = frozenset(fact.id for fact in standing if any(holder in others for holder in _others(fact, source.look)))
    return Undone(frozenset(fact.id for fact in standing) - held, held)


def gone_account(identity: Identity) -> frozenset[UUID]:
    """The ids of the standing facts of an account that is no longer there; comments elsewhere stay what they were."""
    mine = (Fact.identity_id == identity.id, Fact.undone_at.is_(None), Fact.network == identity.network)
    return frozenset(
        fact.id
        for fact in db.session.scalars(select(Fact).where(*mine))
        if fact.verb == "Follow" or activity.looks_of(fact) != {"received"}
    )


def removed(identity: Identity, uris: Iterable[str], look: str) -> frozenset[UUID]:
    """The ids of the facts of posts, boosts and likes, or of what others left at the account, that are said to be gone."""
    gone = frozenset(uris)
    if not gone:
        return frozenset()
    if look == "received":
        said = select(Fact).where(Fact.object_uri.in_(gone), Fact.verb == "Create", Fact.undone_at.is_(None))
        return frozenset(fact.id for fact in db.session.scalars(said) if activity.looks_of(fact) == {"received"})
    shows = PLATFORMS[identity.network].capabilities.verbs
    verbs = [verb for verb, shown in shows.items() if shown == look and verb != "Follow"]
    mine = select(Fact).where(Fact.identity_id == identity.id, Fact.undone_at.is_(None), Fact.verb.in_(verbs))
    return frozenset(
        fact.id
        for fact in db.session.scalars(mine)
        if (fact.object_uri if fact.verb == "Create" else fact.evidence.get("act")) in gone
    )


def is_whole(look: str, cursor: Mapping[str, Any], coverage: Coverage) -> bool:
    """Whether a look that began with this cursor and ended so has seen everything that there is to see.

    Lists of people are read from their beginning each time, unless `next` says where to go on. Of posts and reactions a
    look that remembers anything reads only what is new; what went meanwhile it tells by `Seen.removed`.
    """
    from_the_start = not cursor if look in {"posts", "reactions"} else not cursor.get("next")
    return coverage.state == "complete" and from_the_start


def _visible(source: Source) -> Sequence[Fact]:
    """The standing facts that such a look can see."""
    standing = select(Fact).where(Fact.undone_at.is_(None), Fact.network == source.network)
    if source.look == "received":
        here = or_(Fact.object_uri == source.identity.uri, Fact.evidence["at"].as_string() == str(source.identity_id))
        return db.session.scalars(standing.where(Fact.verb == "Follow", here)).all()
    shows = PLATFORMS[source.network].capabilities.verbs
    verbs = [verb for verb, look in shows.items() if look == source.look and verb != "Create"]
    mine = standing.where(Fact.identity_id == source.identity_id, Fact.verb.in_(verbs))
    return db.session.scalars(mine).all() if verbs else []


def _others(fact: Fact, look: str) -> list[tuple[str, str]]:
    """The other looks that showed a fact: each with whom it looks at, the id of an identity or the URI that is followed."""
    return [
        (other, fact.object_uri if other == "received" else str(fact.identity_id))
        for other in sorted(activity.looks_of(fact) - {look})
    ]


def _holders(facts: Sequence[Fact], source: Source, at: datetime) -> frozenset[tuple[str, str]]:
    """Those of the other looks at these facts that are complete and current."""
    identities = {fact.identity_id for fact in facts if fact.identity_id}
    followed = {fact.object_uri for fact in facts}
    if not facts:
        return frozenset()
    good = (Source.coverage == "complete", Source.looked_at >= at - CURRENT, Source.id != source.id)
    whose = or_(Source.identity_id.in_(identities), (Source.look == "received") & Identity.uri.in_(followed))
    rows = db.session.execute(
        select(Source.look, Source.identity_id, Identity.uri).join(Source.identity).where(*good, whose)
    )
    return frozenset((look, uri if look == "received" else str(identity_id)) for look, identity_id, uri in rows)
