"""A student's own word, links, and the reviewers who decide about them, over HTTP."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from onboarding.models import Decision
from plnapi.activity import service as activity
from plnapi.courses import service as courses
from plnapi.db import db
from plnapi.outbox.models import Message
from tests import make
from tests.onboarding.conftest import Story, follow_of, looked, post_of

Sign = Callable[..., Any]


@pytest.fixture
def student(story: Story, sign: Sign) -> Any:
    return sign(story.student)


@pytest.fixture
def teacher(story: Story, sign: Sign) -> Any:
    return sign(story.instructor)


def give(client: Any, story: Story, step: str, url: str, text: str = "") -> Any:
    return client.post(f"{story.mine(step)}/link", json={"url": url, "text": text})


def queue(teacher: Any, story: Story) -> Any:
    return teacher.get(f"{story.url}/reviews").json["items"]


def decide(teacher: Any, story: Story, id_: str, decision: str, text: str = "") -> Any:
    return teacher.post(f"{story.url}/reviews/{id_}", json={"decision": decision, "text": text})


def codes(explained: Any) -> list[str]:
    return [note["code"] for note in explained["explanation"]]


def test_ones_own_list_shows_the_next_step_and_the_evidence(
    story: Story, student: Any, unit: Any, statements: Any
) -> None:
    with unit():
        activity.record([follow_of(story, 0), follow_of(story, 1)])
    mine = student.get(f"{story.url}/my/steps")
    first, second = mine.json["steps"][:2]
    assert (first["verdict"], first["way"], first["level"]) == ("verified", 0, "machine")
    assert [one["uri"] for one in first["evidence"]] == [
        "https://people.example/@person0",
        "https://people.example/@person1",
    ]
    assert mine.json["next_step"] == second["step_key"] == str(story.steps["post"])
    again = student.get(f"{story.url}/my/steps", headers={"If-None-Match": mine.headers["ETag"]})
    assert again.status_code == 304


def test_ones_own_list_costs_one_statement_beyond_knowing_who_asks(story: Story, student: Any, statements: Any) -> None:
    student.get(f"{story.url}/my/steps")
    with statements() as seen:
        student.get(f"{story.url}/my/steps")
    assert len([s for s in seen if "step_states" in s]) == 1
    assert len(seen) <= 3


def test_a_word_is_enough_where_the_step_takes_it(story: Story, student: Any) -> None:
    given = student.post(f"{story.mine('word')}/word", json={"text": "Read them all"})
    assert (given.status_code, given.json["verdict"], given.json["level"]) == (201, "verified", "declared")
    again = student.post(f"{story.mine('word')}/word", json={})
    assert again.json["done_at"] == given.json["done_at"]


def test_a_way_that_the_step_does_not_have_is_refused(story: Story, student: Any) -> None:
    refused = student.post(f"{story.mine('link')}/word", json={})
    assert (refused.status_code, refused.json["code"]) == (409, "word_not_wanted")
    assert give(student, story, "word", "https://a.example/").json["code"] == "link_not_wanted"


def test_nothing_is_given_once_the_course_is_closed(story: Story, student: Any, unit: Any) -> None:
    with unit():
        courses.close(courses.get(story.course.id))
    assert give(student, story, "link", "https://a.example/").json["code"] == "course_not_open"


def test_a_link_waits_and_is_approved_once(story: Story, student: Any, teacher: Any) -> None:
    given = give(student, story, "link", "https://docs.example/plan", "My plan")
    assert (given.json["verdict"], given.json["level"]) == ("waiting", "linked")
    (one,) = queue(teacher, story)
    assert (one["name"], one["step_title"], one["url"], one["text"], one["others"]) == (
        "Sam Student", "Write a plan", "https://docs.example/plan", "My plan", 0,
    )  # fmt: skip
    assert decide(teacher, story, one["id"], "approved", "Well done").status_code == 201
    assert queue(teacher, story) == []
    after = student.get(story.mine("link")).json
    assert (after["verdict"], after["level"]) == ("verified", "person")
    assert after["explanation"][0]["text"] == "A reviewer approved the link. Well done"
    second = decide(teacher, story, one["id"], "returned", "No")
    assert (second.status_code, second.json["code"]) == (409, "already_decided")


def test_a_link_that_is_returned_can_be_given_again(story: Story, student: Any, teacher: Any) -> None:
    give(student, story, "link", "https://docs.example/plan")
    id_ = queue(teacher, story)[0]["id"]
    silent = decide(teacher, story, id_, "returned", "  ")
    assert (silent.status_code, silent.json["errors"][0]["pointer"]) == (422, "/text")
    decide(teacher, story, id_, "returned", "Add dates")
    after = student.get(story.mine("link")).json
    assert (after["verdict"], codes(after), after["next"]["code"]) == (
        "not_yet",
        ["link_returned"],
        "next_give_link_again",
    )
    assert give(student, story, "link", "https://docs.example/plan").json["verdict"] == "waiting"
    decide(teacher, story, queue(teacher, story)[0]["id"], "approved")
    assert student.get(story.mine("link")).json["verdict"] == "verified"
    assert give(student, story, "link", "https://docs.example/other").json["code"] == "link_approved"


def test_another_link_replaces_the_one_that_waits(story: Story, student: Any, teacher: Any) -> None:
    give(student, story, "link", "https://docs.example/wrong")
    first = queue(teacher, story)[0]["id"]
    give(student, story, "link", "https://docs.example/right")
    assert [one["url"] for one in queue(teacher, story)] == ["https://docs.example/right"]
    assert decide(teacher, story, first, "approved").json["code"] == "already_decided"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a.example/x", "nonsense", "https://user:pw@a.example/"])
def test_only_web_addresses_are_links(story: Story, student: Any, url: str) -> None:
    refused = give(student, story, "link", url)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/url")


def test_one_link_counts_for_one_step(story: Story, student: Any, teacher: Any) -> None:
    give(student, story, "link", "https://docs.example/plan")
    refused = give(student, story, "follow", "http://www.docs.example/plan/")
    assert (refused.status_code, refused.json["code"]) == (409, "link_used")
    decide(teacher, story, queue(teacher, story)[0]["id"], "returned", "This belongs to the other step")
    assert give(student, story, "follow", "https://docs.example/plan").status_code == 201


def test_the_same_link_of_two_people_is_flagged_to_the_reviewer(
    story: Story, student: Any, teacher: Any, sign: Sign, unit: Any
) -> None:
    with unit():
        friend = make.person("Friend")
        make.enrol(story.course, friend)
    give(student, story, "link", "https://docs.example/plan")
    give(sign(friend), story, "link", "https://docs.example/plan/")
    assert [one["others"] for one in queue(teacher, story)] == [1, 1]


def test_nobody_reviews_their_own_link_and_students_see_no_queue(
    story: Story, student: Any, sign: Sign, unit: Any
) -> None:
    give(student, story, "link", "https://docs.example/plan")
    assert student.get(f"{story.url}/reviews").status_code == 403
    with unit():
        courses.enrol(courses.get(story.course.id), story.student.id, "assistant")
    (one,) = queue(student, story)
    refused = decide(student, story, one["id"], "approved")
    assert (refused.status_code, refused.json["code"]) == (403, "own_link")


def test_the_queue_is_paged_oldest_first(story: Story, teacher: Any, sign: Sign, unit: Any) -> None:
    people = []
    with unit():
        for n in range(3):
            people.append(make.person(f"Student {n}"))
            make.enrol(story.course, people[-1])
    for n, somebody in enumerate(people):
        give(sign(somebody), story, "link", f"https://docs.example/{n}")
    first = teacher.get(f"{story.url}/reviews?per_page=2")
    assert [one["name"] for one in first.json["items"]] == ["Student 0", "Student 1"]
    rest = teacher.get(f"{story.url}/reviews?per_page=2&cursor={first.json['page']['next']}")
    assert [one["name"] for one in rest.json["items"]] == ["Student 2"]


def test_fifty_submissions_at_once_make_one_record_and_one_event(
    story: Story, sign: Sign, teacher: Any, unit: Any
) -> None:
    first = sign(story.student)
    clients = [first.application.test_client() for _ in range(50)]
    for client in clients:
        client.environ_base["HTTP_AUTHORIZATION"] = first.environ_base["HTTP_AUTHORIZATION"]
    with ThreadPoolExecutor(50) as pool:
        links = list(pool.map(lambda c: give(c, story, "link", "https://docs.example/plan"), clients))
        words = list(pool.map(lambda c: c.post(f"{story.mine('word')}/word", json={}), clients))
    assert {answer.status_code for answer in (*links, *words)} == {201}
    assert {answer.json["verdict"] for answer in links} == {"waiting"}
    assert {answer.json["verdict"] for answer in words} == {"verified"}
    assert len(queue(teacher, story)) == 1
    with unit():
        assert sorted(db.session.scalars(select(Decision.kind))) == ["link", "word"]
        assert db.session.scalars(select(Message.topic)).all() == ["step.done"]


def test_two_reviewers_at_once_and_one_decision_wins(story: Story, student: Any, sign: Sign, unit: Any) -> None:
    with unit():
        second = make.person("Second")
        make.enrol(story.course, second, "assistant")
    give(student, story, "link", "https://docs.example/plan")
    clients = [sign(story.instructor), sign(second)]
    id_ = queue(clients[0], story)[0]["id"]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda c: decide(c, story, id_, "approved").status_code, clients))
    assert sorted(answers) == [201, 409]


# ---- explain and grid


def test_a_student_and_staff_read_the_same_explanation(story: Story, student: Any, teacher: Any, unit: Any) -> None:
    with unit():
        looked(story, "follows", "hidden", "hidden_by_owner")
    mine = student.get(story.mine("follow")).json
    theirs = teacher.get(f"{story.url}/people/{story.student.id}/steps/{story.steps['follow']}").json
    assert mine == theirs
    assert mine["verdict"] == "unknown"
    assert [note["text"] for note in mine["explanation"]] == [
        "0 of 2 followed from “People to follow”. Not seen: Ada Field, Ben Hall, Cy Wood.",
        "@sam@home.example: the list of follows is hidden. The account does not show it to others.",
    ]
    assert mine["next"]["code"] == "next_make_public"
    assert [(look["coverage"], look["looked_at"] is not None) for look in mine["looks"]] == [("hidden", True)]


def test_nobody_else_reads_it(story: Story, sign: Sign, unit: Any) -> None:
    with unit():
        stranger, friend = make.person("Stranger"), make.person("Friend")
        make.enrol(story.course, friend)
    assert sign(stranger).get(story.mine("follow")).status_code == 404
    assert sign(stranger).get(f"{story.url}/grid").status_code == 404
    path = f"{story.url}/people/{story.student.id}/steps/{story.steps['follow']}"
    assert sign(friend).get(path).status_code == 403
    assert sign(story.instructor).get(path.replace(str(story.student.id), str(stranger.id))).status_code == 404


def test_the_grid_holds_everybody_in_at_most_four_statements(
    story: Story, teacher: Any, unit: Any, statements: Any
) -> None:
    with unit():
        for n in range(5):
            make.enrol(story.course, make.person(f"Other {n}"), section="B")
        activity.record([post_of(story, 1)])
    teacher.get(f"{story.url}/grid")
    with statements() as seen:
        grid = teacher.get(f"{story.url}/grid").json
    assert (
        len([s for s in seen if "api_tokens" not in s and "enrolments.left_at IS NULL \nWHERE courses.id" not in s])
        <= 4
    )
    assert [one["title"] for one in grid["steps"]][:2] == ["Follow two", "Post once"]
    lines = {line["name"]: line for line in grid["students"]}
    assert len(lines) == 6
    assert lines["Sam Student"]["verdicts"][1] == "verified"
    assert (lines["Sam Student"]["done"], lines["Other 0"]["done"], lines["Other 0"]["section"]) == (1, 0, "B")
