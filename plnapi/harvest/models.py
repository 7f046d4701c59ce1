"""What is to be looked at, and when: one table and one schedule for every network and every kind of look."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plnapi.accounts.models import Identity
from plnapi.clock import now
from plnapi.db import Base, Identified


class Source(Identified, Base):
    """One look at one identity, again and again. `look` is posts, follows or proof.

    `cursor` is the adapter's memory. A look that is under way holds a lease until `leased_until`; a worker that dies
    lets it run out. `coverage` (complete, partial, hidden, failed; None: never looked), `reason` and `detail` say how
    much the last look saw. `looked_at` is the last look, `seen_at` the last one that got an answer. `failures` and
    `quiet` count looks in a row that failed, or found nothing new. `wanted` is a digest of what the courses ask for:
    when that changes, `cursor` is reset, so that earlier acts are found. `not_before`: the host asked to wait until then.
    """

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("identity_id", "look"), Index("ix_sources_due", "next_look_at"))

    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identities.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    network: Mapped[str]
    look: Mapped[str]
    cursor: Mapped[dict[str, Any]] = mapped_column(default=dict)
    next_look_at: Mapped[datetime] = mapped_column(default=now)
    leased_until: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    coverage: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)
    quiet: Mapped[int] = mapped_column(default=0)
    wanted: Mapped[str] = mapped_column(default="")
    not_before: Mapped[datetime | None]

    identity: Mapped[Identity] = relationship(lazy="raise")
