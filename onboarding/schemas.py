"""What the API takes and answers."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from onboarding.checks import CHECKS
from onboarding.configs import SCHEMAS
from onboarding.service import StepData
from plnapi.web.api import In, Out
from plnapi.web.paging import page_schema

TITLE = validate.Length(1, 200)
TEXT = validate.Length(max=5000)
COMMENT = validate.Length(max=2000)
VERDICTS = validate.OneOf(["verified", "waiting", "not_yet", "unknown", "error"])
LEVELS = validate.OneOf(["declared", "linked", "machine", "person"])


class WayIn(In):
    """One way to do a step."""

    kind = fields.String(required=True, validate=validate.OneOf(list(CHECKS)))
    config = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": "The settings of the kind, see /onboarding/kinds"},
    )

    @post_load
    def settings(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Hold the settings against the schema of the kind."""
        try:
            return {"kind": data["kind"], "config": SCHEMAS[data["kind"]].load(data["config"])}
        except ValidationError as error:
            raise ValidationError({"config": error.messages}) from error


class StepIn(In):
    """A step, or a heading between steps."""

    step_key = fields.UUID(metadata={"description": "Of a step that stood before; leave it out for another one"})
    kind = fields.String(load_default="step", validate=validate.OneOf(["step", "heading"]))
    title = fields.String(required=True, validate=TITLE)
    instructions = fields.String(load_default="", validate=TEXT)
    why = fields.String(load_default="", validate=TEXT)
    required = fields.Boolean(load_default=True)
    branches = fields.List(
        fields.Nested(WayIn), load_default=list, validate=validate.Length(max=10),
        metadata={"description": "Ways to do the step; one is enough"},
    )  # fmt: skip

    after = fields.List(
        fields.List(fields.UUID(), validate=validate.Length(1, 50)), load_default=list, validate=validate.Length(max=20),
        metadata={"description": "Keys of the steps that open this one: of each inner list one must be done"},
    )  # fmt: skip

    due_on = fields.Date(
        load_default=None, allow_none=True,
        metadata={"description": "The last day for it, in the course's zone; null: none"},
    )  # fmt: skip
    points = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 1000))
    least_level = fields.String(
        load_default=None, allow_none=True, validate=LEVELS,
        metadata={"description": "The least level of evidence; what is below waits until a reviewer confirms it"},
    )  # fmt: skip

    @post_load
    def step(self, data: dict[str, Any], **_: Any) -> StepData:
        """As the service takes it."""
        after = tuple(tuple(map(str, group)) for group in data["after"])
        return StepData(**{**data, "branches": tuple(data["branches"]), "after": after})


class ChecklistIn(In):
    """A whole checklist, in its order."""

    title = fields.String(load_default="Checklist", validate=TITLE)
    steps = fields.List(fields.Nested(StepIn), required=True)


class WayOut(Out):
    """One way to do a step."""

    kind = fields.String(required=True)
    config = fields.Dict(required=True)


class StepOut(Out):
    """A step, or a heading between steps."""

    step_key = fields.UUID(
        required=True, metadata={"description": "The same in every version in which the step stands"}
    )
    kind = fields.String(required=True, validate=validate.OneOf(["step", "heading"]))
    title = fields.String(required=True)
    instructions = fields.String(required=True)
    why = fields.String(required=True)
    required = fields.Boolean(required=True)
    branches = fields.List(fields.Nested(WayOut), required=True)
    after = fields.List(fields.List(fields.UUID()), required=True)
    due_on = fields.Date(required=True, allow_none=True)
    points = fields.Integer(required=True)
    least_level = fields.String(required=True, allow_none=True)


class ChecklistOut(Out):
    """One version of a course's checklist."""

    course_id = fields.UUID(required=True)
    title = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "0 while the course has none"})
    created_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    steps = fields.List(fields.Nested(StepOut), required=True)


class DryRunIn(In):
    """Whether to save."""

    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "Save nothing; say who would gain or lose what"}
    )


class SomeoneOut(Out):
    """A student."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)


class StepChangeOut(Out):
    """What would change with one step."""

    step_key = fields.UUID(required=True, allow_none=True, metadata={"description": "Null for one that is added"})
    title = fields.String(required=True)
    removed = fields.Boolean(required=True)
    gains = fields.List(fields.Nested(SomeoneOut), required=True, metadata={"description": "Would have it done"})
    loses = fields.List(
        fields.Nested(SomeoneOut), required=True,
        metadata={"description": "Would not have it done by these rules; they keep the credit that they earned"},
    )  # fmt: skip


class ForesightOut(Out):
    """What another checklist would change."""

    students = fields.Integer(required=True, metadata={"description": "How many were judged"})
    steps = fields.List(fields.Nested(StepChangeOut), required=True)


class ReplacedOut(ChecklistOut):
    """The checklist as it stands after the request."""

    foresight = fields.Nested(
        ForesightOut, required=True, allow_none=True, metadata={"description": "Of a dry run; else null"}
    )


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


class ParamOut(Out):
    """One setting of a kind."""

    name = fields.String(required=True)
    type = fields.String(required=True)
    label = fields.String(required=True)
    hint = fields.String(required=True)
    required = fields.Boolean(required=True)
    default = fields.Raw(required=True, allow_none=True)
    maximum = fields.Integer(required=True)
    choices = fields.List(fields.List(fields.String()), required=True)


class KindOut(Out):
    """A kind of way to do a step."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    help = fields.String(required=True)
    icon = fields.String(required=True)
    params = fields.List(fields.Nested(ParamOut), required=True)


class KindsOut(Out):
    """All kinds."""

    items = fields.List(fields.Nested(KindOut), required=True)


class TemplateOut(Out):
    """A track that a course can begin with."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    summary = fields.String(required=True)
    steps = fields.List(fields.String(), required=True, metadata={"description": "The titles of its steps"})


class TemplatesOut(Out):
    """All tracks."""

    items = fields.List(fields.Nested(TemplateOut), required=True)


class FromTemplateIn(In):
    """Which track, and which starter lists stand for its roles (`people`, `spaces`) when the first that fits will not do."""

    template = fields.String(required=True)
    lists = fields.Dict(
        keys=fields.String(validate=validate.OneOf(["people", "spaces"])), values=fields.UUID(), load_default=dict
    )
