"""Consents, as they come and go over the API."""

from marshmallow import fields, validate

from plnapi.consents.service import PURPOSES
from plnapi.web.api import In, Out


class ConsentIn(In):
    """Agreeing. `text` is the wording that the person was shown; it must be the present one, or the one agreed to."""

    text = fields.String(required=True, validate=validate.Length(1, 5000))
    without = fields.List(
        fields.String(validate=validate.Length(1, 50)),
        validate=validate.Length(max=100),
        metadata={"description": "Keys of networks to leave out; without this field: as it was, and at first none"},
    )


class ConsentOut(Out):
    """What you are asked for one purpose, and what you said."""

    purpose = fields.String(required=True, validate=validate.OneOf(PURPOSES))
    given = fields.Boolean(required=True)
    text = fields.String(
        required=True, metadata={"description": "The wording agreed to; without consent, the wording to agree to"}
    )
    given_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    withdrawn_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    without = fields.List(
        fields.String(), required=True, metadata={"description": "Networks that are left out although you agreed"}
    )
