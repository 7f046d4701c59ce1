"""`flask networks look`: what is seen of an account, told step by step, and nothing kept of it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import func, select

from demo.practice import Served
from plnapi.accounts.models import Identity
from plnapi.config import Settings
from plnapi.harvest.models import Source
from plnapi.platforms import PLATFORMS
from plnapi.posts.models import Post
from plnapi.web.app import App
from tests.conftest import Unit
from tests.harvest.conftest import NOBODY_LISTENS

Look = Callable[..., Result]


@pytest.fixture
def look(app: App, settings: Settings, network: Served, brisk: None) -> Iterator[Look]:
    """`look("@ada@…", "--tag", …)`; `@ada` has an account there."""
    network.world.open_account("ada", "Ada")
    app.settings = replace(settings, loopback_peers=(network.domain, NOBODY_LISTENS))
    yield lambda *args: app.test_cli_runner().invoke(args=["networks", "look", *args])
    app.settings = settings


def read(result: Result) -> dict[str, Any]:
    """Look → what is told of it."""
    return {one["look"]: one for one in json.loads(result.stdout)["looks"]}


def test_an_account_is_told_with_requests_coverage_tags_and_follows(look: Look, network: Served) -> None:
    world = network.world
    post = world.post("ada", "An entry #SUB101")
    world.post("ada", "Lunch")
    boosted = world.post("teacher", "Mine #sub101")
    world.boost("ada", boosted.id)
    world.follow("ada", "teacher")
    world.open_account("friend")
    world.follow("ada", "friend")
    teacher, stranger = world.handle("teacher"), f"@stranger@{network.domain}"
    asked = ("--tag", "#Sub101", "--tag", "other", "--follows", teacher, "--follows", stranger)
    done = look(world.handle("ada"), *asked, "--json")
    assert done.exit_code == 0
    told, looks = json.loads(done.stdout), read(done)
    assert (told["network"], told["account"]["uri"]) == ("mastodon", f"{network.base_url}/users/ada")
    assert f"acct:ada@{network.domain}" in told["account"]["keys"]
    assert [(one["look"], one["coverage"], one["items"]) for one in told["looks"]] == [
        ("proof", "complete", 1), ("follows", "complete", 2), ("posts", "complete", 3), ("reactions", "hidden", 0),
    ]  # fmt: skip
    pages = [f"{network.base_url}/@teacher/{boosted.id}", f"{network.base_url}/@ada/{post.id}"]
    tags = looks["posts"]["tags"]
    assert (sorted(tags["sub101"]), tags["other"]) == (sorted(pages), [])
    assert looks["posts"]["kinds"] == {"Post": 2, "Announce": 1}
    assert looks["follows"]["follows"] == {teacher: [teacher], stranger: []}
    verdicts = [(one["verb"], one["about"], one["verdict"], one["reason"], one["evidence"]) for one in told["verdicts"]]
    assert verdicts == [
        ("Create", "#sub101", "verified", "seen", pages[1:]),
        ("Create", "#other", "not_yet", "complete", []),
        ("Follow", teacher, "verified", "seen", [teacher]),
        ("Follow", stranger, "not_yet", "complete", []),
    ]
    assert told["verdicts"][1]["told"] == "We saw all posts that are public."
    requests = [request for one in told["looks"] for request in one["requests"]]
    assert len(requests) >= 3
    assert all(r["url"].startswith(network.base_url) and r["status"] == 200 and r["size"] > 0 for r in requests)


def test_the_same_is_told_in_words(look: Look, network: Served) -> None:
    network.world.post("ada", "An entry #SUB101")
    network.world.set_hide_collections("ada", True)
    done = look(f"{network.base_url}/@ada", "--tag", "sub101", "--follows", network.world.handle("teacher"))
    assert done.exit_code == 0
    assert f"account @ada@{network.domain}, page {network.base_url}/@ada" in done.stdout
    assert "items: 1 post" in done.stdout and "received: looked at only for a course" in done.stdout
    assert "with #sub101: 1" in done.stdout and f"{network.base_url}/@ada/" in done.stdout
    assert "follows: hidden (hidden_by_owner). We were not shown who is followed" in done.stdout
    assert f"follows {network.world.handle('teacher')}: not seen" in done.stdout
    assert "code" not in done.stdout
    assert "verdict, a post with #sub101: verified (seen). The look shows it.\n" in done.stdout
    hidden = f"verdict, follows {network.world.handle('teacher')}: unknown (hidden_by_owner). We were not shown who"
    assert hidden in done.stdout


def test_a_boost_of_a_tagged_post_is_no_post_of_ones_own(look: Look, network: Served) -> None:
    network.world.boost("ada", network.world.post("teacher", "Mine #sub101").id)
    (verdict,) = json.loads(look(network.world.handle("ada"), "--tag", "sub101", "--json").stdout)["verdicts"]
    assert (verdict["verdict"], verdict["evidence"]) == ("not_yet", [])


def test_a_blog_is_told_and_that_follows_are_not_shown_there(look: Look, network: Served) -> None:
    network.world.start_blog("adas", "Ada's blog", "Ada")
    network.world.publish("adas", "On networks", "<p>Text</p>", categories=["SUB101"])
    done = look(network.world.blog_url("adas"), "--tag", "SUB101")
    assert done.exit_code == 0
    assert "with #sub101: 1" in done.stdout and "follows: not shown by this network" in done.stdout
    asked = ("--tag", "SUB101", "--tag", "other", "--follows", network.world.handle("teacher"), "--json")
    verdicts = json.loads(look(network.world.blog_url("adas"), *asked).stdout)["verdicts"]
    assert [(one["verdict"], one["reason"]) for one in verdicts] == [
        ("verified", "seen"), ("not_yet", "newest_entries_only"), ("unknown", "not_shown"),
    ]  # fmt: skip
    assert "only its newest entries" in verdicts[1]["told"] and "cannot be seen there" in verdicts[2]["told"]


def test_looking_stores_nothing(look: Look, network: Served, unit: Unit) -> None:
    network.world.post("ada", "An entry #SUB101")
    assert look(network.world.handle("ada"), "--tag", "SUB101").exit_code == 0
    with unit() as session:
        assert [session.scalar(select(func.count()).select_from(table)) for table in (Identity, Source, Post)] == [
            0
        ] * 3


def test_an_account_that_is_not_there_ends_with_1_and_says_what_was_asked(look: Look, network: Served) -> None:
    done = look(f"@nobody@{network.domain}", "--tag", "sub101", "--follows", network.world.handle("teacher"), "--json")
    (proof,) = json.loads(done.stdout)["looks"]
    verdicts = json.loads(done.stdout)["verdicts"]
    assert [(one["verdict"], one["reason"]) for one in verdicts] == [("error", "gone")] * 2
    assert (done.exit_code, proof["coverage"], proof["reason"]) == (1, "failed", "gone")
    assert 404 in [request["status"] for request in proof["requests"]]


def test_a_server_that_does_not_answer_ends_with_1_and_says_so(look: Look) -> None:
    done = look(f"@ada@{NOBODY_LISTENS}")
    assert done.exit_code == 1
    assert "proof: failed (connection_failed)" in done.stdout and ": connection_failed, " in done.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["hello"], "no handle"),
        (["https://x.com/ada"], PLATFORMS["x"].capabilities.why_not),
        (["@ada@example.social", "--follows", "hello"], "“hello”"),
        (["@ada@example.social", "--tag", "#12"], "hashtag"),
    ],
)
def test_what_cannot_be_read_ends_with_1_and_nobody_is_asked(look: Look, args: list[str], said: str) -> None:
    done = look(*args)
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr
