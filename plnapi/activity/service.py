"""The ledger of facts. What people did comes in through `record` alone, and leaves through `forget` alone."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import bindparam, delete, select

from plnapi import signals
from plnapi.activity.models import Fact
from plnapi.clock import new_id
from plnapi.db import db, insert_all

T = TypeVar("T")
Touched = tuple[UUID, str, datetime]  # person, verb, and as in `News.since`
ROWS = 1_000  # of one INSERT; SQLite takes 32,766 parameters
MANY = 5_000  # values of one IN list; PostgreSQL takes 65,535 parameters
ALWAYS = datetime.min.replace(tzinfo=UTC)

_TOUCHED = (Fact.person_id, Fact.verb, Fact.happened_at, Fact.seen_at)
_KNOWN = select(Fact.id).where(Fact.key.in_(bindparam("keys", expanding=True))).limit(1)


@dataclass(frozen=True, slots=True)
class NewFact:
    """One act as it was seen; fields as in `models.Fact`.

    `subject_uri` is the canonical URI of the identity that acted. `happened_at` is the network's claim, `seen_at` ours.
    `evidence` is a JSON-able mapping; `look` in it names the look that showed the act.
    """

    person_id: UUID
    identity_id: UUID | None
    subject_uri: str
    verb: str
    object_uri: str
    network: str
    seen_at: datetime
    happened_at: datetime | None = None
    object_keys: frozenset[str] = frozenset()
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What makes recording twice harmless."""
        return key_of(self.verb, self.subject_uri, self.object_uri)


@dataclass(frozen=True, slots=True)
class News:
    """What is different of one person. `since`: verb → when the earliest of the acts that are new was done, ALWAYS where
    some were undone or are there again. `looks`: whether it is different how much of the person was seen."""

    since: Mapping[str, datetime]
    looks: bool


def key_of(verb: str, subject_uri: str, object_uri: str) -> str:
    """The key of the fact that the subject did this to the object: SHA-256 in hexadecimal."""
    return hashlib.sha256(f"{verb}|{subject_uri}|{object_uri}".encode()).hexdigest()


def record(
    facts: Sequence[NewFact],
    *,
    undone: Mapping[UUID, datetime] | None = None,
    unseen: Mapping[UUID, str] | None = None,
    looked_at: frozenset[UUID] = frozenset(),
) -> int:
    """Write what was seen and tell `facts_recorded` in the same transaction. Returns how many facts are different.

    A fact that is known changes nothing, unless it had been undone and is there again; that another look shows it too is
    noted. `undone` maps ids of facts to the moment when we saw that they are no longer so, `unseen` ids of facts that
    still stand to the look that shows them no longer. `looked_at` are people to tell of although none of their facts is
    different: how much of them was seen is.
    """
    touched = [*_written(facts), *_undo(undone or {})]
    _note_unseen(unseen or {})
    db.session.flush()
    news = _news(touched, looked_at)
    if news:
        signals.tell(signals.facts_recorded, person_ids=frozenset(news), news=news)
    return len(touched)


def _news(touched: Iterable[Touched], looked_at: frozenset[UUID]) -> dict[UUID, News]:
    since: dict[UUID, dict[str, datetime]] = {person_id: {} for person_id in looked_at}
    for person_id, verb, at in touched:
        verbs = since.setdefault(person_id, {})
        verbs[verb] = min(at, verbs.get(verb, at))
    return {person_id: News(verbs, person_id in looked_at) for person_id, verbs in since.items()}


def facts_of(person_ids: Iterable[UUID]) -> dict[UUID, list[Fact]]:
    """The facts of each person, oldest first; a person without any has no entry. One statement for up to 5,000 people."""
    found: dict[UUID, list[Fact]] = defaultdict(list)
    for some in _chunks(person_ids):
        for fact in db.session.scalars(select(Fact).where(Fact.person_id.in_(some)).order_by(Fact.id)):
            found[fact.person_id].append(fact)
    return dict(found)


