"""What a person agreed to, per course and purpose."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plnapi.clock import now
from plnapi.db import Base, Identified


class Consent(Identified, Base):
    """One row per person, course and purpose; giving it again after withdrawing fills the same row.

    Purposes: `checks` (plnapi looks at the person's proven identities for this course's steps) and `river` (their posts
    are shown to the course). `text` is the wording agreed to, word for word.
    """

    __tablename__ = "consents"
    __table_args__ = (UniqueConstraint("person_id", "course_id", "purpose"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    text: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]
