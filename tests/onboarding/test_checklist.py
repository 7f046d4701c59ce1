"""Checklists over HTTP: replaced whole, versions stay, what cannot work is refused with a pointer."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from onboarding import service
from onboarding.checks import CHECKS
from plnapi.courses import service as courses
from plnapi.errors import Conflict
from plnapi.hashtags import service as hashtags
from tests import make
from tests.onboarding.conftest import Story, way

Sign = Callable[..., Any]
LINK = way("attest", by="link")


def step(title: str, *branches: Any, **more: Any) -> dict[str, Any]:
    return {"title": title, "branches": list(branches), **more}


@pytest.fixture
def teacher(story: Story, sign: Sign) -> Any:
    return sign(story.instructor)


def put(client: Any, story: Story, steps: list[Any], **more: Any) -> Any:
    etag = client.get(f"{story.url}/checklist").headers["ETag"]
    return client.put(f"{story.url}/checklist", json={"steps": steps, **more}, headers={"If-Match": etag})


def pointers(response: Any) -> dict[str, str]:
    assert response.status_code == 422, response.text
    return {error["pointer"]: error["code"] for error in response.json["errors"]}


def test_a_course_without_a_checklist_answers_an_empty_one_and_takes_the_first(unit: Any, sign: Sign) -> None:
    with unit():
        instructor = make.person()
        course = make.course(instructor)
    client, url = sign(instructor), f"/api/v1/courses/{course.id}/checklist"
    empty = client.get(url)
    assert (empty.json["version"], empty.json["steps"]) == (0, [])
    body = {"title": "Begin", "steps": [step("Say hello", way("attest", by="word"))]}
    made = client.put(url, json=body, headers={"If-Match": empty.headers["ETag"]})
    assert (made.status_code, made.json["version"], made.json["title"]) == (200, 1, "Begin")
    assert made.json["steps"][0]["branches"] == [{"kind": "attest", "config": {"by": "word"}}]


def test_a_change_needs_the_etag_that_was_read(story: Story, teacher: Any) -> None:
    url = f"{story.url}/checklist"
    etag = teacher.get(url).headers["ETag"]
    assert teacher.put(url, json={"steps": []}).status_code == 428
    assert teacher.put(url, json={"steps": []}, headers={"If-Match": etag}).status_code == 200
    assert teacher.put(url, json={"steps": []}, headers={"If-Match": etag}).status_code == 412


def test_versions_stay_as_they_were_and_steps_keep_their_keys(story: Story, teacher: Any) -> None:
    before = teacher.get(f"{story.url}/checklist").json
    steps = [{**s, "title": f"{s['title']}!"} for s in reversed(before["steps"])]
    after = put(teacher, story, steps, title="Other").json
    assert after["version"] == 2
    assert [s["step_key"] for s in after["steps"]] == [s["step_key"] for s in reversed(before["steps"])]
    old = teacher.get(f"{story.url}/checklist/versions/1").json
    assert old["steps"] == before["steps"]
    assert teacher.get(f"{story.url}/checklist/versions/3").status_code == 404


def test_saving_the_same_makes_no_version(story: Story, teacher: Any) -> None:
    before = teacher.get(f"{story.url}/checklist").json
    assert put(teacher, story, before["steps"], title=before["title"]).json["version"] == 1


@pytest.mark.parametrize(
    ("branch", "pointer", "code"),
    [
        (way("follow", list="{list}", count=0), "config/count", "invalid"),
        (way("follow", list="{list}", count=9), "config/count", "too_few_people"),
        (way("follow", list="{list}", count="2"), "config/count", "invalid"),
        (way("follow", list=str(uuid4()), count=1), "config/list", "unknown_list"),
        (way("follow", list="people", count=1), "config/list", "unknown_list"),
        (way("follow", count=1), "config/list", "invalid"),
        (way("follow", list="{list}", items=[str(uuid4())]), "config/items", "unknown_item"),
        (way("join_group", list="{list}", count=2), "config/count", "too_few_spaces"),
        (way("post", count=1, hashtag="#SUB102"), "config/hashtag", "unknown_hashtag"),
        (way("post", count=1, hashtag="#!"), "config/hashtag", "invalid"),
        (way("post", count=2, days=3), "config/days", "too_many_days"),
        (way("post", count=9, every="week", days=8), "config/days", "too_many_days"),
        (way("post", count=1, weeks=2), "config/weeks", "weeks_without_rhythm"),
        (way("post", count=1, every="week", weeks=30), "config/weeks", "too_many_weeks"),
        (way("post", count=1, every="day"), "config/every", "invalid"),
        (way("post", count=1, words=0), "config/words", "invalid"),
        (way("post", count=1, original="perhaps"), "config/original", "invalid"),
        (way("post", count=1, since_day="yesterday"), "config/since_day", "invalid"),
        (way("post", count=1, since_day="2999-01-01"), "config/since_day", "since_after_end"),
        (way("post", count=1, colour="red"), "config/colour", "invalid"),
        (way("attest", by="telegram"), "config/by", "invalid"),
        (way("dance"), "kind", "invalid"),
    ],
)
def test_what_cannot_work_is_refused_with_a_pointer(
    story: Story, teacher: Any, branch: dict[str, Any], pointer: str, code: str
) -> None:
    config = {k: str(story.list_id) if v == "{list}" else v for k, v in branch["config"].items()}
    steps = [step("Fine", LINK), step("Wrong", LINK, {**branch, "config": config})]
    assert pointers(put(teacher, story, steps)) == {f"/steps/1/branches/1/{pointer}": code}
    assert teacher.get(f"{story.url}/checklist").json["version"] == 1


def test_a_suggestion_is_made_where_there_is_one(story: Story, teacher: Any) -> None:
    refused = put(teacher, story, [step("Post", LINK, way("post", count=1, hashtag="sub1O1"))])
    assert refused.json["errors"][0]["detail"] == "#sub1o1 is not a hashtag of the course. Did you mean #SUB101?"
    refused = put(teacher, story, [step("Follow", LINK, way("follow", list=str(uuid4()), count=1))])
    assert "People to follow" in refused.json["errors"][0]["detail"]


def test_a_step_needs_a_way_and_a_heading_has_none(story: Story, teacher: Any) -> None:
    steps = [step("Nothing"), step("Words", LINK, kind="heading"), step("Only words", kind="heading")]
    assert pointers(put(teacher, story, steps)) == {"/steps/0/branches": "required", "/steps/1/branches": "heading"}


def test_a_key_must_have_stood_before_and_stands_once(story: Story, teacher: Any) -> None:
    known = str(story.steps["post"])
    steps = [step("A", LINK, step_key=known), step("B", LINK, step_key=known), step("C", LINK, step_key=str(uuid4()))]
    assert pointers(put(teacher, story, steps)) == {"/steps/1/step_key": "duplicate", "/steps/2/step_key": "unknown"}


def test_an_open_course_keeps_a_way_without_a_public_account(story: Story, teacher: Any) -> None:
    bare = step("Post", way("post", count=1))
    assert pointers(put(teacher, story, [bare])) == {"/steps/0/branches": "needs_public_account"}
    assert put(teacher, story, [{**bare, "required": False}]).status_code == 200


def test_a_course_without_a_way_for_everybody_cannot_be_opened(unit: Any, sign: Sign) -> None:
    with unit():
        instructor = make.person()
        course = make.course(instructor, state="draft")
        make.hashtag(course)
    client, url = sign(instructor), f"/api/v1/courses/{course.id}/checklist"
    etag = client.get(url).headers["ETag"]
    body = {"steps": [step("Post it", way("post", count=1)), step("Fine", LINK)]}
    assert client.put(url, json=body, headers={"If-Match": etag}).status_code == 200
    with unit(), pytest.raises(Conflict) as refused:
        courses.open_course(courses.get(course.id))
    assert (refused.value.code, refused.value.params) == ("steps_need_account", {"steps": "“Post it”"})


def test_a_course_whose_steps_became_impossible_cannot_be_opened(story: Story, unit: Any) -> None:
    with unit():
        course = courses.get(story.course.id)
        courses.close(course)
        hashtags.detach(course, hashtags.of_course(course.id)[0].id)
        with pytest.raises(Conflict) as refused:
            courses.open_course(course)
        assert (refused.value.code, refused.value.errors[0].code) == ("steps_impossible", "no_hashtag")


def test_only_instructors_change_a_checklist_and_students_read_it(story: Story, sign: Sign) -> None:
    student = sign(story.student)
    etag = student.get(f"{story.url}/checklist").headers["ETag"]
    assert student.put(f"{story.url}/checklist", json={"steps": []}, headers={"If-Match": etag}).status_code == 403


def test_the_kinds_publish_their_settings(story: Story, teacher: Any) -> None:
    kinds = {kind["kind"]: kind for kind in teacher.get("/api/v1/onboarding/kinds").json["items"]}
    assert set(kinds) == set(CHECKS)
    assert [field["name"] for field in kinds["choose_network"]["form"]] == ["network", "why"]
    assert [kind for kind in kinds if not kinds[kind]["public_account"] and not kinds[kind]["takes"]] == ["all_of"]
    assert [param["name"] for param in kinds["post"]["params"]][:3] == ["count", "hashtag", "original"]
    assert kinds["attest"]["params"][0]["choices"][0] == ["word", "Their word"]


def test_versions_are_listed_newest_first_in_pages(story: Story, unit: Any, sign: Any) -> None:
    with unit():
        view = service.view(story.course.id)
        for n in (1, 2):
            service.save(story.course, f"Title {n}", view.steps, story.instructor.id, expected=n)
    client, url = sign(story.instructor), f"{story.url}/checklist/versions"
    first = client.get(f"{url}?per_page=2").json
    assert [one["number"] for one in first["items"]] == [3, 2]
    rest = client.get(f"{url}?per_page=2&cursor={first['page']['next']}").json
    assert [one["number"] for one in rest["items"]] == [1]
    assert sign(story.student).get(url).status_code == 403
