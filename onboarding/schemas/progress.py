"""Where students stand, what they give and what reviewers answer, as the API takes and answers it."""

from marshmallow import fields, validate

from onboarding.schemas.checklist import VERDICTS, WayOut
from plnapi.web.api import In, Out
from plnapi.web.paging import page_schema

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
    adapter = fields.String(required=True)


class DueOut(Out):
    """When a step is due, and what it is worth."""

    due_on = fields.Date(
        required=True, allow_none=True,
        metadata={"description": "The last day, in the course's zone, with an extension; null: not due"},
    )  # fmt: skip
    extended = fields.Boolean(required=True, metadata={"description": "Later than for others"})
    late = fields.Boolean(required=True, metadata={"description": "Done, or still open, after that day"})
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


class WordIn(In):
    """One's own word that a step is done."""

    text = fields.String(load_default="", validate=COMMENT)


class LinkIn(In):
    """A link that shows that a step is done."""

    url = fields.String(required=True, validate=validate.Length(1, 2000))
    text = fields.String(load_default="", validate=COMMENT)


class GridStepOut(Out):
    """A column."""

    step_key = fields.UUID(required=True)
    title = fields.String(required=True)
    required = fields.Boolean(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    points = fields.Integer(required=True)


class GridStudentOut(Out):
    """A line."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
    section = fields.String(required=True)
    done = fields.Integer(required=True)
    points = fields.Integer(required=True, metadata={"description": "Of the steps that are done"})
    verdicts = fields.List(fields.String(validate=VERDICTS), required=True)
    late = fields.List(
        fields.Integer(),
        required=True,
        metadata={"description": "The places in `verdicts` of steps that are late, from 0"},
    )


class GridOut(Out):
    """Students and their verdicts, one for each step, in the order of `steps`."""

    course_id = fields.UUID(required=True)
    steps = fields.List(fields.Nested(GridStepOut), required=True)
    students = fields.List(fields.Nested(GridStudentOut), required=True)


class ReviewOut(Out):
    """A link that waits for a reviewer."""

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
    section = fields.String(required=True, allow_none=True)
    step_key = fields.UUID(required=True)
    step_title = fields.String(required=True, allow_none=True, metadata={"description": "Null when the step is gone"})
    url = fields.String(required=True)
    text = fields.String(required=True, attribute="comment")
    made_at = fields.AwareDateTime(required=True, format="iso")
    others = fields.Integer(
        required=True, metadata={"description": "How many other people of the course gave the same link"}
    )


ReviewPageOut = page_schema(ReviewOut)


class ReviewIn(In):
    """What a reviewer says; a link is returned with what to change."""

    decision = fields.String(required=True, validate=validate.OneOf(["approved", "returned"]))
    text = fields.String(load_default="", validate=COMMENT)


class ConfirmIn(In):
    """What a reviewer says when confirming."""

    text = fields.String(load_default="", validate=COMMENT)


class ConfirmationOut(Out):
    """A step whose evidence is below its least level."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
    section = fields.String(required=True)
    step_key = fields.UUID(required=True)
    step_title = fields.String(required=True)
    level = fields.String(required=True)
    evidence = fields.List(fields.Nested(EvidenceOut), required=True)


ConfirmationPageOut = page_schema(ConfirmationOut)


class DecisionOut(Out):
    """What somebody said about a step."""

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    step_key = fields.UUID(required=True)
    kind = fields.String(required=True)
    url = fields.String(required=True)
    text = fields.String(required=True, attribute="comment")
    about_id = fields.UUID(required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True, format="iso")
