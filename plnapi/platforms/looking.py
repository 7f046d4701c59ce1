"""What looks share: how one ends early, and what a status and the headers of a refusal say. Pure."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from plnapi.errors import N_
from plnapi.http.types import Fetch, Response
from plnapi.platforms import jsonread
from plnapi.platforms.types import Act, Coverage, Parse, ParseFailed, Post, Seen, Steps, Subject

GONE = frozenset({404, 410})
# Hashtags with which authors ask programs to leave a post alone.
OPT_OUT_TAGS = frozenset({"nobot", "nobots", "noindex", "noarchive"})
LEFT_ALONE = Coverage(
    "complete",
    "posts_left_alone",
    N_("A post that is tagged #nobot, #noindex or #noarchive is left alone, as it asks."),
)
OPTED_OUT = Coverage(
    "hidden",
    "opted_out",
    N_("The account asks not to be indexed, so its posts are read only with a permission that its owner gives there."),
)
ASKED_EVERY, ASKED_AT = 24, 12  # looks of which one asks whether it does so by then, and which of them


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
    return _sparing(ended(looks[what](subject, cursor), cursor), subject, cursor)


def _sparing(steps: Steps, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """`steps` without what asks to be left alone.

    A post of the subject's that does so is `removed` if it was kept, and the coverage says that there is one; the cursor has
    `spared`, so that a later look for which all is as before says so too.
    """
    seen: Seen = yield from steps
    if seen.coverage.state == "failed":
        return seen
    asking = [item for item in seen.items if isinstance(item, Post | Act) and _asks_to_be_left_alone(item)]
    spared = {item.uri for item in asking if isinstance(item, Post)}
    seen = replace(seen, items=tuple(item for item in seen.items if item not in asking)) if asking else seen
    memory = {name: value for name, value in seen.cursor.items() if name != "spared"}
    if not spared and not (seen.unchanged and cursor.get("spared")):
        return replace(seen, cursor=memory)
    gone = tuple(uri for uri in subject.known if uri in spared and uri not in seen.removed)
    return replace(
        seen,
        coverage=LEFT_ALONE if seen.coverage.state == "complete" else seen.coverage,
        cursor=memory | {"spared": True},
        removed=(*seen.removed, *gone),
    )


def unless_opted_out(
    steps: Steps, asks: Generator[Fetch | Parse, Any, bool | None], subject: Subject, cursor: Mapping[str, Any]
) -> Steps:
    """The look `steps` at posts; OPTED_OUT for an account whose owner asks programs in general to leave it alone.

    `asks` finds out (None: nobody says); begun now and then, and at each look while the answer is yes: the proof's memory and
    the cursor have it under `opted_out`. With the account's own token its owner has said otherwise.
    """
    count, told = jsonread.integer(cursor, "wish") or 0, {**subject.data, **cursor}.get("opted_out") is True
    if not subject.token and (told or count == ASKED_AT):
        found = yield from asks
        told = told if found is None else found
    if told and not subject.token:
        return Seen((), OPTED_OUT, {**cursor, "opted_out": True})
    seen: Seen = yield from steps
    before = {"opted_out": False} if "opted_out" in {**subject.data, **cursor} else {}
    return replace(seen, cursor={**seen.cursor, **before, "wish": (count + 1) % ASKED_EVERY})


def refusal(response: Response, reason: str) -> Coverage:
    """The coverage of a look whose answer was not a success: `gone`, `host_busy` or `reason`."""
    if response.status in GONE:
        return Coverage("failed", "gone", f"There is nothing at this address (status {response.status}).")
    if response.status == 429:
        return Coverage("failed", "host_busy", "The server asks to wait.", retry_at(response.headers))
    return Coverage("failed", reason, f"The server answered with status {response.status}.")


def _asks_to_be_left_alone(item: Post | Act) -> bool:
    """Whether the author of a post, or of an answer to one, asks that of programs by one of its tags."""
    own = isinstance(item, Post) or item.verb == "Create"
    return own and any(tag.lstrip("#").casefold() in OPT_OUT_TAGS for tag in item.tags)


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
