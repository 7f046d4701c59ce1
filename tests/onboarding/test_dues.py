"""Days until which steps are due, for some a later one, and what came late; points."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from onboarding import dues, giving, pausing, service
from onboarding.dues import Due
from plnapi.activity import service as activity
from plnapi.clock import now
from tests import make
from tests.onboarding.conftest import Story, post_of, way
from tests.onboarding.test_checklist import LINK, pointers, put, step

Unit, Sign = Callable[[], Any], Callable[..., Any]
DAY = date(2026, 10, 5)
TODAY = now().date()
AUCKLAND = ZoneInfo("Pacific/Auckland")


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[misc]


def set_due(story: Story, name: str, due_on: date | None, points: int = 0) -> None:
    view = service.view(story.course.id)
    steps = [
        replace(one, due_on=due_on, points=points) if one.step_key == story.steps[name] else one for one in view.steps
    ]
    service.save(story.course, view.title, steps, None, expected=view.version)


def mine(client: Any, story: Story, name: str) -> dict[str, Any]:
    steps = client.get(f"{story.url}/my/steps").json["steps"]
    found = next(one for one in steps if one["step_key"] == str(story.steps[name]))
    explained = client.get(story.mine(name)).json
    assert {k: found[k] for k in ("due_on", "extended", "late", "points")} == {
        k: explained[k] for k in ("due_on", "extended", "late", "points")
    }
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("later", "zone", "done_at", "moment", "due"),
    [
        (None, UTC, None, at(2026, 10, 5, 23, 59), Due(DAY)),
        (None, UTC, None, at(2026, 10, 6), Due(DAY, late=True)),
        (None, UTC, at(2026, 10, 5, 23, 59), at(2026, 11, 1), Due(DAY)),
        (None, UTC, at(2026, 10, 6), at(2026, 11, 1), Due(DAY, late=True)),
        (None, AUCKLAND, at(2026, 10, 5, 10, 59), at(2026, 11, 1), Due(DAY)),
        (None, AUCKLAND, at(2026, 10, 5, 11), at(2026, 11, 1), Due(DAY, late=True)),
        (date(2026, 10, 7), UTC, at(2026, 10, 7, 12), at(2026, 11, 1), Due(date(2026, 10, 7), extended=True)),
        (date(2026, 10, 7), UTC, at(2026, 10, 8), at(2026, 11, 1), Due(date(2026, 10, 7), extended=True, late=True)),
        (date(2026, 10, 1), UTC, at(2026, 10, 5), at(2026, 11, 1), Due(DAY)),  # the class got more time since
    ],
)
def test_a_step_is_due_until_the_end_of_a_day_there(
    later: date | None, zone: Any, done_at: datetime | None, moment: datetime, due: Due
) -> None:
    assert dues.due(DAY, later, zone, done_at, moment) == due


def test_without_a_day_nothing_is_late() -> None:
    assert dues.due(None, DAY, UTC, None, at(2030, 1, 1)) == Due()


def test_the_end_of_a_day_may_come_after_25_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert pausing.end_of(date(2026, 10, 25), berlin).astimezone(UTC) == at(2026, 10, 25, 23)
    assert pausing.end_of(date(2026, 10, 24), berlin).astimezone(UTC) == at(2026, 10, 24, 22)


@pytest.mark.parametrize(
    ("due_on", "code"),
    [(TODAY - timedelta(days=31), "due_before_start"), (TODAY + timedelta(days=61), "due_after_end")],
)
def test_a_day_outside_of_the_course_is_refused_with_the_days_that_there_are(
    story: Story, sign: Sign, due_on: date, code: str
) -> None:
    refused = put(sign(story.instructor), story, [step("Plan", LINK), step("Write", LINK, due_on=due_on.isoformat())])
    assert pointers(refused) == {"/steps/1/due_on": code}
    assert (TODAY - timedelta(days=30)).isoformat() in refused.json["errors"][0]["detail"]


def test_days_and_points_are_kept_in_the_version_and_headings_have_none(story: Story, sign: Sign) -> None:
    teacher = sign(story.instructor)
    saved = put(teacher, story, [step("Plan", LINK, due_on=TODAY.isoformat(), points=5)]).json["steps"][0]
    assert (saved["due_on"], saved["points"]) == (TODAY.isoformat(), 5)
    assert teacher.get(f"{story.url}/checklist/versions/1").json["steps"][0]["points"] == 0
    headings = [step("A", kind="heading", points=1), step("B", kind="heading", due_on=TODAY.isoformat())]
    assert pointers(put(teacher, story, headings)) == {"/steps/0/points": "heading", "/steps/1/due_on": "heading"}
    assert set(pointers(put(teacher, story, [step("C", LINK, points=-1)]))) == {"/steps/0/points"}


def test_what_happened_in_time_is_not_late_however_late_it_was_seen(story: Story, unit: Unit, sign: Sign) -> None:
    client = sign(story.student)
    with unit():
        set_due(story, "post", TODAY - timedelta(days=5), points=3)
    late = mine(client, story, "post")
    assert (late["due_on"], late["late"], late["points"]) == ((TODAY - timedelta(days=5)).isoformat(), True, 3)
    with unit():
        activity.record([post_of(story, 1, at=now() - timedelta(days=6))])
    assert (mine(client, story, "post")["verdict"], mine(client, story, "post")["late"]) == ("verified", False)


def test_a_link_that_waits_is_as_late_as_it_was_given(story: Story, unit: Unit, sign: Sign) -> None:
    client = sign(story.student)
    client.post(f"{story.mine('link')}/link", json={"url": "https://docs.example/plan"})
    with unit():
        set_due(story, "link", TODAY)
    assert mine(client, story, "link")["late"] is False
    with unit():
        set_due(story, "link", TODAY - timedelta(days=1))
    assert mine(client, story, "link")["late"] is True


def test_an_extension_is_for_one_student_and_can_be_taken_back(story: Story, unit: Unit, sign: Sign) -> None:
    teacher, client = sign(story.instructor), sign(story.student)
    url = f"{story.url}/people/{story.student.id}/steps/{story.steps['post']}/extension"
    body = {"due_on": (TODAY + timedelta(days=2)).isoformat()}
    assert teacher.put(url, json=body).json["code"] == "not_due"
    with unit():
        set_due(story, "post", TODAY - timedelta(days=1))
    early = teacher.put(url, json={"due_on": (TODAY - timedelta(days=1)).isoformat()})
    assert (early.status_code, early.json["errors"][0]["pointer"]) == (422, "/due_on")
    assert teacher.put(url, json=body).json["due_on"] == body["due_on"]
    now_ = mine(client, story, "post")
    assert (now_["due_on"], now_["extended"], now_["late"]) == (body["due_on"], True, False)
    assert teacher.get(f"{story.url}/grid").json["students"][0]["late"] == []
    assert teacher.put(url, json={"due_on": (TODAY + timedelta(days=3)).isoformat()}).status_code == 200
    assert client.put(url, json=body).status_code == 403
    assert teacher.delete(url).status_code == 204
    assert teacher.delete(url).status_code == 204
    assert mine(client, story, "post")["late"] is True
    nobody = url.replace(str(story.student.id), str(story.instructor.id))
    assert teacher.put(nobody, json=body).status_code == 404


def test_the_grid_shows_days_points_and_what_is_late_in_four_statements(
    story: Story, unit: Unit, sign: Sign, statements: Any
) -> None:
    with unit():
        other = make.person("Other")
        make.enrol(story.course, other)
        set_due(story, "post", TODAY - timedelta(days=2), points=2)
        set_due(story, "word", TODAY - timedelta(days=2), points=1)
        set_due(story, "link", TODAY + timedelta(days=2), points=4)
        activity.record([post_of(story, 1, at=now() - timedelta(days=3))])
        giving.give_word(story.course, story.student.id, story.steps["word"])
        dues.extend(story.course, other.id, story.steps["word"], TODAY, story.instructor.id)
    teacher = sign(story.instructor)
    teacher.get(f"{story.url}/grid")
    with statements() as seen:
        grid = teacher.get(f"{story.url}/grid").json
    assert len([one for one in seen if "step" in one or ("people" in one and "enrolments" in one)]) <= 4
    assert [one["points"] for one in grid["steps"]] == [0, 2, 0, 1, 4]
    lines = {line["name"]: line for line in grid["students"]}
    assert (lines["Sam Student"]["late"], lines["Sam Student"]["points"]) == ([3], 3)
    assert (lines["Other"]["late"], lines["Other"]["points"]) == ([1], 0)


def test_pages_show_days_and_take_extensions(story: Story, unit: Unit, browser: Any) -> None:
    teacher, course = browser(story.instructor), f"/courses/{story.course.id}"
    edit = f"{course}/checklist/{story.steps['post']}"
    due = (TODAY - timedelta(days=1)).isoformat()
    form = {"title": "Post once", "required": "true", "version": "1", "due_on": due, "points": "2"}
    assert teacher.submit(edit, form, page=edit).status_code == 303
    assert f'value="{due}"' in teacher.get(edit).text
    assert "2 points" in teacher.get(f"{course}/checklist").text
    student = browser(story.student)
    text = student.get(f"{course}/steps").text
    assert ("Late" in text, "2 points" in text) == (True, True)
    assert "0/2" in teacher.get(f"{course}/grid").text
    staff = f"{course}/people/{story.student.id}/steps/{story.steps['post']}"
    assert "More time for Sam Student" in teacher.get(staff).text
    refused = teacher.submit(f"{staff}/extension", {"due_on": due}, page=staff)
    assert refused.status_code == 422
    assert "Choose a later day" in refused.text
    longer = (TODAY + timedelta(days=9)).isoformat()
    assert teacher.submit(f"{staff}/extension", {"due_on": longer}, page=staff).status_code == 303
    assert "(extended)" in student.get(f"{course}/steps").text
    assert teacher.submit(f"{staff}/extension", {"due_on": ""}, page=staff).status_code == 303
    assert "(extended)" not in student.get(f"{course}/steps").text
    assert "More time" not in student.get(f"{course}/steps/{story.steps['post']}").text


def test_a_step_with_another_day_is_the_same_step(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1)])
        set_due(story, "post", TODAY)
        view = service.view(story.course.id)
        assert (view.version, view.steps[1].step_key) == (2, story.steps["post"])
        assert view.steps[1].branches[0] == way("post", count=1)
