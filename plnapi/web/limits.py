"""How often somebody may ask."""

import hashlib
import time

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from plnapi.config import Settings
from plnapi.web.principal import bearer_token


def caller() -> str:
    """Whom a request is counted for: the token that it carries, else its address. Never looks anything up."""
    token = bearer_token()
    return f"token:{hashlib.sha256(token.encode()).hexdigest()}" if token else f"address:{get_remote_address()}"


def everybody() -> str:
    """The limit that every view shares, read from the app of this request."""
    limit: str = current_app.config["RATE_LIMIT"]
    return limit


limiter = Limiter(
    key_func=caller,
    application_limits=[everybody],
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
