"""What a reader of the Mastodon API gets from the practice network, over real HTTP."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from demo.practice import PracticeNetwork, Served, Story
from demo.practice.world import World

from .conftest import START, Client

RECORDED = Path(__file__).parents[4] / "shared" / "recorded" / "mastodon"


def write(world: World, username: str, number: int) -> list[str]:
    world.open_account(username)
    return [str(world.post(username, f"Post {each} #SUB101").id) for each in range(number)]


@pytest.mark.parametrize("query", ["", "?limit=7", "?limit=7&exclude_reblogs=true", "?tagged=SUB101&limit=40"])
def test_paging_by_link_gives_each_status_once(network: Served, client: Client, query: str) -> None:
    written = write(network.world, "ada", 45)
    found = client.all_pages(f"/api/v1/accounts/{client.account('ada')['id']}/statuses{query}")
    assert [status["id"] for status in found] == written[::-1]


def test_a_full_page_links_on_with_its_filters_and_a_short_one_does_not(network: Served, client: Client) -> None:
    written = write(network.world, "ada", 5)
    path = f"/api/v1/accounts/{client.account('ada')['id']}/statuses?limit=3&tagged=sub101"
    first = client.ask(path)
    assert first.link("next") == f"{network.base_url}{path.split('?')[0]}?limit=3&max_id={written[2]}&tagged=sub101"
    assert first.link("prev") == f"{network.base_url}{path.split('?')[0]}?limit=3&min_id={written[4]}&tagged=sub101"
    assert client.ask(str(first.link("next"))).link("next") is None


def test_min_id_starts_just_after_it_and_since_id_at_the_newest(network: Served, client: Client) -> None:
    written = write(network.world, "ada", 6)
    path = f"/api/v1/accounts/{client.account('ada')['id']}/statuses?limit=2"
    assert [s["id"] for s in client.ask(f"{path}&min_id={written[1]}").json] == [written[3], written[2]]
    assert [s["id"] for s in client.ask(f"{path}&since_id={written[1]}").json] == [written[5], written[4]]


def test_a_tag_timeline_links_on_until_an_empty_page(network: Served, client: Client) -> None:
    written = write(network.world, "ada", 3)
    page = client.ask("/api/v1/timelines/tag/Sub101")
    assert [status["id"] for status in page.json] == written[::-1]
    last = client.ask(str(page.link("next")))
    assert (last.json, last.headers["Link"]) == ([], None)


def test_followers_come_in_pages_with_internal_ids(network: Served, client: Client, played: Story) -> None:
    group = client.account("sub101_circle")
    first = client.ask(f"/api/v1/accounts/{group['id']}/followers")
    found = client.all_pages(f"/api/v1/accounts/{group['id']}/followers?limit=20")
    assert len(first.json) == 40
    assert len({account["id"] for account in found}) == len(found) == group["followers_count"] == 50
    assert {"maya", "kwame"} <= {account["username"] for account in found}
    assert str(first.json[-1]["id"]) not in str(first.link("next"))


def test_the_tagged_filter_takes_any_case_and_leaves_other_posts_out(client: Client, played: Story) -> None:
    priya = client.account("priya_n")["id"]
    assert [s["tags"] for s in client.ask(f"/api/v1/accounts/{priya}/statuses?tagged=SUB101").json] == [
        [{"name": "sub101", "url": f"{client.base_url}/tags/sub101"}]
    ]
    assert len(client.ask(f"/api/v1/accounts/{priya}/statuses").json) == 2


def test_a_hashtag_is_rendered_as_mastodon_does(network: Served, client: Client) -> None:
    network.world.open_account("ada")
    made = network.world.post("ada", "See #SUB101 & <b>#12</b>, https://example.org/a#b.")
    content = client.ask(f"/api/v1/statuses/{made.id}").json["content"]
    tag = f'<a href="{client.base_url}/tags/SUB101" class="mention hashtag" rel="tag">#<span>SUB101</span></a>'
    assert content.startswith(f"<p>See {tag} &amp; &lt;b&gt;#12&lt;/b&gt;, <a href=")
    assert made.tags == ("sub101",)


def test_replies_and_boosts_can_be_left_out(client: Client, played: Story) -> None:
    path = f"/api/v1/accounts/{client.account('maya')['id']}/statuses?limit=40"
    everything, plain = client.all_pages(path), client.all_pages(f"{path}&exclude_replies=1&exclude_reblogs=1")
    assert {"reblog", "in_reply_to_id"} == {
        name for s in everything for name in ("reblog", "in_reply_to_id") if s[name]
    }
    assert len(plain) == len(everything) - 2
    assert not any(status["reblog"] or status["in_reply_to_id"] for status in plain)


def test_a_boost_is_an_empty_wrapper_around_the_original(client: Client, played: Story) -> None:
    path = f"/api/v1/accounts/{client.account('maya')['id']}/statuses"
    wrapper = next(status for status in client.ask(path).json if status["reblog"])
    assert (wrapper["content"], wrapper["tags"], wrapper["account"]["username"]) == ("", [], "maya")
    assert wrapper["reblog"]["account"]["username"] == "ines_library"
    boosters = client.ask(f"/api/v1/statuses/{wrapper['reblog']['id']}/reblogged_by").json
    assert [account["username"] for account in boosters] == ["maya"]


def test_a_hidden_follow_list_is_empty_but_its_counts_and_owner_see_it(
    network: Served, client: Client, played: Story
) -> None:
    kwame = client.account("kwame")
    path = f"/api/v1/accounts/{kwame['id']}/following"
    assert (client.ask(path).json, kwame["following_count"], kwame["hide_collections"]) == ([], 4, True)
    assert len(client.ask(path, token=network.world.account("kwame").token).json) == 4


def test_a_thread_has_its_ancestors_and_descendants(client: Client, played: Story) -> None:
    path = f"/api/v1/accounts/{client.account('kwame')['id']}/statuses"
    reply = next(status for status in client.ask(path).json if status["in_reply_to_id"])
    above = client.ask(f"/api/v1/statuses/{reply['id']}/context").json
    assert ([s["account"]["username"] for s in above["ancestors"]], above["descendants"]) == (["maya"], [])
    below = client.ask(f"/api/v1/statuses/{reply['in_reply_to_id']}/context").json
    assert [status["id"] for status in below["descendants"]] == [reply["id"]]


def test_private_posts_are_for_followers(network: Served, client: Client) -> None:
    world = network.world
    for name in ("ada", "maya", "tomas"):
        world.open_account(name)
    world.follow("maya", "ada")
    hidden = world.post("ada", "For those who follow #SUB101", visibility="private")
    path = f"/api/v1/statuses/{hidden.id}"
    assert client.ask(path).status == client.ask(path, token=world.account("tomas").token).status == 404
    assert client.ask(path, token=world.account("maya").token).status == 200
    assert client.ask("/api/v1/timelines/tag/sub101").json == []


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/api/v1/accounts/lookup?acct=nobody", 404, "Record not found"),
        ("/api/v1/accounts/lookup?acct=ada@elsewhere.example", 404, "Record not found"),
        ("/api/v1/statuses/0", 404, "Not Found"),
        ("/api/v1/nothing", 404, "Not Found"),
        ("/api/v1/accounts/relationships?id[]=1", 401, "The access token is invalid"),
    ],
)
def test_errors_are_json_in_mastodons_words(
    network: Served, client: Client, path: str, status: int, message: str
) -> None:
    network.world.open_account("ada")
    answer = client.ask(path)
    assert (answer.status, answer.json) == (status, {"error": message})


def test_a_token_that_is_none_is_refused_even_for_public_reads(network: Served, client: Client) -> None:
    network.world.open_account("ada")
    answer = client.ask(f"/api/v1/accounts/{client.account('ada')['id']}/statuses", token="wrong")
    assert (answer.status, answer.headers["WWW-Authenticate"].split()[0]) == (401, "Bearer")


def test_rate_limit_headers_count_down_to_a_refusal() -> None:
    with PracticeNetwork(rate_limit=2).serving() as network:
        client = Client(network.base_url)
        answers = [client.ask("/api/v2/instance") for _ in range(3)]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert datetime.fromisoformat(answers[0].headers["X-RateLimit-Reset"]).tzinfo is not None


def test_an_answer_that_did_not_change_is_304(network: Served, client: Client) -> None:
    network.world.open_account("ada")
    path = f"/api/v1/accounts/{client.account('ada')['id']}"
    etag = client.ask(path).headers["ETag"]
    assert etag.startswith('W/"')
    same = client.ask(path, If_None_Match=etag)
    assert (same.status, len(same.headers.get_all("Date", []))) == (304, 1)
    network.world.set_note("ada", "changed")
    assert client.ask(path, If_None_Match=etag).status == 200


@pytest.mark.skipif(not RECORDED.is_dir(), reason="../shared is absent")
@pytest.mark.parametrize(
    ("recorded", "ours"),
    [
        ("account-lookup.json", "/api/v1/accounts/lookup?acct=maya"),
        ("account-statuses-pages.json", "/api/v1/accounts/{id}/statuses?limit=5"),
        ("tag-timeline.json", "/api/v1/timelines/tag/sub101"),
        ("relationships.json", "/api/v1/accounts/relationships?id[]={id}"),
    ],
)
def test_answers_have_the_fields_of_a_recorded_server(
    network: Served, client: Client, played: Story, recorded: str, ours: str
) -> None:
    exchanges = json.loads((RECORDED / recorded).read_text())
    theirs = next(each["body"] for each in exchanges if each["status"] == 200 and _same(each["uri"], ours))
    path = ours.format(id=client.account("maya")["id"])
    answer = client.ask(path, token=network.world.account("ada").token).json
    assert _fields(answer) == _fields(theirs)


def test_an_account_found_by_handle_has_addresses_on_this_server(client: Client, played: Story) -> None:
    handle = f"ada@{client.base_url.removeprefix('http://')}"
    found = client.account(handle.upper())
    assert (found["uri"], found["url"]) == (f"{client.base_url}/users/ada", f"{client.base_url}/@ada")
    assert found["acct"] == "ada"


def test_ids_and_dates_sort_alike(client: Client, played: Story) -> None:
    found = client.ask("/api/v1/timelines/tag/sub101?limit=40").json
    assert found == sorted(found, key=lambda status: str(status["created_at"]), reverse=True)
    assert found[-1]["created_at"] == f"{START:%Y-%m-%dT%H:%M:%S}.000Z"


def _same(uri: str, path: str) -> bool:
    name = path.split("?")[0].rsplit("/", 1)[1] if "tag/" not in path else "tag/"
    return f"{name}?" in uri or (name == "tag/" and name in uri)


def _fields(body: Any) -> set[str]:
    one = body[0] if isinstance(body, list) else body
    assert one
    inner = one.get("account", {})
    return {*one, *(f"account.{name}" for name in inner)}
