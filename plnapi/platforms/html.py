"""Hostile HTML made harmless: to plain text, to HTML of a short allow-list, and the hashtags that stand in a text.

nh3 parses as browsers do (HTML Living Standard), but its time grows with the square of the nesting, of the number of
character references and of the attributes of one tag: 300,000 nested `<div>` take minutes. So markup that has more of
one than a limit is not given to it and loses its tags in one linear pass.
"""

import re
import unicodedata
from html import escape, unescape
from urllib.parse import urlsplit

import nh3

# Measured: 2,000 tags, arranged in the worst way known (formatting elements that each `<p>` reopens), cost nh3 40 ms.
MAX_TAGS = 2_000
MAX_REFERENCES = 20_000
MAX_WORDS = 1_000  # between two `<`: each may be an attribute
MAX_URL = 2_000
DEEPEST = 200  # elements up from the innermost one among which an end tag finds its beginning

# fmt: off
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "option", "p",
    "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})
# Their content is not text that a reader sees.
UNSEEN = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head", "select"})

SAFE_TAGS = frozenset({
    "a", "b", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "i", "li", "ol", "p", "pre", "s",
    "strong", "sub", "sup", "ul",
})
# fmt: on
SAFE_SCHEMES = frozenset({"http", "https"})

_SIGNS = "#\uff03"  # the second is the full-width sign of Japanese keyboards
# The sign stands first in both patterns, so that only where there is one anything is tried.
_HASH = re.compile(rf"[{_SIGNS}](?<![\w/&{_SIGNS}].)")
# The same in markup, where most signs are of addresses and character references: too often yes, never wrongly no.
_HASH_IN_MARKUP = re.compile(rf"[{_SIGNS}](?=[\w<])(?<![\w/&={_SIGNS}].)(?<!=[\"'].)")
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)[^<>]*>|<[!?][^<>]*>")
_SEPARATOR = re.compile(r"[\s/\"']+")
_KEPT_TAG = re.compile(r"</?[a-z0-9]+>")
# What themes and services call the part of a page that readers wrote: `comment-list`, `recentcomments`, `li-comment-7`.
_OF_READERS = re.compile(
    r"(?:^|[-_])(?:recent|latest)?comments?(?:list|author|body|text|content|meta|metadata|er)?\d*(?:$|[-_])|^(?:disqus|dsq)"
)
_OF_A_PAGE = re.compile(r"[-_](?:open|closed|enabled|disabled)$|^(?:no|has|with|without)[-_]")  # says how a page is
_NAMED = re.compile(r"(?<![\w-])(?:class|id)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_WHOLE = frozenset({"html", "body", "main"})
_EMPTY = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_URL_IN_TEXT = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

# `*` is spelled out because nh3 would let `lang` and `title` stand on every tag.
_TO_TEXT = nh3.Cleaner(tags=set(BLOCKS), attributes={"*": set()}, clean_content_tags=set(UNSEEN), link_rel=None)
_TO_SAFE = nh3.Cleaner(
    tags=set(SAFE_TAGS),
    attributes={"*": set(), "a": {"href"}},
    clean_content_tags=set(UNSEEN),
    url_schemes=set(SAFE_SCHEMES),
    url_relative="deny",
    link_rel="noopener noreferrer nofollow ugc",
)


def plain_text(html: str) -> str:
    """The text that a reader of `html` sees, white space collapsed. It is text: escape it wherever it is shown."""
    return one_line(unescape(_without_tags(html) if _is_tangled(html) else _KEPT_TAG.sub(" ", _TO_TEXT.clean(html))))


def without_comments(html: str) -> str:
    """`html` without the blocks that readers of the page wrote, as their classes and ids tell: lists and widgets of comments.

    Linear, by tags as they stand. A block that is never closed reaches to the end of what it is in.
    """
    for name in ("script", "style"):
        html = _without_element(html, name)
    html = "".join(part.partition("-->")[2] if n else part for n, part in enumerate(html.split("<!--")))
    kept, position, open_tags, within = [], 0, list[str](), 0
    for tag in _TAG.finditer(html):
        if not within:
            kept.append(html[position : tag.end()])
        position = tag.end()
        name = (tag[1] or "").lower()
        if tag[0].startswith("</"):
            _close(open_tags, name)
            within = within if len(open_tags) >= within else 0
        elif name and name not in _EMPTY:
            open_tags.append(name)
            if not within and name not in _WHOLE and _is_of_readers(tag[0]):
                within = len(open_tags)
    return "".join([*kept, "" if within else html[position:]])


def _close(open_tags: list[str], name: str) -> None:
    """Close the innermost element `name`, and those in it; an end tag without a beginning closes nothing."""
    deepest = next(
        (n for n in range(len(open_tags) - 1, max(-1, len(open_tags) - DEEPEST), -1) if open_tags[n] == name), -1
    )
    if deepest >= 0:
        del open_tags[deepest:]


def _is_of_readers(tag: str) -> bool:
    names = " ".join("".join(groups) for groups in _NAMED.findall(tag)).lower().split()
    return any(_OF_READERS.search(name) and not _OF_A_PAGE.search(name) for name in names)


def safe_html(html: str) -> str:
    """`html` with only `SAFE_TAGS`, links to http and https, and no other attribute. Markup too tangled becomes text."""
    if _is_tangled(html):
        return escape(plain_text(html))
    return _TO_SAFE.clean(html)


def safe_url(url: str) -> str:
    """`url`, stripped, when it is http or https with a host and no control character; else the empty string."""
    url = url.strip()
    if len(url) > MAX_URL or _CONTROL.search(url) or " " in url:
        return ""
    try:
        parts = urlsplit(url)
        return url if parts.scheme in SAFE_SCHEMES and parts.hostname else ""
    except ValueError:
        return ""


def one_line(text: str) -> str:
    """`text` with control characters and lone surrogates as spaces, and white space collapsed."""
    return " ".join(_CONTROL.sub(" ", text).split())


def inline_hashtags(text: str) -> tuple[str, ...]:
    """The hashtags in plain text, without `#`, as written, each once, in their order.

    As networks read them: letters, marks, digits and underscore, at least one letter, not inside a word or an address.
    """
    text = _URL_IN_TEXT.sub(" ", text)
    found = (_tag_at(text, match.end()) for match in _HASH.finditer(text))
    return tuple(dict.fromkeys(tag for tag in found if any(character.isalpha() for character in tag)))


def may_have_hashtags(html: str) -> bool:
    """Whether it is worth the price of `plain_text` to look for hashtags."""
    return _HASH_IN_MARKUP.search(html) is not None


def _tag_at(text: str, start: int) -> str:
    """The longest hashtag body that begins at `start`; Python's `\\w` lacks the marks that Indic scripts need."""
    end = start
    while end < len(text) and (text[end].isalnum() or text[end] == "_" or unicodedata.category(text[end])[0] == "M"):
        end += 1
    return text[start:end]


def _is_tangled(html: str) -> bool:
    """Whether nh3 could take long: counted so that no trick with quotes, comments or closing tags can hide it."""
    if html.count("<") > MAX_TAGS or html.count("&") > MAX_REFERENCES:
        return True
    long = (part for part in html.split("<")[1:] if len(part) > 2 * MAX_WORDS)
    return any(len(_SEPARATOR.findall(part)) > MAX_WORDS for part in long)


def _without_tags(html: str) -> str:
    """`html` with its tags taken out in linear time, block tags as a space; unseen elements go with their content."""
    for name in ("script", "style"):
        html = _without_element(html, name)
    return _TAG.sub(lambda match: " " if (match[1] or "").lower() in BLOCKS else "", html)


def _without_element(html: str, name: str) -> str:
    """`html` without the elements `name`; one that is never closed reaches to the end, as in a browser."""
    lower = html.lower()
    if len(lower) != len(html):  # a few letters grow when lowered, and positions would no longer agree
        html = lower
    kept, position = [], 0
    while (start := lower.find(f"<{name}", position)) >= 0:
        kept.append(html[position:start])
        end = lower.find(f"</{name}", start)
        position = len(html) if end < 0 else end
    return "".join([*kept, html[position:]])
