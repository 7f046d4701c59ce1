"""The exceptions that rooms raise. They know nothing of HTTP: `web/problems.py` alone gives them a status.

Each error carries a stable `code` for programs and a sentence for people. The sentence is a gettext message with
named `%(placeholders)s`; the parameters travel beside it, so that it can be translated where it is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


def N_(message: str) -> str:
    """Mark a message for the catalogue; it is translated where it is shown."""
    return message


class Message(str):
    """A sentence that is filled in, and remembers the `template` and `params` that a translation needs."""

    template: str
    params: Mapping[str, Any]

    @classmethod
    def of(cls, template: str, **params: Any) -> "Message":
        """`template` is a gettext message with named placeholders."""
        made = cls(template % params if params else template)
        made.template, made.params = template, params
        return made


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field: `pointer` is a JSON Pointer (RFC 6901) into the body, or `#/query/name`."""

    pointer: str
    detail: str
    code: str = "invalid"


class PlnapiError(Exception):
    """The root. Raise a subclass, never this."""

    code = "error"

    def __init__(
        self, message: str, *, code: str | None = None, errors: Sequence[FieldError] = (), **params: Any
    ) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.params = params
        self.code = code or self.code
        self.errors = tuple(errors)


class NotFound(PlnapiError):
    """There is no such thing, or not for this person: the two must look the same from outside."""

    code = "not_found"

    def __init__(self, kind: str, identity: object = None) -> None:
        super().__init__(N_("There is no such %(kind)s here."), kind=kind)
        self.kind, self.identity = kind, identity


class NotSignedIn(PlnapiError):
    """Nobody is known to ask: no session, no token, or one that ended."""

    code = "not_signed_in"


class Forbidden(PlnapiError):
    """The person is known and may see the thing, but may not do this with it."""

    code = "forbidden"


class Invalid(PlnapiError):
    """What was sent cannot be accepted as it is; `errors` point at the fields."""

    code = "invalid"

    @classmethod
    def field(cls, pointer: str, message: str, *, code: str = "invalid", **params: Any) -> "Invalid":
        """One wrong field: the sentence stands for the whole and for the field."""
        return cls(message, code=code, errors=[FieldError(pointer, Message.of(message, **params), code)], **params)


class Conflict(PlnapiError):
    """The request is well-formed but does not fit what is already there."""

    code = "conflict"


class Throttled(PlnapiError):
    """Too many tries; `retry_after` says in how many seconds the next one is heard."""

    code = "too_many_requests"

    def __init__(self, message: str, *, retry_after: int, **params: Any) -> None:
        super().__init__(message, **params)
        self.retry_after = retry_after


class Unavailable(PlnapiError):
    """Something that the answer needs is down for the moment; nothing was changed."""

    code = "unavailable"


class ConfigurationError(PlnapiError):
    """The settings cannot work; `problems` names every one of them at once."""

    code = "configuration"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("Settings:\n" + "\n".join(f"  {problem}" for problem in problems))
        self.problems = tuple(problems)
