"""Recorded answers of Mastodon 4.6 and of a large instance, all of them through the adapter."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms.mastodon import MASTODON
from plnapi.platforms.mastodon.json import read_account, read_following, read_relationships
from plnapi.platforms.mastodon.statuses import read_favourites, read_statuses
from plnapi.platforms.types import Act, Follow, Other, ParseFailed, Post, Profile, Seen, Subject
from tests.platforms.contract import mutated
from tests.platforms.drive import Network, drive

SHARED = Path(__file__).parents[3] / "shared" / "recorded" / "mastodon"
FILES = sorted(SHARED.glob("*.json"))
BASE = "http://localhost:3000"
ME = frozenset({f"{BASE}/@mastodonpy_test", f"{BASE}/ap/users/117020565966271181"})
TYPED = Subject("@mastodonpy_test@localhost:3000", "acct:mastodonpy_test@localhost:3000", f"{BASE}/@mastodonpy_test")

pytestmark = [pytest.mark.real, pytest.mark.skipif(not FILES, reason="../shared is absent")]


def exchanges(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((SHARED / name).read_text())
    return found


def response(exchange: dict[str, Any]) -> Response:
    """The answer as the door to the network gives it: `Link` by relation."""
    links = {}
    for part in exchange["headers"].get("link", "").split(", <"):
        target, _, relation = part.strip("<").partition('>; rel="')
        links[relation.rstrip('"')] = target
    body = json.dumps(exchange["body"]).encode()
    return Response(exchange["status"], exchange["uri"], exchange["headers"], body, links)


class Recorded(Network):
    """Answers by path and by those parameters that page a list; how many a page holds is the recording's choice."""

    def __init__(self, *names: str) -> None:
        super().__init__({self.key(e["uri"]): response(e) for name in names for e in exchanges(name)})

    @staticmethod
    def key(url: str) -> str:
        path, _, query = url.partition("?")
        kept = [part for part in query.split("&") if part.startswith(("acct=", "max_id=", "min_id=", "since_id="))]
        return f"{path}?{'&'.join(kept)}"

    def answer(self, fetch: Fetch) -> Response:
        self.asked.append(fetch)
        found = self.answers.get(self.key(fetch.url))
        assert isinstance(found, Response), fetch.url
        return found


@pytest.mark.parametrize("name", [file.name for file in FILES])
def test_every_recorded_answer_ends_every_look_in_one_clear_outcome(name: str) -> None:
    for exchange in exchanges(name):
        for what in sorted(MASTODON.capabilities.looks):
            for subject in (known("117020565966271181"), signed("117020565966271181")):
                seen = drive(MASTODON.look(what, subject, {}), Same(response(exchange)))
                assert seen.coverage.state == "complete" or seen.coverage.reason


@pytest.mark.parametrize("name", [file.name for file in FILES])
def test_every_recorded_answer_may_be_changed_in_any_field_and_every_look_still_ends_so(name: str) -> None:
    answers = [response(exchange) for exchange in exchanges(name)]

    @settings(max_examples=25)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        changed = data.draw(mutated(data.draw(st.sampled_from(answers))))
        what = data.draw(st.sampled_from(sorted(MASTODON.capabilities.looks)))
        try:
            seen = drive(MASTODON.look(what, signed("117020565966271181"), {}), Same(changed))
        except FetchFailed:
            return
        assert seen.coverage.state == "complete" or seen.coverage.reason
        acts = [item for item in seen.items if isinstance(item, Act)]
        assert all(act.actor_keys or what != "received" for act in acts)

    holds()


@pytest.mark.parametrize("name", [file.name for file in FILES])
def test_every_recorded_account_and_status_can_be_read(name: str) -> None:
    for body in (exchange["body"] for exchange in exchanges(name)):
        for account in found(body, {"username", "acct", "note"}):
            read = read_account(json.dumps(account).encode(), "localhost:3000")
            assert read.id == account["id"] and read.profile.account.uri == account["uri"]
        for status in found(body, {"content", "account", "reblog"}):
            author = (status["reblog"] or status)["account"]
            page = read_statuses(json.dumps([status]).encode(), base(author["uri"]), frozenset({author["uri"]}))
            assert page.malformed == 0
            shown = (status["reblog"] or status)["visibility"] in {"public", "unlisted"}
            assert len(page.items) == (1 if shown else 0)
            if page.items:
                post = page.items[0]
                assert isinstance(post, Post)
                assert set(post.tags) >= {tag["name"] for tag in (status["reblog"] or status)["tags"]}


class Same(Network):
    """Gives one answer, whatever is asked."""

    def __init__(self, answer: Response | FetchFailed) -> None:
        super().__init__()
        self.one = answer

    def answer(self, fetch: Fetch) -> Response:
        if isinstance(self.one, FetchFailed):
            raise self.one
        return self.one


def base(uri: str) -> str:
    return "/".join(uri.split("/")[:3])


