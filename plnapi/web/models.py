"""What the kernel itself keeps."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from plnapi.clock import now
from plnapi.db import Base


class IdempotencyKey(Base):
    """The answer to a POST that was done, kept for a day so that a repeated one gets the same answer."""

    __tablename__ = "idempotency_keys"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]  # of method, path and body: the same key with another request is a mistake
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[str | None] = mapped_column(info={"sealed": "idempotency"})
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
