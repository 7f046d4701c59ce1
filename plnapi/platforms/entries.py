"""A feed once it is read, whatever its format: what parsers of feeds return, and the identity of its entries."""

import hashlib
import itertools
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from plnapi.platforms.html import inline_hashtags, may_have_hashtags, plain_text, safe_url
from plnapi.platforms.jsonread import storable
from plnapi.platforms.types import ParseFailed, Post

MAX_URI = 1_000


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One entry. `id` and `title` are as the document has them; `url` is absolute, http or https, else empty.

    `html` is hostile. `tags` are the categories, then the hashtags of the text, each once.
    """

    id: str
    url: str
    title: str
    html: str
    published: datetime | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed. `link` is the page that it says it belongs to: absolute, http or https, else empty."""

    title: str
    link: str
    entries: tuple[ParsedEntry, ...]


def not_a_feed() -> ParseFailed:
    """The error of a document that is no feed of any kind."""
    return ParseFailed("The document is not a feed.", code="not_a_feed")


def absolute(link: str, base: str) -> str:
    """`link` resolved against the address of the feed; empty when the outcome is not http or https."""
    try:
        return safe_url(urljoin(base, link.strip().replace(" ", "%20"))) if link.strip() else ""
    except ValueError:
        return ""


def all_tags(categories: Iterable[str], title: str, html: str) -> tuple[str, ...]:
    """The categories, and the hashtags in the text: some feeds carry no category at all (snac2), some always one."""
    tags = [storable(category).strip() for category in categories]
    for part in (title, html):
        tags += inline_hashtags(plain_text(part)) if may_have_hashtags(part) else ()
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def posts_of(feed: ParsedFeed) -> tuple[Post, ...]:
    """The entries as posts, in the feed's order, each with a URI that is its own within the feed."""
    return tuple(
        Post(uri, entry.url, storable(entry.title), storable(entry.html), entry.published, entry.tags)
        for uri, entry in zip(_uris(feed.entries), feed.entries, strict=True)
    )


def gone_between(listed: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Those of `known`, newest first, that `listed` lacks although it has a newer and an older one of them.

    A list that shows only its newest entries loses old ones from its end, and a stale copy of it lacks the newest; what
    is missing from its middle was taken away.
    """
    there = set(listed)
    seen = [place for place, uri in enumerate(known) if uri in there]
    return tuple(uri for uri in known[seen[0] : seen[-1]] if uri not in there) if seen else ()


def is_newest_first(feed: ParsedFeed) -> bool:
    """Whether every entry is dated and none is newer than the one before it; some feeds are in another order."""
    dates = [entry.published for entry in feed.entries if entry.published]
    return len(dates) == len(feed.entries) and dates == sorted(dates, reverse=True)


def _uris(entries: Sequence[ParsedEntry]) -> list[str]:
    """The URI of each entry: its id, else its link, else a hash of what it says. The first to claim one keeps it."""
    uris: dict[str, None] = {}
    for entry in entries:
        claims = [uri for uri in (storable(entry.id).strip(), entry.url) if uri and len(uri) <= MAX_URI]
        uris[next((uri for uri in claims if uri not in uris), "") or _hashed(entry, uris)] = None
    return list(uris)


def _hashed(entry: ParsedEntry, taken: Container[str]) -> str:
    """A URI made of the entry's own words, so that it is the same at the next look; twins are told apart by a count."""
    words = "\0".join((entry.id, entry.url, entry.title, str(entry.published)))
    digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()
    numbered = (f"urn:sha256:{digest}" + (f":{count}" if count else "") for count in itertools.count())
    return next(uri for uri in numbered if uri not in taken)
