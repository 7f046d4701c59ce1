"""How a stranger finds an account here: WebFinger, NodeInfo, ActivityPub, and pages for people."""

import pytest

from demo.practice import Served, Story

from .conftest import Client

ACTIVITY = "application/activity+json"


def test_webfinger_leads_from_a_handle_to_the_actor(network: Served, client: Client, played: Story) -> None:
    for resource in (f"acct:ada@{network.domain}", f"{network.base_url}/@ada", f"{network.base_url}/users/ada"):
        answer = client.ask(f"/.well-known/webfinger?resource={resource}")
        assert answer.headers.get_content_type() == "application/jrd+json"
        assert answer.json["subject"] == f"acct:ada@{network.domain}"
        links = {link["rel"]: link["href"] for link in answer.json["links"]}
        assert links["self"] == client.account("ada")["uri"]


@pytest.mark.parametrize(
    ("query", "status"), [("", 400), ("?resource=acct:ada@elsewhere.example", 404), ("?resource=acct:nobody@{}", 404)]
)
def test_webfinger_knows_only_its_own(network: Served, client: Client, query: str, status: int) -> None:
    assert client.ask("/.well-known/webfinger" + query.format(network.domain)).status == status


def test_nodeinfo_names_the_software(client: Client) -> None:
    link = client.ask("/.well-known/nodeinfo").json["links"][0]["href"]
    assert client.ask(link).json["software"] == {"name": "mastodon", "version": "4.6.4"}


def test_an_actor_is_a_document_for_servers_and_a_page_for_people(client: Client, played: Story) -> None:
    group, person = (client.ask(f"/users/{name}", Accept=ACTIVITY) for name in ("sub101_circle", "maya"))
    assert (group.json["type"], person.json["type"]) == ("Group", "Person")
    assert group.headers.get_content_type() == ACTIVITY
    assert client.ask("/users/maya", Accept="text/html").headers["Location"] == "/@maya"
    assert client.ask("/@maya", Accept=ACTIVITY).json["id"] == person.json["id"]


def test_the_members_of_a_group_are_a_collection(client: Client, played: Story) -> None:
    collection = client.ask("/users/sub101_circle/followers", Accept=ACTIVITY).json
    members, page = [], collection["first"]
    while page:
        document = client.ask(page, Accept=ACTIVITY).json
        members += document["orderedItems"]
        page = document.get("next")
    assert len(set(members)) == len(members) == collection["totalItems"] == 50
    assert f"{client.base_url}/users/maya" in members


def test_a_hidden_collection_has_only_its_number(client: Client, played: Story) -> None:
    collection = client.ask("/users/kwame/following", Accept=ACTIVITY).json
    assert (collection["totalItems"], "first" in collection) == (4, False)
    assert client.ask("/users/kwame/following?page=1", Accept=ACTIVITY).json["orderedItems"] == []


def test_the_address_of_every_post_opens(client: Client, played: Story) -> None:
    for status in client.ask("/api/v1/timelines/tag/sub101").json:
        page = client.ask(status["url"], Accept="text/html")
        assert (page.status, status["content"] in page.body.decode()) == (200, True)
        assert client.ask(status["uri"], Accept=ACTIVITY).json["content"] == status["content"]


def test_a_profile_page_shows_the_note_and_escapes_it(network: Served, client: Client) -> None:
    network.world.open_account("maya", "Maya <Lindqvist>", note="Code: pln-7Q2F <script>")
    page = client.ask("/@maya").body.decode()
    assert "Code: pln-7Q2F &lt;script&gt;" in page
    assert "Maya &lt;Lindqvist&gt;" in page


def test_the_front_page_names_everybody(client: Client, played: Story) -> None:
    page = client.ask("/").body.decode()
    assert all(f'href="/{each}"' in page for each in ("@ada", "@sub101_circle", "blogs/tomas/"))
