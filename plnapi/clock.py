"""The one place that asks what time it is, and the one that makes identifiers."""

import uuid
from datetime import UTC, datetime

from uuid_utils.compat import uuid7


def now() -> datetime:
    """The current moment, aware and in UTC."""
    return datetime.now(UTC)


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562, section 5.7): sorts by the millisecond it was made in, so it serves as a paging key."""
    return uuid7()
