"""Courses and who is in them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plnapi.accounts.models import Person
from plnapi.clock import now
from plnapi.db import Base, Identified


class Course(Identified, Base):
    """A course network. `starts_on` and `ends_on` are days in `time_zone` (IANA name), both included.

    `state` is draft, open, closed or archived. For `grace_days` after the last day, or after `closed_at` when that was
    earlier, what is late still counts; then nothing changes (see `ending`). `version` counts changes; SQLAlchemy refuses
    a stale write.
    """

    __tablename__ = "courses"
    __table_args__ = (UniqueConstraint("code", "term"),)

    code: Mapped[str]
    title: Mapped[str]
    term: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    time_zone: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    closed_at: Mapped[datetime | None]
    grace_days: Mapped[int] = mapped_column(default=14, server_default="14")
    join_code: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Enrolment(Base):
    """A person's place in a course. `role` is instructor, assistant or student; leaving keeps the row."""

    __tablename__ = "enrolments"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str]
    section: Mapped[str] = mapped_column(default="")
    joined_at: Mapped[datetime] = mapped_column(default=now)
    left_at: Mapped[datetime | None]

    course: Mapped[Course] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")
