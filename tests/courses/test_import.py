"""Importing a roster into a course."""

from collections.abc import Callable
from typing import Any

import pytest

from plnapi.accounts import service as accounts
from plnapi.courses import service
from plnapi.errors import Invalid
from plnapi.signals import enrolment_changed
from tests import make

CSV = "email,name,role,section\nbob@example.edu,Bob,,A\ncat@example.edu,Cat,assistant,B\n"


@pytest.fixture
def course(unit: Any) -> Any:
    with unit():
        return make.course(make.person("Ada", email="ada@example.edu"))


def _roster(client: Any, course: Any) -> list[tuple[str, str, str]]:
    people = client.get(f"/api/v1/courses/{course.id}/people?per_page=100").json["items"]
    return [(p["name"], p["role"], p["section"]) for p in people]


def _instructor(unit: Any, sign: Callable[..., Any]) -> Any:
    with unit():
        ada = accounts.find_by_email("ada@example.edu")
    return sign(ada)


def test_importing_twice_is_the_same_as_once(unit: Any, sign: Callable[..., Any], course: Any) -> None:
    client, url = _instructor(unit, sign), f"/api/v1/courses/{course.id}/roster"
    first = client.post(url, data=CSV, content_type="text/csv")
    assert (first.status_code, first.json["counts"]) == (200, {"new_person": 2})
    roster = _roster(client, course)
    assert roster == [("Ada", "instructor", ""), ("Bob", "student", "A"), ("Cat", "assistant", "B")]
    second = client.post(url, data=CSV, content_type="text/csv")
    assert second.json["counts"] == {"unchanged": 2}
    assert _roster(client, course) == roster


def test_a_dry_run_reports_and_changes_nothing(unit: Any, sign: Callable[..., Any], course: Any) -> None:
    client, url = _instructor(unit, sign), f"/api/v1/courses/{course.id}/roster?dry_run=true"
    report = client.post(url, data=CSV + "nobody,,\n", content_type="text/csv").json
    assert report["counts"] == {"new_person": 2}
    assert {error["pointer"] for error in report["errors"]} == {"/lines/4/email", "/lines/4/name"}
    assert len(_roster(client, course)) == 1
    with unit():
        assert accounts.find_by_email("bob@example.edu") is None


def test_one_wrong_line_and_nobody_is_imported(unit: Any, sign: Callable[..., Any], course: Any) -> None:
    client, url = _instructor(unit, sign), f"/api/v1/courses/{course.id}/roster"
    refused = client.post(url, data=CSV + "nobody,Dan,\n", content_type="text/csv")
    assert (refused.status_code, refused.json["code"]) == (422, "roster_lines")
    assert [e["pointer"] for e in refused.json["errors"]] == ["/lines/4/email"]
    assert len(_roster(client, course)) == 1


def test_bytes_that_are_not_utf_8_are_refused_with_advice(unit: Any, sign: Callable[..., Any], course: Any) -> None:
    data = "email,name\nbob@example.edu,Bjørn\n".encode("latin-1")
    client = _instructor(unit, sign)
    refused = client.post(f"/api/v1/courses/{course.id}/roster", data=data, content_type="text/csv")
    assert (refused.status_code, refused.json["code"]) == (422, "roster_not_utf8")


def test_known_people_keep_their_name_and_what_the_file_does_not_say(unit: Any, course: Any) -> None:
    with unit():
        bob = make.person("Bob", email="bob@example.edu")
        make.enrol(course, bob, "assistant", "A")
        report = service.import_roster(course, "email,name\nBOB@example.edu,Robert\n", dry_run=False)
        assert [(o.name, o.role, o.section, o.outcome) for o in report.outcomes] == [
            ("Bob", "assistant", "A", "unchanged")
        ]
        report = service.import_roster(course, "email,name,section\nbob@example.edu,Bob,\n", dry_run=False)
        assert [(o.section, o.outcome) for o in report.outcomes] == [("", "changed")]


def test_people_missing_from_the_file_stay_and_leavers_come_back(unit: Any, course: Any) -> None:
    with unit():
        bob, cat = make.person("Bob", email="bob@example.edu"), make.person("Cat")
        make.enrol(course, bob)
        make.enrol(course, cat)
        service.leave(course.id, bob.id)
        report = service.import_roster(course, "email,name\nbob@example.edu,Bob\n", dry_run=False)
        assert report.counts == {"returned": 1}
        assert [e.person.name for e in service.students(course.id)] == ["Bob", "Cat"]


def test_a_roster_cannot_take_the_last_instructor_away(unit: Any, course: Any) -> None:
    text = "email,name,role\nada@example.edu,Ada,student\n"
    with unit(), pytest.raises(Invalid) as refused:
        service.import_roster(course, text, dry_run=False)
    assert [e.pointer for e in refused.value.errors] == ["/lines/2/role"]
    with unit():
        both = text + "dan@example.edu,Dan,instructor\n"
        assert service.import_roster(course, both, dry_run=False).counts == {"changed": 1, "new_person": 1}


def test_rooms_above_hear_only_of_those_who_changed(unit: Any, app: Any, course: Any) -> None:
    heard: list[Any] = []

    def hear(_sender: Any, **payload: Any) -> None:
        heard.append(payload["person_ids"])

    with enrolment_changed.connected_to(hear, sender=app), unit():
        service.import_roster(course, CSV, dry_run=False)
        service.import_roster(course, CSV, dry_run=False)
    assert [len(people) for people in heard] == [2], "all of a roster at once, and nothing when nothing changed"


def test_the_page_shows_a_dry_run_before_anything_happens(unit: Any, browser: Callable[..., Any], course: Any) -> None:
    with unit():
        ada = accounts.find_by_email("ada@example.edu")
    page, url = browser(ada), f"/courses/{course.id}/roster"
    shown = page.submit(url, {"csv": CSV})
    assert shown.status_code == 200
    assert "Import these lines" in shown.text
    with unit():
        assert accounts.find_by_email("bob@example.edu") is None
    assert page.submit(url, {"csv": CSV, "confirm": "true"}).status_code == 303
    assert "bob@example.edu" in page.get(f"/courses/{course.id}/people").text


def test_the_page_names_the_wrong_lines_and_offers_no_import(
    unit: Any, browser: Callable[..., Any], course: Any
) -> None:
    with unit():
        ada = accounts.find_by_email("ada@example.edu")
    refused = browser(ada).submit(f"/courses/{course.id}/roster", {"csv": CSV + "nobody,Dan,\n"})
    assert refused.status_code == 422
    assert "Line 4, email" in refused.text
    assert "Import these lines" not in refused.text
