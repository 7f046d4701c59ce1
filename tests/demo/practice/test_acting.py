"""What a person does by API with a token, and what others then see."""

import json

import pytest

from demo.practice import Served

from .conftest import Answer, Client


@pytest.fixture
def tokens(network: Served) -> dict[str, str]:
    """Tokens of ada, maya and a group."""
    accounts = [network.world.open_account(name, group=name == "circle") for name in ("ada", "maya", "circle")]
    return {account.username: account.token for account in accounts}


def relationship(client: Client, token: str, username: str) -> dict[str, object]:
    answer = client.ask(f"/api/v1/accounts/relationships?id[]={client.account(username)['id']}", token=token)
    found: dict[str, object] = answer.json[0]
    return found


def act(client: Client, token: str, path: str, data: dict[str, str] | None = None, method: str = "POST") -> Answer:
    return client.ask(path, method=method, token=token, data=data or {})


def test_a_follow_shows_in_relationships_on_both_sides(client: Client, tokens: dict[str, str]) -> None:
    path = f"/api/v1/accounts/{client.account('ada')['id']}"
    assert relationship(client, tokens["maya"], "ada")["following"] is False
    assert act(client, tokens["maya"], f"{path}/follow").json["following"] is True
    assert relationship(client, tokens["maya"], "ada")["following"] is True
    assert relationship(client, tokens["ada"], "maya")["followed_by"] is True
    assert [account["username"] for account in client.ask(f"{path}/followers").json] == ["maya"]
    assert act(client, tokens["maya"], f"{path}/unfollow").json["following"] is False
    assert client.ask(f"{path}/followers").json == []


def test_following_oneself_is_refused(client: Client, tokens: dict[str, str]) -> None:
    answer = act(client, tokens["ada"], f"/api/v1/accounts/{client.account('ada')['id']}/follow")
    assert (answer.status, answer.json) == (403, {"error": "This action is not allowed"})


def test_a_post_is_seen_boosted_liked_and_deleted(client: Client, tokens: dict[str, str]) -> None:
    made = act(client, tokens["maya"], "/api/v1/statuses", {"status": "Hello #SUB101"}).json
    path = f"/api/v1/statuses/{made['id']}"
    assert client.ask("/api/v1/timelines/tag/sub101").json[0]["uri"] == made["uri"]
    assert act(client, tokens["ada"], f"{path}/reblog").json["reblog"]["id"] == made["id"]
    assert act(client, tokens["ada"], f"{path}/favourite").json["favourited"] is True
    for people in ("reblogged_by", "favourited_by"):
        assert [account["username"] for account in client.ask(f"{path}/{people}").json] == ["ada"]
    assert act(client, tokens["ada"], path, method="DELETE").status == 404
    assert act(client, tokens["maya"], path, method="DELETE").json["text"] == "Hello #SUB101"
    assert client.ask(path).status == 404
    assert client.ask(f"/api/v1/accounts/{client.account('ada')['id']}/statuses").json == []


def test_boosting_and_liking_twice_is_once(client: Client, tokens: dict[str, str]) -> None:
    path = f"/api/v1/statuses/{act(client, tokens['maya'], '/api/v1/statuses', {'status': 'Once'}).json['id']}"
    for verb in ("reblog", "favourite"):
        assert act(client, tokens["ada"], f"{path}/{verb}").status == 200
        assert act(client, tokens["ada"], f"{path}/{verb}").status == 200
    found = client.ask(path).json
    assert (found["reblogs_count"], found["favourites_count"]) == (1, 1)


def test_a_reply_counts_and_names_whom_it_answers(client: Client, tokens: dict[str, str]) -> None:
    made = act(client, tokens["maya"], "/api/v1/statuses", {"status": "Question"}).json
    said = {"status": "@maya Answer", "in_reply_to_id": made["id"]}
    reply = act(client, tokens["ada"], "/api/v1/statuses", said).json
    assert reply["in_reply_to_account_id"] == made["account"]["id"]
    assert [mention["username"] for mention in reply["mentions"]] == ["maya"]
    assert client.ask(f"/api/v1/statuses/{made['id']}").json["replies_count"] == 1


def test_a_group_passes_on_a_post_that_mentions_it(client: Client, tokens: dict[str, str]) -> None:
    made = act(client, tokens["maya"], "/api/v1/statuses", {"status": "@circle Does this work?"}).json
    passed_on = client.ask(f"/api/v1/accounts/{client.account('circle')['id']}/statuses").json
    assert [status["reblog"]["id"] for status in passed_on] == [made["id"]]
    assert client.account("circle")["group"] is True


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"status": " "}, "Validation failed: Text can't be blank"),
        ({"status": "x" * 501}, "Validation failed: Text character limit of 500 exceeded"),
        ({"status": "x", "visibility": "all"}, "Validation failed: Visibility all is not included in the list"),
    ],
)
def test_a_post_that_cannot_be_is_refused(
    client: Client, tokens: dict[str, str], said: dict[str, str], complaint: str
) -> None:
    answer = act(client, tokens["maya"], "/api/v1/statuses", said)
    assert (answer.status, answer.json) == (422, {"error": complaint})


def test_writing_needs_a_token(client: Client, tokens: dict[str, str]) -> None:
    answer = client.ask("/api/v1/statuses", method="POST", data={"status": "Hello"})
    assert (answer.status, client.account("maya")["statuses_count"]) == (401, 0)


def test_a_profile_is_changed_by_form(client: Client, tokens: dict[str, str]) -> None:
    said = {
        "note": "Code: <pln-7Q2F>\nhttps://maya.example/",
        "fields_attributes[0][name]": "Blog",
        "fields_attributes[0][value]": "https://maya.example/",
    }
    own = act(client, tokens["maya"], "/api/v1/accounts/update_credentials", said, "PATCH").json
    seen = client.account("maya")
    assert own["source"]["note"] == said["note"]
    assert seen["note"].startswith("<p>Code: &lt;pln-7Q2F&gt;<br />")
    assert (seen["fields"][0]["name"], 'rel="nofollow noopener noreferrer me"' in seen["fields"][0]["value"]) == (
        "Blog",
        True,
    )


def test_json_that_is_no_object_is_refused(client: Client, tokens: dict[str, str], network: Served) -> None:
    body = json.dumps(["status"]).encode()
    with network.world.lock:
        before = len(network.world.statuses)
    answer = client.ask_raw("/api/v1/statuses", body, token=tokens["maya"], Content_Type="application/json")
    assert (answer.status, len(network.world.statuses)) == (400, before)
