"""The settings of a kind as fields of a plain form, made from its `params`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from marshmallow import EXCLUDE, ValidationError

from onboarding.checks import CHECKS
from onboarding.checks.base import Context, Param
from onboarding.configs import SCHEMAS
from plnapi.web.pages import Form

WIDGETS = {
    "count": "number",
    "items": "boxes",
    "text": "text",
    "lines": "lines",
    "flag": "checkbox",
    "day": "date",
}


@dataclass(frozen=True, slots=True)
class Input:
    """A field to show.

    `widget`: number, select, text, lines (one text a line), checkbox, date, or boxes (many of `groups`, pairs of a title
    and choices).
    """

    name: str
    widget: str
    label: str
    hint: str
    required: bool
    value: Any
    choices: Sequence[tuple[str, str]] = ()
    groups: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()
    maximum: int = 100


def inputs(kind: str, form: Form, config: Mapping[str, Any], context: Context) -> list[Input]:
    """The fields of a kind, filled from the form when it was sent, else from `config`."""
    followed = "Follow" in CHECKS[kind].needs({}).verbs
    return [_input(param, form, config, context, followed) for param in CHECKS[kind].params]


def read_way(form: Form, kind: str) -> dict[str, Any] | None:
    """The way that a form describes; None, with the errors noted in the form, when it is none."""
    given = {param.name: _given(param, form.values.get(param.name, "")) for param in CHECKS[kind].params}
    try:
        loaded = SCHEMAS[kind].load({name: value for name, value in given.items() if value}, unknown=EXCLUDE)
    except ValidationError as error:
        for name, said in error.normalized_messages().items():  # type: ignore[no-untyped-call]
            form.values.setdefault(name, "")
            form.errors[name] = [str(sentence) for sentence in said] if isinstance(said, list) else [str(said)]
        return None
    for param in CHECKS[kind].params:
        form.values.setdefault(param.name, "")
    return {"kind": kind, "config": loaded}


def _given(param: Param, value: Any) -> Any:
    if param.type == "items":
        return value or []
    if param.type == "lines":
        return [line.strip() for line in value.splitlines() if line.strip()] if isinstance(value, str) else value or []
    if param.type == "count" and isinstance(value, str) and value.isdecimal():
        return int(value)
    return value


def _input(param: Param, form: Form, config: Mapping[str, Any], context: Context, followed: bool) -> Input:
    """`followed`: of a list only what can be followed may be chosen."""
    kept = config.get(param.name, param.default)
    value = _given(param, form.values.get(param.name, "")) if form.values else kept
    lists = [(list_id, list_.title) for list_id, list_ in context.lists.items()]
    groups = [
        (list_.title, [(target.item_key, target.title) for target in list_.targets if target.keys or not followed])
        for list_ in context.lists.values()
    ]
    any_tag = [("", gettext("Any of the course's")), *((key, f"#{shown}") for key, shown in context.hashtags.items())]
    choices = {
        "list": lists,
        "hashtag": any_tag,
        "choice": [(key, gettext(label)) for key, label in param.choices],
    }.get(param.type, [])
    boxes = [group for group in groups if group[1]] if param.type == "items" else ()
    hint = gettext(param.hint) if param.hint else ""
    widget = WIDGETS.get(param.type, "select")
    return Input(param.name, widget, gettext(param.label), hint, param.required, value, choices, boxes, param.maximum)
