"""The harvest's bodies."""

from collections.abc import Iterable

from marshmallow import fields

from plnapi.harvest.networks import PROOFS
from plnapi.web.api import Out


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys)


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


class NetworkOut(Out):
    """A network: what is checked there by itself, and what is not."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    automatic = fields.Boolean(
        required=True, metadata={"description": "Something is seen there without anybody's help"}
    )
    looks = fields.List(
        fields.String(), required=True, metadata={"description": "What can be looked at: `follows`, `posts`, `proof`"}
    )
    verbs = fields.List(
        fields.String(), required=True, metadata={"description": "ActivityStreams types that looks can establish"}
    )
    groups = fields.Boolean(required=True, metadata={"description": "A group is joined by following it"})
    consent = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The purpose to agree to, in each course, before anything but a proof is looked at"},
    )
    proofs = fields.List(
        fields.String(), required=True, metadata={"description": f"How an account is proven: {_listed(PROOFS)}"}
    )
    note = fields.String(required=True, metadata={"description": "For people: what looks may be missing"})
    why_not = fields.String(required=True, metadata={"description": "For people: why nothing is looked at, or empty"})
    good_link = fields.String(
        required=True, metadata={"description": "For people: which link is good evidence where nothing is looked at"}
    )
