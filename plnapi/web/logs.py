"""Logs: one line an event, with the request's id, without secrets."""

import logging
import re
import sys
import time
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

from plnapi.clock import new_id
from plnapi.config import Settings

SECRET = re.compile(
    r"pln_[A-Za-z0-9_-]{8,}|whsec_[A-Za-z0-9+/=]{8,}|(?<=Bearer )\S+|(?<=/sign-in/)[A-Za-z0-9_-]{16,}"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+",  # an e-mail address, or a handle: who it is
    re.I,
)
SECRET_NAMES = re.compile(r"password|secret|token|authorization|cookie|verifier", re.I)
DEEPEST = 8  # what is nested deeper is not written at all
log = structlog.get_logger()


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: secrets by name and by shape become `***`, however deep inside of values they stand."""
    for name, value in event.items():
        event[name] = _redacted(name, value)
    return event


def _redacted(name: object, value: Any, depth: int = 0) -> Any:
    if SECRET_NAMES.search(str(name)) or depth > DEEPEST:
        return "***"
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {SECRET.sub("***", str(key)): _redacted(key, inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted("", inner, depth + 1) for inner in value]
    return SECRET.sub("***", value if isinstance(value, str) else str(value))


def configure(settings: Settings) -> None:
    """Set up structlog for this process: JSON lines, or readable ones for a terminal; both escape line breaks."""
    last: Any = structlog.processors.JSONRenderer()
    if settings.log_format == "console":
        last = structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),  # standard output belongs to commands
        cache_logger_on_first_use=False,
    )


def init_app(app: Flask) -> None:
    """Give each request an id, tell it in `X-Request-Id`, and write one line when it ends."""

    @app.before_request
    def begin() -> None:
        g.request_id, g.began = str(new_id()), time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        rule = request.url_rule.rule if request.url_rule else "(none)"
        took = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1)
        log.info("request", method=request.method, route=rule, status=response.status_code, ms=took)
        return response
