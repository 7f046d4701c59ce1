"""What a reader of the AT Protocol gets from the practice network, and what plnapi makes of it, over real HTTP."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest

from demo.practice import Served
from demo.practice.bluesky import POST, Bluesky
from plnapi.harvest.driver import Task, look_all
from plnapi.harvest.sandbox import Sandbox
from plnapi.http.policy import Policy
from plnapi.platforms.bluesky import adapter
from plnapi.platforms.bluesky.services import Services
from plnapi.platforms.types import Follow, Post, Profile, Seen, Subject

from .conftest import START, Answer, Client


@pytest.fixture
def sky(network: Served) -> Bluesky:
    """Ada, Bob and Cleo; Ada follows Bob and has written with a tag in each of its places."""
    sky = network.bluesky
    for name in ("ada", "bob", "cleo"):
        sky.open_account(f"{name}.test", name.title(), description=f"I am {name}.")
    sky.follow("ada.test", "bob.test")
    for minute, said in enumerate([{"text": "Hé #SUB101"}, {"text": "Beside", "tags": ["sub101"]}]):
        sky.post("ada.test", **said, at=START + timedelta(minutes=minute))  # type: ignore[arg-type]
    sky.post("ada.test", "Bare #SUB101", linked=False, at=START + timedelta(minutes=2))
    return sky


def ask(client: Client, method: str, **asked: Any) -> Answer:
    return client.ask(f"/xrpc/{method}?{urlencode(asked, doseq=True)}")


# ---- the reads


def test_a_name_leads_to_a_document_and_back(network: Served, sky: Bluesky, client: Client) -> None:
    did = ask(client, "com.atproto.identity.resolveHandle", handle="ADA.test").json["did"]
    document = client.ask(f"/{did}")
    assert document.headers["Content-Type"].startswith("application/did+ld+json")
    assert (document.json["id"], document.json["alsoKnownAs"]) == (did, ["at://ada.test"])
    assert document.json["service"][0]["serviceEndpoint"] == network.base_url
    sky.change_handle("ada.test", "ada-l.test")
    assert client.ask(f"/{did}").json["alsoKnownAs"] == ["at://ada-l.test"]


@pytest.mark.parametrize(
    ("method", "asked", "message"),
    [
        ("com.atproto.identity.resolveHandle", {"handle": "nobody.test"}, "Unable to resolve handle"),
        ("com.atproto.identity.resolveHandle", {}, 'Error: Params must have the property "handle"'),
        ("app.bsky.actor.getProfile", {"actor": "nobody.test"}, "Profile not found"),
        ("app.bsky.graph.getFollows", {"actor": "nobody.test"}, "Actor not found"),
        ("com.atproto.repo.listRecords", {"repo": "nobody.test", "collection": POST}, "Could not find repo: nobody.test"),
        ("app.bsky.graph.getFollows", {"actor": "ada.test", "limit": 101}, "Error: limit can not be greater than 100"),
        (
            "app.bsky.graph.getRelationships", {"actor": "ada.test", "others": ["x"] * 31},
            "Error: others must not have more than 30 elements",
        ),
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_400(sky: Bluesky, client: Client, method: str, asked: Any, message: str) -> None:
    answer = ask(client, method, **asked)
    assert (answer.status, answer.json) == (400, {"error": "InvalidRequest", "message": message})


def test_records_come_newest_first_with_a_cursor_on_the_last_page_too(sky: Bluesky, client: Client) -> None:
    asked = {"repo": sky.person("ada.test").did, "collection": POST, "limit": 2}
    first = ask(client, "com.atproto.repo.listRecords", **asked).json
    second = ask(client, "com.atproto.repo.listRecords", **asked, cursor=first["cursor"]).json
    third = ask(client, "com.atproto.repo.listRecords", **asked, cursor=second["cursor"]).json
    written = [one["value"]["text"] for page in (first, second, third) for one in page["records"]]
    assert written == ["Bare #SUB101", "Beside", "Hé #SUB101"]
    assert (third["records"], "cursor" in third) == ([], False)
    (facet,) = second["records"][0]["value"]["facets"]
    assert facet["index"] == {"byteStart": 4, "byteEnd": 11}  # é is two bytes


def test_relationships_are_told_for_dids_and_silently_not_for_handles(sky: Bluesky, client: Client) -> None:
    ada, bob = sky.person("ada.test").did, sky.person("bob.test").did
    told = ask(client, "app.bsky.graph.getRelationships", actor=bob, others=[ada, "ada.test"]).json["relationships"]
    assert told[0]["followedBy"].startswith(f"at://{ada}/app.bsky.graph.follow/")
    assert "followedBy" not in told[1]


def test_follows_and_followers_are_two_sides_of_one_record(sky: Bluesky, client: Client) -> None:
    assert [one["handle"] for one in ask(client, "app.bsky.graph.getFollows", actor="ada.test").json["follows"]] == [
        "bob.test"
    ]
    assert [
        one["handle"] for one in ask(client, "app.bsky.graph.getFollowers", actor="bob.test").json["followers"]
    ] == ["ada.test"]
    sky.unfollow("ada.test", "bob.test")
    assert ask(client, "app.bsky.graph.getFollowers", actor="bob.test").json["followers"] == []


def test_a_feed_has_reposts_of_others_among_it(sky: Bluesky, client: Client) -> None:
    theirs = sky.post("bob.test", "Mine")
    sky.repost("ada.test", theirs)
    feed = ask(client, "app.bsky.feed.getAuthorFeed", actor="ada.test").json["feed"]
    assert [entry["post"]["author"]["handle"] for entry in feed] == ["bob.test", *["ada.test"] * 3]
    assert feed[0]["reason"]["by"]["handle"] == "ada.test"
    sky.delete_post(theirs)
    assert len(ask(client, "app.bsky.feed.getAuthorFeed", actor="ada.test").json["feed"]) == 3


def test_profiles_of_several_are_answered_for_those_who_are_there(sky: Bluesky, client: Client) -> None:
    sky.close_account("cleo.test")
    answer = ask(client, "app.bsky.actor.getProfiles", actors=["ada.test", "cleo.test", "nobody.test"]).json
    assert [(one["handle"], one["followsCount"]) for one in answer["profiles"]] == [("ada.test", 1)]
    refused = ask(client, "app.bsky.actor.getProfile", actor="cleo.test")
    assert (refused.status, refused.json["error"]) == (400, "AccountDeactivated")
    assert client.ask(f"/{sky.people[next(did for did, one in sky.people.items() if one.closed)].did}").status == 410


# ---- plnapi reads them


@dataclass
class Reader:
    """The adapter, with the real client and the real child that parses."""

    served: Served
    sandbox: Sandbox

    def look(self, what: Any, subject: Subject, cursor: Mapping[str, Any] | None = None) -> Seen:
        services = Services(self.served.base_url, self.served.base_url)
        policy = Policy(loopback=frozenset({self.served.domain}), contact="https://plnapi.example/", host_interval=0)
        begin = partial(adapter.Bluesky(services).look, what, subject, cursor or {})
        ((_, seen),) = look_all([Task(what, begin, cursor or {})], policy, self.sandbox)
        return seen

    def proven(self, handle: str) -> Subject:
        typed = adapter.BLUESKY.read_address(handle)
        assert typed is not None
        seen = self.look("proof", Subject(typed.handle, typed.uri, typed.url))
        (item,) = seen.items
        assert isinstance(item, Profile)
        return Subject(item.account.handle, item.account.uri, item.account.url, seen.cursor)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def reader(network: Served, sky: Bluesky, sandbox: Sandbox) -> Reader:
    return Reader(network, sandbox)


def test_an_account_is_proven_by_its_profile_or_by_a_post(sky: Bluesky, reader: Reader) -> None:
    sky.set_description("ada.test", "My code: PLN-ABCD")
    sky.post("ada.test", "And PLN-WXYZ")
    (item,) = reader.look("proof", Subject("@ada.test", "at://ada.test", "")).items
    assert isinstance(item, Profile)
    assert "PLN-ABCD" in item.text and "PLN-WXYZ" in item.text
    assert (item.account.uri, item.account.handle) == (sky.person("ada.test").did, "@ada.test")


def test_tagged_posts_follows_and_their_ends_are_seen(sky: Bluesky, reader: Reader) -> None:
    ada = reader.proven("@ada.test")
    posts = reader.look("posts", ada)
    assert [item.tags for item in posts.items if isinstance(item, Post)] == [(), ("sub101",), ("SUB101",)]
    (follow,) = reader.look("follows", ada).items
    assert isinstance(follow, Follow)
    assert follow.account.keys & adapter.BLUESKY.address_keys("@bob.test")
    first = posts.items[0]
    assert isinstance(first, Post)
    sky.delete_post(first.uri)
    sky.unfollow("ada.test", "bob.test")
    assert reader.look("posts", ada, posts.cursor).removed == (first.uri,)
    after = reader.look("follows", ada)
    assert (after.items, after.coverage.state, after.coverage.reason) == ((), "complete", "no_follows")


def test_a_reply_names_what_it_replies_to(sky: Bluesky, reader: Reader) -> None:
    question = sky.post("bob.test", "What did you read? #SUB101")
    sky.post("cleo.test", "A chapter #SUB101", reply_to=question)
    (post,) = reader.look("posts", reader.proven("@cleo.test")).items
    assert isinstance(post, Post) and post.in_reply_to == question


def test_a_changed_handle_keeps_the_account_and_a_closed_one_is_gone(sky: Bluesky, reader: Reader) -> None:
    ada = reader.proven("@ada.test")
    sky.change_handle("ada.test", "countess.test")
    assert len(reader.look("posts", ada).items) == 3
    assert reader.proven("@countess.test").uri == ada.uri
    sky.close_account("countess.test")
    for what in ("proof", "posts", "follows"):
        assert reader.look(what, ada).coverage.reason == "gone"


def test_a_list_of_two_pages_is_read_whole(sky: Bluesky, reader: Reader) -> None:
    for number in range(150):
        sky.open_account(f"p{number}.test")
        sky.follow("cleo.test", f"p{number}.test")
    seen = reader.look("follows", reader.proven("@cleo.test"))
    assert (len(seen.items), seen.coverage.state) == (150, "complete")
