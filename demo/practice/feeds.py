"""A blog's entries as RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1."""

import json
from collections.abc import Sequence
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from demo.practice.records import Blog, Entry

_NAMESPACES = {
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:atom": "http://www.w3.org/2005/Atom",
}


def rss(blog: Blog, entries: Sequence[Entry], home: str, address: str) -> bytes:
    """RSS as WordPress writes it: an opaque guid, a category each, the whole body in content:encoded."""
    root = Element("rss", {"version": "2.0", **_NAMESPACES})
    channel = SubElement(root, "channel")
    _text(channel, "title", blog.title)
    _text(channel, "link", home)
    SubElement(channel, "atom:link", {"href": address, "rel": "self", "type": "application/rss+xml"})
    _text(channel, "description", f"Entries by {blog.author}")
    _text(channel, "lastBuildDate", format_datetime(blog.changed_at))
    for entry in entries:
        _rss_item(SubElement(channel, "item"), blog, entry, home)
    return _document(root)


def atom(blog: Blog, entries: Sequence[Entry], home: str, address: str) -> bytes:
    """Atom with a category element for each category and the whole body as HTML."""
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
    _text(root, "id", home)
    _text(root, "title", blog.title)
    _text(root, "updated", blog.changed_at.isoformat(timespec="seconds"))
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": home})
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": address})
    _text(SubElement(root, "author"), "name", blog.author)
    for entry in entries:
        _atom_entry(SubElement(root, "entry"), entry, home)
    return _document(root)


def json_feed(blog: Blog, entries: Sequence[Entry], home: str, address: str) -> bytes:
    """JSON Feed with tags."""
    items = [_json_item(entry, home) for entry in entries]
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": blog.title,
        "home_page_url": home,
        "feed_url": address,
        "authors": [{"name": blog.author, "url": home}],
        "items": items,
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def _rss_item(item: Element, blog: Blog, entry: Entry, home: str) -> None:
    _text(item, "title", entry.title)
    _text(item, "link", home + entry.path)
    _text(item, "dc:creator", blog.author)
    _text(item, "pubDate", format_datetime(entry.at))
    for category in entry.categories:
        _text(item, "category", category)
    _text(item, "guid", entry.guid).set("isPermaLink", "false")
    _text(item, "content:encoded", entry.html)


def _atom_entry(element: Element, entry: Entry, home: str) -> None:
    moment = entry.at.isoformat(timespec="seconds")
    _text(element, "id", entry.guid)
    _text(element, "title", entry.title)
    SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": home + entry.path})
    _text(element, "published", moment)
    _text(element, "updated", moment)
    for category in entry.categories:
        SubElement(element, "category", {"term": category})
    _text(element, "content", entry.html).set("type", "html")


def _json_item(entry: Entry, home: str) -> dict[str, object]:
    return {
        "id": entry.guid,
        "url": home + entry.path,
        "title": entry.title,
        "content_html": entry.html,
        "date_published": entry.at.isoformat(timespec="seconds"),
        "tags": list(entry.categories),
    }


def _text(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, name)
    element.text = text
    return element


def _document(root: Element) -> bytes:
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
