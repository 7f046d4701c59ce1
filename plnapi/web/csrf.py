"""Cross-site request forgery: a cookie alone changes nothing; a bearer token needs no second proof."""

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from plnapi.errors import N_
from plnapi.web import problems
from plnapi.web.app import READING
from plnapi.web.principal import bearer_token

csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    """Check every request that may change something, unless it comes with a bearer token (then its cookie is not read).

    Pages carry the token in the field `csrf_token`, scripts in the header `X-CSRFToken`.
    """
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=True)
    csrf.init_app(app)

    @app.before_request
    def check() -> None:
        if request.method not in READING and bearer_token() is None:
            csrf.protect()

    @app.errorhandler(CSRFError)
    def refuse(_error: CSRFError) -> Response:
        detail = N_(
            "This form is too old, or it did not come from here. Nothing was changed. Go back, reload, try again."
        )
        return problems.respond(403, "csrf", detail)
