"""What goes wrong on the practice network when a scenario is played, and when it ends."""

import json
import time
from pathlib import Path

import pytest

from demo.practice import Served, Story
from demo.practice.scenario import CHANGES, FAULTS, BadScenario, Change, Fault, Scenario, read_scenario
from demo.practice.weather import Weather

from .conftest import Client

FILES = sorted((Path(__file__).parents[3] / "demo" / "scenarios").glob("*.yaml"))


def ids(client: Client, username: str) -> list[str]:
    account = client.account(username)
    return [status["id"] for status in client.all_pages(f"/api/v1/accounts/{account['id']}/statuses")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_a_scenario_that_the_story_can_play(path: Path, network: Served, played: Story) -> None:
    scenario = read_scenario(path)
    assert scenario.title and scenario.look and (scenario.faults or scenario.changes)
    network.weather.play(scenario)
    network.weather.change(network.world)


def test_the_files_show_every_fault_and_every_change_between_them() -> None:
    scenarios = [read_scenario(path) for path in FILES]
    assert {fault.kind for one in scenarios for fault in one.faults} == set(FAULTS)
    assert {change.kind for one in scenarios for change in one.changes} == set(CHANGES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("faults: [{kind: flood}]\ntitle: x", "Must be one of"),
        ("title: x\nchanges: [{kind: move, who: ada}]", "Missing for this kind"),
        ("title: [", "is not YAML"),
        ("- a list", "Invalid input"),
        ("title: x\nfaults: [{kind: slow, seconds: -1}]", "Must be greater"),
        ("title: !!python/object/apply:os.getcwd []", "is not YAML"),
    ],
)
def test_a_file_that_is_no_scenario_is_refused_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadScenario, match=said):
        read_scenario(path)


@pytest.mark.parametrize(
    ("kind", "status", "media_type"),
    [("outage", 503, "text/html"), ("web_page", 200, "text/html"), ("sign_in", 401, "application/json")],
)
def test_a_fault_holds_for_its_paths_and_no_others(
    network: Served, client: Client, played: Story, kind: str, status: int, media_type: str
) -> None:
    network.weather.play(Scenario("", faults=(Fault(kind, paths=("/api/",)),)))
    bad = client.ask("/api/v1/accounts/lookup?acct=maya")
    assert (bad.status, bad.headers.get_content_type()) == (status, media_type)
    assert client.ask("/blogs/tomas/feed").status == 200


def test_a_busy_server_says_when_to_come_back(network: Served, client: Client) -> None:
    network.weather.play(Scenario("", faults=(Fault("busy", seconds=900),)))
    answer = client.ask("/api/v1/instance")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "900")


def test_a_slow_answer_holds_up_nobody_else(network: Served, client: Client) -> None:
    network.weather.play(Scenario("", faults=(Fault("slow", paths=("/api/v1/",), seconds=0.3),)))
    began = time.monotonic()
    assert client.ask("/api/v2/instance").status == 200
    assert time.monotonic() - began < 0.3
    assert client.ask("/api/v1/instance").status == 200
    assert time.monotonic() - began >= 0.3


def test_a_fault_begins_and_ends_at_its_time() -> None:
    moments = iter((0.0, 0.0, 10.0, 14.9, 15.0))
    weather = Weather(lambda: next(moments))
    weather.play(Scenario("", faults=(Fault("outage", after=10, lasts=5),)))
    assert [weather.answer("/") is not None for _ in range(4)] == [False, True, True, False]


def test_a_change_happens_once_when_its_time_has_come(network: Served, played: Story) -> None:
    now = 0.0
    weather = Weather(lambda: now)
    weather.play(Scenario("", changes=(Change("hide_lists", after=10, who="maya"),)))
    weather.change(network.world)
    assert not network.world.account("maya").hide_collections
    now = 10.0
    weather.change(network.world)
    assert network.world.account("maya").hide_collections
    network.world.set_hide_collections("maya", False)
    weather.change(network.world)
    assert not network.world.account("maya").hide_collections


def test_deleted_posts_and_closed_accounts_are_gone(network: Served, client: Client, played: Story) -> None:
    tagged = ids(client, "maya")
    network.weather.play(Scenario("", changes=(Change("delete_posts", who="maya", tag="#SUB101"),)))
    left = ids(client, "maya")
    assert 0 < len(left) < len(tagged)
    gone = (set(tagged) - set(left)).pop()
    assert client.ask(f"/api/v1/statuses/{gone}").status == 404
    some = client.ask(f"/api/v1/statuses?id[]={gone}&id[]={left[0]}").json
    assert [status["id"] for status in some] == [left[0]]
    network.weather.play(Scenario("", changes=(Change("close_account", who="maya"),)))
    assert client.ask("/api/v1/accounts/lookup?acct=maya").status == 404


def test_an_account_that_moved_names_the_other_one(network: Served, client: Client, played: Story) -> None:
    network.weather.play(Scenario("", changes=(Change("move", who="kwame", to="luz_evans"),)))
    assert client.account("kwame")["moved"]["username"] == "luz_evans"
    assert "moved" not in client.account("maya")


def test_a_boosted_post_is_listed_as_its_booster_wrapped_it(network: Served, client: Client) -> None:
    world = network.world
    for name in ("alice", "bob"):
        world.open_account(name)
    original = world.post("alice", "Look at this #SUB101")
    world.boost("bob", original.id)
    network.weather.play(Scenario("", changes=(Change("boosts_replace_posts"),)))
    (listed,) = client.ask(f"/api/v1/accounts/{client.account('alice')['id']}/statuses").json
    assert listed["account"]["username"] == "bob"
    assert listed["reblog"]["account"]["username"] == "alice"
    assert [tag["name"] for tag in listed["tags"]] == ["sub101"]


def test_what_somebody_likes_is_shown_to_them_alone(network: Served, client: Client, played: Story) -> None:
    token = network.world.account("maya").token
    liked = client.ask("/api/v1/favourites", token=token).json
    assert liked and all(status["account"]["username"] != "maya" for status in liked)
    assert client.ask("/api/v1/favourites").status == 401
    assert "sub101" in json.dumps(liked)
