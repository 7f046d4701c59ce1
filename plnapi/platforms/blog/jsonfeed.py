"""JSON Feed, versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/), which feedparser does not read."""

from collections.abc import Mapping
from html import escape
from typing import Any

from plnapi.platforms.entries import ParsedEntry, ParsedFeed, absolute, all_tags, not_a_feed
from plnapi.platforms.jsonread import document, listing, mappings, moment, storable, text

VERSION = "https://jsonfeed.org/version/"


def is_json(body: bytes) -> bool:
    """Whether the document is a JSON object by its first character; a byte order mark may stand before it."""
    return body[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def parse_json_feed(body: bytes, url: str) -> ParsedFeed:
    """The feed in `body`, whose own address is `url`. Raises ParseFailed `bad_document` or `not_a_feed`."""
    feed = document(body)
    if not isinstance(feed, dict) or not text(feed, "version").startswith(VERSION):
        raise not_a_feed()
    entries = tuple(_entry(item, url) for item in mappings(feed, "items"))
    return ParsedFeed(text(feed, "title"), absolute(text(feed, "home_page_url"), url), entries)


def _entry(item: Mapping[str, Any], base: str) -> ParsedEntry:
    title, html = text(item, "title"), _html(item)
    categories = [storable(tag) for tag in listing(item, "tags") if isinstance(tag, str)]
    return ParsedEntry(
        id=text(item, "id"),
        url=absolute(text(item, "url") or text(item, "external_url"), base),
        title=title,
        html=html,
        published=moment(item, "date_published") or moment(item, "date_modified"),
        tags=all_tags(categories, title, html),
    )


def _html(item: Mapping[str, Any]) -> str:
    """The content as HTML; `content_text` and `summary` are plain text by the specification."""
    return text(item, "content_html") or escape(text(item, "content_text") or text(item, "summary"), quote=False)
