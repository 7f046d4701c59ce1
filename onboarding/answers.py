"""What a student typed into the form of a kind, brought into the shape that is kept. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from onboarding.checks.answered import wrong
from onboarding.checks.base import Field
from onboarding.sentences import ANSWERS
from plnapi.errors import N_, FieldError, Invalid, Message
from plnapi.hashtags.canonical import canonical
from plnapi.platforms import read_address

LISTS = frozenset({"lines", "pairs", "choices", "tags"})
LONGEST = {"file": 2_000_000, "url": 2000}
LONGEST_TEXT, LONGEST_LINE, MOST_LINES = 20_000, 1000, 500


def read(form: Sequence[Field], given: Mapping[str, Any]) -> dict[str, Any]:
    """The answer by name of field: texts stripped, lists from lists or from lines, addresses and hashtags in their form.

    Raises Invalid with everything that is wrong, at `/data/<field>`.
    """
    errors: list[FieldError] = []
    unknown = given.keys() - {field.name for field in form}
    errors += [FieldError(f"/data/{name}", N_("There is no such field."), "unknown") for name in sorted(unknown)]
    data = {field.name: _read(field, given.get(field.name), errors) for field in form}
    told = {error.pointer for error in errors}
    for field, code in wrong(form, data):
        if f"/data/{field.name}" not in told:
            errors.append(_error(field, code, data[field.name]))
    if errors:
        raise Invalid(N_("Something is missing in the answer."), code="answer_wrong", errors=errors)
    return data


def _read(field: Field, value: Any, errors: list[FieldError]) -> Any:
    if field.type in LISTS:
        return _lines(field, value, errors)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST.get(field.type, LONGEST_TEXT):
        errors.append(_error(field, "not_text", ""))
        return ""
    if field.type == "file":
        return value
    return _url(value) if field.type == "url" else value.strip()


def _lines(field: Field, value: Any, errors: list[FieldError]) -> list[str]:
    """The lines that say something, each once."""
    some = value.splitlines() if isinstance(value, str) else value or []
    if not isinstance(some, list) or not all(isinstance(one, str) and len(one) <= LONGEST_LINE for one in some):
        errors.append(_error(field, "not_lines", ""))
        return []
    lines = list(dict.fromkeys(line.strip() for line in some if line.strip()))[:MOST_LINES]
    return _tags(field, lines, errors) if field.type == "tags" else lines


def _tags(field: Field, lines: Sequence[str], errors: list[FieldError]) -> list[str]:
    """Hashtags as people write them; one that differs only in its capitals is the same."""
    found: dict[str, str] = {}
    for line in lines:
        try:
            tag = canonical(line)
            found.setdefault(tag.key, f"#{tag.display}")
        except Invalid:
            message = Message.of(ANSWERS["not_a_tag"], tag=line[:100])
            errors.append(FieldError(f"/data/{field.name}", message, "not_a_tag"))
    return list(found.values())


def _url(text: str) -> str:
    """The address in its usual form; empty for what is none. A word alone is none, as for links."""
    text = text.strip()
    address = read_address(text, "link") if "://" in text or "." in text.partition("/")[0] else None
    return address.url if address else ""


def _error(field: Field, code: str, value: Any) -> FieldError:
    size = len(value.split()) if isinstance(value, str) else len(value)
    message = Message.of(ANSWERS[code], minimum=field.minimum, maximum=field.maximum, size=size)
    return FieldError(f"/data/{field.name}", message, code)
