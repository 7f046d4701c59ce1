"""Feeds read: RSS, Atom and JSON Feed, and the comments that some are of. The only user of feedparser.

feedparser takes bytes for a file name and a string for an address that it then fetches by itself, so it is only ever
given an `io.BytesIO`. Its own cleaning of HTML is off, being slow (docs of feedparser 6, "Sanitization") and partial;
what leaves here is hostile until `html.py` has cleaned it. Pure, run in a child process with limits.
"""

import io
import re
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import Any

import feedparser

from plnapi.platforms.blog.jsonfeed import is_json, parse_json_feed
from plnapi.platforms.blog.wordpress_json import Comment, sites_in
from plnapi.platforms.entries import ParsedEntry, ParsedFeed, absolute, all_tags, not_a_feed
from plnapi.platforms.html import plain_text
from plnapi.platforms.page import MAX_TEXT, Page, read_html
from plnapi.platforms.types import ParseFailed

NEWEST = 20  # entries of a feed that are searched for a code

_FEED_ROOT = re.compile(rb"<(?:[a-z][\w.-]*:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_HTML_ROOT = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)


def looks_like_feed(body: bytes) -> bool:
    """Whether the beginning of a document is that of a feed. Its media type is not asked: many feeds say text/html."""
    start = body[:4096]
    root = _FEED_ROOT.search(start)
    html = _HTML_ROOT.search(start)
    return is_json(body) or (root is not None and (html is None or root.start() < html.start()))


def read_page(body: bytes, content_type: str, url: str) -> Page:
    """A page, or a feed as the proof of a site needs it. Raises ParseFailed for a feed that cannot be read."""
    if not looks_like_feed(body):
        return read_html(body, content_type, url)
    feed = parse_feed(body, content_type, url)
    words = (plain_text(part) for entry in feed.entries[:NEWEST] for part in (entry.title, entry.html))
    return Page("\n".join([feed.title, *words])[:MAX_TEXT], is_feed=True, home=feed.link, title=feed.title)


def parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """The feed in `body`, of any format, told by its content; `content_type` is the whole header, `url` its address.

    Number, ids and titles of an XML feed's entries are what feedparser makes of the same bytes.
    Raises ParseFailed: `not_a_feed`; `bad_document` when it breaks the parser; `feed_too_complex` when too deep or large.
    """
    if is_json(body):
        return parse_json_feed(body, url)
    parsed = _feedparsed(body, content_type)
    if not parsed.get("version") and not parsed.entries:
        raise not_a_feed()
    channel = parsed.feed
    entries = tuple(_entry(entry, url) for entry in parsed.entries)
    return ParsedFeed(_text(channel, "title"), absolute(_text(channel, "link"), url), entries)


def parse_comments(body: bytes, content_type: str, url: str) -> list[Comment]:
    """The comments in a feed of comments, each with the address of the post that it is on. Raises as `parse_feed`."""
    parsed = _feedparsed(body, content_type)
    if not parsed.get("version"):
        raise not_a_feed()
    return [comment for entry in parsed.entries if (comment := _comment(entry, url))]


def _comment(entry: Any, base: str) -> Comment | None:
    """What it answers is told by Atom Threading (RFC 4685, `in-reply-to`), else by the address up to its fragment."""
    uri, html = absolute(_text(entry, "link"), base), _html(entry)
    answered = dict.get(entry, "thr_in-reply-to")
    post = _text(answered, "href") if isinstance(answered, dict) else ""
    given = absolute(_text(entry.get("author_detail") or {}, "href"), "")
    post = post or uri.partition("#")[0]
    return Comment(uri, post, plain_text(html), sites_in(given, html), _published(entry)) if uri else None


def _feedparsed(body: bytes, content_type: str) -> Any:
    # Servers add a charset that is wrong; the document's own declaration is believed before theirs.
    declared = b"encoding" in body[:200] or "charset" not in content_type.lower()
    headers = None if declared else {"content-type": content_type}
    try:
        return feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (RecursionError, MemoryError) as error:
        raise ParseFailed("The feed is nested too deeply or too large.", code="feed_too_complex") from error
    except Exception as error:  # a hostile document can break a forgiving parser in any way; it is told as one error
        raise ParseFailed("The feed breaks the parser.", code="bad_document") from error


def _entry(entry: Any, base: str) -> ParsedEntry:
    title, html = _text(entry, "title"), _html(entry)
    return ParsedEntry(
        id=_text(entry, "id"),
        url=absolute(_text(entry, "link"), base),
        title=title,
        html=html,
        published=_published(entry),
        tags=all_tags(_categories(entry), title, html),
    )


def _text(source: Any, name: str) -> str:
    value = source.get(name)
    return value if isinstance(value, str) else ""


def _html(entry: Any) -> str:
    """The content, else the summary, as HTML: what the feed calls plain text is escaped."""
    contents = [content for content in entry.get("content") or () if _text(content, "value")]
    if not contents:
        contents = [entry.get("summary_detail") or {"value": _text(entry, "summary")}]
    best = next((content for content in contents if "html" in _text(content, "type")), contents[0])
    value = _text(best, "value")
    return escape(value, quote=False) if _text(best, "type") == "text/plain" else value


def _categories(entry: Any) -> Iterator[str]:
    """RSS `category`, Atom `category` with its `term` and its `label`, `dc:subject`."""
    for tag in entry.get("tags") or ():
        yield _text(tag, "term")
        yield _text(tag, "label")


def _published(entry: Any) -> datetime | None:
    """When the author says it was published, else changed. `dict.get`: feedparser's own warns of its substitutes."""
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        value = dict.get(entry, name)
        if value:
            try:
                return datetime.fromtimestamp(timegm(value), UTC)
            except (ValueError, OverflowError, OSError):
                continue
    return None
