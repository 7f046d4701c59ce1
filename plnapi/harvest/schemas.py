"""The harvest's bodies."""

from marshmallow import fields

from plnapi.web.api import Out


class DueOut(Out):
    """How many looks were made due."""

    due = fields.Integer(required=True, metadata={"description": "Looks that the worker does next"})


class LookStateOut(Out):
    """One look at one account of a person, and how much of it was seen."""

    id = fields.UUID(required=True)
    identity_id = fields.UUID(required=True)
    network = fields.String(required=True)
    handle = fields.String(required=True)
    look = fields.String(required=True, metadata={"description": "`posts`, `follows` or `proof`"})
    coverage = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "`complete`, `partial`, `hidden` or `failed`; null before the first look"},
    )
    reason = fields.String(required=True, metadata={"description": "For programs: a stable code, or empty"})
    told = fields.String(required=True, metadata={"description": "For people: what was seen, and what that means"})
    looked_at = fields.DateTime(required=True, allow_none=True)
    seen_at = fields.DateTime(required=True, allow_none=True, metadata={"description": "Last look with an answer"})
    next_look_at = fields.DateTime(required=True)


class CourseLookOut(LookStateOut):
    """One look at one account of a student of the course."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
