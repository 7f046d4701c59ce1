"""What server-rendered pages share: the layout's variables, form fields, forms read through marshmallow schemas."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, request
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from marshmallow import EXCLUDE, Schema, ValidationError
from marshmallow.fields import List

from plnapi.errors import PlnapiError
from plnapi.web.i18n import told
from plnapi.web.principal import principal_or_none


@dataclass(slots=True)
class Form:
    """A submitted form: `values` as typed (kept on an error), `data` when it is valid, `errors` by field name.

    The key "" of `errors` holds what concerns no single field.
    """

    values: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.errors

    def refuse(self, error: PlnapiError) -> None:
        """Show an error of a room at the fields that it points at, or above the form."""
        for one in error.errors:
            name = one.pointer.strip("/#").split("/")[-1]
            self.errors.setdefault(name if name in self.values else "", []).append(told(one.detail))
        if not error.errors:
            self.errors.setdefault("", []).append(gettext(error.message, **error.params))


def read_form(schema: Schema) -> Form:
    """The form of this request, held against `schema`. Empty fields count as not given; a list field takes all values."""
    values: dict[str, Any] = {
        name: given if isinstance(schema.fields.get(name), List) else given[0]
        for name, given in request.form.lists()
        if name != "csrf_token"
    }
    form = Form(values=values)
    given = {name: value for name, value in values.items() if value != ""}
    try:
        form.data = schema.load(given, unknown=EXCLUDE)
    except ValidationError as error:
        said: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        form.errors = {("" if k == "_schema" else k): _flat(v) for k, v in said.items()}
    return form


def safe_path(target: str | None, default: str = "/") -> str:
    """`target` when it is a path on this site, else `default`: nobody is sent elsewhere by a link to us."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"} or not target.isprintable():
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc or "\\" in target else target


def sign_in_url() -> str:
    """Where to sign in, coming back here."""
    return f"/sign-in?next={quote(request.full_path.rstrip('?'))}"


def init_app(app: Flask) -> None:
    """Give templates `principal`, `csrf_field()` and `sign_in_url()`."""

    @app.context_processor
    def shared() -> dict[str, Any]:
        return {"principal": principal_or_none(), "csrf_field": csrf_field, "sign_in_url": sign_in_url}


def csrf_field() -> Markup:
    """The hidden field that every form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _flat(messages: Any) -> list[str]:
    if isinstance(messages, dict):
        return [sentence for inner in messages.values() for sentence in _flat(inner)]
    return [str(m) for m in messages] if isinstance(messages, list) else [str(messages)]
