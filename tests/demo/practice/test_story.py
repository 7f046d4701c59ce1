"""The story: who ends up where, step by step or at once, and that the network stands apart from the product."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from demo.practice import PracticeNetwork, Served, Story, World
from demo.practice.__main__ import summary
from demo.practice.story import GROUP, PEOPLE, STUDENTS

from .conftest import START, Client

ROOT = Path(__file__).parents[3]


def followed(client: Client, username: str) -> set[str]:
    found = client.all_pages(f"/api/v1/accounts/{client.account(username)['id']}/following")
    return {account["username"] for account in found}


def tags(client: Client, username: str) -> set[str]:
    found = client.all_pages(f"/api/v1/accounts/{client.account(username)['id']}/statuses?tagged=sub101")
    return {tag["name"] for status in found for tag in status["tags"]}


def test_five_students_end_in_five_ways(client: Client, played: Story) -> None:
    assert followed(client, "maya") == {*PEOPLE, GROUP}
    assert followed(client, "priya_n") == {"ada", "grace"}
    assert followed(client, "kwame") == set()
    assert all("sub101" in tags(client, student.username) for student in STUDENTS if student.username)
    assert [student.key for student in STUDENTS if student.blog] == ["tomas"]
    assert [student.key for student in STUDENTS if not (student.blog or student.username)] == ["lena"]


def test_an_account_has_more_than_a_page_of_posts(client: Client, played: Story) -> None:
    path = f"/api/v1/accounts/{client.account('maya')['id']}/statuses"
    assert len(client.all_pages(path)) > len(client.ask(path).json) == 20


def test_the_story_can_be_played_step_by_step() -> None:
    whole, stepped = World("http://127.0.0.1:1"), World("http://127.0.0.1:1")
    Story(START).play(whole)
    story, played = Story(START), []
    for day in range(-100, 15):
        played += story.play(stepped, START + timedelta(days=day))
    assert tuple(played) == story.acts
    assert list(stepped.statuses) == list(whole.statuses)
    assert story.play(stepped) == []


def test_before_the_first_week_no_student_has_posted_with_the_tag() -> None:
    world = World("http://127.0.0.1:1")
    story = Story(START)
    story.play(world, START - timedelta(minutes=1))
    assert not any("sub101" in status.tags for status in world.statuses.values())
    assert world.find("kwame") is None
    assert story.end - START < timedelta(days=14)


def test_one_story_is_played_in_one_world() -> None:
    story = Story(START)
    story.play(World("http://127.0.0.1:1"), START)
    with pytest.raises(ValueError, match="another world"):
        story.play(World("http://127.0.0.1:2"))


def test_the_summary_names_tokens_and_addresses(network: Served, played: Story) -> None:
    text = "\n".join(summary(network.world))
    assert network.world.account("maya").token in text
    assert network.world.handle("maya") == f"@maya@{network.domain}"
    assert network.world.blog_url("tomas") in text


def test_a_port_can_be_used_again_when_the_block_is_left() -> None:
    with PracticeNetwork().serving() as first:
        port = int(first.domain.rsplit(":", 1)[1])
    with PracticeNetwork(port).serving() as second:
        assert second.base_url == first.base_url


def test_the_network_imports_nothing_of_the_product() -> None:
    code = "import sys, demo.practice.__main__; print(sorted({'plnapi', 'onboarding'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
