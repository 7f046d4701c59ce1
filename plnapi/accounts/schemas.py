"""What goes in and out of the API about people."""

from typing import Any

from marshmallow import fields, pre_load, validate

from plnapi.accounts.identities import PROBLEMS, PROOFS
from plnapi.web.api import In, Out
from plnapi.web.principal import SCOPES

NAME = validate.And(validate.Length(1, 120), validate.Regexp(r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$", error="Not a name."))


class PersonOut(Out):
    """A person, as they see themselves and as administrators see them."""

    id = fields.UUID(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(["admin", "member"]))
    created_at = fields.AwareDateTime(required=True)


class PersonIn(In):
    """Somebody to invite."""

    email = fields.Email(required=True, validate=validate.Length(max=254))
    name = fields.String(required=True, validate=NAME)
    role = fields.String(load_default="member", validate=validate.OneOf(["admin", "member"]))


class MeIn(In):
    """What a person may change of themselves."""

    name = fields.String(required=True, validate=NAME)


class InvitationOut(Out):
    """A link that works once; it is shown only here."""

    url = fields.URL(required=True, require_tld=False)
    expires_in_hours = fields.Integer(required=True)


class TokenIn(In):
    """A token to be made."""

    name = fields.String(required=True, validate=NAME)
    scopes = fields.List(
        fields.String(validate=validate.OneOf(list(SCOPES))), required=True, validate=validate.Length(1, len(SCOPES))
    )
    days = fields.Integer(load_default=90, validate=validate.Range(1, 366))


class TokenOut(Out):
    """A token, without its secret."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    last_used_at = fields.AwareDateTime(required=True, allow_none=True)


class NewTokenOut(TokenOut):
    """A token with its secret, shown this once."""

    secret = fields.String(required=True)


class IdentityIn(In):
    """An account to be linked, as people type it."""

    address = fields.String(
        required=True,
        validate=validate.Length(1, 2000),
        metadata={"description": "A handle such as `@ada@example.social`, a profile's URL, or a blog's address"},
    )
    network = fields.String(metadata={"description": "Only where the form of the address leaves it open"})


class IdentityOut(Out):
    """An account of a person on a network. `code` is to be put on its public page; looking for it needs no consent."""

    id = fields.UUID(required=True)
    network = fields.String(required=True)
    handle = fields.String(required=True)
    uri = fields.String(required=True)
    url = fields.String(required=True)
    code = fields.String(required=True)
    code_expires_at = fields.AwareDateTime(required=True)
    proof = fields.String(
        required=True, allow_none=True, metadata={"description": f"How it was proven: one of {', '.join(PROOFS)}"}
    )
    proven_at = fields.AwareDateTime(required=True, allow_none=True)
    checked_at = fields.AwareDateTime(required=True, allow_none=True)
    problem = fields.String(
        required=True, allow_none=True, metadata={"description": f"Why it is not proven: one of {', '.join(PROBLEMS)}"}
    )
    moved_from = fields.String(
        required=True, allow_none=True, metadata={"description": "The handle before it moved; told until that is read"}
    )
    moved_at = fields.AwareDateTime(required=True, allow_none=True)


class ServerIn(In):
    """Where somebody wants to sign in, and what for."""

    server = fields.String(required=True, validate=validate.Length(1, 300))
    keep = fields.String(load_default="no", validate=validate.OneOf(["yes", "no"]))


class AccessTokenIn(In):
    """A token of an account, as pasted: white space around it is none of its own (RFC 6750, section 2.1)."""

    token = fields.String(required=True, validate=validate.Regexp(r"^[\x21-\x7e]{1,4000}\Z"))

    @pre_load
    def trim(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Without what copying adds at the ends."""
        token = data.get("token")
        return data | {"token": token.strip()} if isinstance(token, str) else data


class SignInIn(In):
    """The sign-in form."""

    email = fields.String(required=True, validate=validate.Length(1, 254))
    password = fields.String(required=True, validate=validate.Length(1, 128))


class PasswordIn(In):
    """A new password."""

    password = fields.String(load_default="")
