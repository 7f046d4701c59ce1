"""What looks share: how one ends early, and what a status and the headers of a refusal say. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from plnapi.http.types import Response
from plnapi.platforms.types import Coverage, ParseFailed, Seen, Steps, Subject

GONE = frozenset({404, 410})
# Hashtags with which authors ask programs to leave a post alone.
OPT_OUT_TAGS = frozenset({"nobot", "nobots", "noindex", "noarchive"})


class LookEnded(Exception):
    """Raised inside a look when there is no use in going on; `coverage` says why."""

    def __init__(self, coverage: Coverage) -> None:
        super().__init__(coverage.reason)
        self.coverage = coverage


def ended(steps: Steps, cursor: Mapping[str, Any]) -> Steps:
    """`steps`, whose early end or unreadable document becomes a Seen that keeps `cursor` as it was."""
    try:
        return (yield from steps)
    except LookEnded as end:
        return Seen((), end.coverage, cursor)
    except ParseFailed as error:
        return Seen((), Coverage("failed", error.code, str(error)), cursor)


def begin(looks: Mapping[str, Callable[..., Steps]], what: str, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """The look `what`, begun. Raises KeyError at once for one that is not in `looks`."""
    return ended(looks[what](subject, cursor), cursor)


def refusal(response: Response, reason: str) -> Coverage:
    """The coverage of a look whose answer was not a success: `gone`, `host_busy` or `reason`."""
    if response.status in GONE:
        return Coverage("failed", "gone", f"There is nothing at this address (status {response.status}).")
    if response.status == 429:
        return Coverage("failed", "host_busy", "The server asks to wait.", retry_at(response.headers))
    return Coverage("failed", reason, f"The server answered with status {response.status}.")


def opted_out(tags: Iterable[str]) -> bool:
    """Whether the author of a post with these tags, as written, asks programs to leave it alone."""
    return any(tag.lstrip("#").casefold() in OPT_OUT_TAGS for tag in tags)


def retry_at(headers: Mapping[str, str]) -> datetime | None:
    """When a host that asks to wait may be asked again, in UTC, None when it does not say.

    Reads `Retry-After` (RFC 9110, 10.2.3: a date, or seconds after `Date`), else `X-RateLimit-Reset`, which is
    ISO 8601 on Mastodon and GoToSocial and seconds since 1970 elsewhere.
    """
    wait = headers.get("retry-after", "").strip()
    if wait.isascii() and wait.isdigit():
        sent = _http_date(headers.get("date", ""))
        return sent + timedelta(seconds=min(int(wait[:9]), 86_400)) if sent else None
    return _http_date(wait) or _reset(headers.get("x-ratelimit-reset", "").strip())


def _http_date(text: str) -> datetime | None:
    try:
        value = parsedate_to_datetime(text)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _reset(text: str) -> datetime | None:
    try:
        if text.isascii() and text.isdigit():
            return datetime.fromtimestamp(int(text[:12]), UTC)
        value = datetime.fromisoformat(text)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
