"""Hashtags, as they come and go over the API and in forms."""

from marshmallow import fields, validate

from plnapi.web.api import In, Out


class HashtagIn(In):
    """A hashtag to listen to, with or without `#`."""

    tag = fields.String(required=True, validate=validate.Length(1, 500))


class HashtagOut(Out):
    """A hashtag of a course."""

    id = fields.UUID(required=True)
    key = fields.String(required=True, metadata={"description": "Canonical: what is compared (NFKC, case-folded)"})
    display = fields.String(required=True, metadata={"description": "For people, without `#`"})
    created_at = fields.AwareDateTime(format="iso", required=True)
