"""Courses and the people in them, as they come and go over the API and in forms."""

from marshmallow import fields, validate

from plnapi.courses.access import ROLES
from plnapi.courses.ending import GRACE_DAYS
from plnapi.courses.service import NEXT_STATES
from plnapi.web.api import FieldErrorOut, In, Out

STATES = tuple(NEXT_STATES)
GRACE = validate.Range(0, 365)
GRACE_SAID = (
    "For so many days after the last day, or after it was closed, what is late still counts; then nothing changes"
)
# One line: no control characters or lone surrogates, and something else than white space. Linear in the text's length.
LINE = validate.Regexp(r"\A(?=\s*\S)[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+\Z", error="Not a line of text.")
LINE_OR_NOTHING = validate.Regexp(r"\A[^\x00-\x1f\x7f-\x9f\ud800-\udfff]*\Z", error="Not a line of text.")


def line(most: int, **kwargs: object) -> fields.String:
    """A field of one line of text, of at most `most` characters."""
    return fields.String(validate=[validate.Length(1, most), LINE], **kwargs)  # type: ignore[arg-type]


class CourseIn(In):
    """A course to be made."""

    code = line(40, required=True, metadata={"description": "As in the catalogue, such as SUB101"})
    title = line(200, required=True)
    term = line(60, required=True)
    starts_on = fields.Date(required=True, metadata={"description": "The first day, in `time_zone`"})
    ends_on = fields.Date(required=True, metadata={"description": "The last day, in `time_zone`"})
    time_zone = fields.String(required=True, validate=validate.Length(1, 64), metadata={"description": "IANA name"})
    grace_days = fields.Integer(load_default=GRACE_DAYS, validate=GRACE, metadata={"description": GRACE_SAID})


class CourseChangeIn(In):
    """What is to be different about a course."""

    code = line(40)
    title = line(200)
    term = line(60)
    starts_on = fields.Date()
    ends_on = fields.Date()
    time_zone = fields.String(validate=validate.Length(1, 64))
    grace_days = fields.Integer(validate=GRACE, metadata={"description": GRACE_SAID})


class CopyIn(In):
    """The course of another term; what is not given is as before."""

    term = line(60, required=True)
    starts_on = fields.Date(required=True, metadata={"description": "The first day; all other days move with it"})
    code = line(40)
    title = line(200)
    ends_on = fields.Date(metadata={"description": "Left out: it lasts as long"})
    time_zone = fields.String(validate=validate.Length(1, 64))


class CourseOut(Out):
    """A course."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    term = fields.String(required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    time_zone = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    grace_days = fields.Integer(required=True, metadata={"description": GRACE_SAID})
    closed_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class MyCourseOut(CourseOut):
    """A course, and who you are in it."""

    role = fields.String(required=True, validate=validate.OneOf(ROLES))


class JoinCodeOut(Out):
    """What students type to join."""

    join_code = fields.String(required=True)


class JoinIn(In):
    """The code that an instructor gave out; case, spaces and hyphens do not matter."""

    join_code = fields.String(required=True, validate=validate.Length(1, 40))


class EnrolmentOut(Out):
    """A place in a course."""

    course_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    section = fields.String(required=True)
    joined_at = fields.AwareDateTime(format="iso", required=True)


class EnrolmentChangeIn(In):
    """What is to be different about somebody's place."""

    role = fields.String(validate=validate.OneOf(ROLES))
    section = fields.String(validate=[validate.Length(max=100), LINE_OR_NOTHING])


class PersonInCourseOut(Out):
    """Somebody on the roster."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    section = fields.String(required=True)
    joined_at = fields.AwareDateTime(format="iso", required=True)


class RosterQueryIn(In):
    """How to import."""

    dry_run = fields.Boolean(load_default=False, metadata={"description": "Report only; nothing is changed"})


class OutcomeOut(Out):
    """What one line does."""

    line = fields.Integer(required=True, metadata={"description": "Counted as in a spreadsheet: the header is 1"})
    email = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    section = fields.String(required=True)
    outcome = fields.String(
        required=True, validate=validate.OneOf(["new_person", "enrolled", "returned", "changed", "unchanged"])
    )


class RosterReportOut(Out):
    """What an import did or, dry, would do."""

    dry_run = fields.Boolean(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    outcomes = fields.List(fields.Nested(OutcomeOut), required=True)
    errors = fields.List(fields.Nested(FieldErrorOut), required=True)
    ignored_columns = fields.List(fields.String(), required=True)
