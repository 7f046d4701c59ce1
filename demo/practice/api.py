"""What all API routes share: the world, who asks, errors, paging by Link, rate limits and validators."""

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from flask import Response, current_app, request

from demo.practice.records import Account
from demo.practice.world import World

WINDOW = 300  # seconds, as Mastodon counts (docs.joinmastodon.org, api/rate-limits)

Row = TypeVar("Row")


class ApiError(Exception):
    """An answer of `status` with Mastodon's body `{"error": message}`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class RateLimit:
    """So many requests in each window of five minutes for one address or token."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._counts: dict[tuple[str, int], int] = {}

    def count(self, who: str) -> None:
        """Count a request."""
        key = (who, int(time.time()) // WINDOW)
        self._counts[key] = self._counts.get(key, 0) + 1

    def used(self, who: str) -> int:
        """The requests counted in the present window."""
        return self._counts.get((who, int(time.time()) // WINDOW), 0)

    def headers(self, who: str) -> dict[str, str]:
        """`X-RateLimit-*`; the reset is ISO 8601 text, not an epoch."""
        reset = datetime.fromtimestamp((int(time.time()) // WINDOW + 1) * WINDOW, UTC)
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - self.used(who))),
            "X-RateLimit-Reset": f"{reset:%Y-%m-%dT%H:%M:%S.%fZ}",
        }


def the_world() -> World:
    """The world that the application serves."""
    return cast(World, current_app.extensions["practice_world"])


def answer(body: Any, status: int = 200) -> Response:
    """A JSON answer."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, content_type="application/json; charset=utf-8")


def viewer() -> Account | None:
    """Whose token the request bears, or None without a token. Raises ApiError 401 for a token that is none."""
    token = _token()
    if token is None:
        return None
    for account in the_world().accounts.values():
        if account.token == token:
            return account
    raise ApiError(401, "The access token is invalid")


def signed_in() -> Account:
    """Whose token the request bears. Raises ApiError 401 without one."""
    account = viewer()
    if account is None:
        raise ApiError(401, "The access token is invalid")
    return account


def page(rows: Sequence[Row], key: Callable[[Row], int], default: int) -> tuple[list[Row], bool]:
    """The page of `rows` (newest first) that `limit, max_id, since_id, min_id` ask for; whether the page is full."""
    limit = min(abs(request.args.get("limit", default, type=int)), 2 * default)
    max_id, since_id, min_id = (request.args.get(name, type=int) for name in ("max_id", "since_id", "min_id"))
    fitting = [row for row in rows if max_id is None or key(row) < max_id]
    if min_id is not None:
        newer = [row for row in fitting if key(row) > min_id]
        found = newer[max(0, len(newer) - limit) :]
    else:
        found = [row for row in fitting if since_id is None or key(row) > since_id][:limit]
    return found, len(found) == limit


def linked(response: Response, ids: Sequence[int], *, more: bool, newer: str, keep: Sequence[str] = ()) -> Response:
    """Add `Link` for the pages before and after the one with these ids. `newer` is `min_id` or `since_id`."""
    if not ids:
        return response
    kept = {name: request.args[name] for name in ("limit", *keep) if name in request.args}
    links = [_link({**kept, "max_id": str(ids[-1])}, "next")] if more else []
    links.append(_link({**kept, newer: str(ids[0])}, "prev"))
    response.headers["Link"] = ", ".join(links)
    return response


def flag(name: str) -> bool:
    """A boolean of the query, as Rails reads it."""
    return request.args.get(name, "").lower() not in ("", "0", "f", "false", "off")


def caller() -> str:
    """Whom the rate limit counts: the token, else the address."""
    return _token() or request.remote_addr or ""


def _token() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.args.get("access_token")


def _link(query: dict[str, str], rel: str) -> str:
    return f'<{the_world().base_url}{request.path}?{urlencode(sorted(query.items()))}>; rel="{rel}"'
