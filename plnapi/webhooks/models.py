"""Who is told."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from plnapi.clock import now
from plnapi.db import Base, Identified


class Webhook(Identified, Base):
    """A program elsewhere that is told of some topics. Its secrets are kept sealed (crypto.Sealer).

    After a change of secret the old one signs too, until `old_secret_until`. Until `quiet_until` the receiver wants to
    be left alone. `disabled_reason` is a stable code: `by_administrator`, or `gone` when it answered 410.
    """

    __tablename__ = "webhooks"

    url: Mapped[str]
    description: Mapped[str]
    topics: Mapped[list[Any]]
    sealed_secret: Mapped[str] = mapped_column(info={"sealed": "webhook secrets"})
    sealed_old_secret: Mapped[str | None] = mapped_column(info={"sealed": "webhook secrets"})
    old_secret_until: Mapped[datetime | None]
    quiet_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def enabled(self) -> bool:
        """Whether it is told anything."""
        return self.disabled_at is None
