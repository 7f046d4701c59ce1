"""What is to be looked at, and when: one table and one schedule for every network and every kind of look."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plnapi.accounts.models import Identity
from plnapi.clock import now
from plnapi.db import Base, Identified


class Source(Identified, Base):
    """One look at one identity, again and again. `look` as in `platforms.types.Look`.

    `cursor` is the adapter's memory. A look that is under way holds a lease until `leased_until`; a worker that dies
    lets it run out. `coverage` (complete, partial, hidden, failed; None: never looked), `reason` and `detail` say how
    much the last look saw. `looked_at` is the last look, `seen_at` the last one that got an answer. `failures` and
    `quiet` count looks in a row that failed, or found nothing new. `wanted` is a digest of what the courses ask for:
    when that changes, `cursor` is reset, so that earlier acts are found. `not_before`: the host asked to wait until then.
    `host` is the authority that is asked, as far as it is known. `requests` are those of the last look, at most 30, each
    `{"url", "status", "problem", "ms"}`, without anything secret.
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
    host: Mapped[str] = mapped_column(default="", index=True)
    requests: Mapped[list[Any]] = mapped_column(default=list)

    identity: Mapped[Identity] = relationship(lazy="raise")


class CourseAccount(Base):
    """An account of somebody who teaches, by which a course sees who follows it, is in its rooms, comments there."""

    __tablename__ = "course_accounts"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    identity_id: Mapped[UUID] = mapped_column(
        ForeignKey("identities.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    added_at: Mapped[datetime] = mapped_column(default=now)


class Outage(Identified, Base):
    """A host gave no usable answer for a while: from the first look that failed to the first that did not.

    `ended_at` None: it still does not answer. At most one is open for a host. `failures` counts looks in a row that
    failed; one alone is a suspicion and no outage yet.
    """

    __tablename__ = "outages"
    __table_args__ = (
        Index(
            "uq_outages_open",
            "host",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    host: Mapped[str] = mapped_column(index=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=1)


class Health(Base):
    """Whether an address of starter lists still leads to somebody. `gone_since`: the network says since then that not.

    `network` and `address` as in the item. `next_look_at`, `leased_until` as for a source. `missing_at` is the first look
    in a row that found nobody there; another one a day later has to agree before `gone_since` is set to that moment.
    """

    __tablename__ = "resource_health"

    network: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    next_look_at: Mapped[datetime] = mapped_column(default=now, index=True)
    leased_until: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    missing_at: Mapped[datetime | None]
    gone_since: Mapped[datetime | None]
