"""Security headers on every answer, and the browser's session cookie."""

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from plnapi.config import Settings

# No inline script or style anywhere: what a stranger's post smuggles in cannot run.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie. A request without one, as every program's, is spared what only a cookie needs."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """An empty session where the request has no cookie."""
        return super().open_session(app, request) if "HTTP_COOKIE" in request.environ else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing for an empty session that nobody looked at."""
        if session.accessed or session.modified or session:
            super().save_session(app, session, response)


def init_app(app: Flask, settings: Settings) -> None:
    """Set the cookie's flags and add the headers to every answer, errors too."""
    app.session_interface = Sessions()
    app.config.update(
        SESSION_COOKIE_NAME="__Host-pln_session" if settings.secure else "pln_session",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=1_000_000,
        MAX_FORM_MEMORY_SIZE=1_000_000,
    )

    always = {**ALWAYS, **({"Strict-Transport-Security": "max-age=31536000"} if settings.secure else {})}

    @app.after_request
    def add(response: Response) -> Response:
        """What a view has set itself stays."""
        there = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - iterating headers gives pairs
        for name, value in always.items():
            if name.lower() not in there:
                response.headers.add(name, value)
        if request.endpoint != "static" and "cache-control" not in there:
            response.headers.add("Cache-Control", "no-store")
        return response
