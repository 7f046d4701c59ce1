"""The REST API: flask-smorest with problem details, and the base of every schema."""

from typing import Any

from flask import Flask, Request
from flask_smorest import Api as SmorestApi
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import EXCLUDE, RAISE, Schema, fields
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, HTTPException

from plnapi.web import problems
from plnapi.web.i18n import told
from plnapi.web.principal import SCOPES

PREFIX = "/api/v1"
PROBLEM = "application/problem+json"


class In(Schema):
    """A body or query that somebody sends: an unknown or read-only field is an error, never ignored."""

    class Meta:
        unknown = RAISE


class Out(Schema):
    """What we answer. More fields may come later, so the published schema leaves room for them."""

    class Meta:
        unknown = EXCLUDE


class Told(fields.String):
    """A sentence of a room, in the reader's language."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else told(value)


class FieldErrorOut(Out):
    """One thing wrong with one field."""

    pointer = fields.String(required=True, metadata={"description": "JSON Pointer (RFC 6901) to the field"})
    detail = Told(required=True)
    code = fields.String(required=True)


class ProblemOut(Out):
    """Problem details (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "For people: what happened and what to do"})
    code = fields.String(required=True, metadata={"description": "For programs: stable"})
    request_id = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldErrorOut), required=True)


class Parser(FlaskParser):
    """webargs' parser, for which a body nested too deeply is a bad request like any other that is not JSON."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """As the base class."""
        try:
            return super().load_json(req, schema)
        except RecursionError as error:
            raise BadRequest("The body is nested too deeply.") from error


class Blueprint(SmorestBlueprint):
    """A room's part of the API."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, import_name: str, *, description: str) -> None:
        super().__init__(name, import_name, url_prefix=PREFIX, description=description)


class Api(SmorestApi):
    """flask-smorest whose errors are problem details, in the document as on the wire."""

    ERROR_SCHEMA = ProblemOut

    def handle_http_exception(self, error: HTTPException) -> Any:
        """See `problems`."""
        return problems.on_http_exception(error)

    def _register_responses(self) -> None:
        """As the base class, with the media type of problems; components that nothing names stay out of the document."""
        super()._register_responses()
        for response in self.spec.components.responses_lazy.values():
            if "content" in response:
                response["content"] = {PROBLEM: next(iter(response["content"].values()))}


def init_app(app: Flask) -> Api:
    """Begin the OpenAPI document; rooms register their blueprints with the Api that is returned."""
    app.config.update(API_TITLE="plnapi", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    scopes = "\n".join(f"- `{name}`: {text}" for name, text in SCOPES.items())
    api = Api(
        app,
        spec_kwargs={
            "info": {
                "description": "Course networks that check off follows, posts and group joins by themselves, with "
                f"evidence.\n\nScopes of tokens:\n\n{scopes}",
                "license": {"name": "See the repository"},
            },
            "servers": [{"url": "/"}],
            "security": [{"bearer": []}, {"session": []}],
        },
    )
    security = api.spec.components.security_scheme
    security("bearer", {"type": "http", "scheme": "bearer", "description": "An API token, `pln_…`"})
    security("session", {"type": "apiKey", "in": "cookie", "name": "pln_session", "description": "A browser's session"})
    return api
