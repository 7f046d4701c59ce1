"""JSON of strangers, read so that no type, depth or size in it can surprise: a wrong type reads as absent."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from plnapi.platforms.types import ParseFailed

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 32

# NUL is refused by PostgreSQL and a lone surrogate by every encoder; JSON may spell both.
_UNSTORABLE = {0: None} | dict.fromkeys(range(0xD800, 0xE000), "�")


def document(body: bytes) -> Any:
    """The value in `body`. Raises ParseFailed `bad_document` when it is not JSON, too large or nested too deeply."""
    if len(body) > MAX_BYTES:
        raise ParseFailed("The answer is too large.", code="bad_document")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ParseFailed("The answer is not JSON.", code="bad_document") from error
    if _deeper_than(value, MAX_DEPTH):
        raise ParseFailed("The answer is nested too deeply.", code="bad_document")
    return value


def _deeper_than(value: Any, limit: int) -> bool:
    """Whether containers nest in `value` more than `limit` deep; level by level, so it cannot itself recurse."""
    level = [value]
    for _ in range(limit):
        level = [child for parent in level for child in _children(parent) if isinstance(child, dict | list)]
    return bool(level)


def _children(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def text(source: Mapping[str, Any], name: str) -> str:
    """The string under `name`, without characters that cannot be stored; a number as its digits; else empty."""
    value = source.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**40 else ""
    return storable(value) if isinstance(value, str) else ""


def storable(value: str) -> str:
    """`value` without NUL and lone surrogates."""
    return value.translate(_UNSTORABLE)


def integer(source: Mapping[str, Any], name: str) -> int | None:
    """The whole number under `name`, also when written as a string of ASCII digits; else None."""
    value = source.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def mapping(source: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under `name`; else an empty one."""
    value = source.get(name)
    return value if isinstance(value, dict) else {}


def listing(source: Mapping[str, Any], name: str) -> list[Any]:
    """The array under `name`; else an empty one."""
    value = source.get(name)
    return value if isinstance(value, list) else []


def mappings(source: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects in the array under `name`; anything else in it is left out."""
    return [item for item in listing(source, name) if isinstance(item, dict)]


def moment(source: Mapping[str, Any], name: str) -> datetime | None:
    """The ISO 8601 or RFC 3339 time under `name` in UTC (one without an offset is taken as UTC); else None."""
    try:
        value = datetime.fromisoformat(text(source, name).strip())
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
