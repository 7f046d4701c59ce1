"""Templates by forms: the library, sharing, and YAML that is checked before it is imported."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from onboarding import service, sharing
from plnapi.accounts.models import Person
from plnapi.courses.models import Course
from plnapi.db import db
from tests import make
from tests.onboarding.conftest import Story
from tests.onboarding.test_pages import page

Unit, Browser = Callable[[], Any], Callable[..., Any]
GOOD = """
title: Two steps
steps:
  - key: one
    title: Say hello
    branches: [{kind: attest, config: {by: word}}]
  - key: two
    title: Follow two
    after: [[one]]
    branches: [{kind: follow, config: {list: "{people}", count: 2}}, {kind: attest, config: {by: link}}]
"""


@pytest.fixture
def other(unit: Unit) -> Person:
    with unit():
        return make.person("Una Other")


@pytest.fixture
def course(other: Person, unit: Unit) -> Course:
    """Somebody's draft with a hashtag and two lists of people."""
    with unit():
        course = make.course(other, state="draft")
        make.hashtag(course, "#ART7")
        for name in "pq":
            people = [{"kind": "person", "title": f"{name}{n}", "address": f"@{name}{n}@art.example"} for n in range(3)]
            make.resource_list(course, people)
        return course


@pytest.fixture
def teacher(other: Person, browser: Browser) -> Any:
    return browser(other)


def url_of(course: Course, *more: str) -> str:
    return "/".join([f"/courses/{course.id}/templates", *more])


def steps_of(course: Course, unit: Unit) -> list[str]:
    with unit():
        return [step.title for step in service.view(course.id).steps]


def test_the_library_tells_what_each_track_has_and_leads_to_it(course: Course, teacher: Any) -> None:
    text = page(teacher, url_of(course))
    assert f'href="{url_of(course, "hashtag")}"' in text
    assert "Introduce yourself with" in text
    assert "Nobody has shared a template yet." in text
    assert f'href="{url_of(course)}"' in page(teacher, f"/courses/{course.id}/manage")


def test_a_track_is_copied_with_the_list_that_was_chosen(course: Course, teacher: Any, unit: Unit) -> None:
    url = url_of(course, "hashtag")
    text = page(teacher, url)
    assert "The list of people to follow" in text
    chosen = re.findall(r'<option value="([0-9a-f-]{36})"', text)[1]
    assert teacher.submit(url, {"version": "0", "people": chosen}).status_code == 303
    with unit():
        ways = [way for step in service.view(course.id).steps for way in step.branches]
    assert {way["config"]["list"] for way in ways if "list" in way["config"]} == {chosen}
    again = teacher.submit(url, {"version": "1", "people": chosen})
    assert again.status_code == 422
    assert "The steps of this track are in the checklist already." in again.text


def test_what_a_track_lacks_in_this_course_is_said_before_it_is_copied(unit: Unit, browser: Browser) -> None:
    with unit():
        teacher = make.person()
        bare = make.course(teacher, state="draft")
    text = page(browser(teacher), url_of(bare, "hashtag"))
    assert "It needs a hashtag of the course." in text
    assert "It needs a starter list with items of the kind “Person”." in text
    assert "Add its" not in text


def test_steps_are_shared_used_by_another_and_shared_no_more(
    story: Story, course: Course, teacher: Any, browser: Browser, unit: Unit
) -> None:
    owner, here = browser(story.instructor), f"/courses/{story.course.id}/templates"
    nameless = owner.submit(here, {"title": "", "summary": "For a week"})
    assert nameless.status_code == 422
    assert "For a week" in nameless.text
    assert owner.submit(here, {"title": "Small steps", "summary": "For a week"}).status_code == 303
    assert "Shared by you" in page(owner, here)
    text = page(teacher, url_of(course))
    (url,) = re.findall(r'<a href="([^"]+)">Small steps</a>', text)
    assert "Share it no more" not in text
    assert "It needs a starter list with items of the kind “Space or group”." in page(teacher, url)
    with unit():
        make.resource_list(course, [{"kind": "space", "title": "Club", "address": "@club@art.example"}])
    assert "Follow two" in page(teacher, f"{url}/preview")
    assert teacher.submit(url, {"version": "0"}).status_code == 303
    assert "Follow two" in steps_of(course, unit)
    delete = f"{here}/{url.split('/')[-1]}/delete"
    not_mine = teacher.submit(delete.replace(str(story.course.id), str(course.id)), {}, page=url_of(course))
    assert "Only who shared a template deletes it." in page(teacher, not_mine.headers["Location"])
    done = owner.submit(delete, {}, page=here)
    assert "It is not shared any more." in page(owner, done.headers["Location"])
    assert teacher.get(url, headers={"Accept": "text/html"}).status_code == 404


