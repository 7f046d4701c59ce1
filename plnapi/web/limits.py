"""How often somebody may ask."""

import hashlib
import threading
import time

from flask import Flask, Response, current_app, request, session
from flask_limiter import ApplicationLimit, Limiter
from flask_limiter.util import get_remote_address
from limits.storage import MemoryStorage

from plnapi.config import Settings
from plnapi.web.principal import bearer_token

CLEARED_EVERY = 60.0  # seconds


def caller() -> str:
    """Whom a request is counted for: the token or the signed-in browser that sends it, else its address.

    Never looks anything up. A whole class may sit behind one address; our signature keeps anybody from making up browsers.
    """
    token = bearer_token()
    if token:
        return f"token:{_digest(token)}"
    browser = session.get("_user_id")  # Flask-Login's name for what accounts put into the cookie
    return f"browser:{_digest(browser)}" if browser else f"address:{get_remote_address()}"


def stranger() -> str:
    """The address that a request comes from, as that of somebody who turned out to be unknown."""
    return f"stranger:{get_remote_address()}"


def everybody() -> str:
    """The limit that every view shares, read from the app of this request."""
    limit: str = current_app.config["RATE_LIMIT"]
    return limit


def is_unknown(response: Response) -> bool:
    """A token that is none counts for the address too: each made-up one would have a fresh budget otherwise."""
    return response.status_code == 401


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class Memory(MemoryStorage):
    """The library's storage in memory, which starts a thread to clear what is old at nearly every request; this one clears
    once a minute. What counts does not depend on it: entries are compared with the time when they are read."""

    STORAGE_SCHEME = ["memory"]

    def _MemoryStorage__schedule_expiry(self) -> None:  # the name as Python mangles it
        if not self.timer.is_alive():
            self.timer = threading.Timer(CLEARED_EVERY, self._MemoryStorage__expire_events)  # type: ignore[attr-defined]
            self.timer.daemon = True  # nobody waits for it when the process ends
            self.timer.start()


limiter = Limiter(
    key_func=caller,
    application_limits=[everybody, ApplicationLimit(everybody, stranger, deduct_when=is_unknown)],
    in_memory_fallback_enabled=True,
    in_memory_fallback=[everybody],  # type: ignore[list-item] # taken, though its stub says str
    strategy="moving-window",
)


def init_app(app: Flask, settings: Settings) -> None:
    """Every view shares `PLN_RATE_LIMIT`; a view may add its own with `limiter.limit(…)`."""
    app.config.update(RATELIMIT_STORAGE_URI=settings.rate_limit_url, RATE_LIMIT=settings.rate_limit)
    limiter.init_app(app)
    limiter.request_filter(lambda: request.endpoint in {"static", "health.livez", "health.readyz"})
    app.after_request(tell)


def tell(response: Response) -> Response:
    """Say what is left; `Retry-After` only where the request was not heard (the library would send it always)."""
    limit = limiter.current_limit
    if limit is not None:
        response.headers["X-RateLimit-Limit"] = str(limit.limit.amount)
        response.headers["X-RateLimit-Remaining"] = str(limit.remaining)
        response.headers["X-RateLimit-Reset"] = str(limit.reset_at)
        if response.status_code == 429:
            response.headers["Retry-After"] = str(max(1, limit.reset_at - int(time.time())))
    return response
