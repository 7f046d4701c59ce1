"""What staff ask and are answered: the queue, messages, the grid and how the course moves."""

from marshmallow import fields, validate

from onboarding.grid import LATE, SORTS
from onboarding.queue import KINDS
from onboarding.schemas.checklist import VERDICTS
from onboarding.schemas.progress import COMMENT, EvidenceOut, SentenceOut
from plnapi.web.api import In, Out
from plnapi.web.paging import PageIn, PageOut, page_schema

STATES = validate.OneOf([*VERDICTS.choices, LATE])


class QueueIn(PageIn):
    """Which part of what waits."""

    kind = fields.String(validate=validate.OneOf(KINDS))
    step_key = fields.UUID()
    section = fields.String(validate=validate.Length(max=100))


class ReviewOut(Out):
    """A link, an answer or a step that waits for a reviewer."""

    id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Of the link or answer; null for a confirmation"}
    )
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
    section = fields.String(required=True, allow_none=True)
    step_key = fields.UUID(required=True)
    step_title = fields.String(required=True, allow_none=True, metadata={"description": "Null when the step is gone"})
    url = fields.String(required=True)
    text = fields.String(required=True, attribute="comment")
    data = fields.Dict(required=True, allow_none=True, metadata={"description": "What an answer holds"})
    made_at = fields.AwareDateTime(required=True, format="iso", metadata={"description": "Since when it waits"})
    level = fields.String(
        required=True, allow_none=True, metadata={"description": "Of the evidence of a step to confirm"}
    )
    evidence = fields.List(fields.Nested(EvidenceOut), required=True, allow_none=True)
    others = fields.Integer(
        required=True, metadata={"description": "How many other people of the course gave the same link"}
    )


ReviewPageOut = page_schema(ReviewOut)


class ReviewIn(In):
    """What a reviewer says; a link is returned with what to change."""

    decision = fields.String(required=True, validate=validate.OneOf(["approved", "returned"]))
    text = fields.String(load_default="", validate=COMMENT)


class ConfirmIn(In):
    """What a reviewer says of a step as it stands; it is returned with what to change."""

    decision = fields.String(load_default="confirmed", validate=validate.OneOf(["confirmed", "returned"]))
    text = fields.String(load_default="", validate=COMMENT)


class UndoIn(In):
    """Why a decision is taken back."""

    text = fields.String(load_default="", validate=COMMENT)


class MyDecisionOut(Out):
    """What somebody said about a step of mine."""

    id = fields.UUID(required=True)
    step_key = fields.UUID(required=True)
    kind = fields.String(required=True)
    url = fields.String(required=True)
    text = fields.String(required=True, attribute="comment")
    about_id = fields.UUID(required=True, allow_none=True)
    made_by = fields.UUID(required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True, format="iso")


class DecisionOut(MyDecisionOut):
    """What somebody said about a student's step."""

    person_id = fields.UUID(required=True)


class MyDecisionsOut(Out):
    """All that was said about a step of mine."""

    items = fields.List(fields.Nested(MyDecisionOut), required=True)


class DecisionsOut(Out):
    """All that was said about a step."""

    items = fields.List(fields.Nested(DecisionOut), required=True)


class MessageIn(In):
    """A word about a step."""

    text = fields.String(required=True, validate=validate.Length(1, 2000))


class MessageOut(Out):
    """A word about a step."""

    id = fields.UUID(required=True)
    own = fields.Boolean(required=True, metadata={"description": "By the student; else by a reviewer"})
    name = fields.String(required=True, metadata={"description": "Of who wrote it; empty when they are gone"})
    text = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True, format="iso")


MessagePageOut = page_schema(MessageOut)


class GridIn(In):
    """Which part of the grid, in which order."""

    cursor = fields.UUID(metadata={"description": "`next` of the page before"})
    per_page = fields.Integer(load_default=1000, validate=validate.Range(1, 1000))
    sort = fields.String(
        load_default="name", validate=validate.OneOf(SORTS),
        metadata={"description": "`behind`: most required steps over their day first, then most required steps open"},
    )  # fmt: skip
    section = fields.String(validate=validate.Length(max=100))
    step_key = fields.UUID(metadata={"description": "With `state`: of this step"})
    state = fields.String(validate=STATES, metadata={"description": "Only students with a step in this state"})


class GridStepOut(Out):
    """A column."""

    step_key = fields.UUID(required=True)
    title = fields.String(required=True)
    required = fields.Boolean(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    points = fields.Integer(required=True)


class MyLineOut(Out):
    """One's own line."""

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


class GridStudentOut(MyLineOut):
    """A line."""

    person_id = fields.UUID(required=True)


class SeenOut(Out):
    """How much the looks at students' accounts saw: only what they agreed to have looked at."""

    accounts = fields.Integer(required=True)
    students = fields.Integer(required=True, metadata={"description": "Whose accounts these are"})
    looked_at = fields.AwareDateTime(
        required=True, allow_none=True, format="iso", metadata={"description": "The last look; null: none yet"}
    )
    incomplete = fields.Integer(
        required=True, metadata={"description": "Looks that could not see everything, or are still to come"}
    )


class GridOut(Out):
    """Students and their verdicts, one for each step, in the order of `steps`."""

    course_id = fields.UUID(required=True)
    steps = fields.List(fields.Nested(GridStepOut), required=True)
    students = fields.List(fields.Nested(GridStudentOut), required=True)
    seen = fields.Nested(SeenOut, required=True)
    page = fields.Nested(PageOut, required=True)


class MyRowOut(Out):
    """The line of one student, a verdict for each step in the order of `steps`."""

    course_id = fields.UUID(required=True)
    steps = fields.List(fields.Nested(GridStepOut), required=True)
    row = fields.Nested(MyLineOut, required=True)


class SummaryIn(In):
    """Of which section."""

    section = fields.String(validate=validate.Length(max=100))


FEW = "null: fewer than five, or as few would follow from it by subtraction"


class FunnelStepOut(Out):
    """How many came how far."""

    step_key = fields.UUID(required=True)
    title = fields.String(required=True)
    required = fields.Boolean(required=True)
    reached = fields.Integer(
        required=True, allow_none=True,
        metadata={"description": f"Did it, or all that is required before it; {FEW}"},
    )  # fmt: skip
    done = fields.Integer(required=True, allow_none=True, metadata={"description": FEW})
    median_days = fields.Float(
        required=True, allow_none=True,
        metadata={"description": "From the course's begin, or joining, to done; null: fewer than five did it"},
    )  # fmt: skip


class StuckOut(Out):
    """A student for whom a week went by without a step done."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
    section = fields.String(required=True)
    step_key = fields.UUID(required=True)
    title = fields.String(required=True)
    since = fields.AwareDateTime(required=True, format="iso")
    next = fields.Nested(SentenceOut, required=True, allow_none=True)


class SummaryOut(Out):
    """How a course, or a section, moves through its steps."""

    course_id = fields.UUID(required=True)
    section = fields.String(required=True, allow_none=True)
    students = fields.Integer(required=True, allow_none=True, metadata={"description": FEW})
    steps = fields.List(fields.Nested(FunnelStepOut), required=True)
    stuck = fields.List(
        fields.Nested(StuckOut), required=True,
        metadata={"description": "At most 50, the longest first; empty where fewer than five students are"},
    )  # fmt: skip
