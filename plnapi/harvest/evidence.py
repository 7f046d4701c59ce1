"""Posts and facts out of what a look saw: only what the courses of the person ask for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from plnapi.accounts.models import Identity
from plnapi.activity import service as activity
from plnapi.activity.models import Fact
from plnapi.activity.service import NewFact
from plnapi.consents.models import Consent
from plnapi.db import db
from plnapi.harvest import keeping, making, received, undoing, wants
from plnapi.harvest.models import Source
from plnapi.harvest.wants import Wanted, Wants
from plnapi.platforms import types
from plnapi.platforms.types import Seen
from plnapi.posts import service as posts

LOOKED_FOR = ("Follow", "Create", "Announce", "Like")


@dataclass(frozen=True, slots=True)
class Look:
    """A look that ended at `at`, begun at `began`. `cursor` is what it began with.

    `news`: how much was seen is different from before. `before`: the last look before it that got an answer.
    """

    source: Source
    seen: Seen
    cursor: dict[str, object]
    began: datetime
    at: datetime
    news: bool
    before: datetime | None


def keep(look: Look) -> int:
    """Record what was seen and tell of it; returns how many facts are different.

    Nothing is asked of the database when nothing is new.
    """
    if look.source.look == "received":
        return _keep_received(look)
    person_id = look.source.person_id
    looked_at = frozenset({person_id} if look.news else ())
    if _is_gone(look):
        return _undo(look, undoing.gone_account(look.source.identity), looked_at)
    if _says_nothing(look.seen):
        return activity.record((), looked_at=looked_at) if look.news else 0
    wanted = wants.running([person_id], look.at).of(person_id, look.source.identity.network)
    facts = _own_facts(look, wanted)
    return _record(look, facts, _shown(look, facts), looked_at)


def forget_unwanted(person_id: UUID, course_id: UUID | None = None) -> None:
    """Let go of what no course asks for to which the person's consent still stands for the network of the account.

    `course_id`: the course for which the consent ended as a whole.
    """
    wanted, facts = wants.standing(person_id), _facts(person_id)
    staying = keeping.wanted_by_network(facts, lambda network: wanted.of(person_id, network))
    there = {(fact.identity_id, fact.object_uri) for fact in facts if fact.id in staying}
    activity.forget(person_id, [fact.id for fact in facts if fact.id not in staying], course_id=course_id)
    posts.forget(person_id, staying=there)


def forget_unlinked(person_id: UUID) -> None:
    """Let go of what was seen on accounts that the person has unlinked; their posts have gone with the account."""
    activity.forget(person_id, [fact.id for fact in _facts(person_id) if fact.identity_id is None])


def _facts(person_id: UUID) -> Sequence[Fact]:
    """The facts of a person that came from looks."""
    mine = Fact.person_id == person_id, Fact.verb.in_(LOOKED_FOR)
    return db.session.scalars(select(Fact).where(*mine)).all()


# ---- what the person did


def _own_facts(look: Look, wanted: Wants) -> list[NewFact]:
    """The wanted facts among the items. Posts are kept first: a reply to one that came with it finds it there."""
    identity, items = look.source.identity, look.seen.items
    published = [item for item in items if isinstance(item, types.Post)]
    facts = _published(look, identity, published, wanted)
    followed = [item.account for item in items if isinstance(item, types.Follow)]
    facts += [making.followed(identity, who, look.at) for who in followed if who.keys & wanted.addresses]
    acts = [item for item in items if isinstance(item, types.Act) and not item.actor_keys]
    chosen = keeping.wanted_of([keeping.of_act(act) for act in acts], wanted)
    name = look.source.look
    return facts + [
        making.acted(identity, act, name, look.at, wanted) for act, keeps in zip(acts, chosen, strict=True) if keeps
    ]


def _published(look: Look, identity: Identity, published: Sequence[types.Post], wanted: Wants) -> list[NewFact]:
    tagged = posts.store(identity, published, wanted.tags, look.at)
    there = {post.uri for post in tagged}
    rest = [post for post in published if post.uri not in there]
    chosen = keeping.wanted_of([keeping.of_post(post) for post in rest], wanted)
    concerning = [post for post, keeps in zip(rest, chosen, strict=True) if keeps]
    kept = [*tagged, *posts.store(identity, concerning, wanted.tags, look.at, {post.uri for post in concerning})]
    by_uri = {post.uri: post for post in published}
    return [making.created(identity, post, by_uri[post.uri], look.at, wanted) for post in kept]


def _shown(look: Look, facts: Iterable[NewFact]) -> frozenset[str]:
    """The keys of everything that the look showed, wanted or not: what is shown is not undone."""
    identity, items = look.source.identity, look.seen.items
    followed = {
        activity.key_of("Follow", identity.uri, item.account.uri) for item in items if isinstance(item, types.Follow)
    }
    acted = {activity.key_of(item.verb, identity.uri, item.object_uri) for item in items if isinstance(item, types.Act)}
    return frozenset(fact.key for fact in facts) | followed | acted


# ---- what others did


def _keep_received(look: Look) -> int:
    """Keep the acts of those who agreed to it; tell all whom such a look speaks of when it sees more or less than before,
    and those who came since the last one."""
    identity, seen = look.source.identity, look.seen
    courses = received.courses_of([identity], look.at)[identity.id]
    people = received.people_of(courses)
    told = frozenset(one.person_id for one in people) if look.news else _newcomers(people, courses, look)
    if _says_nothing(seen):
        return activity.record((), looked_at=told) if told else 0
    acts = [item for item in seen.items if isinstance(item, types.Act)]
    found = received.attributed(identity, acts, people)
    wanted = wants.running({one.identity.person_id for one in found}, look.at)
    facts = [fact for one in found for fact in _received(one, identity, look, wanted)]
    shown = {activity.key_of(one.act.verb, one.identity.uri, making.object_of(one.act)) for one in found}
    return _record(look, facts, frozenset(shown), told)


def _received(found: received.Found, subject: Identity, look: Look, wanted: Wanted) -> Iterable[NewFact]:
    mine = wanted.of(found.identity.person_id, found.identity.network)
    if all(keeping.wanted_of([keeping.of_act(found.act)], mine)):
        yield making.received(found, subject, look.at, mine)


def _newcomers(people: Iterable[Identity], courses: Iterable[UUID], look: Look) -> frozenset[UUID]:
    """Those whom the look before this one could not know, and this one did not look for in vain."""
    if look.seen.coverage.state == "failed":
        return frozenset()
    agreed = select(Consent.person_id).where(
        Consent.course_id.in_(list(courses)), Consent.purpose == "checks", Consent.withdrawn_at.is_(None)
    )
    since = look.before
    lately = frozenset(db.session.scalars(agreed if since is None else agreed.where(Consent.given_at >= since)))
    return frozenset(
        one.person_id
        for one in people
        if one.person_id in lately or since is None or (one.proven_at is not None and one.proven_at >= since)
    )


# ---- both


def _record(look: Look, facts: Sequence[NewFact], shown: frozenset[str], looked_at: frozenset[UUID]) -> int:
    source, seen = look.source, look.seen
    gone = undoing.removed(source.identity, seen.removed, source.look)
    if seen.removed and source.look == "posts":
        posts.mark_gone(source.identity, seen.removed, look.at)
    missing = undoing.Undone()
    if undoing.is_whole(source.look, look.cursor, seen.coverage):
        missing = undoing.missing(source, shown, look.began, look.at)
    return activity.record(
        facts,
        undone=dict.fromkeys(gone | missing.gone, look.at),
        unseen=dict.fromkeys(missing.unseen, source.look),
        looked_at=looked_at,
    )


def _says_nothing(seen: Seen) -> bool:
    """Nothing new, or nothing at all of a list that was not seen to its end: no fact comes of it, and none goes."""
    return not seen.removed and (seen.unchanged or (not seen.items and seen.coverage.state != "complete"))


def _is_gone(look: Look) -> bool:
    """The network says that there is no such account any more."""
    return (look.seen.coverage.state, look.seen.coverage.reason) == ("failed", "gone")


def _undo(look: Look, fact_ids: frozenset[UUID], looked_at: frozenset[UUID]) -> int:
    posts.mark_all_gone(look.source.identity, look.at)
    return activity.record((), undone=dict.fromkeys(fact_ids, look.at), looked_at=looked_at)
