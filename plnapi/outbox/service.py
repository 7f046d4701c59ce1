"""Messages in, deliveries out. Everything here runs inside the caller's unit of work and talks to nobody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.orm import aliased, joinedload

from plnapi.clock import new_id, now
from plnapi.db import db, insert_all, insert_if_absent
from plnapi.errors import N_, NotFound
from plnapi.outbox.backoff import DELAYS, MAX_ATTEMPTS, next_try
from plnapi.outbox.models import Delivery, Message
from plnapi.outbox.tellers import Letter, Teller, Told

MAX_PAYLOAD = 16 * 1024  # bytes of JSON; with what surrounds it, a webhook stays under 20 kB
LEASE = timedelta(seconds=60)  # longer than any teller takes
KEPT = timedelta(days=30)
AT_ONCE = 100  # messages spread in one unit of work
MAX_ERROR = 500


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery as it was when it was claimed; `leased_until` is the token of the lease."""

    delivery_id: UUID
    leased_until: datetime
    teller: str
    attempts: int  # this one included
    letter: Letter


def put(topic: str, key: str, payload: Mapping[str, Any]) -> UUID:
    """The outside shall hear of this once the unit of work has ended well. Returns the message's id.

    `key` says what of the topic it is; the same topic and key again change nothing and return the first message's id.
    `payload`: JSON-able, ids rather than names. Raises ValueError when it is larger than MAX_PAYLOAD.
    """
    put_all(topic, {key: payload})
    return db.session.scalars(select(Message.id).where(Message.topic == topic, Message.key == key)).one()


