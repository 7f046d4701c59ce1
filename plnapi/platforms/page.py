"""A stranger's web page: its text, its rel=me links and the feeds that it announces. For the child process."""

import codecs
import re
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3

from plnapi.platforms.entries import absolute
from plnapi.platforms.html import UNSEEN, plain_text, without_comments
from plnapi.platforms.robots import US

MAX_TEXT = 500_000
# `application/json` is left out: WordPress announces its REST API with it.
FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
REST = "https://api.w.org/"  # the relation under which WordPress announces its REST API, on pages and in headers

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
# Parsed by nh3 as browsers do, so that a link in a comment, a script or a text area is none; what comes out is regular.
_LINKS = nh3.Cleaner(
    tags={"a", "area", "base", "link", "meta"},
    attributes={"a": {"href", "rel"}, "area": {"href", "rel"}, "base": {"href"}, "link": {"href", "rel", "type", "title"},
                "meta": {"name", "content"}},
    clean_content_tags=set(UNSEEN) - {"head"},
    url_schemes={"http", "https"},
    link_rel=None,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page announces (`rel=alternate`): its absolute address, and the title given to it."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page or a feed, as the proof of a site needs it.

    `text` is plain, without what readers commented; `me` are the absolute targets of rel=me; `feeds` are in the page's
    order. `is_feed`: the document is itself a feed, and `home` the page that it says it belongs to. `rest` is the root of
    WordPress's REST API if the page announces one, `rest_item` the address there of what the page shows, such as an author.
    `metas` are names and contents of what it says to robots.
    """

    text: str
    me: tuple[str, ...] = ()
    feeds: tuple[FeedLink, ...] = ()
    is_feed: bool = False
    home: str = ""
    title: str = ""
    rest: str = ""
    rest_item: str = ""
    metas: tuple[tuple[str, str], ...] = ()


def read_html(body: bytes, content_type: str, url: str) -> Page:
    """The page in `body`; `content_type` is the whole header, `url` the address after redirects. Never raises."""
    html = decoded(body, content_type)
    reader = _LinkReader(url)
    reader.feed(_LINKS.clean(html))
    reader.close()
    text, me, feeds = (
        plain_text(without_comments(html))[:MAX_TEXT],
        dict.fromkeys(reader.me),
        dict.fromkeys(reader.feeds),
    )
    return Page(text, tuple(me), tuple(feeds), rest=reader.rest, rest_item=reader.rest_item, metas=tuple(reader.metas))


def hrefs(html: str) -> tuple[str, ...]:
    """The http and https addresses that `html` links to, each once, absolute ones only."""
    reader = _LinkReader("")
    reader.feed(_LINKS.clean(html))
    return tuple(dict.fromkeys(reader.targets))


def decoded(body: bytes, content_type: str) -> str:
    """The text of a page: UTF-8 when it is that, else as it declares, else Windows-1252 (HTML, 13.2.3.2). Never raises."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _CHARSET.search(content_type.encode("ascii", "replace")) or _CHARSET.search(body[:1024])
        return body.decode(_codec(declared[1].decode("ascii")) if declared else "cp1252", "replace")


def _codec(name: str) -> str:
    """The name of a codec for text; Python also has some that decompress or that take quadratic time."""
    try:
        info = codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return (
        info.name if info.name.startswith(("iso8859", "cp", "utf-", "koi8", "shift", "euc", "gb", "big5")) else "cp1252"
    )


class _LinkReader(HTMLParser):
    """Collects links from what nh3 left: a flat run of `a`, `area`, `base`, `link` and `meta`."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base, self.based = url, False
        self.me: list[str] = []
        self.feeds: list[FeedLink] = []
        self.targets: list[str] = []
        self.metas: list[tuple[str, str]] = []
        self.rest = self.rest_item = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "meta":
            self._said_to_robots(values.get("name", "").strip().lower(), values.get("content", ""))
        target = absolute(values.get("href", ""), self.base)
        relations = values.get("rel", "").lower().split()
        if not target:
            return
        if tag == "base":
            self._rebase(target)
            return
        self.targets.append(target)
        if "me" in relations:
            self.me.append(target)
        if tag == "link":
            self._announced(target, relations, values.get("type", "").strip().lower(), values.get("title", ""))

    def _announced(self, target: str, relations: list[str], kind: str, title: str) -> None:
        """What programs find in the head of a page. The first REST API counts, as the first `base` does."""
        if REST in relations:
            self.rest = self.rest or target
        if "alternate" not in relations:
            return
        if kind in FEED_TYPES:
            self.feeds.append(FeedLink(target, title))
        elif kind == "application/json":
            self.rest_item = self.rest_item or target

    def _said_to_robots(self, name: str, content: str) -> None:
        if name in {"robots", US}:
            self.metas.append((name, content[:1000]))

    def _rebase(self, target: str) -> None:
        """Only the first `base` of a page counts (HTML, 4.2.3)."""
        if not self.based:
            self.base, self.based = target, True
