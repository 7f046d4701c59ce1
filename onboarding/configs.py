"""The schema of each kind's settings, made from its `params`."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validate

from onboarding.checks import ALL, SIMPLE
from onboarding.checks.base import Check, Param
from plnapi.errors import Invalid
from plnapi.hashtags.canonical import canonical
from plnapi.web.api import In


class Key(fields.String):
    """An id as text, in its usual form."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            return str(UUID(text))
        except ValueError as error:
            raise ValidationError("Not an id.") from error


class ListId(fields.String):
    """An id of a list, in its usual form; other text stays as it is, for the linter to say which lists there are."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            return str(UUID(text))
        except ValueError:
            return text


class Day(fields.String):
    """An ISO date as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise ValidationError("Not a day such as 2026-09-30.") from error


class Tag(fields.String):
    """A hashtag as people write it; the canonical key is kept."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return canonical(super()._deserialize(value, attr, data, **kwargs)).key
        except Invalid as error:
            raise ValidationError(str(error)) from error


class Ways(fields.List[dict[str, Any]]):
    """Branches of which none has parts itself, each config held against the schema of its kind."""

    def __init__(self, most: int, **kwargs: Any) -> None:
        super().__init__(fields.Dict(keys=fields.String()), validate=validate.Length(2, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        given: list[Any] = [*super()._deserialize(value, attr, data, **kwargs)]
        errors: dict[int, Any] = {}
        read = [_part(n, one, errors) for n, one in enumerate(given)]
        if errors:
            raise ValidationError(errors)
        return read


def _part(n: int, given: dict[str, Any], errors: dict[int, Any]) -> dict[str, Any]:
    kind = given.get("kind")
    if kind not in {check.kind for check in SIMPLE} or given.keys() - {"kind", "config"}:
        errors[n] = {"kind": ["Not the kind of a part."]}
        return {}
    try:
        return {"kind": kind, "config": SCHEMAS[kind].load(given.get("config", {}))}
    except ValidationError as error:
        errors[n] = {"config": error.messages}
        return {}


def _items(**kwargs: Any) -> fields.Field[Any]:
    return fields.List(Key(), validate=validate.Length(1, 500), **kwargs)


def _range(maximum: int) -> validate.Range:
    return validate.Range(1, maximum, error="{input} cannot be asked for. Choose a number from {min} to {max}.")


def _field(param: Param) -> fields.Field[Any]:
    given: dict[str, Any] = {"metadata": {"description": f"{param.label}. {param.hint}".strip()}}
    if param.default is not None:
        given["load_default"] = param.default
    elif param.required:
        given["required"] = True
    makers: Mapping[str, Callable[[], fields.Field[Any]]] = {
        "count": lambda: fields.Integer(strict=True, validate=_range(param.maximum), **given),
        "list": lambda: ListId(validate=validate.Length(max=200), **given),
        "items": lambda: _items(**given),
        "hashtag": lambda: Tag(**given),
        "choice": lambda: fields.String(validate=validate.OneOf([value for value, _ in param.choices]), **given),
        "lines": lambda: fields.List(
            fields.String(validate=validate.Length(1, 1000)), validate=validate.Length(max=param.maximum), **given
        ),
        "ways": lambda: Ways(param.maximum, **given),
        "text": lambda: fields.String(validate=validate.Length(max=2000), **given),
        "flag": lambda: fields.Boolean(truthy={True, "true"}, falsy={False, "false"}, **given),
        "day": lambda: Day(**given),
    }
    return makers[param.type]()


def _schema(check: Check) -> Schema:
    made = {param.name: _field(param) for param in check.params}
    schema: Schema = In.from_dict(made, name=f"{check.kind.title().replace('_', '')}ConfigIn")()
    schema.error_messages["unknown"] = f"There is no such setting. There are: {', '.join(made) or 'none'}."
    return schema


SCHEMAS: Mapping[str, Schema] = {check.kind: _schema(check) for check in ALL}
