"""Checklists, the kinds of steps and the tracks, as the API takes and answers them."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from onboarding.checks import CHECKS
from onboarding.configs import SCHEMAS
from onboarding.judging import FALLBACKS
from onboarding.service import StepData
from plnapi.web.api import In, Out
from plnapi.web.paging import page_schema

TITLE = validate.Length(1, 200)
TEXT = validate.Length(max=5000)
VERDICTS = validate.OneOf(["verified", "waiting", "not_yet", "unknown", "error"])
KEEPS = "Whether what was done stays done when it is deleted or undone later"
LEVELS = validate.OneOf(["declared", "linked", "machine", "person"])
FALLBACK = validate.OneOf(FALLBACKS)
FALLS = "What becomes of evidence below `least_level`: review (it waits until a reviewer confirms it), not_yet (not counted)"


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
        metadata={"description": "The least level of evidence that ticks the step; null: any"},
    )  # fmt: skip
    fallback = fields.String(load_default="review", validate=FALLBACK, metadata={"description": FALLS})
    keeps_credit = fields.Boolean(load_default=True, metadata={"description": KEEPS})

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
    fallback = fields.String(required=True, validate=FALLBACK, metadata={"description": FALLS})
    keeps_credit = fields.Boolean(required=True, metadata={"description": KEEPS})


class ChecklistOut(Out):
    """One version of a course's checklist."""

    course_id = fields.UUID(required=True)
    title = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "0 while the course has none"})
    created_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    steps = fields.List(fields.Nested(StepOut), required=True)


class ChecklistVersionOut(Out):
    """A version of a checklist, without its steps."""

    number = fields.Integer(required=True)
    created_by = fields.UUID(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True, format="iso")


ChecklistVersionPageOut = page_schema(ChecklistVersionOut)


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


class FieldOut(Out):
    """One thing that a student is asked for."""

    name = fields.String(required=True)
    type = fields.String(
        required=True, validate=validate.OneOf(["text", "lines", "pairs", "choice", "choices", "url", "tags", "file"])
    )
    label = fields.String(required=True)
    hint = fields.String(required=True)
    minimum = fields.Integer(required=True, metadata={"description": "Words of a text, entries of a list"})
    maximum = fields.Integer(required=True)
    choices = fields.List(fields.List(fields.String()), required=True)


class KindOut(Out):
    """A kind of way to do a step."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    help = fields.String(required=True)
    icon = fields.String(required=True)
    params = fields.List(fields.Nested(ParamOut), required=True)
    takes = fields.String(
        required=True,
        metadata={"description": "What a student gives for it by default: word, link, answer, or nothing"},
    )
    form = fields.List(
        fields.Nested(FieldOut), required=True, metadata={"description": "Of an answer, by default settings"}
    )
    public_account = fields.Boolean(required=True, metadata={"description": "Whether it needs a public account"})


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
        keys=fields.String(validate=validate.OneOf(["people", "spaces", "tools", "feeds", "readings"])),
        values=fields.UUID(),
        load_default=dict,
    )
