"""What the network accepts, and how it makes addresses."""

import re
from datetime import UTC, datetime

from demo.practice.records import VISIBILITIES, Invalid

MAX_CHARACTERS = 500


def moment(at: datetime | None) -> datetime:
    """`at` in UTC, or the present. Raises Invalid for a time without its zone."""
    if at is None:
        return datetime.now(UTC)
    if at.tzinfo is None:
        raise Invalid("a time needs its zone")
    return at.astimezone(UTC)


def check_username(username: str) -> None:
    """Raises Invalid for what is no username on Mastodon."""
    if not re.fullmatch(r"[A-Za-z0-9_]{1,30}", username):
        raise Invalid(f"Validation failed: Username {username!r} must contain only letters, numbers and underscores")


def check_blog_name(name: str) -> None:
    """Raises Invalid for what does not fit an address."""
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise Invalid(f"the blog name {name!r} does not fit an address")


def check_post(text: str, visibility: str) -> None:
    """Raises Invalid for an empty or too long text, or an unknown visibility, in Mastodon's words."""
    if visibility not in VISIBILITIES:
        raise Invalid(f"Validation failed: Visibility {visibility} is not included in the list")
    if not text.strip():
        raise Invalid("Validation failed: Text can't be blank")
    if len(text) > MAX_CHARACTERS:
        raise Invalid(f"Validation failed: Text character limit of {MAX_CHARACTERS} exceeded")


def slug(title: str) -> str:
    """A title as part of an address, such as `my-first-week`."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "entry"
