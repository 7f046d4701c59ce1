"""Courses over the API: making, changing, opening, joining, leaving."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from plnapi.courses import joining, service
from plnapi.errors import Conflict
from plnapi.signals import course_changed, course_opening, enrolment_changed
from tests import make

COURSE = {
    "code": "SUB101", "title": "Learning in networks", "term": "Autumn 2026", "starts_on": "2026-09-01",
    "ends_on": "2026-12-20", "time_zone": "Europe/Berlin",
}  # fmt: skip


@pytest.fixture
def ada(unit: Any) -> Any:
    with unit():
        return make.person("Ada")


def test_who_makes_a_course_is_its_instructor(sign: Callable[..., Any], ada: Any) -> None:
    client = sign(ada)
    made = client.post("/api/v1/courses", json=COURSE)
    assert (made.status_code, made.json["state"]) == (201, "draft")
    read = client.get(f"/api/v1/courses/{made.json['id']}").json
    added = {"id": made.json["id"], "state": "draft", "role": "instructor", "grace_days": 14, "closed_at": None}
    assert read == {**COURSE, **added}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"ends_on": "2026-08-31"}, "/ends_on"),
        ({"time_zone": "Berlin"}, "/time_zone"),
        ({"time_zone": "../../etc/passwd"}, "/time_zone"),
        ({"code": "  "}, "/code"),
        ({"title": "a\nb"}, "/title"),
        ({"title": "\ud800"}, "/title"),
        ({"starts_on": "soon"}, "/starts_on"),
        ({"state": "open"}, "/state"),
        ({"id": "00000000-0000-0000-0000-000000000000"}, "/id"),
        ({"join_code": "CCCCCCCC"}, "/join_code"),
    ],
)
def test_a_wrong_or_unknown_field_changes_nothing(
    sign: Callable[..., Any], ada: Any, change: dict[str, str], pointer: str
) -> None:
    client = sign(ada)
    refused = client.post("/api/v1/courses", json={**COURSE, **change})
    assert (refused.status_code, [e["pointer"] for e in refused.json["errors"]]) == (422, [pointer])
    assert client.get("/api/v1/courses").json["items"] == []


def test_code_and_term_together_are_taken_once(sign: Callable[..., Any], ada: Any) -> None:
    client = sign(ada)
    client.post("/api/v1/courses", json=COURSE)
    again = client.post("/api/v1/courses", json=COURSE)
    assert (again.status_code, again.json["code"]) == (409, "course_exists")
    assert client.post("/api/v1/courses", json={**COURSE, "term": "Spring 2027"}).status_code == 201


def test_a_change_needs_the_etag_that_was_read(sign: Callable[..., Any], ada: Any) -> None:
    client = sign(ada)
    url = f"/api/v1/courses/{client.post('/api/v1/courses', json=COURSE).json['id']}"
    etag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
    assert client.patch(url, json={"title": "X"}).status_code == 428
    changed = client.patch(url, json={"title": "Networks"}, headers={"If-Match": etag})
    assert (changed.status_code, changed.json["title"]) == (200, "Networks")
    assert changed.headers["ETag"] != etag
    assert client.patch(url, json={"title": "X"}, headers={"If-Match": etag}).status_code == 412
    wrong = client.patch(url, json={"ends_on": "2020-01-01"}, headers={"If-Match": changed.headers["ETag"]})
    assert wrong.status_code == 422
    assert client.get(url).json["title"] == "Networks"


@pytest.mark.parametrize("state", ["draft", "open", "closed", "archived"])
def test_only_the_next_states_can_be_reached(unit: Any, sign: Callable[..., Any], ada: Any, state: str) -> None:
    allowed = {("draft", "open"), ("open", "close"), ("closed", "open"), ("closed", "archive")}
    client = sign(ada)
    for move, becomes in (("open", "open"), ("close", "closed"), ("archive", "archived")):
        with unit():
            course = make.course(ada, state=state)
        answer = client.post(f"/api/v1/courses/{course.id}/{move}")
        if (state, move) in allowed:
            assert (answer.status_code, answer.json["state"]) == (200, becomes)
        else:
            assert (answer.status_code, answer.json["code"]) == (409, "course_state")


def test_an_archived_course_stays_as_it_is(unit: Any, sign: Callable[..., Any], ada: Any) -> None:
    with unit():
        course = make.course(ada, state="archived")
    client, url = sign(ada), f"/api/v1/courses/{course.id}"
    refused = client.patch(url, json={"title": "X"}, headers={"If-Match": client.get(url).headers["ETag"]})
    assert (refused.status_code, refused.json["code"]) == (409, "course_archived")


def test_a_room_above_can_refuse_the_opening(unit: Any, app: Any, sign: Callable[..., Any], ada: Any) -> None:
    with unit():
        course = make.course(ada, state="draft")

    def refuse(_sender: Any, **payload: Any) -> None:
        raise Conflict("There is no step yet.", code="no_steps")

    client, url = sign(ada), f"/api/v1/courses/{course.id}"
    with course_opening.connected_to(refuse, sender=app):
        refused = client.post(f"{url}/open")
    assert (refused.status_code, refused.json["code"]) == (409, "no_steps")
    assert client.get(url).json["state"] == "draft"


def test_rooms_above_hear_of_changes(unit: Any, app: Any, ada: Any) -> None:
    heard: list[Any] = []

    def hear(_sender: Any, **payload: Any) -> None:
        heard.append(payload)

    with course_changed.connected_to(hear, sender=app), enrolment_changed.connected_to(hear, sender=app), unit():
        course = make.course(ada)
        service.change(course, title="Other")
        service.close(course)
        bob = make.person("Bob")
        make.enrol(course, bob)
        make.enrol(course, bob)
        service.leave(course.id, bob.id)
    place = {"course_id": course.id}
    people = [{**place, "person_ids": frozenset({one})} for one in (ada.id, bob.id, bob.id)]
    assert heard == [people[0], place, place, people[1], people[2]]


@pytest.mark.parametrize(
    ("at", "running"),
    [
        (datetime(2026, 8, 31, 21, 59, tzinfo=UTC), False),  # 23:59 of the day before, in Berlin
        (datetime(2026, 8, 31, 22, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 20, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 20, 23, 0, tzinfo=UTC), False),  # winter time: midnight in Berlin
    ],
)
def test_a_course_runs_on_its_days_in_its_own_time_zone(unit: Any, ada: Any, at: datetime, running: bool) -> None:
    days = {"starts_on": make.day("2026-09-01"), "ends_on": make.day("2026-12-20"), "time_zone": "Europe/Berlin"}
    with unit():
        assert service.is_running(make.course(ada, **days), at) is running
        assert not service.is_running(make.course(ada, state="closed", **days), at)


def test_students_join_by_the_code_however_they_type_it(unit: Any, sign: Callable[..., Any], ada: Any) -> None:
    with unit():
        course, bob = make.course(ada), make.person("Bob")
    code = sign(ada).get(f"/api/v1/courses/{course.id}/join-code").json["join_code"]
    joined = sign(bob).post("/api/v1/join", json={"join_code": f" {code.lower().replace('-', ' ')} "})
    assert (joined.status_code, joined.json["role"]) == (200, "student")
    assert sign(bob).get("/api/v1/courses").json["items"][0]["id"] == str(course.id)
    with unit():
        assert [one.id for one in service.running_courses_of(bob.id)] == [course.id]
        assert service.running_courses_of(ada.id) == []


def test_joining_again_does_not_make_an_instructor_a_student(unit: Any, ada: Any) -> None:
    with unit():
        course = make.course(ada)
        assert service.join(ada.id, course.join_code).role == "instructor"


def test_a_code_of_a_course_that_is_not_open_looks_like_no_code(unit: Any, sign: Callable[..., Any], ada: Any) -> None:
    with unit():
        codes = [make.course(ada, state=state).join_code for state in ("draft", "closed", "archived")]
        bob = make.person("Bob")
    client = sign(bob)
    answers = [client.post("/api/v1/join", json={"join_code": code}) for code in [*codes, "CCCCCCCC", "?", "\ud800"]]
    assert {(a.status_code, a.json["code"], a.json["detail"]) for a in answers} == {
        (404, "not_found", "There is no such join code here.")
    }


def test_a_code_that_was_replaced_is_no_good(unit: Any, sign: Callable[..., Any], ada: Any) -> None:
    with unit():
        course, bob = make.course(ada), make.person("Bob")
    new = sign(ada).post(f"/api/v1/courses/{course.id}/join-code")
    assert new.status_code == 201
    assert sign(bob).post("/api/v1/join", json={"join_code": course.join_code}).status_code == 404
    assert sign(bob).post("/api/v1/join", json=new.json).status_code == 200


def test_join_codes_have_nothing_that_looks_like_something_else() -> None:
    code = joining.new_code()
    assert joining.normal(joining.readable(code)) == code
    assert not set(joining.ALPHABET) & set("0O1IL2Z5S8BUV")
    assert len({joining.new_code() for _ in range(100)}) == 100


def test_leaving_keeps_the_row_and_joining_fills_it_again(unit: Any, ada: Any) -> None:
    with unit():
        course, bob = make.course(ada), make.person("Bob")
        place = make.enrol(course, bob, section="A")
        service.leave(course.id, bob.id)
        assert place.left_at is not None
        assert service.students(course.id) == []
        again = service.join(bob.id, course.join_code)
        assert again is place
        assert (again.left_at, again.section, again.role) == (None, "A", "student")


def test_the_last_instructor_cannot_leave_or_become_something_else(
    unit: Any, sign: Callable[..., Any], ada: Any
) -> None:
    with unit():
        course, bob = make.course(ada), make.person("Bob")
        make.enrol(course, bob)
    client, url = sign(ada), f"/api/v1/courses/{course.id}"
    assert client.post(f"{url}/leave").json["code"] == "last_instructor"
    assert client.patch(f"{url}/people/{ada.id}", json={"role": "student"}).json["code"] == "last_instructor"
    assert client.delete(f"{url}/people/{ada.id}").json["code"] == "last_instructor"
    assert client.patch(f"{url}/people/{bob.id}", json={"role": "instructor"}).status_code == 200
    assert client.post(f"{url}/leave").status_code == 204


def test_an_instructor_changes_and_removes_people(unit: Any, sign: Callable[..., Any], ada: Any) -> None:
    with unit():
        course, bob = make.course(ada), make.person("Bob")
        make.enrol(course, bob)
    client, url = sign(ada), f"/api/v1/courses/{course.id}/people"
    changed = client.patch(f"{url}/{bob.id}", json={"section": "B"})
    assert (changed.json["role"], changed.json["section"]) == ("student", "B")
    assert client.patch(f"{url}/{bob.id}", json={"course_id": str(course.id)}).status_code == 422
    assert client.delete(f"{url}/{bob.id}").status_code == 204
    assert client.delete(f"{url}/{bob.id}").status_code == 404
    assert [p["name"] for p in client.get(url).json["items"]] == ["Ada"]


def test_the_roster_pages_by_name_in_one_statement_each(
    unit: Any, sign: Callable[..., Any], statements: Callable[..., Any], ada: Any
) -> None:
    with unit():
        course = make.course(ada)
        for name in ("Eve", "Bob", "Dan", "Cat", "Bob"):
            make.enrol(course, make.person(name))
    client, url = sign(ada), f"/api/v1/courses/{course.id}/people"
    client.get(url)
    with statements() as seen:
        first = client.get(url, query_string={"per_page": 4})
    assert len([s for s in seen if "enrolments" in s]) == 2, seen  # where the asker stands, and the page
    second = client.get(url, query_string={"per_page": 4, "cursor": first.json["page"]["next"]})
    names = [p["name"] for p in first.json["items"] + second.json["items"]]
    assert names == ["Ada", "Bob", "Bob", "Cat", "Dan", "Eve"]
    assert 'rel="next"' in first.headers["Link"]
    assert second.json["page"]["next"] is None
    unchanged = client.get(url, query_string={"per_page": 4}, headers={"If-None-Match": first.headers["ETag"]})
    assert unchanged.status_code == 304


def test_my_courses_come_newest_first_with_my_role(unit: Any, sign: Callable[..., Any], ada: Any) -> None:
    with unit():
        courses = [make.course(ada), make.course(), make.course()]
        make.enrol(courses[1], ada)
    items = sign(ada).get("/api/v1/courses").json["items"]
    assert [(c["id"], c["role"]) for c in items] == [
        (str(courses[1].id), "student"),
        (str(courses[0].id), "instructor"),
    ]
