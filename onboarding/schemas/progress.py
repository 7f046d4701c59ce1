"""Where students stand, what they give and what reviewers answer, as the API takes and answers it."""

from marshmallow import fields, validate

from onboarding.schemas.checklist import KEEPS, VERDICTS, FieldOut, WayOut
from plnapi.web.api import In, Out

COMMENT = validate.Length(max=2000)


class NoteOut(Out):
    """A link in the chain of an explanation."""

    code = fields.String(required=True)
    params = fields.Dict(required=True)


class SentenceOut(NoteOut):
    """The same, with its sentence."""

    text = fields.String(required=True)


class EvidenceOut(Out):
    """What stands for a tick."""

    verb = fields.String(required=True)
    uri = fields.String(required=True, metadata={"description": "Where to see it; may be empty"})
    title = fields.String(required=True)
    happened_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    seen_at = fields.String(required=True, metadata={"format": "date-time"})
    undone_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    adapter = fields.String(required=True, metadata={"description": "What saw it"})
    version = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of the adapter; null: no adapter saw it"}
    )
    excerpt_hash = fields.String(
        required=True, metadata={"description": "SHA-256 of what a post said when it was seen; empty: no post"}
    )


class DueOut(Out):
    """When a step is due, and what it is worth."""

    due_on = fields.Date(
        required=True, allow_none=True,
        metadata={"description": "The last day, in the course's zone, with an extension; null: not due"},
    )  # fmt: skip
    extended = fields.Boolean(required=True, metadata={"description": "Later than for others"})
    late = fields.Boolean(required=True, metadata={"description": "Done, or still open, after that day"})
    paused_days = fields.Integer(
        required=True, metadata={"description": "So many days later because of `paused_by` and `gone`"}
    )
    paused_by = fields.String(required=True, metadata={"description": "Hosts that did not answer; empty: none"})
    gone = fields.String(
        required=True,
        metadata={"description": "Items of the step's list at whose addresses there is nothing any more; empty: none"},
    )
    points = fields.Integer(required=True)


class ExtensionIn(In):
    """A later day for one student."""

    due_on = fields.Date(required=True)


class ExtensionOut(Out):
    """A later day for one student."""

    person_id = fields.UUID(required=True)
    step_key = fields.UUID(required=True)
    due_on = fields.Date(required=True)
    given_at = fields.AwareDateTime(required=True, format="iso")


class MyStepOut(DueOut):
    """A step of one's own checklist and how it stands."""

    step_key = fields.UUID(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    instructions = fields.String(required=True)
    why = fields.String(required=True)
    required = fields.Boolean(required=True)
    ways = fields.List(fields.Nested(WayOut), required=True)
    keeps_credit = fields.Boolean(required=True, metadata={"description": KEEPS})
    verdict = fields.String(required=True, allow_none=True, metadata={"description": "Null for a heading"})
    locked = fields.Boolean(
        required=True, metadata={"description": "Other steps come first; the explanation says which"}
    )
    level = fields.String(required=True, allow_none=True)
    way = fields.Integer(required=True, allow_none=True, metadata={"description": "Which of `ways` was satisfied"})
    evidence = fields.List(fields.Nested(EvidenceOut), required=True)
    explanation = fields.List(fields.Nested(NoteOut), required=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class MyStepsOut(Out):
    """One's own checklist."""

    course_id = fields.UUID(required=True)
    title = fields.String(required=True)
    version = fields.Integer(required=True)
    next_step = fields.UUID(required=True, allow_none=True)
    steps = fields.List(fields.Nested(MyStepOut), required=True)


class StepLookOut(Out):
    """How much the last look at an account saw."""

    network = fields.String(required=True)
    handle = fields.String(required=True)
    look = fields.String(required=True)
    coverage = fields.String(required=True, allow_none=True, metadata={"description": "Null before the first look"})
    reason = fields.String(required=True)
    looked_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    seen_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    next_look_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class ExplainedWayOut(WayOut):
    """One way, and how it stands."""

    title = fields.String(required=True)
    verdict = fields.String(required=True, validate=VERDICTS)
    level = fields.String(required=True, allow_none=True)
    explanation = fields.List(fields.Nested(SentenceOut), required=True)


class AnswerFieldOut(FieldOut):
    """One thing that is asked for, and what was answered."""

    value = fields.Raw(
        required=True, allow_none=True, metadata={"description": "A text or a list of texts; null: nothing yet"}
    )
    before = fields.Raw(
        required=True, allow_none=True, metadata={"description": "What was answered to it in `earlier`; null: nothing"}
    )


class EarlierOut(Out):
    """A step that asked the same before, and was answered."""

    step_key = fields.UUID(required=True)
    title = fields.String(required=True)
    answered_at = fields.AwareDateTime(required=True, format="iso")


class AnswerOut(Out):
    """The form of one of the ways, and what was answered last; for the student and the reviewers."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    fields_ = fields.List(fields.Nested(AnswerFieldOut), required=True, data_key="fields", attribute="fields")
    earlier = fields.Nested(
        EarlierOut, required=True, allow_none=True,
        metadata={"description": "Of a self-assessment that was answered: the first of the same statements before it"},
    )  # fmt: skip


class ExplanationOut(DueOut):
    """Why a step stands as it does: what was looked at, when, what is missing, what to do next."""

    step_key = fields.UUID(required=True)
    title = fields.String(required=True)
    required = fields.Boolean(required=True)
    verdict = fields.String(required=True, validate=VERDICTS)
    level = fields.String(required=True, allow_none=True)
    way = fields.Integer(required=True, allow_none=True)
    locked = fields.Boolean(required=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    evidence = fields.List(fields.Nested(EvidenceOut), required=True)
    explanation = fields.List(fields.Nested(SentenceOut), required=True)
    next = fields.Nested(SentenceOut, required=True, allow_none=True)
    ways = fields.List(fields.Nested(ExplainedWayOut), required=True)
    looks = fields.List(fields.Nested(StepLookOut), required=True)
    keeps_credit = fields.Boolean(required=True, metadata={"description": KEEPS})
    answers = fields.List(fields.Nested(AnswerOut), required=True)


class WordIn(In):
    """One's own word that a step is done."""

    text = fields.String(load_default="", validate=COMMENT)


class AnswerIn(In):
    """An answer to the form of one of the ways of a step."""

    kind = fields.String(required=True, validate=validate.Length(1, 40))
    data = fields.Dict(
        keys=fields.String(), required=True,
        metadata={"description": "By field of the form, see `answers` of the step: a text, or a list of texts"},
    )  # fmt: skip


class LinkIn(In):
    """A link that shows that a step is done."""

    url = fields.String(required=True, validate=validate.Length(1, 2000))
    text = fields.String(load_default="", validate=COMMENT)
