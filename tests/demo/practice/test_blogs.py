"""What a reader of blogs gets: pages with autodiscovery, feeds in three formats, and 304."""

import json

import feedparser
import pytest

from demo.practice import Served, Story

from .conftest import Client


@pytest.mark.parametrize("feed", ["feed", "atom.xml"])
def test_a_feed_has_its_entries_with_their_categories(client: Client, played: Story, feed: str) -> None:
    parsed = feedparser.parse(client.ask(f"/blogs/tomas/{feed}").body)
    assert not parsed.bozo
    assert [[tag.term for tag in entry.tags] for entry in parsed.entries] == [
        ["SUB101"],
        ["SUB101", "Learning"],
        ["Kitchen"],
    ]
    assert parsed.entries[0].title == "What a good reply looks like"
    assert "helped me &amp; sorted" in parsed.entries[0].content[0].value
    assert parsed.entries[0].id == f"{client.base_url}/blogs/tomas/?p=3"
    assert parsed.entries[0].published_parsed[:3] == (2026, 9, 10)


def test_the_json_feed_has_the_same_entries(client: Client, played: Story) -> None:
    feed = json.loads(client.ask("/blogs/tomas/feed.json").body)
    rss = feedparser.parse(client.ask("/blogs/tomas/feed").body)
    assert [item["id"] for item in feed["items"]] == [entry.id for entry in rss.entries]
    assert feed["items"][1]["tags"] == ["SUB101", "Learning"]


def test_a_tag_feed_has_only_its_category_in_any_case(client: Client, played: Story) -> None:
    for tag in ("sub101", "SUB101"):
        parsed = feedparser.parse(client.ask(f"/blogs/tomas/tag/{tag}/feed").body)
        assert len(parsed.entries) == 2
    assert client.ask("/blogs/tomas/tag/unused/feed").status == 404


@pytest.mark.parametrize("path", ["feed", "atom.xml", "feed.json", ""])
def test_what_did_not_change_is_304_until_something_is_published(
    network: Served, client: Client, played: Story, path: str
) -> None:
    first = client.ask(f"/blogs/tomas/{path}")
    etag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    assert etag.startswith('"')
    same = client.ask(f"/blogs/tomas/{path}", If_None_Match=etag)
    assert (same.status, same.body) == (304, b"")
    assert client.ask(f"/blogs/tomas/{path}", If_Modified_Since=changed).status == 304
    network.world.publish("tomas", "A third task", "<p>Done.</p>", categories=["SUB101"])
    again = client.ask(f"/blogs/tomas/{path}", If_None_Match=etag)
    assert (again.status, b"A third task" in again.body) == (200, True)


def test_a_feed_has_the_ten_latest_entries(network: Served, client: Client) -> None:
    network.world.start_blog("notes", "Notes", "Maya")
    for number in range(12):
        network.world.publish("notes", f"Note {number}", "<p>Text.</p>")
    parsed = feedparser.parse(client.ask("/blogs/notes/feed").body)
    assert [entry.title for entry in parsed.entries] == [f"Note {number}" for number in range(11, 1, -1)]


def test_a_page_names_its_feeds_and_its_authors_other_addresses(network: Served, client: Client) -> None:
    network.world.start_blog("notes", "Notes", "Maya")
    network.world.set_about("notes", "Code: pln-7Q2F <me>")
    network.world.set_rel_me("notes", ["http://127.0.0.1:9/@maya"])
    page = client.ask("/blogs/notes/").body.decode()
    for media_type, name in (("rss+xml", "feed"), ("atom+xml", "atom.xml"), ("feed+json", "feed.json")):
        assert f'<link rel="alternate" type="application/{media_type}"' in page
        assert f'href="{client.base_url}/blogs/notes/{name}"' in page
    assert '<link rel="me" href="http://127.0.0.1:9/@maya">' in page
    assert "Code: pln-7Q2F &lt;me&gt;" in page


def test_every_link_of_a_feed_opens(client: Client, played: Story) -> None:
    parsed = feedparser.parse(client.ask("/blogs/tomas/feed").body)
    for address in [parsed.feed.link, *(entry.link for entry in parsed.entries), *(e.id for e in parsed.entries)]:
        assert client.ask(address).status == 200


def test_an_address_without_its_slash_leads_to_the_blog(client: Client, played: Story) -> None:
    answer = client.ask("/blogs/tomas")
    assert (answer.status, answer.headers["Location"]) == (308, f"{client.base_url}/blogs/tomas/")
    assert client.ask("/blogs/nobody/").status == 404
