"""What people published, wherever: a blog entry and a status are the same thing here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plnapi.clock import now
from plnapi.db import Base, Identified


class Post(Identified, Base):
    """A pointer to a post with a short excerpt, never a copy: at most 500 characters, its length, tags, times, a hash.

    `uri` is unique only within an identity: feeds number their entries as they like, and a stranger's feed must not be
    able to claim somebody else's post.
    """

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("identity_id", "uri"),)

    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identities.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    network: Mapped[str]
    uri: Mapped[str] = mapped_column(index=True)  # what a reply or a boost names
    url: Mapped[str] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(default="")
    excerpt: Mapped[str] = mapped_column(default="")
    words: Mapped[int] = mapped_column(default=0)
    content_hash: Mapped[str]
    in_reply_to: Mapped[str | None]
    published_at: Mapped[datetime | None]  # the author's claim
    seen_at: Mapped[datetime] = mapped_column(default=now)
    gone_at: Mapped[datetime | None]  # when the network first said that it is no longer there

    tags: Mapped[list["PostTag"]] = relationship(lazy="raise", cascade="all, delete-orphan", passive_deletes=True)


class PostTag(Base):
    """A post carries a hashtag, in the canonical form of `hashtags`."""

    __tablename__ = "post_tags"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True, index=True)
