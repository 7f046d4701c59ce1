"""What WordPress's REST API says, read. Pure, run in a child process.

Source: developer.wordpress.org/rest-api, reference of `posts` and `comments`; embedding and `_fields` under "Global
Parameters". Names and titles come as HTML, and the `guid` is what its feeds give as id.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

from plnapi.platforms import jsonread
from plnapi.platforms.entries import ParsedEntry, absolute, all_tags
from plnapi.platforms.html import plain_text
from plnapi.platforms.page import hrefs
from plnapi.platforms.types import ParseFailed

_NUMBER_IN_GUID = re.compile(r"[?&]p=(\d{1,18})$")


@dataclass(frozen=True, slots=True)
class RestPost:
    """A post: its number on that site, and the same as its feed would have it."""

    id: int
    entry: ParsedEntry

    @property
    def keeps_number(self) -> bool:
        """Whether the number in its guid, if there is one, is its own; it is not where posts came from another site."""
        number = number_in(self.entry.id)
        return number is None or number == self.id


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, of a feed or of the API. `post` is a number, or the address of the post that a feed names.

    `sites` are the address that its author gave and every link in its text; nobody has proven them.
    """

    uri: str
    post: int | str
    text: str
    sites: tuple[str, ...]
    written_at: datetime | None


def number_in(guid: str) -> int | None:
    """The number of the post in a guid such as `https://ada.example/?p=12`; else None."""
    match = _NUMBER_IN_GUID.search(guid)
    return int(match[1]) if match else None


def read_posts(body: bytes, base: str) -> list[RestPost]:
    """The posts of a page of the list. Raises ParseFailed `bad_document`, also when the names of tags were left out."""
    return [_post(item, base) for item in _array(body)]


def read_numbers(body: bytes) -> frozenset[int]:
    """The numbers of the posts of a page. Raises ParseFailed `bad_document`."""
    numbers = (jsonread.integer(item, "id") for item in _array(body))
    return frozenset(number for number in numbers if number is not None)


def read_comments(body: bytes, base: str) -> list[Comment]:
    """The comments of a page of the list; pings are left out. Raises ParseFailed `bad_document`."""
    return [comment for item in _array(body) if (comment := _comment(item, base))]


def _array(body: bytes) -> list[Mapping[str, Any]]:
    value = jsonread.document(body)
    if not isinstance(value, list):
        raise ParseFailed("The answer is not a list.", code="bad_document")
    return [item for item in value if isinstance(item, dict)]


def _post(item: Mapping[str, Any], base: str) -> RestPost:
    number = jsonread.integer(item, "id")
    if number is None or not isinstance(item.get("_embedded"), dict):
        raise ParseFailed("A post without its number, or without the names of its tags.", code="bad_document")
    title, html = unescape(_rendered(item, "title")), _rendered(item, "content")
    url = absolute(jsonread.text(item, "link"), base)
    entry = ParsedEntry(
        id=unescape(_rendered(item, "guid")) or url,
        url=url,
        title=title,
        html=html,
        published=jsonread.moment(item, "date_gmt"),
        tags=all_tags(_terms(item), title, html),
    )
    return RestPost(number, entry)


def _rendered(item: Mapping[str, Any], name: str) -> str:
    return jsonread.text(jsonread.mapping(item, name), "rendered")


def _terms(item: Mapping[str, Any]) -> list[str]:
    """The names of tags and categories, as the feed has both."""
    groups = jsonread.listing(jsonread.mapping(item, "_embedded"), "wp:term")
    terms = (term for group in groups if isinstance(group, list) for term in group if isinstance(term, dict))
    return [unescape(jsonread.text(term, "name")) for term in terms]


def _comment(item: Mapping[str, Any], base: str) -> Comment | None:
    post, uri = jsonread.integer(item, "post"), absolute(jsonread.text(item, "link"), base)
    if post is None or not uri or jsonread.text(item, "type") not in {"comment", ""}:
        return None
    html = _rendered(item, "content")
    given = absolute(jsonread.text(item, "author_url"), "")
    return Comment(uri, post, plain_text(html), sites_in(given, html), jsonread.moment(item, "date_gmt"))


def sites_in(given: str, html: str) -> tuple[str, ...]:
    """The address that an author gave, if any, and the links in the text."""
    return tuple(dict.fromkeys(site for site in (given, *hrefs(html)) if site))
