"""What exporters of OPML do wrong, put right: values of attributes that were not escaped. Pure, and linear in the input."""

import re
from bisect import bisect_left
from html.entities import html5

_REFERENCE = re.compile(rb"&(#[0-9]{1,8};|#x[0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{1,40};)?")
_OF_XML = frozenset({b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"&apos;"})
# OPML 2.0, "What is an <outline>?" and "Subscription lists"
_NAMES = rb"(?:text|title|type|xmlUrl|htmlUrl|url|description|language|category|created|version|isComment|isBreakpoint)"
_BEGIN = re.compile(rb"\s" + _NAMES + rb'="')
# A quotation mark ends a value only where another attribute, or the next element, follows.
_END = re.compile(rb'"(?=\s+' + _NAMES + rb'="|\s*/?>\s*<)')


def references(data: bytes) -> bytes:
    """Every `&` that begins no reference, and every name that is HTML's and not XML's, written as XML wants it."""
    return _REFERENCE.sub(_reference, data)


def attributes(data: bytes) -> bytes:
    """The values of OPML's attributes escaped, where HTML with its own quotation marks was put into them as it is."""
    ends = [found.start() for found in _END.finditer(data)]
    parts, at = [], 0
    for begin in _BEGIN.finditer(data):
        place = bisect_left(ends, begin.end())
        if begin.start() < at or place == len(ends):
            continue
        parts += [data[at : begin.end()], _escaped(data[begin.end() : ends[place]])]
        at = ends[place]
    return b"".join([*parts, data[at:]])


def _escaped(value: bytes) -> bytes:
    return references(value).replace(b"<", b"&lt;").replace(b">", b"&gt;").replace(b'"', b"&quot;")


def _reference(found: re.Match[bytes]) -> bytes:
    text = found[0]
    if found[1] is None:
        return b"&amp;"
    if text.startswith(b"&#") or text in _OF_XML:
        return text
    meant = html5.get(found[1].decode("ascii"))
    return "".join(f"&#{ord(char)};" for char in meant).encode("ascii") if meant else b"&amp;" + text[1:]
