"""Checklists as YAML and as shared templates: without people, dates and ids; put into a course whole or not at all."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import yaml

from onboarding import documents, tracks
from plnapi.errors import Invalid
from tests import make
from tests.onboarding.conftest import Story

Unit, Sign = Callable[[], Any], Callable[..., Any]


@pytest.fixture
def elsewhere(unit: Unit, sign: Sign) -> Any:
    """Another teacher's draft with a hashtag and lists of its own: client, course, URL of its checklist."""
    with unit():
        teacher = make.person("Una Other")
        course = make.course(teacher, state="draft")
        make.hashtag(course, "#ART7")
        people = [{"kind": "person", "title": f"P{n}", "address": f"@p{n}@art.example"} for n in range(3)]
        make.resource_list(course, people)
        make.resource_list(course, [{"kind": "space", "title": "Club", "address": "@club@art.example"}])
        feeds = [{"kind": "feed", "title": f"F{n}", "address": f"https://f{n}.example/feed"} for n in range(3)]
        make.resource_list(course, feeds)
    return sign(teacher), course, f"/api/v1/courses/{course.id}/checklist"


def sent(client: Any, url: str, document: Any, query: str = "") -> Any:
    text = document if isinstance(document, str) else yaml.safe_dump(document)
    return client.post(f"{url}/import{query}", data=text.encode(), content_type="application/yaml")


def exported(story: Story, sign: Sign) -> Any:
    return sign(story.instructor).get(f"{story.url}/checklist.yaml")


def test_an_export_names_neither_people_nor_lists_nor_days(story: Story, sign: Sign) -> None:
    answer = exported(story, sign)
    assert answer.content_type.startswith("application/yaml")
    document = yaml.safe_load(answer.text)
    follow, _, join, *_ = document["steps"]
    assert follow["branches"][0] == {"kind": "follow", "config": {"list": "{people}", "count": 2}}
    assert join["branches"][0]["config"]["list"] == "{spaces}"
    for secret in (story.list_id, story.course.id, story.instructor.name, *story.items, *story.steps.values()):
        assert str(secret) not in answer.text


def test_an_export_is_imported_into_another_course_with_its_own_lists(story: Story, sign: Sign, elsewhere: Any) -> None:
    client, _, url = elsewhere
    text = exported(story, sign).text
    dry = sent(client, url, text, "?dry_run=true").json
    assert (dry["dry_run"], dry["version"], len(dry["added"]), dry["errors"]) == (True, 0, 5, [])
    assert client.get(url).json["version"] == 0
    done = sent(client, url, text).json
    assert (done["dry_run"], done["version"], done["added"]) == (False, 1, dry["added"])
    lists = {way["config"].get("list") for step in client.get(url).json["steps"] for way in step["branches"]}
    assert str(story.list_id) not in lists
    assert sent(client, url, text).json["code"] == "track_used"


@pytest.mark.parametrize("name", tracks.NAMES)
def test_a_track_comes_back_out_as_it_went_in(name: str, elsewhere: Any) -> None:
    client, _, url = elsewhere
    assert client.post(f"{url}/from-template", json={"template": name}).status_code == 201
    document = yaml.safe_load(client.get(f"{url}.yaml").text)
    track = tracks.library()[name]
    assert [step["title"] for step in document["steps"]] == [step["title"] for step in track["steps"]]
    ways = [[way["kind"] for way in step.get("branches", ())] for step in document["steps"]]
    assert ways == [[way["kind"] for way in step["branches"]] for step in track["steps"]]
    assert [step.get("due_day") for step in document["steps"]] == [step["due_day"] for step in track["steps"]]
    assert documents.read(documents.write(document)) == documents.read(documents.write(document))


STEP = {"key": "one", "title": "One", "branches": [{"kind": "attest", "config": {"by": "word"}}]}


@pytest.mark.parametrize(
    ("step", "pointer", "said"),
    [
        ({"branches": [{"kind": "folow", "config": {}}]}, "/steps/0/branches/0/kind", "Did you mean “follow”?"),
        ({"branches": [{"kind": "follow", "config": {"list": "{poeple}", "count": 1}}]},
         "/steps/0/branches/0/config/list", "Did you mean “{people}”?"),
        ({"branches": [{"kind": "follow", "config": {"list": "{people}", "count": 0}}]},
         "/steps/0/branches/0/config/count", ""),
        ({"branches": [{"kind": "follow", "config": {"list": "{people}", "count": 9}}]},
         "/steps/0/branches/0/config/count", "3 that can be followed"),
        ({"branches": [{"kind": "all_of", "config": {"of": [
            {"kind": "attest", "config": {"by": "word"}},
            {"kind": "follow", "config": {"list": "{poeple}", "count": 1}}]}}]},
         "/steps/0/branches/0/config/of/1/config/list", "Did you mean “{people}”?"),
        ({"after": [["onne"]]}, "/steps/0/after/0/0", "Did you mean “one”?"),
        ({"after": [["one"]]}, "/steps/0/after", "wait for each other"),
        ({"due_day": 999}, "/steps/0/due_on", "Choose a day"),
        ({"titel": "One"}, "/steps/0/titel", ""),
        ({"due_day": 0}, "/steps/0/due_day", ""),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_whole_with_pointer_and_suggestion(
    elsewhere: Any, step: Any, pointer: str, said: str
) -> None:
    client, _, url = elsewhere
    document = {"title": "T", "steps": [{**STEP, **step}]}
    refused = sent(client, url, document)
    assert refused.status_code == 422
    (error,) = [one for one in refused.json["errors"] if one["pointer"] == pointer]
    assert said in error["detail"]
    dry = sent(client, url, document, "?dry_run=true")
    assert (dry.status_code, [one["pointer"] for one in dry.json["errors"]]) == (200, [pointer])
    assert client.get(url).json["version"] == 0


def test_roles_and_hashtags_are_filled_in_within_parts_too(elsewhere: Any) -> None:
    client, _, url = elsewhere
    parts = [
        {"kind": "follow", "config": {"list": "{people}", "count": 2}},
        {"kind": "join_group", "config": {"list": "{spaces}", "count": 1}},
        {"kind": "reflect", "config": {"prompts": ["What is {hashtag} for you?"], "words": 5}},
    ]
    branches = [{"kind": "all_of", "config": {"of": parts}}, *STEP["branches"]]
    assert sent(client, url, {"title": "T", "steps": [{**STEP, "branches": branches}]}).status_code == 200
    (step,) = client.get(url).json["steps"]
    follow, join, reflect = (part["config"] for part in step["branches"][0]["config"]["of"])
    people, spaces, *_ = (one["id"] for one in client.get(url.replace("checklist", "lists")).json)
    assert (follow["list"], join["list"]) == (people, spaces)
    assert reflect["prompts"] == ["What is #ART7 for you?"]
    (again,) = yaml.safe_load(client.get(f"{url}.yaml").text)["steps"]
    assert again["branches"][0]["config"]["of"] == parts


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("steps: [", "not_yaml"),
        ("a: &a [x]\nb: [*a, *a]", "not_yaml"),
        ("!!python/object/apply:os.system ['true']", "not_yaml"),
        ("[" * 5000, "not_yaml"),
        ("", "bad_template"),
        ("just words", "bad_template"),
        ("x" * 262_145, "template_too_large"),
    ],
)
def test_what_is_no_template_is_refused(text: str, code: str, elsewhere: Any) -> None:
    client, _, url = elsewhere
    refused = sent(client, url, text)
    assert (refused.status_code, refused.json["code"]) == (422, code)
    with pytest.raises(Invalid):
        documents.read(text)


