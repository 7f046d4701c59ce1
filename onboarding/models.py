"""Checklists, what people said and decided, and the state that follows from it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plnapi.clock import now
from plnapi.db import Base, Identified


class Checklist(Identified, Base):
    """A course's checklist. `version` is the number of its newest version and the guard against lost updates."""

    __tablename__ = "checklists"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), unique=True)
    title: Mapped[str]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class ChecklistVersion(Identified, Base):
    """One state of a checklist; it never changes once it stands."""

    __tablename__ = "checklist_versions"
    __table_args__ = (UniqueConstraint("checklist_id", "number"),)

    checklist_id: Mapped[UUID] = mapped_column(ForeignKey("checklists.id", ondelete="CASCADE"))
    number: Mapped[int]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=now)

    steps: Mapped[list["Step"]] = relationship(order_by="Step.position", lazy="raise")


class Step(Identified, Base):
    """One step of one version. `step_key` is the same in every version in which the step stands.

    `kind` is step or heading. `branches` is the any-of list: `[{"kind": "post", "config": {…}}, …]`, each config held
    against the schema of its check. `after` are the steps that open this one, `[[key, …], …]`: of each inner list one.
    `due_on` is a day in the course's zone, due until its end. `points` are what the step is worth.
    `least_level` is the least level of evidence that ticks it, `fallback` what becomes of what is below: review (it waits
    until a reviewer confirms it) or not_yet (it does not count).
    `keeps_credit`: what was done stays done when it is deleted or undone later; the course says so beforehand.
    """

    __tablename__ = "steps"
    __table_args__ = (UniqueConstraint("version_id", "step_key"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("checklist_versions.id", ondelete="CASCADE"))
    step_key: Mapped[UUID] = mapped_column(index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(default="step")
    title: Mapped[str]
    instructions: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")
    required: Mapped[bool] = mapped_column(default=True)
    branches: Mapped[list[Any]] = mapped_column(default=list)
    after: Mapped[list[Any]] = mapped_column(default=list)
    due_on: Mapped[date | None]
    points: Mapped[int] = mapped_column(default=0)
    least_level: Mapped[str | None]
    fallback: Mapped[str] = mapped_column(default="review")
    keeps_credit: Mapped[bool] = mapped_column(default=True)


class Extension(Base):
    """A later day for one student's step. It counts while the step is due at all, and never shortens what is left."""

    __tablename__ = "extensions"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    step_key: Mapped[UUID] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    given_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    given_at: Mapped[datetime] = mapped_column(default=now)


class Decision(Identified, Base):
    """Something a person said about a step, never changed: a student's word or link, a reviewer's yes or no.

    `kind`: word, link, answer (by the student; `data` of an answer is what the form of its check asks for), approved,
    returned (by a reviewer), confirmed (by a reviewer, about the step as it stands, whose evidence was below its least
    level), undone (by a reviewer: takes back the reviewer's decision that it is about), credited (written when evidence
    must go or a rule changes, and the credit stays). `url` belongs to link, `comment` to all; `url_key` finds the same
    link given twice. `level` and `done_at` belong to credited: what the credit was worth, and since when.

    `about_id` makes the links of a step a chain in which everything is answered once: a reviewer's decision and a link
    that corrects one still waiting are about that link, a link given again is about the decision that returned it.
    What comes after a decision was taken back is about the `undone`. `link_id` is the link or answer that a reviewer's
    decision judges, wherever in the chain it stands; None when it judges the step as it stands.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        Index("ix_decisions_person_course", "person_id", "course_id"),
        Index("ix_decisions_course_url_key", "course_id", "url_key"),
        Index(  # one word and one confirmation a step, and one chain of links
            "uq_decisions_first",
            "course_id",
            "person_id",
            "step_key",
            "kind",
            unique=True,
            sqlite_where=text("about_id IS NULL AND kind IN ('word', 'link', 'answer', 'confirmed')"),
            postgresql_where=text("about_id IS NULL AND kind IN ('word', 'link', 'answer', 'confirmed')"),
        ),
    )

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    step_key: Mapped[UUID]
    kind: Mapped[str]
    url: Mapped[str] = mapped_column(default="")
    url_key: Mapped[str | None]
    comment: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"), unique=True)
    link_id: Mapped[UUID | None] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"), index=True)
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    level: Mapped[str | None]
    done_at: Mapped[datetime | None]


class StepState(Base):
    """Where a student stands with a step: what `progress` derived last, kept for fast reading.

    `verdict`: verified, waiting (for a person's review), not_yet, unknown, error. `level` of evidence: declared, linked,
    machine, person. `branch` is the index of the branch that was satisfied. `evidence` is a list of
    `{"verb", "uri", "title", "happened_at", "seen_at", "undone_at", "adapter", "version", "excerpt_hash"}`, times as ISO
    8601; `explanation` a list of `{"code", "params"}`, the chain of the branch that leads.
    """

    __tablename__ = "step_states"
    __table_args__ = (Index("ix_step_states_course_step", "course_id", "step_key"),)

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    step_key: Mapped[UUID] = mapped_column(primary_key=True)
    verdict: Mapped[str]
    level: Mapped[str | None]
    branch: Mapped[int | None]
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    explanation: Mapped[list[Any]] = mapped_column(default=list)
    done_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Message(Identified, Base):
    """A word between a student and the reviewers about one step. It decides nothing."""

    __tablename__ = "step_messages"
    __table_args__ = (Index("ix_step_messages_place", "course_id", "person_id", "step_key"),)

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    step_key: Mapped[UUID]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    text: Mapped[str]


class PrivateStep(Identified, Base):
    """What a student set themselves in a course. Only they see it; it counts for nothing. `done_at` is None until ticked."""

    __tablename__ = "private_steps"
    __table_args__ = (Index("ix_private_steps_person_course", "person_id", "course_id"),)

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    title: Mapped[str]
    done_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Template(Identified, Base):
    """A checklist that instructors of this institution share. `body` is the document of `schemas/template`."""

    __tablename__ = "templates"

    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    body: Mapped[dict[str, Any]]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
