"""A page that uses every macro and class of the layout, beside the app's own pages.

It is answered in front of the app, so that the app's table of routes stays what it is.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Response, render_template, request

from plnapi.web.app import App
from plnapi.web.pages import Form

TEMPLATE = Path(__file__).with_name("gallery.html").read_text(encoding="utf-8")
FIELDS = ("name", "email", "password", "why", "state", "agreed", "kind", "day")


class WithGallery:
    """The app, and /gallery: `?text=` is shown wherever a page can show text, `&wrong=1` as a form that was refused."""

    def __init__(self, app: App) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """WSGI."""
        if environ["PATH_INFO"] != "/gallery":
            return self.app(environ, start_response)
        with self.app.request_context(environ):
            self.app.preprocess_request()
            response = self.app.process_response(self._page())
            return response(environ, start_response)

    def _page(self) -> Response:
        text = request.args.get("text", "Plain words")
        form = Form(values={name: text for name in FIELDS if name != "agreed"}) if "wrong" in request.args else Form()
        if form.values:
            form.errors = {name: [text] for name in ("", *FIELDS)}
        template = self.app.jinja_env.from_string(TEMPLATE)
        return self.app.response_class(render_template(template, text=text, form=form, other=Form()))
