"""Steps that are done by an answer: what the form of a kind asks for, given by the student, maybe read by a reviewer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from onboarding.checks.base import (
    ODD,
    Act,
    Check,
    Config,
    Context,
    Evidence,
    Field,
    Judgement,
    Look,
    Needs,
    Note,
    Param,
    Problem,
    Said,
)
from plnapi.errors import N_

REVIEW = Param(
    "review", "flag", N_("A person reads it before it counts"), N_("Otherwise it counts as soon as it is handed in.")
)


class Answered(Check):
    """A check of answers. It needs nothing of any network; the answer is shown to the student and the reviewers only.

    `config`: `review` when a person reads it first. An answer that waits is replaced by another; the last counts.
    """

    reviewed_by_default = False

    def needs(self, config: Config) -> Needs:
        """Nothing of any network."""
        return Needs()

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """There is nothing in a course that could make it impossible."""
        return iter(())

    def is_reviewed(self, config: Config) -> bool:
        """Whether a person reads the answer before it counts."""
        return bool(config.get("review", self.reviewed_by_default))

    def takes(self, config: Config) -> str:
        """An answer."""
        return "answer"

    def kept(self, config: Config, context: Context, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is kept of an answer whose form is in order. Raises Invalid at `/data/<field>` for what cannot be read."""
        return data

    def short(self, config: Config, context: Context, data: Mapping[str, Any]) -> tuple[Note, ...]:
        """What is missing of an answer that was kept; nothing when it is enough."""
        lacking = next(wrong(self.form(config, context), data), None)
        return () if lacking is None else (Note("answer_short", {"field": lacking[0].label}), Note("next_answer_again"))

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """By the first answer that is enough; where a person reads it, by the one that was approved."""
        answers = [said for said in decisions if said.kind == "answer" and self.kind in said.data]
        answers.sort(key=lambda said: (said.made_at, said.id))
        if not answers:
            return Judgement("not_yet", explanation=(Note("answer_missing"), Note("next_answer")))
        replies = {said.about_id: said for said in decisions if said.about_id is not None}
        lacking = {one.id: self.short(config, context, one.data[self.kind]) for one in answers}
        good = [one for one in answers if not lacking[one.id] and _reply(one, replies) != "returned"]
        approved = next((one for one in good if _reply(one, replies) == "approved"), None)
        if approved:
            return _approved(approved, replies[approved.id])
        if good and not self.is_reviewed(config):
            first = good[0]
            return Judgement("verified", "declared", (_evidence(first),), (Note("answer_given"),), first.made_at)
        return _open(answers[-1], lacking[answers[-1].id], replies)


def wrong(form: Sequence[Field], data: Mapping[str, Any]) -> Iterator[tuple[Field, str]]:
    """What is not in order with an answer of this form: the field, and a code of `sentences.ANSWERS`."""
    for field in form:
        value = data.get(field.name)
        size = len(value.split()) if isinstance(value, str) and field.type == "text" else len(value or ())
        if field.type in {"choice", "url", "file"}:
            size = 1 if value else 0
        if size < field.minimum:
            yield field, f"{field.type}_short"
        elif size > field.maximum:
            yield field, f"{field.type}_long"
        elif not _chosen(field, value):
            yield field, "not_a_choice"
        elif field.type == "pairs" and not all(map(is_pair, value or ())):
            yield field, "not_a_pair"


def is_pair(line: str) -> bool:
    """Whether a line names something and says something of it: `Name: what it gives`."""
    name, _, gives = line.partition(":")
    return bool(name.strip()) and len(gives.split()) >= 2


def _chosen(field: Field, value: Any) -> bool:
    known = {key for key, _ in field.choices}
    if field.type == "choice":
        return not value or value in known
    return field.type != "choices" or known.issuperset(value or ())


def _reply(answer: Said, replies: Mapping[UUID, Said]) -> str:
    return replies[answer.id].kind if answer.id in replies else ""


def _open(last: Said, lacking: tuple[Note, ...], replies: Mapping[UUID, Said]) -> Judgement:
    """What the last answer means when none counts."""
    if _reply(last, replies) == "returned":
        notes = Note("answer_returned", {"comment": replies[last.id].comment}), Note("next_answer_again")
        return Judgement("not_yet", explanation=notes)
    if lacking:
        return Judgement("not_yet", explanation=lacking)
    odd = (Note(code) for mark, code in ODD.items() if last.data.get(mark))
    waits = Note("answer_waits"), *odd, Note("next_wait_answer")
    return Judgement("waiting", "linked", (_evidence(last),), waits)


def _evidence(answer: Said) -> Evidence:
    return Evidence("Answer", answer.url, answer.made_at, answer.made_at, "answer")


def _approved(answer: Said, reply: Said) -> Judgement:
    evidence = _evidence(answer), Evidence("Approve", "", reply.made_at, reply.made_at)
    note = Note("answer_approved", {"comment": reply.comment})
    return Judgement("verified", "person", evidence, (note,), answer.made_at)
