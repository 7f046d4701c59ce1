"""The ledger of facts: who did what, when, seen how."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from plnapi.clock import now
from plnapi.db import Base, Identified


class Fact(Identified, Base):
    """One act of one person, recorded once.

    `verb` is an ActivityStreams type: Follow (joining a group that is an actor is a Follow), Create (a post, a reply, a
    comment), Announce (a boost), Like. `object_uri` is the account followed, the post made, boosted or liked.
    `object_keys` are all forms that mean the account followed, or the author of what was answered, boosted or liked.
    `key` makes recording twice harmless. `evidence` holds `uri`, `adapter`, `version`, `look` (which
    look showed it first) and `looks` (which show it at present, sorted); for posts `tags`
    (canonical), `words`, `excerpt_hash`, `in_reply_to` (the network's name for the post that is answered; empty when none
    is), `mentions` (keys of groups on a list that it mentions), `comment` (true for a comment on somebody's blog).
    """

    __tablename__ = "facts"
    __table_args__ = (Index("ix_facts_person_verb", "person_id", "verb"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    identity_id: Mapped[UUID | None] = mapped_column(ForeignKey("identities.id", ondelete="SET NULL"), index=True)
    verb: Mapped[str]
    object_uri: Mapped[str]
    object_keys: Mapped[list[Any]] = mapped_column(default=list)
    network: Mapped[str]
    happened_at: Mapped[datetime | None]  # the network's or the author's claim
    seen_at: Mapped[datetime] = mapped_column(default=now)
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undone_at: Mapped[datetime | None]  # unfollowed or deleted, when we saw it
    key: Mapped[str] = mapped_column(unique=True)
