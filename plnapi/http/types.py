"""What goes through the door to the network, and what may come back. No I/O here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from plnapi.errors import PlnapiError


@dataclass(frozen=True, slots=True)
class Fetch:
    """One GET that a look asks for.

    `headers` may carry `Accept`, `If-None-Match`, `If-Modified-Since`, `Authorization`.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Send:
    """One POST of `body` as it is; `headers` say what it is (`Content-Type`) and who vouches for it."""

    url: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer whose body arrived whole and within the limits, whatever its status.

    `url` is the address after redirects; `headers` has lower-case names, the first value of each name;
    `links` maps the `rel` of each `Link` header (RFC 8288) to its absolute target. `moved_to` is where the first
    redirects, as far as they are permanent (301, 308), lead: the address to ask for from here on.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    links: Mapping[str, str] = field(default_factory=dict)
    moved_to: str | None = None

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case; empty when none was sent."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class FetchFailed(PlnapiError):
    """No answer that could be used. `code` is one of `CODES`; `url` is where it happened.

    `retry_at` is set when the host said when to come back, or when pacing holds the request back.
    """

    CODES = frozenset(
        {
            "address_not_allowed",  # the name leads to a private or special address, a port or scheme not allowed
            "name_not_found",  # DNS has no answer
            "connection_failed",  # refused, reset, TLS failure
            "deadline_exceeded",  # the whole fetch took longer than allowed
            "too_large",  # over the cap on the wire or after inflating
            "bad_response",  # not HTTP, a lying length, too many headers, an unknown encoding
            "too_many_redirects",
            "host_busy",  # the host asked to wait, or pacing holds the request back: see retry_at
        }
    )

    def __init__(self, code: str, url: str, detail: str, *, retry_at: datetime | None = None) -> None:
        assert code in self.CODES, code
        super().__init__(detail, code=code)
        self.url, self.retry_at = url, retry_at
