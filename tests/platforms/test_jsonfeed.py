"""JSON Feed, and JSON of strangers."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from plnapi.platforms import jsonread
from plnapi.platforms.blog.rss import parse_feed
from plnapi.platforms.entries import posts_of
from plnapi.platforms.types import ParseFailed

URL = "https://ada.example/feed.json"


def feed(*items: Any, **more: Any) -> bytes:
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "Ada", "items": list(items)} | more
    ).encode()


def test_an_item_becomes_a_post() -> None:
    item = {
        "id": "urn:1", "url": "/essay", "title": "On learning", "content_html": "<p>Hi #inline</p>", "tags": ["SUB101", 3],
        "date_published": "2026-09-01T12:00:00+02:00",
    }  # fmt: skip
    parsed = parse_feed(feed(item, home_page_url="https://ada.example/"), "text/plain", URL)
    (post,) = posts_of(parsed)
    assert (parsed.title, parsed.link) == ("Ada", "https://ada.example/")
    assert (post.uri, post.url, post.title) == ("urn:1", "https://ada.example/essay", "On learning")
    assert post.tags == ("SUB101", "inline")
    assert post.published_at == datetime(2026, 9, 1, 10, tzinfo=UTC)


def test_text_is_not_taken_for_html() -> None:
    (entry,) = parse_feed(feed({"id": "1", "content_text": "1 < 2 <script>x</script>"}), "", URL).entries
    assert entry.html == "1 &lt; 2 &lt;script&gt;x&lt;/script&gt;"


@pytest.mark.parametrize(
    "item",
    [
        {}, {"id": 5}, {"id": None, "url": [7], "tags": "x"}, {"id": [], "date_published": "soon"}, {"tags": {"a": 1}},
        {"id": "\x00\ud800", "content_html": "\ud800", "title": "\x00"}, {"url": "javascript:alert(1)"}, {"id": 10**50},
        {"date_published": "9999-12-31T23:59:59-14:00"}, {"title": {}, "summary": 3},
    ],
)  # fmt: skip
def test_an_item_of_wrong_types_is_still_an_entry(item: Any) -> None:
    (post,) = posts_of(parse_feed(feed(item), "", URL))
    assert post.uri
    assert post.url == ""
    json.dumps([post.uri, post.title, post.html], ensure_ascii=False).encode()


def test_things_that_are_no_items_are_left_out() -> None:
    assert [entry.id for entry in parse_feed(feed(1, None, "x", [], {"id": "a"}), "", URL).entries] == ["a"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"items": []}', "not_a_feed"),
        (b'{"version": "1", "items": []}', "not_a_feed"),
        (b'{"version": 1}', "not_a_feed"),
        (b"{", "bad_document"),
        (b'{"a":' * 100_000, "bad_document"),
        (b'{"version": "https://jsonfeed.org/version/1", "x": ' + b"[" * 200 + b"]" * 200 + b"}", "bad_document"),
        (b'{"n": ' + b"9" * 5_000 + b"}", "bad_document"),
        (b"\xef\xbb\xbf  {\xff}", "bad_document"),
    ],
)
def test_other_json_ends_as_one_clear_error(body: bytes, code: str) -> None:
    with pytest.raises(ParseFailed) as error:
        parse_feed(body, "application/feed+json", URL)
    assert error.value.code == code


def test_a_document_over_the_limit_is_not_read() -> None:
    with pytest.raises(ParseFailed):
        jsonread.document(b" " * (jsonread.MAX_BYTES + 1))


@pytest.mark.parametrize(
    ("value", "text", "integer"),
    [
        ("a", "a", None), ("7", "7", 7), (7, "7", 7), (True, "", None), (None, "", None), (1.5, "", None), ([], "", None),
        ("²", "²", None), ("a\x00b\ud800", "ab\ufffd", None), (10**60, "", 10**60), ("9" * 30, "9" * 30, None),
    ],
)  # fmt: skip
def test_a_wrong_type_reads_as_absent(value: Any, text: str, integer: int | None) -> None:
    source = {"it": value}
    assert jsonread.text(source, "it") == text
    assert jsonread.integer(source, "it") == integer
    assert jsonread.listing(source, "it") == []
    assert jsonread.mapping(source, "it") == {}
