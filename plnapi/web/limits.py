"""How often somebody may ask."""

import hashlib

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from plnapi.config import Settings
from plnapi.web.principal import bearer_token


def caller() -> str:
    """Whom a request is counted for: the token that it carries, else its address. Never looks anything up."""
    token = bearer_token()
    return f"token:{hashlib.sha256(token.encode()).hexdigest()}" if token else f"address:{get_remote_address()}"


limiter = Limiter(key_func=caller, headers_enabled=True, in_memory_fallback_enabled=True, strategy="moving-window")


def init_app(app: Flask, settings: Settings) -> None:
    """Every view shares `PLN_RATE_LIMIT`; a view may add its own with `limiter.limit(…)`."""
    app.config.update(
        RATELIMIT_STORAGE_URI=settings.rate_limit_url,
        RATELIMIT_APPLICATION=settings.rate_limit,
        RATELIMIT_IN_MEMORY_FALLBACK=[settings.rate_limit],
    )
    limiter.init_app(app)
    limiter.request_filter(lambda: request.endpoint in {"static", "health.livez", "health.readyz"})
