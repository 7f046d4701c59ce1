"""Decisions of reviewers, and those that were taken back. Pure: nothing is deleted, a decision `undone` is about another.

What stands is what would stand had the decision that was taken back never been made: credit that was written meanwhile
because of it goes too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from onboarding.checks.base import Said

CONFIRMATIONS = frozenset({"confirmed", "returned"})


def standing(decisions: Sequence[Said]) -> Sequence[Said]:
    """The decisions that stand. What is about an `undone` is shown as about what the undone decision was about."""
    undone = [said for said in decisions if said.kind == "undone"]
    if not undone:
        return decisions
    by_id = {said.id: said for said in decisions}
    taken_back = {said.about_id for said in undone}
    spans = [(by_id[said.about_id].made_at, said.made_at) for said in undone if said.about_id in by_id]
    return [
        _tied(said, by_id)
        for said in decisions
        if said.kind != "undone" and said.id not in taken_back and not _came_by(said, spans)
    ]


def confirmation(decisions: Sequence[Said]) -> Said | None:
    """What a reviewer said last of the step as it stands, of the decisions that stand."""
    given = {said.id for said in decisions if said.kind in {"link", "answer"}}
    about = [said for said in decisions if said.kind in CONFIRMATIONS and said.about_id not in given]
    return max(about, key=lambda said: (said.made_at, said.id), default=None)


def _tied(said: Said, by_id: Mapping[UUID, Said]) -> Said:
    about = by_id.get(said.about_id) if said.about_id else None
    while about is not None and about.kind == "undone":
        undid = by_id.get(about.about_id) if about.about_id else None
        said = replace(said, about_id=undid.about_id if undid else None)
        about = by_id.get(said.about_id) if said.about_id else None
    return said


def _came_by(said: Said, spans: Sequence[tuple[datetime, datetime]]) -> bool:
    """Whether this is a credit at a person's word, kept while a decision stood that was taken back."""
    if said.kind != "credited" or said.level != "person":
        return False
    return any(begin <= said.made_at <= end for begin, end in spans)
