"""Answers and ways of several parts by plain forms."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from onboarding import service
from tests import make
from tests.onboarding.conftest import Story, looked, way
from tests.onboarding.test_kind_stories import only

Unit, Browser = Callable[[], Any], Callable[..., Any]
HTML = {"Accept": "text/html"}


@pytest.fixture
def student(story: Story, browser: Browser) -> Any:
    return browser(story.student)


@pytest.fixture
def teacher(story: Story, browser: Browser) -> Any:
    return browser(story.instructor)


def page_of(client: Any, url: str) -> str:
    answer = client.get(url, headers=HTML)
    assert answer.status_code == 200
    return str(answer.text)


def test_an_answer_is_written_corrected_and_read_again(story: Story, student: Any, teacher: Any, unit: Unit) -> None:
    with unit():
        only(story, way("find_group", questions=["Who speaks there?"], words=2), way("attest", by="word", prompt=""))
    url = f"/courses/{story.course.id}/steps/{story.steps['one']}"
    shown = page_of(student, url)
    assert "Who speaks there?" in shown and "Only you and those who review in this course read this." in shown
    typed = {"kind": "find_group", "group": "Gardeners", "answer_1": "Few", "fits": "yes"}
    refused = student.submit(f"{url}/answer", typed)
    assert refused.status_code == 422
    assert "Write at least 2 words; there are 1." in refused.text and "Gardeners" in refused.text
    taken = student.submit(f"{url}/answer", {**typed, "answer_1": "Ann and Ben"})
    assert taken.status_code == 303
    assert "Ann and Ben" in page_of(student, url) and "It fits me" in page_of(student, url)
    staff = page_of(teacher, f"/courses/{story.course.id}/people/{story.student.id}/steps/{story.steps['one']}")
    assert "Ann and Ben" in staff and "Hand in the answer" not in staff


def test_a_file_and_ticks_are_handed_in(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        feeds = make.resource_list(
            story.course, [{"kind": "feed", "title": "A", "address": "https://a.example/feed"}], "F"
        )
        texts = make.resource_list(
            story.course, [{"kind": "reading", "title": "B", "address": "https://b.example/"}], "T"
        )
        parts = [way("subscribe", list=str(feeds.id), count=1), way("read_resource", list=str(texts.id), count=1)]
        only(story, way("all_of", of=parts))
        key = service.view(story.course.id).steps[0].step_key
    url = f"/courses/{story.course.id}/steps/{key}"
    shown = page_of(student, url)
    read = shown.split('name="read" value="')[1].split('"')[0]
    opml = b'<opml version="2.0"><body><outline xmlUrl="https://a.example/feed" text="A"/></body></opml>'
    assert (
        student.submit(f"{url}/answer", {"kind": "subscribe", "file": (BytesIO(opml), "feeds.opml")}).status_code == 303
    )
    assert "Read resources: Not yet." in page_of(student, url)
    assert student.submit(f"{url}/answer", {"kind": "read_resource", "read": [read]}).status_code == 303
    assert "Read resources: Done." in page_of(student, url)


def test_credit_that_may_fall_is_said_beforehand(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        only(story, way("post", count=1), keeps_credit=False)
    shown = page_of(student, f"/courses/{story.course.id}/steps/{story.steps['one']}")
    assert "what is deleted or undone later does not count any more" in shown


def test_a_way_gets_another_part_and_loses_it(story: Story, teacher: Any, unit: Unit) -> None:
    with unit():
        only(story, way("post", count=1))

    def ways() -> Any:
        with unit():
            return service.view(story.course.id).steps[0].branches, str(service.view(story.course.id).version)

    here = f"/courses/{story.course.id}/checklist/{story.steps['one']}"
    assert f"{here}/ways/0/also/reflect" in page_of(teacher, here)
    assert "Your questions" in page_of(teacher, f"{here}/ways/0/also/reflect")
    form = {"version": ways()[1], "prompts": "What?\r\n\r\nAnd then?", "words": "5"}
    assert teacher.submit(f"{here}/ways/0/also/reflect", form).status_code == 303
    whole, version = ways()
    assert [part["kind"] for part in whole[0]["config"]["of"]] == ["post", "reflect"]
    assert whole[0]["config"]["of"][1]["config"]["prompts"] == ["What?", "And then?"]
    assert "And then?" in page_of(teacher, f"{here}/ways/0/parts/1")
    changed = {"version": version, "prompts": "Why?", "words": "5"}
    assert teacher.submit(f"{here}/ways/0/parts/1", changed).status_code == 303
    whole, version = ways()
    assert whole[0]["config"]["of"][1]["config"]["prompts"] == ["Why?"]
    assert teacher.submit(f"{here}/ways/0/parts/0/remove", {"version": version}).status_code == 303
    assert [one["kind"] for one in ways()[0]] == ["reflect"]


def test_that_credit_may_fall_is_a_tick(story: Story, teacher: Any, unit: Unit) -> None:
    with unit():
        only(story, way("post", count=1))
        version = str(service.view(story.course.id).version)
    here = f"/courses/{story.course.id}/checklist/{story.steps['one']}"
    form = {"version": version, "title": "One", "credit_falls": "true"}
    assert teacher.submit(here, form).status_code == 303
    with unit():
        assert not service.view(story.course.id).steps[0].keeps_credit
    assert 'name="credit_falls"' in page_of(teacher, here)


def test_a_reviewer_reads_an_answer_by_its_questions_and_is_told_of_a_strangers_link(
    story: Story, student: Any, teacher: Any, unit: Unit
) -> None:
    with unit():
        only(story, way("reflect", prompts=["What did you notice?"], words=1, review=True), way("attest", by="link"))
        friend = make.person("Kim Friend")
        make.identity(friend, handle="@kim@friends.example")
    url = f"/courses/{story.course.id}/steps/{story.steps['one']}"
    student.submit(f"{url}/answer", {"kind": "reflect", "answer_1": "Quick people"})
    student.submit(f"{url}/link", {"url": "https://friends.example/@kim/1"})
    shown = page_of(teacher, f"/courses/{story.course.id}/reviews")
    assert "<dt>What did you notice?</dt><dd>Quick people</dd>" in shown
    assert "The link leads to an account that somebody else has proven to be theirs." in shown


def test_whom_to_follow_is_linked_also_within_a_whole(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        parts = [way("follow", list=str(story.list_id), count=2), way("assess")]
        only(story, way("all_of", of=parts))
        looked(story, "follows", "complete")
    shown = page_of(student, f"/courses/{story.course.id}/steps/{story.steps['one']}")
    assert "@person0@people.example" in shown and f"/courses/{story.course.id}/lists/{story.list_id}" in shown
