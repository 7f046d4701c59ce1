"""What a person agreed to, per course and purpose."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, cast
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from plnapi.clock import now
from plnapi.db import Base, Identified


class Consent(Identified, Base):
    """One row per person, course and purpose; giving it again after withdrawing fills the same row.

    Purposes: `checks` (plnapi looks at the person's proven identities for this course's steps) and `river` (their posts
    are shown to the course). `text` is the wording agreed to, word for word. `without`: networks (keys of
    PLATFORMS) that the person leaves out although they agreed.
    """

    __tablename__ = "consents"
    __table_args__ = (UniqueConstraint("person_id", "course_id", "purpose"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    text: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]
    without: Mapped[list[Any]] = mapped_column(default=list)


def takes_in(network: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether the consent beside `network` in a statement does not leave that network out."""
    # JSON as text is the same on every database, and a key of a network has nothing that JSON escapes.
    return cast(Consent.without, String).not_like('%"' + network + '"%')
