"""Starter lists: what a course begins its network with. A change makes another version; versions never change."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plnapi.clock import now
from plnapi.db import Base, Identified


class ResourceList(Identified, Base):
    """A list of a course. `version` is the number of its newest version and the guard against lost updates."""

    __tablename__ = "resource_lists"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class ResourceListVersion(Identified, Base):
    """One state of a list: who made it, when."""

    __tablename__ = "resource_list_versions"
    __table_args__ = (UniqueConstraint("list_id", "number"),)

    list_id: Mapped[UUID] = mapped_column(ForeignKey("resource_lists.id", ondelete="CASCADE"))
    number: Mapped[int]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=now)

    items: Mapped[list["ResourceItem"]] = relationship(order_by="ResourceItem.position", lazy="raise")


class ResourceItem(Identified, Base):
    """One entry of one version. `item_key` is the same in every version in which the item stands.

    `kind` is person, space, tool, feed or reading; `address` is a handle or URL as the instructor gave it, `network`
    the key of the platform that reads it ("" for none); `group_path` keeps the folders of an imported OPML outline.
    """

    __tablename__ = "resource_items"
    __table_args__ = (UniqueConstraint("version_id", "item_key"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("resource_list_versions.id", ondelete="CASCADE"))
    item_key: Mapped[UUID] = mapped_column(index=True)
    position: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    address: Mapped[str]
    network: Mapped[str] = mapped_column(default="")
    site_url: Mapped[str] = mapped_column(default="")
    group_path: Mapped[str] = mapped_column(default="")