def people_touching(keys: frozenset[str], person_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Who of these people did something towards an account that one of `keys` means: followed it, answered it, …"""
    if not keys:
        return frozenset()
    return frozenset(
        person_id
        for some in _chunks(person_ids)
        for person_id, touched in db.session.execute(
            select(Fact.person_id, Fact.object_keys).where(Fact.person_id.in_(some))
        )
        if not keys.isdisjoint(touched)
    )


def forget(person_id: UUID, fact_ids: Iterable[UUID], *, course_id: UUID | None = None) -> int:
    """Delete these facts of the person for good. Returns how many.

    Before they go `evidence_leaving` is told, so that credit which rests on them can be secured without them.
    `course_id` is the course whose consent was withdrawn: its credit is to be secured also where the facts stay.
    """
    leaving = frozenset(fact_ids)
    if not leaving and course_id is None:
        return 0
    signals.tell(signals.evidence_leaving, person_id=person_id, fact_ids=leaving, course_id=course_id)
    for some in _chunks(leaving):
        db.session.execute(delete(Fact).where(Fact.id.in_(some), Fact.person_id == person_id))
    signals.tell(signals.facts_recorded, person_ids=frozenset({person_id}))
    return len(leaving)


def _written(facts: Sequence[NewFact]) -> Iterator[Touched]:
    """The facts that were added, or are there again after having been undone."""
    wanted = {fact.key: fact for fact in facts}
    known = {fact.key: fact for some in _chunks(wanted) for fact in _with_keys(some)}
    for key, fact in known.items():
        if _is_there_again(fact, wanted[key]):
            yield fact.person_id, fact.verb, ALWAYS
    yield from _added([new for key, new in wanted.items() if key not in known])


def _is_there_again(fact: Fact, new: NewFact) -> bool:
    """Note which look shows a known fact; whether it had been undone."""
    undone, look = fact.undone_at is not None, new.evidence.get("look")
    shown = set() if undone else looks_of(fact)
    fact.undone_at = None
    if look and (undone or look not in shown):
        fact.evidence = {**fact.evidence, "looks": sorted(shown | {look})}
    return undone


def looks_of(fact: Fact) -> set[str]:
    """The looks that showed a fact and did not find since that it is no longer so."""
    first = fact.evidence.get("look")
    return set(fact.evidence.get("looks", [first] if first else []))


def _added(facts: Sequence[NewFact]) -> Iterator[Touched]:
    """Two looks may show one act at the same moment, each in its own transaction: one row is enough."""
    for start in range(0, len(facts), ROWS):
        rows = [_row(new) for new in facts[start : start + ROWS]]
        for person_id, verb, happened_at, seen_at in insert_all(Fact, rows, *_TOUCHED):
            yield person_id, verb, min(happened_at or seen_at, seen_at)


def _with_keys(keys: Sequence[str]) -> Sequence[Fact]:
    """The facts with these keys. That there is none, as for most, is learned without the ORM."""
    if not db.session.connection().execute(_KNOWN, {"keys": keys}).first():
        return ()
    return db.session.scalars(select(Fact).where(Fact.key.in_(keys))).all()


def _row(new: NewFact) -> dict[str, Any]:
    return {
        "id": new_id(),
        "person_id": new.person_id,
        "identity_id": new.identity_id,
        "verb": new.verb,
        "object_uri": new.object_uri,
        "object_keys": sorted(new.object_keys),
        "network": new.network,
        "happened_at": new.happened_at,
        "seen_at": new.seen_at,
        "evidence": dict(new.evidence),
        "key": new.key,
    }


def _undo(undone: Mapping[UUID, datetime]) -> list[Touched]:
    """Mark the facts that were not yet known to be undone."""
    standing = [
        fact
        for some in _chunks(undone)
        for fact in db.session.scalars(select(Fact).where(Fact.id.in_(some), Fact.undone_at.is_(None)))
    ]
    for fact in standing:
        fact.undone_at = undone[fact.id]
    return [(fact.person_id, fact.verb, ALWAYS) for fact in standing]


def _note_unseen(unseen: Mapping[UUID, str]) -> None:
    for some in _chunks(unseen):
        for fact in db.session.scalars(select(Fact).where(Fact.id.in_(some))):
            fact.evidence = {**fact.evidence, "looks": sorted(looks_of(fact) - {unseen[fact.id]})}


def _chunks(values: Iterable[T]) -> Iterator[list[T]]:
    everything = list(values)
    for start in range(0, len(everything), MANY):
        yield everything[start : start + MANY]
