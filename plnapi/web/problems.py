"""Errors as the outside sees them: problem details (RFC 9457), or a page for a browser. Only this file knows statuses."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from flask import Response, g, jsonify, render_template, request
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from plnapi.errors import (
    N_,
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    PlnapiError,
    Throttled,
    Unavailable,
)
from plnapi.web.i18n import told

STATUS: dict[type[PlnapiError], int] = {
    NotSignedIn: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    Throttled: 429,
    Unavailable: 503,
}
CODES = {
    400: "bad_request",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    428: "precondition_required",
    429: "too_many_requests",
    500: "internal_error",
}
DETAILS = {
    404: N_("There is no such page here, or it is not for you."),
    412: N_("Somebody changed this after you read it. Read it again, then send your change with the ETag you got."),
    428: N_("Send the ETag that you read in an If-Match header, so that nobody's change is lost."),
    429: N_("Too many requests. Wait as long as Retry-After says."),
    500: N_("Something went wrong on our side. Nothing was changed. If you report it, give the request id."),
}
log = structlog.get_logger()


def on_error(error: PlnapiError) -> Response:
    """A room said no."""
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, Throttled) else {}
    status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
    params = {**error.params, "kind": gettext(error.kind)} if isinstance(error, NotFound) else error.params
    return respond(status, error.code, gettext(error.message, **params), error.errors, headers)


def on_http_exception(error: HTTPException) -> Response:
    """Flask, webargs or flask-smorest said no; their headers (Allow, Retry-After) are kept."""
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()  # type: ignore[return-value] # a redirect or 304 is no problem
    fields = list(_field_errors(getattr(error, "data", None) or {}))
    if status == 500:
        log.error("request_failed", exc_info=getattr(error, "original_exception", None) or error)
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    detail = gettext(DETAILS[status]) if status in DETAILS else (error.description or error.name)
    if fields:
        detail = gettext(N_("%(count)s field(s) cannot be accepted; nothing was changed."), count=len(fields))
    return respond(status, CODES.get(status, "error"), detail, fields, headers)


def on_integrity_error(error: IntegrityError) -> Response:
    """The database had the last word: two requests wanted the same place."""
    log.info("integrity_conflict", constraint=str(error.orig)[:200])
    return respond(409, "conflict", gettext(N_("Somebody else changed this at the same moment. Read it again.")))


def on_operational_error(error: OperationalError) -> Response:
    """The database cannot be reached, or was busy for too long."""
    log.error("database_unavailable", error=str(error.orig)[:200])
    detail = gettext(N_("The database does not answer at the moment. Nothing was changed; try again."))
    return respond(503, "unavailable", detail, headers={"Retry-After": "5"})


def respond(
    status: int, code: str, detail: str, errors: Any = (), headers: Mapping[str, str] | None = None
) -> Response:
    """The problem as `application/problem+json` under /api, else as a page where a browser asks for one."""
    title = _title(status)
    if status >= 500:
        g.setdefault("principal", None)  # a page about a fault must not ask the database who reads it
    if status == 401:
        headers = {**(headers or {}), "WWW-Authenticate": 'Bearer realm="plnapi"'}
    problem = {
        "type": f"urn:plnapi:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": g.get("request_id", ""),
        "errors": [{"pointer": e.pointer, "detail": told(e.detail), "code": e.code} for e in errors],
    }
    if wants_page():
        response = Response(render_template("web/problem.html", problem=problem), status, mimetype="text/html")
    else:
        response = jsonify(problem)
        response.status_code, response.mimetype = status, "application/problem+json"
    response.headers.extend(headers or {})
    return response


def wants_page() -> bool:
    """Whether the one who asks is a browser on a page, not a program on the API."""
    return not request.path.startswith("/api/") and request.accept_mimetypes.accept_html


def _title(status: int) -> str:
    return str(gettext(HTTPStatus(status).phrase))


def _field_errors(data: Mapping[str, Any]) -> Iterator[FieldError]:
    """webargs keeps marshmallow's messages as location → (nested) field → list of sentences."""
    for location, messages in (data.get("messages") or {}).items():
        root = "" if location in {"json", "form", "files"} else f"#/{location}"
        yield from _walk(messages, root)


def _walk(messages: Any, path: str) -> Iterator[FieldError]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _walk(inner, path if key == "_schema" else f"{path}/{_escape(str(key))}")
    elif isinstance(messages, list):
        for sentence in messages:
            yield FieldError(path or "/", str(sentence))
    else:
        yield FieldError(path or "/", str(messages))


def _escape(key: str) -> str:
    """RFC 6901, section 3."""
    return key.replace("~", "~0").replace("/", "~1")
