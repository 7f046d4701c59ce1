"""What those who teach see of their students' accounts, and students of their own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from sqlalchemy import update

from plnapi.accounts.models import Person
from plnapi.consents import service as consents
from plnapi.courses.models import Course
from plnapi.harvest.models import Source
from tests import make
from tests.client import BrowserClient, CheckedClient
from tests.conftest import Unit
from tests.harvest.conftest import Harvest, Scene

Sign = Callable[..., CheckedClient]
Browser = Callable[..., BrowserClient]
Statements = Callable[[], AbstractContextManager[list[str]]]
STATES = ("not_linked", "no_consent", "unproven", "failed", "hidden", "ok")


@dataclass
class Class:
    """A course with a student for each state, by its name; section A has the first three."""

    course: Course
    teacher: Person
    students: dict[str, Person]

    @property
    def path(self) -> str:
        return f"/courses/{self.course.id}/accounts"


@pytest.fixture
def group(unit: Unit) -> Class:
    with unit() as session:
        teacher = make.person("Teacher")
        course = make.course(teacher)
        make.hashtag(course, "#SUB101")
        students = {state: make.person(f"{number} {state}") for number, state in enumerate(STATES)}
        for number, (state, person) in enumerate(students.items()):
            make.enrol(course, person, section="A" if number < 3 else "B")
            if state != "not_linked":
                make.identity(person, proven=state != "unproven")
            if state not in {"not_linked", "no_consent"}:
                make.consent(person, course)
        session.flush()
        for state in ("failed", "hidden"):
            seen = update(Source).where(Source.person_id == students[state].id)
            session.execute(seen.values(coverage=state, reason="x"))
    return Class(course, teacher, students)


def test_every_student_stands_in_one_state(group: Class, sign: Sign) -> None:
    rows = sign(group.teacher).get(f"/api/v1{group.path}").json["items"]
    assert [row["state"] for row in rows] == list(STATES)
    assert [(row["linked"], row["proven"]) for row in rows] == [(None, None)] * 2 + [(1, 0)] + [(1, 1)] * 3


@pytest.mark.parametrize("state", STATES)
def test_one_state_is_asked_for_page_by_page(group: Class, sign: Sign, state: str) -> None:
    page = sign(group.teacher).get(f"/api/v1{group.path}?state={state}&per_page=1").json
    assert [row["person_id"] for row in page["items"]] == [str(group.students[state].id)]
    assert page["page"]["next"] is None


def test_pages_follow_each_other_and_an_unknown_state_is_refused(group: Class, sign: Sign) -> None:
    teacher = sign(group.teacher)
    first = teacher.get(f"/api/v1{group.path}?per_page=4").json
    rest = teacher.get(f"/api/v1{group.path}?per_page=4&cursor={first['page']['next']}").json
    assert [row["state"] for row in first["items"] + rest["items"]] == list(STATES)
    assert teacher.get(f"/api/v1{group.path}?state=rich").status_code == 422


def test_the_list_takes_one_statement_beside_access(group: Class, sign: Sign, statements: Statements) -> None:
    teacher = sign(group.teacher)
    teacher.get(f"/api/v1{group.path}")
    with statements() as sent:
        teacher.get(f"/api/v1{group.path}")
    assert sum("enrolments.section" in one and "GROUP BY" in one for one in sent) == 1
    assert sum("identities" in one for one in sent) == 1


def test_an_assistant_with_a_section_sees_its_students_only(group: Class, unit: Unit, sign: Sign) -> None:
    with unit():
        assistant = make.person("Tutor")
        make.enrol(group.course, assistant, "assistant", section="A")
    tutor = sign(assistant)
    assert [row["section"] for row in tutor.get(f"/api/v1{group.path}").json["items"]] == ["A"] * 3
    for state, status in (("unproven", 200), ("ok", 404)):
        person = group.students[state].id
        assert tutor.get(f"/api/v1{group.path}/{person}").status_code == status
        expected = 202 if status == 200 else 404
        assert tutor.post(f"/api/v1{group.path}/{person}/check-now").status_code == expected


@pytest.mark.parametrize("state", ["not_linked", "no_consent"])
def test_of_somebody_who_has_not_agreed_nothing_more_is_shown(
    group: Class, sign: Sign, browser: Browser, state: str
) -> None:
    path = f"{group.path}/{group.students[state].id}"
    seen = sign(group.teacher).get(f"/api/v1{path}").json
    assert (seen["state"], seen["accounts"], seen["kept"]) == (state, [], [])
    assert ".example" not in browser(group.teacher).get(path).text.replace("pln.example", "")
    assert sign(group.teacher).post(f"/api/v1{path}/check-now").json == {"due": 0}


def test_students_and_strangers_do_not_see_the_list(group: Class, unit: Unit, sign: Sign) -> None:
    with unit():
        stranger = make.person("Stranger")
    assert sign(group.students["ok"]).get(f"/api/v1{group.path}").status_code == 403
    assert sign(stranger).get(f"/api/v1{group.path}").status_code == 404
    assert sign(group.teacher).get(f"/api/v1{group.path}/{stranger.id}").status_code == 404


def test_what_was_seen_is_shown_step_by_step_to_staff_and_alike_to_the_student(
    scene: Scene, harvest: Harvest, sign: Sign, browser: Browser
) -> None:
    scene.network.world.post("ada", "An entry #sub101")
    scene.network.world.post("ada", "A private matter")
    scene.network.world.follow("ada", "teacher")
    harvest()
    with scene.unit():
        teacher = make.person("Teacher")
        make.enrol(scene.course, teacher, "instructor")
    path = f"/courses/{scene.course.id}/accounts/{scene.person.id}"
    seen = sign(teacher).get(f"/api/v1{path}").json
    (account,) = seen["accounts"]
    assert (seen["state"], account["proof"], account["handle"]) == ("ok", "code", scene.identity.handle)
    posts = next(look for look in account["looks"] if look["look"] == "posts")
    assert posts["host"] == scene.network.domain
    assert posts["requests"][0]["status"] == 200 and posts["requests"][0]["url"].startswith(scene.network.base_url)
    assert sorted(kept["verb"] for kept in seen["kept"]) == ["Create", "Follow"]
    staff, own = browser(teacher).get(path).text, browser(scene.person).get("/me/looks").text
    assert posts["told"] in staff and posts["told"] in own
    assert posts["requests"][0]["url"].partition("?")[0] in staff
    assert "private matter" not in staff


def test_what_another_course_asks_for_is_not_shown_here(scene: Scene, harvest: Harvest, sign: Sign) -> None:
    with scene.unit():
        teacher = make.person("Other teacher")
        other = make.course(teacher)
        make.hashtag(other, "#OTHER202")
        make.enrol(other, scene.person)
        make.consent(scene.person, other)
    scene.network.world.post("ada", "For the other #other202")
    scene.network.world.post("ada", "For the first #sub101")
    harvest()
    kept = sign(teacher).get(f"/api/v1/courses/{other.id}/accounts/{scene.person.id}").json["kept"]
    assert len(kept) == 1 and len(scene.facts("Create")) == 2


def test_a_button_asks_for_another_look(scene: Scene, browser: Browser) -> None:
    with scene.unit():
        teacher = make.person("Teacher")
        make.enrol(scene.course, teacher, "instructor")
    path = f"/courses/{scene.course.id}/accounts/{scene.person.id}"
    answer = browser(teacher).submit(path, {})
    assert (answer.status_code, answer.location) == (303, path)
    mine = browser(scene.person).submit("/me/looks", {})
    assert (mine.status_code, mine.location) == (303, "/me/looks")
    with scene.unit():
        consents.withdraw(scene.person.id, scene.course.id, "checks")
    assert scene.identity.handle not in browser(teacher).get(path).text


def test_the_page_lists_students_by_state_and_is_linked_from_the_course(group: Class, browser: Browser) -> None:
    teacher = browser(group.teacher)
    assert f'href="{group.path}"' in teacher.get(f"/courses/{group.course.id}/manage").text
    everybody, some = teacher.get(group.path).text, teacher.get(f"{group.path}?state=hidden").text
    assert all(person.name in everybody for person in group.students.values())
    assert group.students["hidden"].name in some and group.students["ok"].name not in some


def test_a_handle_that_looks_like_another_students_is_pointed_out_to_staff_only(
    group: Class, unit: Unit, sign: Sign, browser: Browser
) -> None:
    with unit():
        make.identity(group.students["ok"], handle="@grace@alike.example")
        make.identity(group.students["failed"], handle="@gr.ace@al1ke.example")
        make.identity(group.students["no_consent"], handle="@gra.ce@alike.example")
    path = f"{group.path}/{group.students['ok'].id}"
    accounts = sign(group.teacher).get(f"/api/v1{path}").json["accounts"]
    assert {tuple(account["alike"]) for account in accounts} == {(), ("@gr.ace@al1ke.example",)}
    assert "@gr.ace@al1ke.example" in browser(group.teacher).get(path).text
    assert "@gr.ace@al1ke.example" not in browser(group.students["ok"]).get("/me/looks").text
