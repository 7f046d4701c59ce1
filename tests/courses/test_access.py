"""Who may do what: every operation of the app that stands in a course, asked by everybody.

The table is derived from the routes, so an operation that is added later is in this test at once.
"""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from plnapi.courses.access import AccessRow, in_course, table
from tests import make

NO_COURSE = "There is no such course here."
EVERYBODY = ("anonymous", "outsider", "student", "assistant", "instructor", "admin")
VARIABLE = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<of>[^)]*)\))?:)?(?P<name>\w+)>")


class World:
    """One course with a person of each kind, each with a client."""

    def __init__(self, unit: Any, sign: Callable[..., Any], client: Any) -> None:
        with unit():
            people = {who: make.person(who, "admin" if who == "admin" else "member") for who in EVERYBODY[1:]}
            self.course = make.course(people["instructor"])
        self.people, self._unit = people, unit
        client.environ_base["HTTP_AUTHORIZATION"] = "Bearer pln_of_nobody"
        self.clients = {"anonymous": client, **{who: sign(person) for who, person in people.items()}}

    def ask(self, who: str, row: AccessRow, course_id: UUID | None = None) -> Any:
        """What `who` is answered. Those who left by an operation before are back."""
        with self._unit():
            for role in ("student", "assistant"):
                make.enrol(self.course, self.people[role], role)
        path = fill(row.rule, course_id or self.course.id)
        headers = {"Accept": "application/json"}
        if row.method == "GET":
            return self.clients[who].get(path, headers=headers)
        return self.clients[who].open(path, method=row.method, json={}, headers={**headers, "If-Match": '"none"'})


def fill(rule: str, course_id: UUID) -> str:
    """The path of a rule: this course, otherwise things that do not exist."""

    def value(found: re.Match[str]) -> str:
        if found["name"] == "course_id":
            return str(course_id)
        if found["kind"] == "any":
            return found["of"].split(",")[0].strip()
        return {"uuid": str(uuid4()), "int": "1"}.get(found["kind"], "something")

    return VARIABLE.sub(value, rule)


@pytest.fixture
def world(unit: Any, sign: Callable[..., Any], client: Any) -> World:
    return World(unit, sign, client)


def _rows(app: Flask, within: str) -> list[AccessRow]:
    rows = [row for row in table(app) if row.within == within]
    assert rows
    return rows


def _verdict(answer: Any) -> str:
    if answer.status_code == 401:
        return "not signed in"
    if answer.status_code == 403:
        return str(answer.json["code"])
    if answer.status_code == 404 and answer.json["detail"] == NO_COURSE:
        return "no such course"
    return "allowed"


def _expected(row: AccessRow, who: str) -> str:
    if who == "anonymous":
        return "not signed in"
    if who == "outsider":
        return "no such course"
    role = "instructor" if who == "admin" else who
    return "allowed" if role in row.roles else "role_missing"


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_operation_of_a_course_answers_as_its_row_says(app: Flask, world: World, who: str) -> None:
    rows = _rows(app, "course")
    answered = {f"{r.method} {r.rule}": _verdict(world.ask(who, r)) for r in rows}
    assert answered == {f"{r.method} {r.rule}": _expected(r, who) for r in rows}


def test_a_course_of_others_looks_like_one_that_does_not_exist(app: Flask, world: World) -> None:
    for row in _rows(app, "course"):
        theirs, none = world.ask("outsider", row), world.ask("outsider", row, uuid4())
        assert _without_request_id(theirs) == _without_request_id(none), row


def test_a_token_without_the_scope_is_refused_everywhere(app: Flask, world: World, sign: Callable[..., Any]) -> None:
    world.clients["instructor"] = sign(world.people["instructor"], scopes=())
    for row in _rows(app, "course"):
        assert _verdict(world.ask("instructor", row)) == "scope_missing", row
        assert row.scope, row


def test_outside_of_courses_nobody_unknown_and_no_member_gets_further(app: Flask, world: World) -> None:
    for row in _rows(app, "institution"):
        assert _verdict(world.ask("anonymous", row)) == "not signed in", row
        if row.roles == ("admin",):
            assert _verdict(world.ask("outsider", row)) == "forbidden", row


def test_every_operation_with_a_course_in_its_path_stands_in_the_course(app: Flask) -> None:
    loose = [row for row in table(app) if "course_id" in row.rule and row.within != "course"]
    assert loose == []


def test_somebody_who_left_is_outside(unit: Any, world: World) -> None:
    url = f"/api/v1/courses/{world.course.id}"
    assert world.clients["student"].get(url).status_code == 404
    with unit():
        make.enrol(world.course, world.people["student"])
    assert world.clients["student"].get(url).status_code == 200
    assert world.clients["student"].post(f"{url}/leave").status_code == 204
    assert world.clients["student"].get(url).status_code == 404


def test_a_role_that_there_is_not_is_a_mistake_at_once() -> None:
    with pytest.raises(ValueError, match="teacher"):
        in_course("teacher", scope="me")


def _without_request_id(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    body = answer.data.replace(answer.headers["X-Request-Id"].encode(), b"")
    volatile = ("X-Request-Id", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    return answer.status_code, body, {k: v for k, v in answer.headers if k not in volatile}
