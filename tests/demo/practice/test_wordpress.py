"""What a reader of WordPress' REST API gets from a blog of the practice network."""

import pytest

from demo.practice import Served

from .conftest import Client

API = "/blogs/maps/wp-json/wp/v2"


@pytest.fixture(autouse=True)
def blog(network: Served) -> None:
    world = network.world
    world.start_blog("maps", "Old maps", "Maya", rest=True)
    world.publish("maps", "First & last", "<p>Five maps</p>", categories=("SUB101", "Maps"))
    world.publish("maps", "Second", "<p>None</p>")
    world.start_blog("plain", "Plain", "Tomás")


def test_the_front_page_announces_the_api_in_its_head_and_its_headers(client: Client) -> None:
    answer = client.ask("/blogs/maps/")
    assert answer.link("https://api.w.org/") == f"{client.base_url}/blogs/maps/wp-json/"
    assert b'rel="https://api.w.org/"' in answer.body
    assert "wp/v2" in client.ask("/blogs/maps/wp-json/").json["namespaces"]
    assert client.ask("/blogs/plain/wp-json/").status == 404


def test_posts_have_the_guid_of_the_feed_and_the_numbers_of_their_tags(client: Client) -> None:
    second, first = client.ask(f"{API}/posts").json
    assert first["guid"]["rendered"] == f"{client.base_url}/blogs/maps/?p=1"
    assert first["title"]["rendered"] == "First &amp; last"
    names = {tag["id"]: tag["name"] for tag in client.ask(f"{API}/tags").json}
    assert [names[id] for id in first["tags"]] == ["SUB101", "Maps"]
    assert second["tags"] == []


def test_posts_are_found_by_tag_by_number_and_by_fields(client: Client) -> None:
    (tag,) = client.ask(f"{API}/tags?slug=sub101").json
    assert [post["id"] for post in client.ask(f"{API}/posts?tags={tag['id']}").json] == [1]
    assert client.ask(f"{API}/posts?include=2,7&_fields=id,guid.rendered").json[0].keys() == {"id", "guid"}


def test_pages_are_linked_and_one_past_the_end_is_refused(client: Client) -> None:
    first = client.ask(f"{API}/posts?per_page=1")
    assert (first.headers["X-WP-Total"], first.headers["X-WP-TotalPages"]) == ("2", "2")
    assert [post["id"] for post in client.ask(first.link("next") or "").json] == [1]
    past = client.ask(f"{API}/posts?per_page=1&page=3")
    assert (past.status, past.json["code"]) == (400, "rest_post_invalid_page_number")
    assert client.ask(f"{API}/posts?per_page=101").status == 400


def test_comments_of_a_post_carry_what_the_reader_typed(network: Served, client: Client) -> None:
    network.world.comment("maps", 1, "Somebody", "I agree & more", author_url="https://example.net/me")
    (comment,) = client.ask(f"{API}/comments?post=1").json
    assert (comment["author_name"], comment["author_url"]) == ("Somebody", "https://example.net/me")
    assert comment["content"]["rendered"] == "<p>I agree &amp; more</p>"
    assert comment["link"].endswith("#comment-1")
    assert client.ask(f"{API}/comments?post=2").json == []


def test_an_entry_that_was_taken_away_is_gone_and_its_number_is_not_given_again(
    network: Served, client: Client
) -> None:
    network.world.unpublish("maps", 1)
    assert client.ask(f"{API}/posts/1").status == 404
    assert [post["id"] for post in client.ask(f"{API}/posts").json] == [2]
    network.world.unpublish("maps", 2)
    assert network.world.publish("maps", "Third", "<p>x</p>").number == 3