def test_a_checklist_is_shared_used_and_shared_no_more(story: Story, sign: Sign, elsewhere: Any) -> None:
    client, _, url = elsewhere
    owner = sign(story.instructor)
    made = owner.post(f"{story.url}/checklist/share", json={"title": "Small steps", "summary": "For a week"}).json
    assert (made["own"], made["steps"][0]) == (True, "Follow two")
    (seen,) = client.get("/api/v1/onboarding/shared-templates").json["items"]
    assert (seen["id"], seen["title"], seen["own"]) == (made["id"], "Small steps", False)
    used = client.post(f"{url}/from-shared/{made['id']}", json={})
    assert (used.status_code, len(used.json["steps"])) == (201, 5)
    gone = f"/api/v1/onboarding/shared-templates/{made['id']}"
    assert client.delete(gone).status_code == 403
    assert owner.delete(gone).status_code == 204
    assert client.post(f"{url}/from-shared/{made['id']}", json={}).status_code == 404
    assert len(client.get(url).json["steps"]) == 5


def test_a_course_is_copied_with_lists_hashtags_and_moved_days_but_nobody(story: Story, sign: Sign, unit: Unit) -> None:
    teacher = sign(story.instructor)
    read = teacher.get(f"{story.url}/checklist")
    steps = [{**step, "due_on": None} for step in read.json["steps"]]
    due = story.course.starts_on + timedelta(days=10)
    steps[0]["due_on"], steps[1]["after"] = due.isoformat(), [[steps[0]["step_key"]]]
    changed = teacher.put(
        f"{story.url}/checklist",
        json={"title": "First steps", "steps": steps},
        headers={"If-Match": read.headers["ETag"]},
    )
    assert changed.status_code == 200, changed.text
    start = date(2031, 3, 3)
    body, once = {"term": "Spring 2031", "starts_on": start.isoformat()}, {"Idempotency-Key": "copy-1"}
    made = teacher.post(f"{story.url}/copy", json=body, headers=once)
    assert (made.status_code, made.json["state"], made.json["code"]) == (201, "draft", "SUB101")
    assert teacher.post(f"{story.url}/copy", json=body, headers=once).json["id"] == made.json["id"]
    assert teacher.post(f"{story.url}/copy", json=body).json["code"] == "course_exists"
    url = f"/api/v1/courses/{made.json['id']}"
    copied = teacher.get(f"{url}/checklist").json
    assert [step["title"] for step in copied["steps"]] == [step["title"] for step in steps]
    assert copied["steps"][0]["due_on"] == (start + timedelta(days=10)).isoformat()
    assert copied["steps"][1]["after"] == [[copied["steps"][0]["step_key"]]]
    assert not {step["step_key"] for step in copied["steps"]} & {step["step_key"] for step in steps}
    (list_,) = teacher.get(f"{url}/lists").json
    assert {way["config"].get("list") for step in copied["steps"] for way in step["branches"]} == {None, list_["id"]}
    assert list_["id"] != str(story.list_id)
    assert [tag["key"] for tag in teacher.get(f"{url}/hashtags").json] == ["sub101"]
    assert [person["name"] for person in teacher.get(f"{url}/people").json["items"]] == ["Ira Teacher"]
    assert teacher.post(f"{url}/open").status_code == 200
    assert sign(story.student).post(f"{story.url}/copy", json=body).status_code == 403


def test_a_course_is_copied_by_a_form(story: Story, browser: Any) -> None:
    client, page = browser(story.instructor), f"/courses/{story.course.id}/copy"
    wrong = client.submit(page, {"term": "", "starts_on": "2031-03-03"}, page=page)
    assert wrong.status_code == 422
    done = client.submit(page, {"term": "Spring 2031", "starts_on": "2031-03-03", "code": "SUB101"}, page=page)
    assert done.status_code == 303
    assert "Draft" in client.get(done.headers["Location"]).text
