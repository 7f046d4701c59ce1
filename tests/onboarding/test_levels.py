"""A step may ask for better evidence; what is below it waits until a reviewer confirms it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from onboarding import progress, service
from onboarding.checks.base import Level
from onboarding.judging import judge
from plnapi.activity import service as activity
from tests import make
from tests.onboarding.conftest import Story, post_of
from tests.onboarding.test_checks import CONTEXT, T0, looks, post, said
from tests.onboarding.test_judging import LINK, POST, WORD
from tests.onboarding.test_progress import credits_of, states

Unit, Sign = Callable[[], Any], Callable[..., Any]


def ask(story: Story, name: str, level: Level | None) -> None:
    view = service.view(story.course.id)
    steps = [replace(one, least_level=level) if one.step_key == story.steps[name] else one for one in view.steps]
    service.save(story.course, view.title, steps, None, expected=view.version)


@pytest.mark.parametrize(
    ("branches", "facts", "decisions", "least", "verdict", "level"),
    [
        ([WORD], [], [said(1, "word")], None, "verified", "declared"),
        ([WORD], [], [said(1, "word")], "declared", "verified", "declared"),
        ([WORD], [], [said(1, "word")], "linked", "waiting", "declared"),
        ([WORD], [], [said(1, "word")], "machine", "waiting", "declared"),
        ([WORD], [], [said(1, "word"), said(2, "confirmed")], "machine", "verified", "person"),
        ([WORD], [], [said(2, "confirmed")], "machine", "not_yet", None),
        ([POST], [post(1, "sub101")], [], "machine", "verified", "machine"),
        ([POST], [post(1, "sub101")], [], "person", "waiting", "machine"),
        ([POST], [post(1, "sub101")], [said(1, "confirmed")], "person", "verified", "person"),
        ([LINK], [], [said(1, "link"), said(2, "approved", 1)], "person", "verified", "person"),
        ([LINK], [], [said(1, "link")], "person", "waiting", "linked"),
        ([WORD, POST], [post(1, "sub101")], [said(1, "word")], "machine", "verified", "machine"),
    ],
)
def test_what_is_below_the_least_level_waits(
    branches: Any, facts: Any, decisions: Any, least: Level | None, verdict: str, level: str | None
) -> None:
    found = judge(branches, facts, looks("complete"), decisions, CONTEXT, least_level=least)
    assert (found.verdict, found.level) == (verdict, level)


def test_a_confirmed_step_was_done_when_it_was_done() -> None:
    found = judge(
        [WORD], [], [], [said(1, "word"), said(9, "confirmed", comment="Seen")], CONTEXT, least_level="person"
    )
    assert found.done_at == T0 + timedelta(hours=1)
    assert [one.verb for one in found.evidence] == ["Word", "Approve"]
    assert [note.code for note in found.explanation] == ["word_given", "level_confirmed"]


def test_the_reason_is_said_in_words(story: Story, unit: Unit, sign: Sign) -> None:
    with unit():
        ask(story, "word", "person")
    student = sign(story.student)
    given = student.post(f"{story.mine('word')}/word", json={"text": "Read"}).json
    assert given["verdict"] == "waiting"
    assert given["explanation"][1]["text"] == (
        "The evidence is: own word. This step asks for: confirmed by a person. Until a person confirms it, it waits."
    )
    assert given["next"]["code"] == "next_wait_confirm"


def test_a_reviewer_confirms_once_and_not_what_does_not_wait(
    story: Story, unit: Unit, sign: Sign, statements: Any
) -> None:
    with unit():
        ask(story, "post", "person")
        activity.record([post_of(story, 1)])
        assistant = make.person("Assistant")
        make.enrol(story.course, assistant, "assistant")
        before = states(story)["post"]
        assert (before.verdict, before.done_at) == ("waiting", None)
    reviewer, student = sign(assistant), sign(story.student)
    (one,) = reviewer.get(f"{story.url}/reviews?kind=confirmation").json["items"]
    assert (one["name"], one["step_title"], one["level"], len(one["evidence"])) == (
        "Sam Student", "Post once", "machine", 1,
    )  # fmt: skip
    url = f"{story.url}/people/{story.student.id}/steps/{story.steps['post']}/confirm"
    assert student.get(f"{story.url}/reviews?kind=confirmation").status_code == 403
    assert student.post(url, json={}).status_code == 403
    first = reviewer.post(url, json={"text": "Good"})
    assert first.status_code == 201
    assert reviewer.post(url, json={}).json["id"] == first.json["id"]
    assert reviewer.get(f"{story.url}/reviews?kind=confirmation").json["items"] == []
    mine = student.get(story.mine("post")).json
    assert (mine["verdict"], mine["level"]) == ("verified", "person")
    other = url.replace(str(story.steps["post"]), str(story.steps["word"]))
    assert reviewer.post(other, json={}).json["code"] == "nothing_to_confirm"
    with unit():
        assert progress.replay(story.course.id) == []


def test_a_level_that_is_raised_later_takes_nothing_away(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1)])
        ask(story, "post", "person")
        assert (states(story)["post"].verdict, len(credits_of(story))) == ("verified", 1)
        assert progress.replay(story.course.id) == []


def test_nobody_confirms_their_own(story: Story, unit: Unit, sign: Sign) -> None:
    with unit():
        ask(story, "post", "person")
        activity.record([post_of(story, 1)])
        make.enrol(story.course, story.student, "assistant")
    url = f"{story.url}/people/{story.student.id}/steps/{story.steps['post']}/confirm"
    assert sign(story.student).post(url, json={}).status_code == 403


def test_an_instructor_sets_the_level_by_a_form_and_confirms_on_the_page(
    story: Story, unit: Unit, browser: Any
) -> None:
    teacher, course = browser(story.instructor), f"/courses/{story.course.id}"
    edit = f"{course}/checklist/{story.steps['post']}"
    form = {"title": "Post once", "required": "true", "version": "1", "least_level": "person"}
    assert teacher.submit(edit, form, page=edit).status_code == 303
    assert '<option value="person" selected>' in teacher.get(edit).text
    with unit():
        activity.record([post_of(story, 1)])
    queue = teacher.get(f"{course}/reviews").text
    assert "Sam Student: Post once" in queue
    assert "Nothing waits for a review." not in queue
    url = f"{course}/people/{story.student.id}/steps/{story.steps['post']}/confirm"
    assert teacher.submit(url, {"decision": "confirmed"}, page=f"{course}/reviews").status_code == 303
    assert "Nothing waits for a review." in teacher.get(f"{course}/reviews").text
    assert teacher.submit(url, {"decision": "confirmed"}, page=f"{course}/reviews").status_code == 303
