"""What becomes of evidence below the least level: it waits for a person, or does not count, as the instructor sets it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import yaml

from onboarding import linter, progress, service
from onboarding.checks.base import Level
from onboarding.judging import Fallback, judge
from onboarding.service import StepData
from plnapi.activity import service as activity
from tests.onboarding.conftest import Story, post_of, way
from tests.onboarding.test_checklist import put
from tests.onboarding.test_checks import CONTEXT, looks, post, said
from tests.onboarding.test_judging import LINK, POST, WORD
from tests.onboarding.test_progress import credits_of, states

Unit, Sign = Callable[[], Any], Callable[..., Any]


def ask(story: Story, name: str, level: Level | None, fallback: Fallback) -> None:
    view = service.view(story.course.id)
    steps = [
        replace(one, least_level=level, fallback=fallback) if one.step_key == story.steps[name] else one
        for one in view.steps
    ]
    service.save(story.course, view.title, steps, None, expected=view.version)


@pytest.mark.parametrize(
    ("branches", "facts", "decisions", "least", "verdict", "level"),
    [
        ([WORD], [], [said(1, "word")], None, "verified", "declared"),
        ([WORD], [], [said(1, "word")], "declared", "verified", "declared"),
        ([WORD], [], [said(1, "word")], "linked", "not_yet", None),
        ([WORD, POST], [], [said(1, "word")], "machine", "not_yet", None),
        ([WORD, POST], [post(1, "sub101")], [said(1, "word")], "machine", "verified", "machine"),
        ([POST, LINK], [post(1, "sub101")], [], "person", "not_yet", None),
        ([POST, LINK], [post(1, "sub101")], [said(1, "link")], "person", "waiting", "linked"),
        ([LINK], [], [said(1, "link"), said(2, "approved", 1)], "person", "verified", "person"),
        # what a person has confirmed while it waited stays
        ([WORD], [], [said(1, "word"), said(2, "confirmed")], "machine", "verified", "person"),
    ],
)
def test_what_is_below_the_least_level_does_not_count(
    branches: Any, facts: Any, decisions: Any, least: Level | None, verdict: str, level: str | None
) -> None:
    found = judge(branches, facts, looks("complete"), decisions, CONTEXT, least_level=least, fallback="not_yet")
    assert (found.verdict, found.level) == (verdict, level)


def test_the_student_is_told_what_is_needed_and_nobody_is_asked_to_confirm(
    story: Story, unit: Unit, sign: Sign
) -> None:
    with unit():
        ask(story, "post", "person", "not_yet")
        activity.record([post_of(story, 1)])
        assert progress.replay(story.course.id) == []
    mine = sign(story.student).get(story.mine("post")).json
    assert (mine["verdict"], mine["next"]["code"]) == ("not_yet", "next_better")
    texts = [note["text"] for note in mine["explanation"]]
    assert (
        "The evidence is: seen on the network. This step asks for: confirmed by a person. Less does not count." in texts
    )
    assert mine["next"]["text"].endswith("of which the evidence is at least: confirmed by a person.")
    teacher = sign(story.instructor)
    assert teacher.get(f"{story.url}/reviews?kind=confirmation").json["items"] == []
    url = f"{story.url}/people/{story.student.id}/steps/{story.steps['post']}/confirm"
    assert teacher.post(url, json={}).json["code"] == "nothing_to_confirm"


def test_a_fallback_that_becomes_stricter_takes_no_tick(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1)])
        ask(story, "post", "person", "not_yet")
        assert (states(story)["post"].verdict, len(credits_of(story))) == ("verified", 1)
        ask(story, "post", "person", "review")
        assert progress.replay(story.course.id) == []


def test_a_level_that_no_way_reaches_is_refused(story: Story, sign: Sign) -> None:
    steps = sign(story.instructor).get(f"{story.url}/checklist").json["steps"]
    steps[3] = {**steps[3], "least_level": "machine", "fallback": "not_yet"}
    answer = put(sign(story.instructor), story, steps)
    assert [(one["pointer"], one["code"]) for one in answer.json["errors"]] == [
        ("/steps/3/fallback", "level_out_of_reach"),
        ("/steps/3/fallback", "needs_public_account"),
    ]
    assert "let weaker evidence wait for a person" in answer.json["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("ways", "least", "fallback", "pointer"),
    [
        ([POST, WORD], "machine", "review", None),
        ([POST, WORD], "machine", "not_yet", "/steps/0/fallback"),
        ([POST, WORD], "declared", "not_yet", None),
        ([POST, LINK], "person", "not_yet", None),
        ([POST, way("reflect")], "linked", "not_yet", "/steps/0/fallback"),
        ([POST, way("reflect", review=True)], "linked", "not_yet", None),
        ([POST, way("create", what="group")], "person", "not_yet", None),
        ([POST, way("all_of", of=[LINK, WORD])], "linked", "not_yet", "/steps/0/fallback"),
        ([POST, way("all_of", of=[LINK, LINK])], "linked", "not_yet", None),
    ],
)
def test_a_required_step_counts_something_that_needs_no_public_account(
    ways: Any, least: Level, fallback: Fallback, pointer: str | None
) -> None:
    step = StepData("Post", branches=ways, least_level=least, fallback=fallback)
    assert [error.pointer for error in linter.excluded_errors([step])] == ([pointer] if pointer else [])


def test_it_goes_with_a_template_and_is_read_again(story: Story, unit: Unit, sign: Sign) -> None:
    with unit():
        ask(story, "post", "person", "not_yet")
    teacher = sign(story.instructor)
    text = teacher.get(f"{story.url}/checklist.yaml").text
    given = [one.get("fallback") for one in yaml.safe_load(text)["steps"]]
    assert given == [None, "not_yet", None, None, None]
    url, headers = f"{story.url}/checklist/import", {"If-Match": teacher.get(f"{story.url}/checklist").headers["ETag"]}
    added = teacher.post(url, data=text.encode(), content_type="application/yaml", headers=headers)
    assert added.status_code == 200, added.text
    told = [one["fallback"] for one in teacher.get(f"{story.url}/checklist").json["steps"]]
    assert told == ["review", "not_yet", "review", "review", "review"] * 2


def test_an_instructor_sets_it_by_a_form(story: Story, browser: Any) -> None:
    teacher = browser(story.instructor)
    edit = f"/courses/{story.course.id}/checklist/{story.steps['post']}"
    form = {"title": "Post once", "required": "true", "version": "1", "least_level": "person", "fallback": "not_yet"}
    assert teacher.submit(edit, form, page=edit).status_code == 303
    assert '<option value="not_yet" selected>' in teacher.get(edit).text
