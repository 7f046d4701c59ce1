"""Before a change of the checklist is saved, its form shows who would gain or lose what; nothing typed is lost on the way."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from onboarding import giving, service
from plnapi.activity import service as activity
from tests import make
from tests.onboarding.conftest import Story, follow_of, post_of

Unit = Callable[[], Any]


@pytest.fixture
def teacher(story: Story, browser: Callable[..., Any], unit: Unit) -> Any:
    """The instructor, when the student has posted once."""
    with unit():
        activity.record([post_of(story, 1)])
    return browser(story.instructor)


def version(story: Story, unit: Unit) -> int:
    with unit():
        return service.view(story.course.id).version


def typed(text: str, button: str) -> dict[str, str]:
    """The fields of the form that has this button, and the button."""
    (form,) = [one for one in re.findall(r"<form.*?</form>", text, re.S) if f'name="{button}"' in one]
    fields = re.findall(r'name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in fields if name != "csrf_token"}


def test_a_stricter_way_is_shown_with_names_before_it_is_saved(story: Story, teacher: Any, unit: Unit) -> None:
    url = f"/courses/{story.course.id}/checklist/{story.steps['post']}/ways/0"
    shown = teacher.submit(url, {"count": "2", "version": "1"})
    assert shown.status_code == 200
    assert "Nothing is saved yet." in shown.text
    assert "1 student would not have it done any more:" in shown.text
    assert "<li>Sam Student</li>" in shown.text
    assert version(story, unit) == 1
    saved = teacher.submit(url, typed(shown.text, "confirmed"), page=url)
    assert saved.status_code == 303
    with unit():
        assert service.view(story.course.id).steps[1].branches[0]["config"]["count"] == 2


def test_going_back_keeps_what_was_typed_and_saves_nothing(story: Story, teacher: Any, unit: Unit) -> None:
    url = f"/courses/{story.course.id}/checklist/{story.steps['post']}/ways/0"
    shown = teacher.submit(url, {"count": "7", "version": "1"})
    back = teacher.submit(url, typed(shown.text, "back"), page=url)
    assert back.status_code == 200
    assert re.search(r'name="count"[^>]* value="7"', back.text)
    assert version(story, unit) == 1


def test_what_concerns_nobody_is_saved_at_once(story: Story, teacher: Any, unit: Unit) -> None:
    here = f"/courses/{story.course.id}/checklist"
    url = f"{here}/{story.steps['follow']}/ways/0"
    assert teacher.submit(url, {"list": str(story.list_id), "count": "1", "version": "1"}).status_code == 303
    assert teacher.submit(f"{here}/{story.steps['post']}/up", {"version": "2"}, page=here).status_code == 303
    assert version(story, unit) == 3


def test_who_asks_is_told_also_that_nobody_is_concerned(story: Story, teacher: Any, unit: Unit) -> None:
    url = f"/courses/{story.course.id}/checklist/new/attest"
    data = {
        "title": "Wörter & <b>",
        "by": "word",
        "version": "1",
        "after": [str(story.steps["post"])],
        "foresee": "true",
    }
    shown = teacher.submit(url, data)
    assert "Nobody gains or loses a step by it." in shown.text
    assert "What is known of 1 student was judged" in shown.text
    sent = typed(shown.text, "confirmed")
    assert (sent["title"], sent["after"], sent["confirmed"]) == ("Wörter & <b>", str(story.steps["post"]), "true")
    assert "foresee" not in sent
    assert version(story, unit) == 1


def test_a_laxer_way_names_who_gains(story: Story, teacher: Any, unit: Unit) -> None:
    with unit():
        activity.record([follow_of(story, 0)])
    url = f"/courses/{story.course.id}/checklist/{story.steps['follow']}/ways/0"
    shown = teacher.submit(url, {"list": str(story.list_id), "count": "1", "version": "1"})
    assert "1 student would have it done:" in shown.text


def test_taking_a_step_away_says_whose_it_was_and_many_names_are_folded(story: Story, teacher: Any, unit: Unit) -> None:
    with unit():
        for n in range(13):
            other = make.person(f"Other {n:02}")
            make.enrol(story.course, other)
            giving.give_word(story.course, other.id, story.steps["word"])
    here = f"/courses/{story.course.id}/checklist"
    shown = teacher.submit(f"{here}/{story.steps['word']}/remove", {"version": "1"}, page=here)
    assert "This step would go off the list." in shown.text
    assert "13 students would not have it done any more:" in shown.text
    assert "<summary>All names</summary>" in shown.text
    assert version(story, unit) == 1


def test_a_track_says_who_would_have_its_steps_done(story: Story, teacher: Any, unit: Unit) -> None:
    here = f"/courses/{story.course.id}/checklist"
    shown = teacher.submit(f"{here}/from-template", {"template": "hashtag", "version": "1"}, page=here)
    assert "This step would come to the list." in shown.text
    assert version(story, unit) == 1


def test_somebody_elses_change_meanwhile_is_said_and_not_foreseen_over(story: Story, teacher: Any, unit: Unit) -> None:
    url = f"/courses/{story.course.id}/checklist/{story.steps['post']}/ways/0"
    shown = teacher.submit(url, {"count": "2", "version": "1"})
    teacher.submit(f"/courses/{story.course.id}/checklist", {"title": "Other", "version": "1"})
    late = teacher.submit(url, typed(shown.text, "confirmed"), page=url)
    assert late.status_code == 422
    assert "Somebody changed the checklist after you read it." in late.text
