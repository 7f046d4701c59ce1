"""Reviews over HTTP: the queue and its filters, decisions and how they are taken back, messages, assistants by section."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from onboarding import progress
from onboarding.models import Decision
from plnapi.activity import service as activity
from plnapi.courses import service as courses
from plnapi.db import db
from plnapi.outbox.models import Message as Told
from tests import make
from tests.onboarding.conftest import Story, post_of
from tests.onboarding.test_levels import ask
from tests.onboarding.test_progress import states

Unit, Sign = Callable[[], Any], Callable[..., Any]


@pytest.fixture
def student(story: Story, sign: Sign) -> Any:
    return sign(story.student)


@pytest.fixture
def teacher(story: Story, sign: Sign) -> Any:
    return sign(story.instructor)


def give(client: Any, story: Story, url: str = "https://docs.example/plan") -> Any:
    return client.post(f"{story.mine('link')}/link", json={"url": url, "text": ""})


def waiting(client: Any, story: Story, query: str = "") -> list[Any]:
    return list(client.get(f"{story.url}/reviews{query}").json["items"])


def decide(client: Any, story: Story, id_: str, decision: str, text: str = "") -> Any:
    return client.post(f"{story.url}/reviews/{id_}", json={"decision": decision, "text": text})


def undo(client: Any, story: Story, id_: str) -> Any:
    return client.post(f"{story.url}/decisions/{id_}/undo", json={"text": "A mistake"})


def of_student(story: Story, step: str, what: str) -> str:
    return f"{story.url}/people/{story.student.id}/steps/{story.steps[step]}/{what}"


def replayed(story: Story, unit: Unit) -> list[Any]:
    with unit():
        return progress.replay(story.course.id)


def test_an_approval_that_is_taken_back_makes_the_step_fall_by_that_event_alone(
    story: Story, student: Any, teacher: Any, unit: Unit
) -> None:
    give(student, story)
    (one,) = waiting(teacher, story)
    approved = decide(teacher, story, one["id"], "approved").json
    assert student.get(story.mine("link")).json["verdict"] == "verified"
    taken = undo(teacher, story, approved["id"])
    assert (taken.status_code, taken.json["kind"], taken.json["about_id"]) == (201, "undone", approved["id"])
    assert student.get(story.mine("link")).json["verdict"] == "waiting"
    assert [again["id"] for again in waiting(teacher, story)] == [one["id"]]
    with unit():
        kinds = [said.kind for said in db.session.scalars(select(Decision).order_by(Decision.id))]
        topics = [told.topic for told in db.session.scalars(select(Told).order_by(Told.id))]
    assert kinds == ["link", "approved", "undone"]
    assert topics == ["step.done", "step.undone"]
    assert replayed(story, unit) == []


def test_the_student_is_told_what_was_taken_back_and_why(
    story: Story, student: Any, teacher: Any, browser: Any
) -> None:
    give(student, story)
    approved = decide(teacher, story, waiting(teacher, story)[0]["id"], "approved", "Well done").json
    undo(teacher, story, approved["id"])
    mine = student.get(f"{story.mine('link')}/decisions").json
    assert [(one["kind"], one["text"]) for one in mine["items"]][1:] == [
        ("approved", "Well done"),
        ("undone", "A mistake"),
    ]
    of_staff = teacher.get(of_student(story, "link", "decisions")).json["items"]
    assert mine["items"] == [{name: one[name] for name in one.keys() - {"person_id"}} for one in of_staff]
    page = browser(story.student).get(f"/courses/{story.course.id}/steps/{story.steps['link']}").text
    assert "What was said about it" in page
    assert "Taken back" in page and "A mistake" in page
    assert "Take this decision back" not in page
    assert student.get(f"{story.url}/my/steps/{story.course.id}/decisions").status_code == 404


def test_after_it_was_taken_back_it_can_be_decided_again_and_that_is_told_again(
    story: Story, student: Any, teacher: Any, unit: Unit
) -> None:
    give(student, story)
    (one,) = waiting(teacher, story)
    first = decide(teacher, story, one["id"], "approved").json
    undo(teacher, story, first["id"])
    assert undo(teacher, story, first["id"]).json["code"] == "already_decided"
    second = decide(teacher, story, one["id"], "returned", "Add dates").json
    assert decide(teacher, story, one["id"], "approved").json["code"] == "already_decided"
    assert student.get(story.mine("link")).json["next"]["code"] == "next_give_link_again"
    undo(teacher, story, second["id"])
    assert decide(teacher, story, one["id"], "approved").status_code == 201
    assert student.get(story.mine("link")).json["verdict"] == "verified"
    with unit():
        topics = [told.topic for told in db.session.scalars(select(Told).order_by(Told.id))]
    assert topics == ["step.done", "step.undone", "step.done"]
    assert replayed(story, unit) == []


def test_what_the_student_answered_since_is_not_taken_back(story: Story, student: Any, teacher: Any) -> None:
    give(student, story)
    returned = decide(teacher, story, waiting(teacher, story)[0]["id"], "returned", "Add dates").json
    give(student, story, "https://docs.example/second")
    assert undo(teacher, story, returned["id"]).json["code"] == "already_decided"
    assert undo(teacher, story, str(story.course.id)).status_code == 404


def test_a_link_is_corrected_after_a_decision_was_taken_back(story: Story, student: Any, teacher: Any) -> None:
    give(student, story)
    approved = decide(teacher, story, waiting(teacher, story)[0]["id"], "approved").json
    undo(teacher, story, approved["id"])
    assert give(student, story, "https://docs.example/better").json["verdict"] == "waiting"
    (one,) = waiting(teacher, story)
    assert one["url"] == "https://docs.example/better"
    decide(teacher, story, one["id"], "approved")
    assert student.get(story.mine("link")).json["verdict"] == "verified"


def test_a_step_that_is_returned_is_open_until_something_better_comes(
    story: Story, student: Any, teacher: Any, unit: Unit
) -> None:
    with unit():
        ask(story, "word", "person")
    student.post(f"{story.mine('word')}/word", json={"text": "Read"})
    (one,) = waiting(teacher, story, "?kind=confirmation")
    assert (one["id"], one["level"], [e["verb"] for e in one["evidence"]]) == (None, "declared", ["Word"])
    url = of_student(story, "word", "confirm")
    silent = teacher.post(url, json={"decision": "returned"})
    assert (silent.status_code, silent.json["errors"][0]["pointer"]) == (422, "/text")
    returned = teacher.post(url, json={"decision": "returned", "text": "Which rules?"}).json
    mine = student.get(story.mine("word")).json
    assert (mine["verdict"], mine["next"]["code"]) == ("not_yet", "next_improve")
    assert mine["explanation"][-1]["text"] == "A reviewer returned it: Which rules?"
    assert waiting(teacher, story) == []
    assert teacher.post(url, json={}).json["code"] == "nothing_to_confirm"
    assert (
        student.post(f"{story.mine('word')}/word", json={"text": "Those of art.example"}).json["verdict"] == "waiting"
    )
    assert undo(teacher, story, returned["id"]).json["code"] == "already_decided"
    confirmed = teacher.post(url, json={}).json
    assert student.get(story.mine("word")).json["verdict"] == "verified"
    undo(teacher, story, confirmed["id"])
    assert student.get(story.mine("word")).json["verdict"] == "waiting"
    assert teacher.post(url, json={}).status_code == 201
    said = teacher.get(of_student(story, "word", "decisions")).json["items"]
    assert [one["kind"] for one in said] == ["word", "returned", "word", "confirmed", "undone", "confirmed"]
    assert replayed(story, unit) == []


def test_the_queue_is_narrowed_down_by_kind_step_and_section(
    story: Story, student: Any, teacher: Any, unit: Unit, sign: Sign
) -> None:
    with unit():
        ask(story, "post", "person")
        activity.record([post_of(story, 1)])
        other = make.person("Nia North")
        make.enrol(story.course, other, section="North")
    give(student, story)
    give(sign(other), story, "https://docs.example/north")
    assert [one["kind"] for one in waiting(teacher, story)] == ["confirmation", "link", "link"]
    assert len(waiting(teacher, story, "?kind=link")) == 2
    assert len(waiting(teacher, story, f"?step_key={story.steps['post']}")) == 1
    assert [one["name"] for one in waiting(teacher, story, "?section=North")] == ["Nia North"]
    assert teacher.get(f"{story.url}/reviews?kind=dance").status_code == 422
    first = teacher.get(f"{story.url}/reviews?per_page=2").json
    rest = teacher.get(f"{story.url}/reviews?per_page=2&cursor={first['page']['next']}").json
    assert [one["kind"] for one in first["items"] + rest["items"]] == ["confirmation", "link", "link"]


def test_an_assistant_with_a_section_sees_and_decides_that_section_only(
    story: Story, student: Any, unit: Unit, sign: Sign
) -> None:
    with unit():
        ask(story, "word", "person")
        north, helper = make.person("Nia North"), make.person("Hal Helper")
        make.enrol(story.course, north, section="North")
        make.enrol(story.course, helper, "assistant", section="North")
    student.post(f"{story.mine('word')}/word", json={})
    give(student, story)
    give(sign(north), story, "https://docs.example/north")
    assistant, teacher = sign(helper), sign(story.instructor)
    assert [one["name"] for one in waiting(assistant, story)] == ["Nia North"]
    theirs = next(one["id"] for one in waiting(teacher, story) if one["name"] == "Sam Student" and one["id"])
    assert decide(assistant, story, theirs, "approved").status_code == 404
    for what in ("decisions", "messages"):
        assert assistant.get(of_student(story, "link", what)).status_code == 404
    assert assistant.get(of_student(story, "link", "").rstrip("/")).status_code == 404
    assert assistant.post(of_student(story, "word", "confirm"), json={}).status_code == 404
    assert assistant.post(of_student(story, "word", "messages"), json={"text": "Hello"}).status_code == 404
    assert [line["name"] for line in assistant.get(f"{story.url}/grid").json["students"]] == ["Nia North"]
    assert assistant.get(f"{story.url}/progress/summary").json["section"] == "North"
    names = {one["name"] for one in assistant.get(f"{story.url}/people").json["items"]}
    assert "Sam Student" not in names and "Nia North" in names
    approved = decide(teacher, story, theirs, "approved").json
    assert undo(assistant, story, approved["id"]).status_code == 404
    assert assistant.get(f"{story.url}/progress.csv").status_code == 403


def test_messages_go_both_ways_and_decide_nothing(story: Story, student: Any, teacher: Any, browser: Any) -> None:
    give(student, story)
    mine = f"{story.mine('link')}/messages"
    assert student.post(mine, json={"text": "Is a draft enough?"}).json["own"] is True
    said = teacher.post(of_student(story, "link", "messages"), json={"text": "Yes, for now."}).json
    assert (said["own"], said["name"]) == (False, "Ira Teacher")
    assert [one["text"] for one in student.get(mine).json["items"]] == ["Is a draft enough?", "Yes, for now."]
    assert student.get(story.mine("link")).json["verdict"] == "waiting"
    assert teacher.get(of_student(story, "link", "messages")).json["items"] == student.get(mine).json["items"]
    page = f"/courses/{story.course.id}/reviews"
    shown = browser(story.instructor).get(page).text
    assert "Is a draft enough?" in shown and "Yes, for now." in shown
    own, step = browser(story.student), f"/courses/{story.course.id}/steps/{story.steps['link']}"
    assert own.submit(f"{step}/messages", {"text": "Thank you"}, page=step).status_code == 303
    assert "Thank you" in own.get(step).text


def test_a_message_needs_words_a_step_and_a_student(story: Story, student: Any, teacher: Any) -> None:
    mine = f"{story.mine('link')}/messages"
    assert student.post(mine, json={"text": "  "}).status_code == 422
    assert (
        student.post(mine.replace(str(story.steps["link"]), str(story.course.id)), json={"text": "x"}).status_code
        == 404
    )
    nobody = of_student(story, "link", "messages").replace(str(story.student.id), str(story.instructor.id))
    assert teacher.post(nobody, json={"text": "Hello"}).status_code == 404


def test_in_the_grace_time_reviews_are_decided_and_then_nothing_is(
    story: Story, student: Any, teacher: Any, unit: Unit
) -> None:
    give(student, story)
    (one,) = waiting(teacher, story)
    with unit():
        courses.close(courses.get(story.course.id))
    approved = decide(teacher, story, one["id"], "approved")
    assert approved.status_code == 201
    with unit():
        courses.change(courses.get(story.course.id), grace_days=0)
        activity.record([post_of(story, 1)])
        assert states(story)["post"].verdict != "verified"
        assert progress.replay(story.course.id) == []
    assert undo(teacher, story, approved.json["id"]).json["code"] == "course_frozen"
    assert teacher.post(of_student(story, "link", "messages"), json={"text": "x"}).json["code"] == "course_frozen"


def test_late_facts_still_count_in_the_grace_time(story: Story, unit: Unit) -> None:
    with unit():
        courses.close(courses.get(story.course.id))
        activity.record([post_of(story, 1)])
        assert states(story)["post"].verdict == "verified"
        assert progress.replay(story.course.id) == []


def test_staff_take_a_decision_back_on_the_page_of_the_step(
    story: Story, student: Any, teacher: Any, browser: Any
) -> None:
    give(student, story)
    approved = decide(teacher, story, waiting(teacher, story)[0]["id"], "approved").json
    page = f"/courses/{story.course.id}/people/{story.student.id}/steps/{story.steps['link']}"
    client = browser(story.instructor)
    assert "Take this decision back" in client.get(page).text
    action = f"/courses/{story.course.id}/decisions/{approved['id']}/undo"
    assert client.submit(action, {}, page=page).status_code == 303
    assert "Taken back" in client.get(page).text
    assert student.get(story.mine("link")).json["verdict"] == "waiting"
