"""Staff look at a checklist, and at a template, as a student would see it; nothing is stored by looking."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from onboarding import tracks
from onboarding.models import Checklist, Decision, StepState
from plnapi.db import db
from tests import make
from tests.onboarding.conftest import Story
from tests.onboarding.test_pages import page

Unit, Browser = Callable[[], Any], Callable[..., Any]
SAID = "This is what a student sees who agreed that plnapi looks and has linked no account yet."


@pytest.fixture
def teacher(story: Story, browser: Browser) -> Any:
    return browser(story.instructor)


def stored(unit: Unit) -> list[Any]:
    with unit():
        return [
            db.session.scalar(select(func.count()).select_from(model)) for model in (Checklist, Decision, StepState)
        ]


def test_the_checklist_is_seen_as_somebody_sees_it_who_linked_nothing(story: Story, teacher: Any, unit: Unit) -> None:
    before, here = stored(unit), f"/courses/{story.course.id}/checklist"
    assert f'href="{here}/preview"' in page(teacher, here)
    text = page(teacher, f"{here}/preview")
    assert SAID in text
    assert "0 of 4 required steps are done." in text
    assert "Link an account" in text
    assert "Check now</button>" not in text
    assert f'href="{here}/preview/{story.steps["word"]}"' in text
    assert stored(unit) == before


def test_a_step_is_seen_with_forms_that_send_nothing(story: Story, teacher: Any) -> None:
    url = f"/courses/{story.course.id}/checklist/preview/{story.steps['word']}"
    text = page(teacher, url)
    assert SAID in text
    assert text.index("<fieldset disabled>") < text.index("It is done</button>") < text.index("</fieldset>")
    assert "Messages about this step" not in text
    nobody = f"/courses/{story.course.id}/checklist/preview/{uuid4()}"
    assert teacher.get(nobody, headers={"Accept": "text/html"}).status_code == 404


def test_a_student_has_no_preview(story: Story, browser: Browser) -> None:
    url = f"/courses/{story.course.id}/checklist/preview"
    assert browser(story.student).get(url, headers={"Accept": "text/html"}).status_code == 403


@pytest.mark.parametrize("key", tracks.NAMES)
def test_a_track_is_seen_before_it_is_copied_also_where_the_course_has_no_lists(
    key: str, unit: Unit, browser: Browser
) -> None:
    with unit():
        teacher = make.person()
        course = make.course(teacher, state="draft")
    client, url = browser(teacher), f"/courses/{course.id}/templates/{key}/preview"
    before, text = stored(unit), page(client, url)
    assert SAID in text
    for step in tracks.library()[key]["steps"]:
        assert step["title"].replace("{hashtag}", "#example").replace("'", "&#39;") in text
    links = [part.split('"')[0] for part in text.split('href="')[1:] if part.startswith(f"{url}/")]
    assert links
    assert SAID in page(client, links[0])
    assert stored(unit) == before