def found(value: Any, names: set[str]) -> list[dict[str, Any]]:
    """All objects inside `value` that have these fields."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    here = [value] if isinstance(value, dict) and names <= value.keys() else []
    return here + [one for child in inner for one in found(child, names)]


def known(number: str) -> Subject:
    """The recorded account as it is stored once it is proven."""
    data = {"id": number, "host": "localhost:3000"}
    return Subject(TYPED.handle, f"{BASE}/ap/users/{number}", TYPED.url, data)


def signed(number: str) -> Subject:
    """The same with a token of its own, a post that is kept and somebody whose follow is looked for."""
    other = f"{BASE}/ap/users/117020566092212359"
    others = (Other(other, f"{BASE}/@mastodonpy_test_2", "@mastodonpy_test_2@localhost:3000"),)
    return replace(known(number), token="nobodys", known=(f"{BASE}/ap/users/{number}/statuses/1",), others=others)


def look(what: Any, network: Network, subject: Subject) -> Seen:
    return drive(MASTODON.look(what, subject, {}), network)


def test_an_account_is_looked_up() -> None:
    network = Recorded("account-lookup.json", "nodeinfo.json")
    network.put(network.key(f"{BASE}/api/v1/accounts/117020565966271181/statuses?limit=20"), [])
    seen = look("proof", network, TYPED)
    (profile,) = seen.items
    assert isinstance(profile, Profile)
    assert profile.account.uri == f"{BASE}/ap/users/117020565966271181"
    assert "I walk funny" in profile.text and "lasagna" in profile.text
    assert seen.cursor == {"id": "117020565966271181", "host": "localhost:3000", "software": "mastodon"}


def test_an_account_that_does_not_exist_is_gone() -> None:
    missing = "kljadklajsdkljlkjlkjlkjasdasd"
    network = Recorded("account-lookup.json")
    network.put(network.key(f"{BASE}/.well-known/webfinger"), {}, status=404)
    assert look("proof", network, Subject(f"@{missing}@localhost:3000", "", "")).coverage.reason == "gone"


def test_statuses_are_read_page_by_page() -> None:
    name = "account-statuses-pages.json"
    last = [e for e in exchanges(name) if "max_id" in e["uri"]][-1]
    onward = response(last).links["next"]
    network = Recorded(name)
    network.answers[Recorded.key(onward)] = Response(200, onward, {"content-type": "application/json"}, b"[]")
    seen = look("posts", network, known("117020565966271181"))
    sent = [status["uri"] for e in exchanges(name)[1:3] for status in e["body"]]
    assert [item.uri for item in seen.items if isinstance(item, Post)] == sent
    assert seen.coverage.state == "complete" and seen.cursor["newest"] == exchanges(name)[1]["body"][0]["id"]


def test_a_kept_post_that_the_recorded_pages_leave_out_is_gone() -> None:
    """By its number it would stand on the first page; the newest post of the account is asked for along with it."""
    name, number = "account-statuses-pages.json", "117020565966271181"
    first = exchanges(name)[1]["body"]
    missing = str(int(first[1]["id"]) + 1)
    network = Recorded(name)
    asked = f"{BASE}/api/v1/statuses"
    network.answers[Recorded.key(asked)] = replace(response(exchanges(name)[1]), url=asked)
    kept = (first[0]["uri"], f"{BASE}/ap/users/{number}/statuses/{missing}", first[2]["uri"])
    network.answers[Recorded.key(response(exchanges(name)[2]).links["next"])] = Response(
        200, asked, {"content-type": "application/json"}, b"[]"
    )
    seen = look("posts", network, replace(known(number), known=kept))
    assert seen.removed == (kept[1],)
    assert network.urls[-1] == f"{asked}?id[]={first[0]['id']}&id[]={missing}"


def test_relationships_are_read() -> None:
    answer = exchanges("relationships.json")[1]["body"]
    assert read_relationships(json.dumps(answer).encode()) == {answer[0]["id"]: answer[0]["followed_by"]}


def test_statuses_of_others_are_read_as_likes_are() -> None:
    for name in ("tag-timeline.json", "tag-timeline-pages.json", "account-statuses-pages.json"):
        for statuses in (e["body"] for e in exchanges(name) if e["body"] and isinstance(e["body"], list)):
            page = read_favourites(json.dumps(statuses).encode(), base(statuses[0]["uri"]))
            shown = [status for status in statuses if status["visibility"] in {"public", "unlisted"}]
            assert page.malformed == 0
            assert [item.object_uri for item in page.items if isinstance(item, Act)] == [s["uri"] for s in shown]


def test_an_empty_following_list_proves_nothing() -> None:
    name = "following-empty.json"
    account, _ = exchanges(name)
    network = Recorded(name)
    number = account["body"]["id"]
    network.answers[Recorded.key(f"{BASE}/api/v1/accounts/{number}")] = response(account)
    seen = look("follows", network, known(number))
    assert seen.coverage.reason == "empty_list_proves_nothing"


def test_lists_of_accounts_are_read_as_lists_of_followed_ones_are() -> None:
    for name in ("favourited-by.json", "reblogged-by.json"):
        for exchange in exchanges(name):
            page = read_following(json.dumps(exchange["body"]).encode(), "localhost:3000")
            assert page.malformed == 0
            uris = [item.account.uri for item in page.items if isinstance(item, Follow)]
            assert uris == [account["uri"] for account in exchange["body"]]


def test_an_error_body_is_no_list() -> None:
    with pytest.raises(ParseFailed):
        read_statuses(json.dumps(exchanges("status-missing.json")[0]["body"]).encode(), BASE, ME)
