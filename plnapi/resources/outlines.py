"""OPML 2.0 (opml.org/spec2.opml) as bytes, and items. Pure.

A feed is `<outline type="rss" xmlUrl=…>`, everything else `<outline type="link" url=…>`; `category="/plnapi/<kind>"` tells
kinds apart, `description` is the why. Folders are outlines around outlines.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Protocol
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring  # reading is defusedxml's

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from plnapi.errors import N_, FieldError, Invalid
from plnapi.resources import repair
from plnapi.resources.items import DEEPEST, KINDS, NewItem, folders, joined, one_line, problems

MOST_BYTES = 2_000_000
MOST_OUTLINES = 5000
CATEGORY = "/plnapi/"


class Exportable(Protocol):
    """What is written of an item."""

    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def site_url(self) -> str: ...
    @property
    def group_path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Outline:
    """What a document holds. `errors` point at `/outlines/<number>/<field>`, counted from 1 in document order."""

    title: str
    items: tuple[NewItem, ...]
    errors: tuple[FieldError, ...]


def read(data: bytes) -> Outline:
    """The items of an OPML document. Raises Invalid (`opml_…`) when it is none, is too large or declares a DTD."""
    root = _parsed(data)
    body = root.find("body")
    if root.tag != "opml" or body is None:
        raise Invalid.field("/", N_("This is XML, but not OPML."), code="opml_not_opml")
    items: list[NewItem] = []
    errors: list[FieldError] = []
    for number, (element, path) in enumerate(_outlines(body), start=1):
        if number > MOST_OUTLINES:
            raise Invalid.field("/outlines", N_("More than 5,000 outlines."), code="opml_too_many")
        item = _item(element, path)
        if item is not None:
            items.append(item)
            errors += problems(item, f"/outlines/{number}")
    return Outline((root.findtext("head/title") or "").strip(), tuple(items), tuple(errors))


def write(title: str, items: Sequence[Exportable]) -> bytes:
    """The document of these items in UTF-8; the same items give the same bytes."""
    root = Element("opml", {"version": "2.0"})
    SubElement(SubElement(root, "head"), "title").text = title
    open_: list[tuple[str, Element]] = [("", SubElement(root, "body"))]
    for item in items:
        path = folders(item.group_path)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0][0] == pair[1], zip(open_[1:], path, strict=False)))
        del open_[shared + 1 :]
        for name in path[shared:]:
            open_.append((name, SubElement(open_[-1][1], "outline", {"text": name, "title": name})))
        SubElement(open_[-1][1], "outline", _attributes(item))
    indent(root)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _parsed(data: bytes) -> Element:
    if len(data) > MOST_BYTES:
        raise Invalid.field("/", N_("Larger than 2 MB."), code="opml_too_large")
    try:
        return _forgiving(data)
    except DefusedXmlException as error:
        raise Invalid.field("/", N_("A document with a DTD is not read."), code="opml_dtd") from error
    except ParseError as error:
        line = error.position[0]
        raise Invalid.field(
            f"/lines/{line}", N_("Not well-formed XML on line %(line)s."), code="opml_not_xml", line=line
        ) from error
    except (ValueError, LookupError) as error:  # an encoding that nobody knows, or bytes that are not in it
        raise Invalid.field("/", N_("The encoding of this document cannot be read."), code="opml_not_xml") from error


def _forgiving(data: bytes) -> Element:
    """As XML; where that fails, with what exporters leave unescaped put right. The first failure is the one told."""
    try:
        return _strict(data)
    except ParseError as error:
        for repaired in (repair.references(data), repair.attributes(data)):
            with suppress(ParseError):
                return _strict(repaired)
        raise error


def _strict(data: bytes) -> Element:
    root: Element = defusedxml.ElementTree.fromstring(data, forbid_dtd=True)
    return root


def _outlines(body: Element) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Every outline in document order with the names of the folders around it. Without recursion: depth is hostile."""
    waiting: list[tuple[Element, tuple[str, ...]]] = [(element, ()) for element in reversed(body.findall("outline"))]
    while waiting:
        element, path = waiting.pop()
        if len(path) >= DEEPEST:
            raise Invalid.field("/outlines", N_("Outlines deeper than 20."), code="opml_too_deep")
        yield element, path
        inner = (*path, _title(element) or "…")
        waiting += [(child, inner) for child in reversed(element.findall("outline"))]


def _item(element: Element, path: tuple[str, ...]) -> NewItem | None:
    """The item of an outline; None for a folder. One with neither address nor children is an item with a fault."""
    get = element.attrib.get
    feed, page = get("xmlUrl", "").strip(), get("htmlUrl", "").strip()
    address = feed or get("url", "").strip() or page
    if not address and element.find("outline") is not None:
        return None
    return NewItem(
        kind=_kind(get("category", ""), bool(feed)),
        title=_title(element) or address,
        address=address,
        why=get("description", "").strip(),
        language=get("language", "").strip(),
        site_url=page if page != address else "",
        group_path=joined(path),
    )


def _kind(categories: str, is_feed: bool) -> str:
    named = [one.strip().removeprefix(CATEGORY) for one in categories.split(",") if one.strip().startswith(CATEGORY)]
    return next((kind for kind in named if kind in KINDS), "feed" if is_feed else "reading")


def _title(element: Element) -> str:
    """One line: a reader's line breaks within a title mean nothing."""
    return one_line(element.get("text") or element.get("title") or "")


def _attributes(item: Exportable) -> dict[str, Any]:
    is_feed = item.kind == "feed"
    attributes = {
        "text": item.title,
        "title": item.title,
        "type": "rss" if is_feed else "link",
        "xmlUrl" if is_feed else "url": item.address,
        "htmlUrl": item.site_url,
        "description": item.why,
        "language": item.language,
        "category": "" if is_feed else CATEGORY + item.kind,
    }
    return {name: value for name, value in attributes.items() if value}