def test_a_document_is_checked_then_added(course: Course, teacher: Any, unit: Unit) -> None:
    url = url_of(course, "import")
    checked = teacher.submit(url, {"version": "0", "text": GOOD})
    assert checked.status_code == 200
    assert "It can be added" in checked.text
    assert "<li>Say hello</li>" in checked.text
    assert steps_of(course, unit) == []
    assert teacher.submit(url, {"version": "0", "text": GOOD, "add": "true"}).status_code == 303
    assert steps_of(course, unit) == ["Say hello", "Follow two"]


def test_a_file_is_read_and_its_text_kept_for_the_next_try(course: Course, teacher: Any) -> None:
    url = url_of(course, "import")
    file = (BytesIO(GOOD.replace("by: word", "by: wort").encode()), "steps.yaml")
    refused = teacher.submit(url, {"version": "0", "file": file, "text": ""})
    assert refused.status_code == 422
    assert "<strong>Step 1 “Say hello”, way 1, " in refused.text
    assert "by: wort" in refused.text


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("kind: follow", "kind: folow", "Step 2 “Follow two”, way 1, the kind:", "Did you mean “follow”?"),
        ("{people}", "{poeple}", "Step 2 “Follow two”, way 1, “Starter list”:", "Did you mean “{people}”?"),
        ("count: 2", "count: 9", "Step 2 “Follow two”, way 1, “How many”:", "3 that can be followed"),
        ("count: 2", "count: 0", "Step 2 “Follow two”, way 1, “How many”:", "from 1 to 100"),
        ("[[one]]", "[[onne]]", "Step 2 “Follow two”, what opens it:", "Did you mean “one”?"),
        ("[[one]]", "[[two]]", "Step 2 “Follow two”, what opens it:", "wait for each other"),
        ("title: Follow two", "titel: Follow two", "Step 2, “titel”:", "Did you mean “title”?"),
        ("{people}", "{tools}", "the list for “tools”:", "no starter list"),
        ("steps:", "steps: [", "The document:", "no YAML"),
    ],
)
def test_what_is_wrong_is_said_in_words_with_a_suggestion(
    old: str, new: str, where: str, what: str, course: Course, teacher: Any, unit: Unit
) -> None:
    refused = teacher.submit(url_of(course, "import"), {"version": "0", "text": GOOD.replace(old, new), "add": "true"})
    assert refused.status_code == 422
    assert f"<strong>{where}</strong>" in refused.text
    assert what in refused.text
    assert steps_of(course, unit) == []


def test_nothing_given_is_said_at_the_file(course: Course, teacher: Any) -> None:
    refused = teacher.submit(url_of(course, "import"), {"version": "0", "text": " "})
    assert refused.status_code == 422
    assert "Choose a file, or put its text into the field below." in refused.text


def test_pages_of_templates_are_for_those_who_make_the_checklist(story: Story, browser: Browser, unit: Unit) -> None:
    with unit():
        sharing.share(story.course, story.instructor.id, "Mine")
        assistant = make.person("Ann")
        make.enrol(db.session.merge(story.course), assistant, role="assistant")
    for who in (story.student, assistant):
        for path in ("templates", "templates/hashtag", "templates/import"):
            answer = browser(who).get(f"/courses/{story.course.id}/{path}", headers={"Accept": "text/html"})
            assert answer.status_code == 403
