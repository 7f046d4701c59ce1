"""Steps of one's own: added, ticked and deleted by who set them, and seen by nobody else."""

from collections.abc import Callable
from typing import Any

import pytest

from onboarding import private
from onboarding.models import PrivateStep
from plnapi.accounts.models import Person
from plnapi.db import db
from tests import make
from tests.onboarding.conftest import Story

Unit, Sign = Callable[[], Any], Callable[..., Any]
SECRET = "Ask Mum about her union"


@pytest.fixture
def student(story: Story, sign: Sign) -> Any:
    return sign(story.student)


def url(story: Story) -> str:
    return f"{story.url}/my/private-steps"


def titles(client: Any, story: Story) -> list[str]:
    return [one["title"] for one in client.get(url(story)).json["items"]]


def test_a_student_adds_ticks_renames_and_deletes_a_step_of_their_own(story: Story, student: Any) -> None:
    first = student.post(url(story), json={"title": "  Write to Ann "})
    assert (first.status_code, first.json["title"], first.json["done_at"]) == (201, "Write to Ann", None)
    student.post(url(story), json={"title": "Read her blog"})
    one = f"{url(story)}/{first.json['id']}"
    ticked = student.patch(one, json={"done": True}).json
    assert ticked["done_at"] is not None
    assert student.patch(one, json={"done": True}).json["done_at"] == ticked["done_at"]
    assert student.patch(one, json={"title": "Write to Ann and Ben"}).json["done_at"] == ticked["done_at"]
    assert student.patch(one, json={"done": False}).json["done_at"] is None
    assert titles(student, story) == ["Write to Ann and Ben", "Read her blog"]
    assert student.delete(one).status_code == 204
    assert titles(student, story) == ["Read her blog"]
    assert student.delete(one).status_code == 404


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_it_needs_words_and_not_too_many(title: str, story: Story, student: Any) -> None:
    refused = student.post(url(story), json={"title": title})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/title")
    assert titles(student, story) == []


def test_there_are_at_most_a_hundred(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        for n in range(private.MOST):
            private.add(story.course, story.student.id, f"Step {n}")
    refused = student.post(url(story), json={"title": "One more"})
    assert (refused.status_code, refused.json["code"]) == (409, "too_many")
    assert len(titles(student, story)) == private.MOST


def test_nobody_else_sees_or_changes_it(story: Story, student: Any, sign: Sign, browser: Any, unit: Unit) -> None:
    with unit():
        other, assistant, admin = (
            make.person("Nia North"),
            make.person("Hal Hall"),
            make.person("Ada Admin", role="admin"),
        )
        make.enrol(story.course, other)
        make.enrol(story.course, assistant, "assistant")
    own = student.post(url(story), json={"title": SECRET}).json
    one = f"{url(story)}/{own['id']}"
    for staff in (story.instructor, assistant, admin):
        client = sign(staff)
        refused = {client.get(url(story)).status_code, client.delete(one).status_code}
        assert refused | {client.patch(one, json={"done": True}).status_code} <= {403, 404}
    assert titles(sign(other), story) == []
    assert sign(other).patch(one, json={"done": True}).status_code == 404
    assert sign(other).delete(one).status_code == 404
    assert titles(student, story) == [SECRET]
    teacher = sign(story.instructor)
    for path in ("grid", "progress.csv", "progress/summary", "reviews", "people", "checklist", "checklist.yaml"):
        answer = teacher.get(f"{story.url}/{path}")
        assert (answer.status_code, SECRET in answer.text) == (200, False), path
    pages = browser(story.instructor)
    step = f"people/{story.student.id}/steps/{story.steps['word']}"
    for path in ("grid", "progress", "reviews", "checklist", "preview", step):
        shown = pages.get(f"/courses/{story.course.id}/{path}")
        assert SECRET not in shown.text and "My own steps" not in shown.text, path


def test_it_changes_no_count_and_is_not_copied(story: Story, student: Any, sign: Sign, unit: Unit) -> None:
    teacher = sign(story.instructor)
    before = teacher.get(f"{story.url}/grid").json
    own = student.post(url(story), json={"title": SECRET}).json
    student.patch(f"{url(story)}/{own['id']}", json={"done": True})
    assert teacher.get(f"{story.url}/grid").json == before
    body = {"code": "SUB102", "title": "Again", "term": "2030", "starts_on": "2030-01-01", "ends_on": "2030-02-01"}
    copied = teacher.post(f"{story.url}/copy", json=body)
    assert copied.status_code == 201, copied.text
    assert SECRET not in teacher.get(f"/api/v1/courses/{copied.json['id']}/checklist").text
    with unit():
        assert [one.course_id for one in db.session.query(PrivateStep)] == [story.course.id]


def test_it_goes_with_the_person(story: Story, student: Any, unit: Unit) -> None:
    student.post(url(story), json={"title": SECRET})
    with unit() as session:
        session.delete(session.get_one(Person, story.student.id))
        session.flush()
        assert session.query(PrivateStep).count() == 0


def test_the_page_adds_ticks_and_deletes(story: Story, student: Any, browser: Any) -> None:
    client, page = browser(story.student), f"/courses/{story.course.id}/steps"
    here = f"/courses/{story.course.id}/my/private-steps"
    assert "My own steps" in client.get(page).text
    added = client.submit(here, {"title": SECRET}, page=page)
    assert (added.status_code, added.location) == (303, f"{page}#own-steps")
    assert SECRET in client.get(page).text
    wrong = client.submit(here, {"title": "  "}, page=page)
    assert wrong.status_code == 422
    assert "Write what you want to do." in wrong.text
    long = client.submit(here, {"title": "y" * 201}, page=page)
    assert long.status_code == 422 and "y" * 201 in long.text
    (own,) = student.get(url(story)).json["items"]
    one = f"{here}/{own['id']}"
    client.submit(one, {"done": "true"}, page=page)
    assert student.get(url(story)).json["items"][0]["done_at"] is not None
    assert "Not done yet" in client.get(page).text
    client.submit(one, {"done": "false"}, page=page)
    assert student.get(url(story)).json["items"][0]["done_at"] is None
    assert client.submit(f"{one}/delete", {}, page=page).status_code == 303
    assert titles(student, story) == []
