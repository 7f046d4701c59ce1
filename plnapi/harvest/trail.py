"""What a look left behind besides what it saw: its requests, the host that it asked, and how that host is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from plnapi.harvest import outages
from plnapi.harvest.driver import Asked
from plnapi.harvest.models import Source
from plnapi.platforms import addresses
from plnapi.platforms.types import Seen

MOST = 30  # requests kept of one look
# Questions of these names say what was asked for; the values of all others may be secret, and are not kept.
_SHOWN = frozenset({"acct", "actor", "collection", "did", "handle", "limit", "max_id", "repo", "resource", "since_id"})


def note(source: Source, seen: Seen, asked: Sequence[Asked], at: datetime) -> None:
    """Write down what the look asked, correct which host it asks, and note whether that host answered."""
    source.requests = [told(request) for request in asked[-MOST:]]
    source.host = _last_host(asked) or source.host
    outages.note(source, seen, asked, at)


def told(request: Asked) -> dict[str, Any]:
    """A request in JSON: `url` without what may be secret, `status` or `problem`, `ms`."""
    return {"url": shown(request.url), "status": request.status, "problem": request.problem, "ms": request.ms}


def shown(url: str) -> str:
    """A URL without user, password and fragment, and with the values of unknown questions left out."""
    normal = addresses.read_url(url)
    if normal is None:
        return ""
    address, _, query = normal.partition("?")
    named = [pair.partition("=") for pair in query.split("&") if pair]
    kept = [f"{name}={value if name in _SHOWN else '…'}" for name, _, value in named]
    return f"{address}?{'&'.join(kept)}" if kept else address


def _last_host(asked: Sequence[Asked]) -> str:
    """Where the look ended: the host that failed, if one did."""
    return urlsplit(addresses.read_url(asked[-1].url) or "").netloc if asked else ""
