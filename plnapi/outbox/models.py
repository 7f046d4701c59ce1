"""What the outside must hear of, and how far telling it has come."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plnapi.clock import now
from plnapi.db import Base, Identified

_WAITING = "done_at IS NULL AND dead_at IS NULL"


class Message(Identified, Base):
    """Something that happened. `key` says what of the topic it was: putting it twice makes one row.

    `id` goes to the outside with every try, so that a receiver recognises what it was told before. `payload` holds ids,
    never names. `spread_at` is when the deliveries were made, None until then.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (
        UniqueConstraint("topic", "key"),
        Index(
            "ix_outbox_messages_unspread",
            "id",
            sqlite_where=text("spread_at IS NULL"),
            postgresql_where=text("spread_at IS NULL"),
        ),
    )

    topic: Mapped[str]
    key: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    spread_at: Mapped[datetime | None]


class Delivery(Identified, Base):
    """A message on its way to one target of one teller; each fails and is tried again by itself.

    A worker that tells it holds a lease, and the moment `leased_until` tells whose lease it is. `attempts` counts tries
    that began. It ends with `done_at`, or with `dead_at` (the dead letter, kept to be seen and sent again).
    """

    __tablename__ = "outbox_deliveries"
    __table_args__ = (
        UniqueConstraint("message_id", "teller", "target"),
        Index("ix_outbox_deliveries_teller_target_id", "teller", "target", "id"),
        Index(
            "ix_outbox_deliveries_leased",
            "teller",
            "target",
            sqlite_where=text("leased_until IS NOT NULL"),
            postgresql_where=text("leased_until IS NOT NULL"),
        ),
        Index(
            "ix_outbox_deliveries_due",
            "next_attempt_at",
            sqlite_where=text(_WAITING),
            postgresql_where=text(_WAITING),
        ),
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("outbox_messages.id", ondelete="CASCADE"))
    teller: Mapped[str]
    target: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=now)
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_status: Mapped[int | None]  # what the receiver answered, where its protocol has statuses
    last_error: Mapped[str | None]

    message: Mapped[Message] = relationship(lazy="raise")

    @property
    def status(self) -> str:
        """`done`, `dead` or `waiting`."""
        if self.done_at:
            return "done"
        return "dead" if self.dead_at else "waiting"
