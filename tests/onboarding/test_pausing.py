"""Due days that wait: for a host that is down, and for a way of which nothing is left."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from onboarding import service
from plnapi.clock import now
from plnapi.db import db
from plnapi.harvest.models import Health
from plnapi.resources import service as resources
from tests.onboarding.conftest import Story, way
from tests.onboarding.test_grid import due, outage

Unit, Sign = Callable[[], Any], Callable[..., Any]
DAY = timedelta(days=1)


@pytest.fixture
def teacher(story: Story, sign: Sign) -> Any:
    return sign(story.instructor)


def test_a_host_that_goes_down_before_the_day_ends_gives_time_until_it_is_back(
    story: Story, unit: Unit, teacher: Any, sign: Sign
) -> None:
    """Down since twelve hours before the end of the day, and 53 hours later still."""
    with unit():
        due(story, "post", 3)
        end = datetime.combine(now().date() - timedelta(days=2), time(), UTC)
        outage(story, (now() - end + timedelta(hours=12)) / DAY, None)
    found = mine_of(story, sign)["post"]
    lasted = now() - end + timedelta(hours=12)
    assert (found["paused_days"], found["late"]) == (-(-lasted // DAY), False)
    assert teacher.get(f"{story.url}/grid").json["students"][0]["late"] == []


def test_a_host_of_another_network_delays_nothing(story: Story, unit: Unit, sign: Sign, teacher: Any) -> None:
    link = way("attest", by="link", prompt="")
    day = now().date() - timedelta(days=1)
    with unit():
        steps = [
            service.StepData("Blog", branches=(way("blog", count=1), link), due_on=day),
            service.StepData("Start", branches=(way("start_blog"), link), due_on=day),
            service.StepData("Post", branches=(way("post", count=1), link), due_on=day),
        ]
        saved = service.save(story.course, "Blogs", steps, None, expected=1)
        story.steps = dict(zip(("blog", "start", "post"), [s.step_key for s in saved.steps], strict=True))  # type: ignore[arg-type]
        outage(story, 4, 1.5)
    assert {name: one["paused_days"] for name, one in mine_of(story, sign).items()} == {
        "blog": 0,
        "start": 0,
        "post": 2,
    }
    assert teacher.get(f"{story.url}/grid").json["students"][0]["late"] == [0, 1]


def gone(story: Story, number: int, days_ago: float) -> None:
    """An item's address leads to nobody, say two looks."""
    item = next(one for one in resources.latest_items(story.list_id) if one.item_key == story.items[number])
    db.session.add(Health(network=item.network, address=item.address, gone_since=now() - timedelta(days=days_ago)))
    db.session.flush()


def test_a_step_for_which_nothing_is_left_waits_and_says_so(
    story: Story, unit: Unit, teacher: Any, sign: Sign, browser: Any, statements: Any
) -> None:
    with unit():
        due(story, "join", 2)
        gone(story, 3, 8.9)
    join = mine_of(story, sign)["join"]
    expected = {"paused_days": 9, "paused_by": "", "gone": "Open group", "late": False}
    assert {name: join[name] for name in expected} == expected
    assert join["due_on"] == (now().date() + timedelta(days=7)).isoformat()
    client = sign(story.student)
    client.get(f"{story.url}/my/steps")
    with statements() as seen:
        client.get(f"{story.url}/my/steps")
    assert len(seen) <= 3
    teacher.get(f"{story.url}/grid")
    with statements() as seen:
        assert teacher.get(f"{story.url}/grid").json["students"][0]["late"] == []
    assert len(seen) <= 4 + 2
    page = browser(story.student).get(f"/courses/{story.course.id}/steps").text
    assert "9 days more: there is nothing any more at the address of Open group" in page


def test_what_is_gone_gives_two_weeks_and_a_list_with_something_left_gives_none(
    story: Story, unit: Unit, teacher: Any, sign: Sign
) -> None:
    with unit():
        due(story, "join", 16)
        due(story, "follow", 2)
        gone(story, 3, 29)
        gone(story, 0, 9)
        gone(story, 1, 9)
    mine = mine_of(story, sign)
    assert [(mine[name]["paused_days"], mine[name]["late"]) for name in ("join", "follow")] == [(14, True), (0, True)]
    assert teacher.get(f"{story.url}/grid").json["students"][0]["late"] == [0, 2]


def mine_of(story: Story, sign: Sign) -> dict[str, Any]:
    """The student's steps by short name; each explanation says the same of its day."""
    client = sign(story.student)
    found = {step["step_key"]: step for step in client.get(f"{story.url}/my/steps").json["steps"]}
    names = ("due_on", "late", "paused_days", "paused_by", "gone")
    for name, key in story.steps.items():
        explained = client.get(story.mine(name)).json
        assert {one: explained[one] for one in names} == {one: found[str(key)][one] for one in names}
    return {name: found[str(key)] for name, key in story.steps.items()}
