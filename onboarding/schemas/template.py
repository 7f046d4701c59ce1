"""The document of a template: a checklist without people, dates or ids, as it is shared, exported and imported.

In texts `{hashtag}` stands for the course's first hashtag; a list is named by the role that it plays: `{people}`, `{spaces}`,
`{tools}`, `{feeds}`, `{readings}`. Days are counted from the course's first day.
"""

from marshmallow import fields, validate

from onboarding.checks import CHECKS
from onboarding.schemas.checklist import FALLBACK, LEVELS, TEXT, TITLE
from plnapi.web.api import FieldErrorOut, In, Out
from plnapi.web.paging import page_schema

# Role → the kind of items that a list must hold to play it, see resources: kinds of items.
ROLES = {"people": "person", "spaces": "space", "tools": "tool", "feeds": "feed", "readings": "reading"}
KEY = validate.Regexp(r"[a-z][a-z0-9-]{0,60}\Z")
LONGEST = 262_144  # bytes of a document


class DocumentWayIn(In):
    """One way to do a step; `config` as the kind takes it, lists by their roles."""

    kind = fields.String(required=True, validate=validate.OneOf(list(CHECKS)))
    config = fields.Dict(keys=fields.String(), load_default=dict)


class DocumentStepIn(In):
    """A step or heading; `key` is its name within the document."""

    key = fields.String(required=True, validate=KEY)
    kind = fields.String(load_default="step", validate=validate.OneOf(["step", "heading"]))
    title = fields.String(required=True, validate=TITLE)
    instructions = fields.String(load_default="", validate=TEXT)
    why = fields.String(load_default="", validate=TEXT)
    required = fields.Boolean(load_default=True)
    branches = fields.List(fields.Nested(DocumentWayIn), load_default=list, validate=validate.Length(max=10))
    after = fields.List(
        fields.List(fields.String(validate=KEY), validate=validate.Length(1, 50)),
        load_default=list,
        validate=validate.Length(max=20),
        metadata={"description": "Keys of the steps that open this one: of each inner list one must be done"},
    )
    due_day = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 1000),
        metadata={"description": "The last day for it, counted from the course's first day, which is 1"},
    )  # fmt: skip
    points = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 1000))
    least_level = fields.String(load_default=None, allow_none=True, validate=LEVELS)
    fallback = fields.String(load_default="review", validate=FALLBACK)
    keeps_credit = fields.Boolean(load_default=True)


class DocumentIn(In):
    """A template."""

    key = fields.String(load_default="shared", validate=KEY)
    title = fields.String(required=True, validate=TITLE)
    summary = fields.String(load_default="", validate=validate.Length(max=1000))
    steps = fields.List(fields.Nested(DocumentStepIn), required=True, validate=validate.Length(1, 200))


class UseIn(In):
    """The form that adds the steps of a template: the version of the checklist it was made from, lists by their roles."""

    version = fields.Integer(required=True)
    people = fields.UUID(load_default=None)
    spaces = fields.UUID(load_default=None)
    tools = fields.UUID(load_default=None)
    feeds = fields.UUID(load_default=None)
    readings = fields.UUID(load_default=None)


class ImportIn(In):
    """How to import."""

    dry_run = fields.Boolean(load_default=False, metadata={"description": "Report only; nothing is changed"})


class ImportedOut(Out):
    """What an import did or, dry, would do."""

    dry_run = fields.Boolean(required=True)
    version = fields.Integer(required=True, metadata={"description": "Of the checklist as it stands after the request"})
    added = fields.List(fields.String(), required=True, metadata={"description": "Titles of the steps"})
    errors = fields.List(fields.Nested(FieldErrorOut), required=True)


class TemplateIn(In):
    """What a course's checklist is shared as."""

    title = fields.String(required=True, validate=TITLE)
    summary = fields.String(load_default="", validate=validate.Length(max=1000))


class SharedTemplateOut(Out):
    """A checklist that an instructor shares."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    summary = fields.String(required=True)
    steps = fields.List(fields.String(), required=True, metadata={"description": "The titles of its steps"})
    made_at = fields.AwareDateTime(required=True, format="iso")
    own = fields.Boolean(required=True)


SharedTemplatePageOut = page_schema(SharedTemplateOut)


class FromSharedIn(In):
    """Which starter lists stand for the roles when the first that fits will not do."""

    lists = fields.Dict(
        keys=fields.String(validate=validate.OneOf(list(ROLES))), values=fields.UUID(), load_default=dict
    )
