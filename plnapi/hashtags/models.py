"""The hashtags of a course."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plnapi.clock import now
from plnapi.db import Base, Identified


class CourseHashtag(Identified, Base):
    """A hashtag that a course listens to. `key` is the canonical form, `display` the one for people, without `#`."""

    __tablename__ = "course_hashtags"
    __table_args__ = (UniqueConstraint("course_id", "key"),)

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(index=True)
    display: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
