"""An impossible setting is refused over HTTP with a pointer to it, and with what can be had instead; nothing is changed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from onboarding.checks import CHECKS
from plnapi.resources import service as resources
from tests import make
from tests.onboarding.conftest import Story, way
from tests.onboarding.test_checklist import LINK, put, step

Unit = Callable[[], Any]


@pytest.fixture
def teacher(story: Story, sign: Callable[..., Any]) -> Any:
    return sign(story.instructor)


@pytest.fixture
def refused(story: Story, teacher: Any) -> Callable[..., tuple[str, str, str]]:
    """Put a list of one fine step and this one, which must be refused: pointer, code, sentence."""

    def said(*branches: Any, **more: Any) -> tuple[str, str, str]:
        answer = put(teacher, story, [step("Fine", LINK), step("Wrong", LINK, *branches, **more)])
        assert answer.status_code == 422, answer.text
        (error,) = answer.json["errors"]
        assert teacher.get(f"{story.url}/checklist").json["version"] == 1
        return error["pointer"].removeprefix("/steps/1/"), error["code"], error["detail"]

    return said


def test_zero_of_a_list_of_five(story: Story, refused: Any) -> None:
    pointer, code, detail = refused(way("follow", list=str(story.list_id), count=0))
    assert (pointer, code) == ("branches/1/config/count", "invalid")
    assert detail == "0 cannot be asked for. Choose a number from 1 to 100."


def test_six_of_a_list_of_five(story: Story, refused: Any, unit: Unit) -> None:
    with unit():
        people = [{"kind": "person", "title": f"P{n}", "address": f"@p{n}@people.example"} for n in range(5)]
        resources.replace_items(resources.get_list(story.course.id, story.list_id), people, None)
    pointer, code, detail = refused(way("follow", list=str(story.list_id), count=6))
    assert (pointer, code) == ("branches/1/config/count", "too_few_people")
    assert "“People to follow” has 5 that can be followed. Ask for fewer, or add to the list." in detail


def test_the_same_within_parts(story: Story, refused: Any) -> None:
    parts = way("all_of", of=[way("post", count=1), way("follow", list=str(story.list_id), count=9)])
    pointer, code, _ = refused(parts)
    assert (pointer, code) == ("branches/1/config/of/1/config/count", "too_few_people")


@pytest.mark.parametrize("given", ["people too follow", "Follow", "0198c1a0-0000-7000-8000-000000000000"])
def test_an_unknown_list_names_the_nearest_and_all_by_title_and_id(
    given: str, story: Story, refused: Any, unit: Unit
) -> None:
    with unit():
        other = make.resource_list(story.course, [{"kind": "person", "title": "Q", "address": "@q@q.example"}], "Zoo")
    pointer, code, detail = refused(way("follow", list=given, count=1))
    assert (pointer, code) == ("branches/1/config/list", "unknown_list")
    mine = f"“People to follow” ({story.list_id})"
    assert detail.endswith(f"It has: {mine}, “Zoo” ({other.id}).")
    assert given[0] not in "pF" or f"Did you mean {mine}?" in detail


def test_a_course_without_lists_is_told_to_make_one(unit: Unit, sign: Any) -> None:
    with unit():
        person = make.person()
        course = make.course(person)
    client, url = sign(person), f"/api/v1/courses/{course.id}/checklist"
    body = {"steps": [step("Follow", LINK, way("follow", list="People", count=1))]}
    answer = client.put(url, json=body, headers={"If-Match": client.get(url).headers["ETag"]})
    (error,) = answer.json["errors"]
    assert (error["code"], error["detail"]) == ("no_list", "The course has no starter list yet; make one first.")


def test_every_kind_with_a_list_refuses_one_that_there_is_not(story: Story, refused: Any) -> None:
    with_lists = [check for check in CHECKS.values() if any(param.type == "list" for param in check.params)]
    assert len(with_lists) >= 5
    for check in with_lists:
        config = {p.name: 1 for p in check.params if p.required and p.type == "count"}
        assert refused(way(check.kind, **config, list="nothing like it"))[:2] == (
            "branches/1/config/list",
            "unknown_list",
        )


def test_steps_that_wait_for_each_other(story: Story, teacher: Any) -> None:
    steps = teacher.get(f"{story.url}/checklist").json["steps"]
    steps[0]["after"], steps[1]["after"] = [[steps[1]["step_key"]]], [[steps[0]["step_key"]]]
    answer = put(teacher, story, steps)
    assert [(one["pointer"], one["code"]) for one in answer.json["errors"]] == [
        ("/steps/0/after", "circle"),
        ("/steps/1/after", "circle"),
    ]
    detail = answer.json["errors"][0]["detail"]
    assert detail == "These steps wait for each other: “Follow two” → “Post once” → “Follow two”. Take one of them off."


@pytest.mark.parametrize(("days", "code"), [(-1, "due_before_start"), (1, "due_after_end")])
def test_a_day_outside_of_the_course(days: int, code: str, story: Story, refused: Any) -> None:
    first, last = story.course.starts_on, story.course.ends_on
    due = (first if days < 0 else last) + timedelta(days=days)
    pointer, found, detail = refused(due_on=due.isoformat())
    assert (pointer, found) == ("due_on", code)
    assert detail.endswith(f"Choose a day from {first} to {last}.")


def test_a_hashtag_that_the_course_has_not(refused: Any) -> None:
    pointer, code, detail = refused(way("post", count=1, hashtag="#SUB110"))
    assert (pointer, code) == ("branches/1/config/hashtag", "unknown_hashtag")
    assert detail == "#sub110 is not a hashtag of the course. Did you mean #SUB101?"


def test_more_days_than_posts(refused: Any) -> None:
    pointer, code, detail = refused(way("post", count=2, days=3))
    assert (pointer, code) == ("branches/1/config/days", "too_many_days")
    assert detail == "3 different days cannot be had here; at most 2."


def test_more_days_than_the_course_has_left(story: Story, refused: Any) -> None:
    first, last = story.course.starts_on, story.course.ends_on
    days = (last - first).days + 1
    pointer, code, detail = refused(way("post", count=100, days=days + 1))
    assert (pointer, code) == ("branches/1/config/days", "too_few_days")
    assert f"from {first} to {last} at most {days} can be had. Ask for fewer" in detail
    assert refused(way("post", count=100, days=100, since_day=last.isoformat()))[:2] == (pointer, code)


def test_more_weeks_than_the_course_has_left(story: Story, refused: Any) -> None:
    last = story.course.ends_on
    pointer, code, detail = refused(way("post", count=1, every="week", weeks=5, since_day=last.isoformat()))
    assert (pointer, code) == ("branches/1/config/weeks", "too_few_weeks")
    assert detail.startswith(f"5 weeks are asked for, but from {last} to {last} there are 1 with enough days in them.")


def test_a_setting_that_there_is_not_names_those_that_there_are(refused: Any) -> None:
    pointer, _, detail = refused(way("follow", lists="x", count=1, list=str(uuid4())))
    assert pointer == "branches/1/config/lists"
    assert detail.startswith("There is no such setting. There are: list, count")
