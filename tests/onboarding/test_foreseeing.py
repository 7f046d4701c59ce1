"""The dry run: who would gain or lose what by another checklist, and nothing is saved."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bench.world import a_world
from onboarding import foreseeing, giving, progress, service
from plnapi.activity import service as activity
from plnapi.courses import service as courses
from plnapi.db import unit_of_work
from tests import make
from tests.onboarding.conftest import Story, follow_of, post_of, way
from tests.onboarding.test_checklist import LINK, pointers, step
from tests.onboarding.test_progress import credits_of, states, verdicts

Unit, Sign = Callable[[], Any], Callable[..., Any]


@pytest.fixture
def teacher(story: Story, sign: Sign) -> Any:
    return sign(story.instructor)


def dry(teacher: Any, story: Story, steps: list[Any]) -> Any:
    etag = teacher.get(f"{story.url}/checklist").headers["ETag"]
    return teacher.put(f"{story.url}/checklist?dry_run=true", json={"steps": steps}, headers={"If-Match": etag})


def changes(answer: Any) -> dict[str, tuple[list[str], list[str]]]:
    assert answer.status_code == 200, answer.text
    return {
        one["title"]: ([who["name"] for who in one["gains"]], [who["name"] for who in one["loses"]])
        for one in answer.json["foresight"]["steps"]
    }


def test_a_stricter_and_a_laxer_step_name_who_it_concerns_and_save_nothing(
    story: Story, teacher: Any, unit: Unit
) -> None:
    with unit():
        quiet = make.person("Quiet")
        make.enrol(story.course, quiet)
        giving.give_word(story.course, quiet.id, story.steps["word"])
        activity.record([post_of(story, 1), follow_of(story, 0)])
    before = teacher.get(f"{story.url}/checklist").json
    steps = [*before["steps"]]
    list_ = str(story.list_id)
    steps[0] = {**steps[0], "branches": [way("follow", list=list_, count=1), LINK]}
    steps[1] = {**steps[1], "branches": [way("post", count=2), LINK]}
    steps[3] = {**steps[3], "least_level": "person"}
    answer = dry(teacher, story, steps)
    assert changes(answer) == {
        "Follow two": (["Sam Student"], []),
        "Post once": ([], ["Sam Student"]),
        "Read the rules": ([], ["Quiet"]),
    }
    assert (answer.json["version"], answer.json["foresight"]["students"]) == (1, 2)
    assert teacher.get(f"{story.url}/checklist").json == before
    with unit():
        assert credits_of(story) == []
        assert verdicts(story)["follow"] != "verified"
        assert progress.replay(story.course.id) == []


def test_what_is_foreseen_is_what_happens(story: Story, teacher: Any, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1), follow_of(story, 0)])
    steps = teacher.get(f"{story.url}/checklist").json["steps"]
    steps[0] = {**steps[0], "branches": [way("follow", list=str(story.list_id), count=1), LINK]}
    foreseen = changes(dry(teacher, story, steps))
    etag = teacher.get(f"{story.url}/checklist").headers["ETag"]
    saved = teacher.put(f"{story.url}/checklist", json={"steps": steps}, headers={"If-Match": etag}).json
    assert (saved["version"], saved["foresight"]) == (2, None)
    with unit():
        done = [name for name, row in states(story).items() if row.verdict == "verified"]
    assert foreseen == {"Follow two": (["Sam Student"], [])}
    assert sorted(done) == ["follow", "post"]


def test_a_step_that_is_added_or_taken_off_is_in_the_report(story: Story, teacher: Any, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1), follow_of(story, 0)])
    fresh = step("Follow one", way("follow", list=str(story.list_id), count=1), LINK)
    answer = dry(teacher, story, [fresh])
    assert changes(answer) == {"Follow one": (["Sam Student"], []), "Post once": ([], ["Sam Student"])}
    added, gone = answer.json["foresight"]["steps"]
    assert (added["step_key"], added["removed"]) == (None, False)
    assert (gone["step_key"], gone["removed"]) == (str(story.steps["post"]), True)


def test_a_lock_that_credit_would_open_again_is_foreseen_whole(story: Story, teacher: Any, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1), follow_of(story, 0), follow_of(story, 1)])
    steps = teacher.get(f"{story.url}/checklist").json["steps"]
    steps[1] = {**steps[1], "after": [[str(story.steps["word"])]]}
    steps[0] = {**steps[0], "after": [[str(story.steps["post"])]]}
    assert changes(dry(teacher, story, steps)) == {"Post once": ([], ["Sam Student"])}


def test_what_cannot_be_saved_is_refused_in_the_same_way(story: Story, teacher: Any, sign: Sign) -> None:
    assert pointers(dry(teacher, story, [step("Bad", LINK, way("post", count=2, days=3))])) == {
        "/steps/0/branches/1/config/days": "too_many_days"
    }
    student = sign(story.student)
    assert dry(student, story, []).status_code == 403
    url = f"{story.url}/checklist?dry_run=true"
    assert teacher.put(url, json={"steps": []}, headers={"If-Match": '"other"'}).status_code == 412


def test_students_cost_no_statements_of_their_own(story: Story, unit: Unit, teacher: Any, statements: Any) -> None:
    counts = []
    steps = teacher.get(f"{story.url}/checklist").json["steps"]
    for _ in range(2):
        with unit():
            for n in range(6):
                make.enrol(story.course, make.person(f"Other {n}"))
        with statements() as seen:
            dry(teacher, story, steps)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_stricter_step_on_a_course_of_two_hundred_names_who_would_lose_it() -> None:
    with a_world(200) as world, world.app.app_context(), unit_of_work():
        course = courses.get(world.course_id)
        view = service.view(course.id)
        second, stricter = view.steps[1], [*view.steps]
        config = {**second.branches[0]["config"], "count": 3}
        stricter[1] = replace(second, branches=({"kind": "follow", "config": config}, *second.branches[1:]))
        found = foreseeing.foresee(course, stricter, expected=view.version)
        (change,) = found.steps
        assert (found.students, len(change.loses), len(change.gains), change.removed) == (200, 200, 0, False)
        assert [one.name for one in change.loses[:2]] == ["Student 00000", "Student 00001"]
        assert service.view(course.id) == view
