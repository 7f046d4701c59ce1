"""The application object: one transaction a request, committed at the edge."""

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, request
from flask import current_app as proxy
from flask.typing import ResponseReturnValue

from plnapi.config import Settings
from plnapi.db import unit_of_work
from plnapi.web.api import Api
from plnapi.web.guards import is_outside
from plnapi.web.idempotency import once
from plnapi.web.principal import principal_or_none

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class App(Flask):
    """Flask with one commit per request: a view that returns commits, one that raises or answers an error changes nothing."""

    settings: Settings
    api: Api

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view inside a unit of work; a POST that carries an `Idempotency-Key` runs once.

        The response is made before the commit, so a template that cannot be rendered changes nothing either.
        """
        if request.endpoint == "static" or request.method == "OPTIONS":
            return super().dispatch_request()
        if is_outside(self.view_functions.get(request.endpoint or "")):
            with unit_of_work(write=False):
                principal_or_none()  # remembered for this request
            return super().dispatch_request()
        with unit_of_work(write=request.method not in READING) as session:
            response = once(lambda: self.make_response(super(App, self).dispatch_request()))
            if response.status_code >= 400:
                session.rollback()
            return response

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: none of ours is a coroutine, and Flask would look at each at every request."""
        return func

    def log_exception(self, exc_info: Any) -> None:
        """Nothing: `problems` logs it, without secrets and on one line."""


def current_app() -> App:
    """The app of this context, with its type."""
    return cast(App, cast(Any, proxy)._get_current_object())
