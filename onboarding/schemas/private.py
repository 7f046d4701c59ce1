"""Steps that students set themselves, as the API takes and answers them."""

from marshmallow import fields, validate

from plnapi.web.api import In, Out

TITLE = validate.Length(1, 200)


class PrivateStepIn(In):
    """What you want to do."""

    title = fields.String(required=True, validate=TITLE)


class PrivateStepChangeIn(In):
    """Other words, or a tick."""

    title = fields.String(validate=TITLE)
    done = fields.Boolean()


class PrivateStepOut(Out):
    """A step of your own."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    created_at = fields.AwareDateTime(required=True, format="iso")


class PrivateStepsOut(Out):
    """Your own steps in a course, at most 100."""

    items = fields.List(fields.Nested(PrivateStepOut), required=True)
