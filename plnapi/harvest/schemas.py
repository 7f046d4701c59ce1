"""The harvest's bodies."""

from collections.abc import Iterable
from typing import get_args

from marshmallow import fields, validate

from plnapi.harvest.accounts import STATES
from plnapi.harvest.networks import PROOFS
from plnapi.platforms.types import Look
from plnapi.web.api import Out
from plnapi.web.paging import PageIn

LOOKS = sorted(get_args(Look))


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
    look = fields.String(required=True, metadata={"description": f"One of {_listed(LOOKS)}"})
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


class CheckOut(Out):
    """Something that is checked on a network by itself."""

    verb = fields.String(required=True, metadata={"description": "ActivityStreams type; empty for a profile"})
    look = fields.String(required=True, metadata={"description": "The look that shows it"})
    of = fields.String(
        required=True,
        metadata={"description": "`account`: the person's own shows it; `received`: seen where it arrived"},
    )
    shows = fields.String(required=True, metadata={"description": "For people: what is seen"})
    with_token = fields.Boolean(
        required=True, metadata={"description": "More is seen, or anything at all, with the account's own token"}
    )
    consent = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "The purpose to agree to before, in each course; null: linking the account asks for it"
        },
    )


class NetworkOut(Out):
    """A network: what is checked there by itself, and what is not."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    automatic = fields.Boolean(
        required=True, metadata={"description": "Something is seen there without anybody's help"}
    )
    looks = fields.List(
        fields.String(), required=True, metadata={"description": f"What can be looked at: {_listed(LOOKS)}"}
    )
    verbs = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "ActivityStreams types that a person's own account shows"},
    )
    received = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "ActivityStreams types that are seen where they arrive"},
    )
    with_token = fields.List(
        fields.String(), required=True, metadata={"description": "Looks that show more with the account's own token"}
    )
    checks = fields.List(fields.Nested(CheckOut), required=True)
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


class AccountsIn(PageIn):
    """Which students."""

    state = fields.String(validate=validate.OneOf(tuple(STATES)), metadata={"description": "Only those who stand so"})


class AccountsOut(Out):
    """How a student's accounts stand in a course. Numbers and times are null for one who has not agreed."""

    person_id = fields.UUID(required=True, attribute="id")
    name = fields.String(required=True)
    section = fields.String(required=True)
    state = fields.String(
        required=True, metadata={"description": f"The first that holds: {_listed(STATES)}", "enum": list(STATES)}
    )
    linked = fields.Integer(required=True, allow_none=True, metadata={"description": "Accounts"})
    proven = fields.Integer(required=True, allow_none=True, metadata={"description": "Of these, proven"})
    looked_at = fields.DateTime(required=True, allow_none=True)
    seen_at = fields.DateTime(required=True, allow_none=True, metadata={"description": "Last look with an answer"})
    next_look_at = fields.DateTime(required=True, allow_none=True)


class AskedOut(Out):
    """A request of a look."""

    url = fields.String(required=True, metadata={"description": "Without what may be secret"})
    status = fields.Integer(required=True, allow_none=True)
    problem = fields.String(required=True, metadata={"description": "Why there was no answer, or empty"})
    ms = fields.Integer(required=True, metadata={"description": "Milliseconds, the turn at the host included"})


class LookSeenOut(Out):
    """One look at an account, with the requests of the last time."""

    look = fields.String(required=True)
    host = fields.String(required=True, metadata={"description": "Who is asked"})
    coverage = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)
    told = fields.String(required=True, metadata={"description": "For people: what was seen, and what that means"})
    looked_at = fields.DateTime(required=True, allow_none=True)
    seen_at = fields.DateTime(required=True, allow_none=True)
    next_look_at = fields.DateTime(required=True)
    failures = fields.Integer(required=True, metadata={"description": "Looks in a row that failed"})
    requests = fields.List(fields.Nested(AskedOut), required=True)


class AccountSeenOut(Out):
    """An account, how it was found and proven, and the looks at it."""

    identity_id = fields.UUID(required=True)
    network = fields.String(required=True)
    handle = fields.String(required=True)
    uri = fields.String(required=True, metadata={"description": "Who this is on the network; provisional until proven"})
    url = fields.String(required=True)
    proof = fields.String(required=True, allow_none=True)
    proven_at = fields.DateTime(required=True, allow_none=True)
    checked_at = fields.DateTime(required=True, allow_none=True, metadata={"description": "Proof last looked for"})
    problem = fields.String(required=True, allow_none=True, metadata={"description": "Why it is not proven"})
    alike = fields.List(
        fields.String(), required=True, metadata={"description": "Handles of other students that look like this one"}
    )
    looks = fields.List(fields.Nested(LookSeenOut), required=True)


class KeptOut(Out):
    """Something that a look saw and that the course asks for."""

    verb = fields.String(required=True)
    network = fields.String(required=True)
    url = fields.String(required=True)
    happened_at = fields.DateTime(required=True, allow_none=True, metadata={"description": "On the network's word"})
    seen_at = fields.DateTime(required=True)
    undone_at = fields.DateTime(required=True, allow_none=True)


class StudentSeenOut(Out):
    """What a course sees of a student's accounts; nothing but `state` when they have not agreed."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
    section = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    accounts = fields.List(fields.Nested(AccountSeenOut), required=True)
    kept = fields.List(fields.Nested(KeptOut), required=True)


class OutageOut(Out):
    """A host did not answer from one look to another."""

    host = fields.String(required=True)
    began_at = fields.DateTime(required=True)
    ended_at = fields.DateTime(required=True, allow_none=True, metadata={"description": "Null: it still does not"})


class CourseAccountOut(Out):
    """An account of somebody who teaches, by which a course sees what students do towards it."""

    identity_id = fields.UUID(required=True)
    network = fields.String(required=True)
    handle = fields.String(required=True)
    url = fields.String(required=True)
    added_at = fields.DateTime(required=True)
    shows = fields.List(
        fields.String(), required=True, metadata={"description": "ActivityStreams types that such looks can establish"}
    )
    coverage = fields.String(
        required=True, allow_none=True, metadata={"description": "As for a look; null before the first one"}
    )
    told = fields.String(required=True, metadata={"description": "For people: what was seen, and what that means"})
    looked_at = fields.DateTime(required=True, allow_none=True)
    seen_at = fields.DateTime(
        required=True,
        allow_none=True,
        metadata={"description": "As of when was last looked for people, with an answer"},
    )
    next_look_at = fields.DateTime(required=True, allow_none=True)


class GoneItemOut(Out):
    """An item of a starter list whose address leads to nobody any more."""

    list_id = fields.UUID(required=True)
    item_key = fields.UUID(required=True)
    title = fields.String(required=True)
    address = fields.String(required=True)
    gone_since = fields.DateTime(required=True, metadata={"description": "First of the looks that found nobody"})
