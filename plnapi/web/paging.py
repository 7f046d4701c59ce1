"""Lists are paged by key: a page is found by where the one before it ended, never by counting rows."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import orjson
from flask import request
from marshmallow import fields, validate
from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from plnapi.errors import N_, Invalid
from plnapi.web.api import In, Out

T = TypeVar("T")
Key = tuple[Any, ...]


class PageIn(In):
    """How much of a list, and from where."""

    cursor = fields.String(metadata={"description": "Opaque; `next` of the page before"})
    per_page = fields.Integer(load_default=20, validate=validate.Range(1, 100))


class PageOut(Out):
    """Where a list goes on."""

    next = fields.String(required=True, allow_none=True, metadata={"description": "Cursor of the next page, or null"})
    per_page = fields.Integer(required=True)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """At most `per_page` items, and the cursor of the next page (None: this was the last)."""

    items: Sequence[T]
    next: str | None
    per_page: int

    def body(self) -> dict[str, Any]:
        """As the API answers it: `{"items": […], "page": {"next", "per_page"}}`."""
        return {"items": self.items, "page": {"next": self.next, "per_page": self.per_page}}

    def links(self) -> dict[str, str]:
        """The `Link` header (RFC 8288) beside the body, when there is a next page."""
        if self.next is None:
            return {}
        query = urlencode({**request.args.to_dict(), "cursor": self.next})
        return {"Link": f'<{request.base_url}?{query}>; rel="next"'}


def paged(
    statement: Select[Any],
    columns: Sequence[InstrumentedAttribute[Any]],
    args: dict[str, Any],
    run: Callable[[Select[Any]], Sequence[T]],
    *,
    descending: bool = False,
) -> Page[T]:
    """The page of `statement` that `args` (a loaded `PageIn`) asks for, ordered by `columns`, the last one unique.

    `run` executes the statement. Raises Invalid for a cursor that we did not make.
    """
    per_page: int = args["per_page"]
    order = [column.desc() if descending else column.asc() for column in columns]
    if args.get("cursor"):
        statement = statement.where(_after(columns, _decode(args["cursor"], columns), descending=descending))
    rows = run(statement.order_by(None).order_by(*order).limit(per_page + 1))
    more = len(rows) > per_page
    rows = rows[:per_page]
    return Page(rows, _encode(rows[-1], columns) if more else None, per_page)


def page_schema(item: type[Out]) -> type[Out]:
    """The schema of a page of `item`."""
    name = item.__name__.removesuffix("Out")
    return type(
        f"{name}PageOut",
        (Out,),
        {
            "__doc__": f"A page of {name}.",
            "items": fields.List(fields.Nested(item), required=True),
            "page": fields.Nested(PageOut, required=True),
        },
    )


def _after(columns: Sequence[InstrumentedAttribute[Any]], key: Key, *, descending: bool) -> ColumnElement[bool]:
    left, right = tuple_(*columns), tuple_(*key)
    return left < right if descending else left > right


def _encode(row: Any, columns: Sequence[InstrumentedAttribute[Any]]) -> str:
    key = [getattr(row, column.key) for column in columns]
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def _decode(cursor: str, columns: Sequence[InstrumentedAttribute[Any]]) -> Key:
    try:
        raw = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(raw, list):
            raise TypeError(raw)
        return tuple(_READERS[c.type.python_type](v) for c, v in zip(columns, raw, strict=True))
    except (ValueError, TypeError, KeyError, binascii.Error) as error:
        raise Invalid.field("#/query/cursor", N_("This cursor is not one of ours. Begin again without it.")) from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise TypeError(value)
    return value


def _integer(value: Any) -> int:
    if type(value) is not int or abs(value) > 2**31:
        raise TypeError(value)
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


_READERS: dict[type, Callable[[Any], Any]] = {
    UUID: lambda value: UUID(_text(value)),
    str: _text,
    int: _integer,
    datetime: _moment,
}
