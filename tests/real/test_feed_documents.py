"""Documents that real sites served: read as feedparser reads them, cleaned, and each entry with its own identity."""

import io
import json
from pathlib import Path

import feedparser
import pytest

from plnapi.platforms.blog.rss import looks_like_feed, parse_feed, read_page
from plnapi.platforms.entries import posts_of
from plnapi.platforms.html import plain_text, safe_html
from tests.platforms.test_html import assert_harmless

SHARED = Path(__file__).parents[3] / "shared" / "feeds"
FILES = sorted(file for file in SHARED.glob("*") if file.suffix in {".rss", ".atom", ".rdf", ".json"})
XML = [file for file in FILES if file.suffix != ".json"]
URL = "https://ada.example/feed"

pytestmark = [pytest.mark.real, pytest.mark.skipif(not FILES, reason="../shared is absent")]


@pytest.mark.parametrize("file", XML, ids=lambda file: file.name)
def test_number_ids_and_titles_are_those_of_feedparser(file: Path) -> None:
    body = file.read_bytes()
    reference = feedparser.parse(io.BytesIO(body)).entries
    entries = parse_feed(body, "application/xml", URL).entries
    assert [(entry.id, entry.title) for entry in entries] == [(e.get("id", ""), e.get("title", "")) for e in reference]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_document_becomes_posts_that_can_be_told_apart_and_shown(file: Path) -> None:
    body = file.read_bytes()
    assert looks_like_feed(body)
    posts = posts_of(parse_feed(body, "", URL))
    assert posts
    assert len({post.uri for post in posts}) == len(posts)
    for post in posts:
        assert post.url == "" or post.url.startswith(("http://", "https://"))
        assert_harmless(safe_html(post.html))
        plain_text(post.title + post.html).encode()


@pytest.mark.parametrize("file", [file for file in FILES if file.suffix == ".json"], ids=lambda file: file.name)
def test_a_json_feed_has_the_entries_of_its_document(file: Path) -> None:
    body = file.read_bytes()
    items = json.loads(body)["items"]
    entries = parse_feed(body, "application/json", URL).entries
    assert [(entry.id, entry.title) for entry in entries] == [(item["id"], item["title"]) for item in items]
    assert all(entry.published for entry in entries)


@pytest.mark.parametrize("file", FILES[:10], ids=lambda file: file.name)
def test_a_feed_serves_as_the_proof_of_its_site(file: Path) -> None:
    page = read_page(file.read_bytes(), "text/html", URL)
    assert page.is_feed and page.text