def put_all(topic: str, payloads: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """As `put` for many keys, in one statement. Returns the keys that were new."""
    rows = [_row(topic, key, payload) for key, payload in payloads.items()]
    return frozenset(key for (key,) in insert_all(Message, rows, Message.key))


def last(topics: Iterable[str], prefix: str) -> Message | None:
    """The message of these topics that was put last under a key that begins like this; old ones are forgotten."""
    these = select(Message).where(Message.topic.in_(list(topics)), Message.key.startswith(prefix, autoescape=True))
    return db.session.scalars(these.order_by(Message.id.desc()).limit(1)).one_or_none()


def _row(topic: str, key: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    data = orjson.loads(_checked(payload))
    return {"id": new_id(), "topic": topic, "key": key, "payload": data, "created_at": now()}


def put_for(teller: str, target: str, topic: str, key: str, payload: Mapping[str, Any]) -> Delivery:
    """As `put`, for one target only; the delivery that is returned is due at once."""
    message_id = put(topic, key, payload)
    db.session.execute(update(Message).where(Message.id == message_id).values(spread_at=now()))
    made = Delivery(message_id=message_id, teller=teller, target=target)
    db.session.add(made)
    db.session.flush()
    return delivery(teller, target, made.id)


def spread(tellers: Mapping[str, Teller]) -> int:
    """Make the deliveries of up to AT_ONCE messages that have none yet. Returns how many messages that were."""
    new = select(Message).where(Message.spread_at.is_(None)).order_by(Message.id).limit(AT_ONCE)
    messages = db.session.scalars(new.with_for_update(skip_locked=True)).all()
    at = now()
    fresh = {"attempts": 0, "next_attempt_at": at}
    targets = {topic: _targets(tellers, topic) for topic in {message.topic for message in messages}}
    rows = [
        {"id": new_id(), "message_id": message.id, "teller": teller, "target": target, **fresh}
        for message in messages
        for teller, target in targets[message.topic]
    ]
    if rows:
        db.session.execute(insert_if_absent(Delivery), rows)
    for message in messages:
        message.spread_at = at
    db.session.flush()
    return len(messages)


def unspread() -> bool:
    """Whether there are messages without deliveries."""
    return db.session.scalar(select(Message.id).where(Message.spread_at.is_(None)).limit(1)) is not None


def due_targets(tellers: Iterable[str]) -> int:
    """How many targets there are for which something is due."""
    due = select(Delivery.teller, Delivery.target).where(*_due(tellers, now())).distinct()
    return db.session.scalar(select(func.count()).select_from(due.subquery())) or 0


def bury_exhausted() -> None:
    """Give up deliveries whose last try began and never ended: the worker was killed, perhaps by them."""
    at = now()
    lost = update(Delivery).where(*_waiting(), Delivery.attempts >= MAX_ATTEMPTS, Delivery.leased_until < at)
    ended = {"dead_at": at, "leased_until": None, "last_error": "The worker ended in the middle of the last try."}
    db.session.execute(lost.values(ended).execution_options(synchronize_session=False))


def claim(tellers: Iterable[str]) -> Claim | None:
    """Lease the delivery that has been due longest, at a target that nobody is telling at the moment; None: nothing due.

    So a target that does not answer occupies one worker's thread, and the others' deliveries pass by it.
    """
    at = now()
    other = aliased(Delivery)
    busy = select(other.id).where(
        other.teller == Delivery.teller, other.target == Delivery.target, other.leased_until >= at
    )
    ordered = select(Delivery).where(*_due(tellers, at), ~busy.exists()).order_by(Delivery.next_attempt_at, Delivery.id)
    free = ordered.options(joinedload(Delivery.message, innerjoin=True)).with_for_update(skip_locked=True, of=Delivery)
    found = db.session.scalars(free.limit(1)).first()
    if found is None:
        return None
    found.leased_until, found.attempts = at + LEASE, found.attempts + 1
    db.session.flush()
    return Claim(found.id, found.leased_until, found.teller, found.attempts, _letter(found))


def settle(claim: Claim, told: Told) -> bool:
    """Store what became of a try; False, and nothing stored, when the lease had ended and went to somebody else."""
    mine = update(Delivery).where(Delivery.id == claim.delivery_id, Delivery.leased_until == claim.leased_until)
    stored = mine.values(leased_until=None, **_after(claim, told, now())).returning(Delivery.id)
    return db.session.scalar(stored.execution_options(synchronize_session=False)) is not None


def deliveries(teller: str, target: str, status: str | None = None) -> Select[Any]:
    """Selects the deliveries to a target, with their messages; `status` as `Delivery.status` has it."""
    here = select(Delivery).where(Delivery.teller == teller, Delivery.target == target)
    wanted: dict[str, tuple[ColumnElement[bool], ...]] = {
        "done": (Delivery.done_at.is_not(None),),
        "dead": (Delivery.dead_at.is_not(None),),
        "waiting": _waiting(),
    }
    return here.where(*wanted[status] if status else ()).options(joinedload(Delivery.message, innerjoin=True))


def delivery(teller: str, target: str, delivery_id: UUID) -> Delivery:
    """One delivery to this target, with its message. Raises NotFound."""
    found: Delivery | None = db.session.scalar(deliveries(teller, target).where(Delivery.id == delivery_id))
    if found is None:
        raise NotFound(N_("delivery"), delivery_id)
    return found


def send_again(delivery: Delivery) -> None:
    """Make a delivery due at once with all its tries before it, whatever became of it; the id stays the same.

    One that is being told at this moment ends its lease: what its worker would store is dropped.
    """
    delivery.attempts, delivery.next_attempt_at = 0, now()
    delivery.done_at = delivery.dead_at = delivery.leased_until = None
    db.session.flush()


def forget_target(teller: str, target: str) -> None:
    """The target is no more; nor are its deliveries."""
    db.session.execute(delete(Delivery).where(Delivery.teller == teller, Delivery.target == target))


def forget_old() -> int:
    """Delete messages older than KEPT that nobody waits for. Returns how many."""
    waiting = select(Delivery.id).where(Delivery.message_id == Message.id, *_waiting())
    old = delete(Message).where(Message.created_at < now() - KEPT, Message.spread_at.is_not(None), ~waiting.exists())
    return len(db.session.scalars(old.returning(Message.id).execution_options(synchronize_session=False)).all())


def _checked(payload: Mapping[str, Any]) -> bytes:
    data = orjson.dumps(payload)
    if len(data) > MAX_PAYLOAD:
        raise ValueError(f"a payload of {len(data)} bytes; at most {MAX_PAYLOAD} go out")
    return data


def _targets(tellers: Mapping[str, Teller], topic: str) -> list[tuple[str, str]]:
    return [(name, target) for name, teller in tellers.items() for target in teller.targets(topic)]


def _waiting() -> tuple[ColumnElement[bool], ...]:
    return Delivery.done_at.is_(None), Delivery.dead_at.is_(None)


def _due(tellers: Iterable[str], at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Deliveries of tellers that this worker does not know are left to one that does."""
    return (
        *_waiting(),
        Delivery.teller.in_(list(tellers)),
        Delivery.next_attempt_at <= at,
        Delivery.attempts < MAX_ATTEMPTS,
        or_(Delivery.leased_until.is_(None), Delivery.leased_until < at),
    )


def _letter(delivery: Delivery) -> Letter:
    message = delivery.message
    return Letter(message.id, message.topic, message.payload, message.created_at, delivery.target)


def _after(claim: Claim, told: Told, at: datetime) -> dict[str, Any]:
    """The columns that follow from a try."""
    said = {"last_status": told.status, "last_error": told.error[:MAX_ERROR] or None}
    if told.outcome == "done":
        return {**said, "done_at": at}
    if told.outcome == "gone":
        return {**said, "dead_at": at}
    if told.outcome == "postponed":
        later = told.retry_at or at + timedelta(seconds=DELAYS[0])
        return {**said, "attempts": claim.attempts - 1, "next_attempt_at": later}
    moment = next_try(claim.attempts, at, told.retry_at)
    return {**said, "dead_at": at} if moment is None else {**said, "next_attempt_at": moment}
