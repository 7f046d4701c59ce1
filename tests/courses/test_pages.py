"""The pages about courses, as somebody with a browser and no JavaScript meets them."""

from collections.abc import Callable
from typing import Any

import pytest

from plnapi.courses import joining
from plnapi.courses.models import Course
from plnapi.courses.pages import Link, register_hint, register_link, register_student_home
from plnapi.db import db
from tests import make

COURSE = {
    "code": "SUB101", "title": "Learning in networks", "term": "Autumn 2026", "starts_on": "2026-09-01",
    "ends_on": "2026-12-20", "time_zone": "Europe/Berlin",
}  # fmt: skip


@pytest.fixture
def ada(unit: Any) -> Any:
    with unit():
        return make.person("Ada")


@pytest.fixture
def alone(app: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The app as if no room above had added itself to a course's pages."""
    for name, value in (("plnapi.course_links", []), ("plnapi.course_hints", []), ("plnapi.student_home", None)):
        monkeypatch.setitem(app.extensions, name, value)
    return app


def test_somebody_unknown_signs_in_first_and_comes_back(browser: Callable[..., Any]) -> None:
    answer = browser().get("/")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/")


def test_an_instructor_makes_changes_closes_and_archives_a_course(
    unit: Any, browser: Callable[..., Any], alone: Any, ada: Any
) -> None:
    page = browser(ada)
    made = page.submit("/courses/new", COURSE)
    assert made.status_code == 303
    manage = made.location
    with unit():
        course = db.session.query(Course).one()
        course.state = "draft"
    assert "SUB101: Learning in networks" in page.get("/").text
    shown = page.get(manage).text
    assert "Open the course" in shown
    assert joining.readable(course.join_code) in shown
    changed = page.submit(manage, {**COURSE, "title": "Networks", "version": _version(shown)})
    assert changed.status_code == 303
    assert "SUB101: Networks" in page.get(manage).text
    for move, state in (("close", "Closed"), ("archive", "Archived")):
        with unit() as session:
            if move == "close":
                session.get(Course, course.id).state = "open"
        assert page.submit(f"{manage}/{move}", {}, page=manage).status_code == 303
        assert f">{state}</span>" in page.get(manage).text


def test_days_are_written_in_one_way(unit: Any, browser: Callable[..., Any], alone: Any, ada: Any) -> None:
    with unit():
        course, bob = make.course(ada, starts_on=make.day("2026-09-02")), make.person("Bob")
        make.enrol(course, bob)
    page = browser(bob)
    for url in ("/", f"/courses/{course.id}"):
        assert '<time datetime="2026-09-02">2 Sep 2026</time>' in page.get(url).text


def test_a_refused_form_keeps_what_was_typed(browser: Callable[..., Any], ada: Any) -> None:
    refused = browser(ada).submit("/courses/new", {**COURSE, "ends_on": "2026-08-01", "title": ""})
    assert refused.status_code == 422
    assert 'value="SUB101"' in refused.text
    assert 'aria-invalid="true"' in refused.text
    refused = browser(ada).submit("/courses/new", {**COURSE, "ends_on": "2026-08-01"})
    assert "cannot end before it starts" in refused.text


def test_a_form_opened_before_somebody_elses_change_is_refused(
    unit: Any, browser: Callable[..., Any], ada: Any
) -> None:
    with unit():
        course = make.course(ada)
    page, url = browser(ada), f"/courses/{course.id}/manage"
    refused = page.submit(url, {**COURSE, "version": "0"})
    assert refused.status_code == 422
    assert "Somebody changed the course" in refused.text
    assert "Learning in networks" in refused.text


def test_a_move_that_does_not_fit_says_so(unit: Any, browser: Callable[..., Any], ada: Any) -> None:
    with unit():
        course = make.course(ada, state="archived")
    url = f"/courses/{course.id}/manage"
    refused = browser(ada).submit(f"{url}/open", {}, page=url)
    assert refused.status_code == 409
    assert "cannot become open" in refused.text


def test_a_student_joins_by_the_code_and_leaves(unit: Any, browser: Callable[..., Any], alone: Any, ada: Any) -> None:
    with unit():
        course, bob = make.course(ada, code="SUB101"), make.person("Bob")
    page = browser(bob)
    wrong = page.submit("/join", {"join_code": "CCCC-CCCC"})
    assert wrong.status_code == 422
    assert 'value="CCCC-CCCC"' in wrong.text
    joined = page.submit("/join", {"join_code": joining.readable(course.join_code).lower()})
    assert (joined.status_code, joined.location) == (303, f"/courses/{course.id}")
    assert "Leave the course" in page.get(joined.location).text
    assert page.submit(f"{joined.location}/leave", {}, page=joined.location).location == "/"
    assert page.get(joined.location).status_code == 404


def test_rooms_above_put_their_links_and_the_students_home_there(
    unit: Any, browser: Callable[..., Any], alone: Any, ada: Any
) -> None:
    with unit():
        course, bob = make.course(ada), make.person("Bob")
        make.enrol(course, bob)
    register_link(alone, lambda place: Link("The grid", "/grid") if place.is_staff else None)
    page, url = browser(bob), f"/courses/{course.id}"
    assert "The grid" not in page.get(url).text
    assert '<a href="/grid">The grid</a>' in browser(ada).get(f"{url}/manage").text
    register_student_home(alone, lambda place: f"/courses/{place.course.id}/steps")
    assert (page.get(url).status_code, page.get(url).location) == (303, f"{url}/steps")
    assert "Leave the course" in page.get(f"{url}/about").text
    assert browser(ada).get(url).location == f"{url}/manage"


def test_staff_are_told_what_a_course_still_lacks_until_it_is_over(
    unit: Any, browser: Callable[..., Any], alone: Any, ada: Any
) -> None:
    with unit():
        course = make.course(ada)
    page, url = browser(ada), f"/courses/{course.id}/manage"
    assert "What is still missing" not in page.get(url).text
    register_hint(alone, lambda place: Link("A syllabus", "/syllabus"))
    register_hint(alone, lambda place: None)
    assert '<ul> <li><a href="/syllabus">A syllabus</a></li> </ul>' in " ".join(page.get(url).text.split())
    with unit() as session:
        session.get(Course, course.id).state = "closed"
    assert "A syllabus" not in page.get(url).text


def test_a_hashtag_and_a_list_are_asked_for_until_they_are_there(
    unit: Any, browser: Callable[..., Any], ada: Any
) -> None:
    with unit():
        course = make.course(ada, state="draft")
    page, url = browser(ada), f"/courses/{course.id}/manage"
    asked = ("A hashtag: without one", "A starter list: without one")
    assert [words in page.get(url).text for words in asked] == [True, True]
    with unit():
        make.hashtag(course)
    assert [words in page.get(url).text for words in asked] == [False, True]
    with unit():
        make.resource_list(course, [])
    assert [words in page.get(url).text for words in asked] == [False, False]


def test_closing_is_not_the_main_button_and_stands_below(unit: Any, browser: Callable[..., Any], ada: Any) -> None:
    with unit():
        draft, course = make.course(ada, state="draft", code="SUB102"), make.course(ada)
    page = browser(ada)
    shown = page.get(f"/courses/{course.id}/manage").text
    assert '<button type="submit" class="button plain">Close the course</button>' in shown
    assert shown.index("Close the course") > shown.index("About the course")
    shown = page.get(f"/courses/{draft.id}/manage").text
    assert '<button type="submit" class="button ">Open the course</button>' in shown
    assert shown.index("Open the course") < shown.index("About the course")


def test_an_assistant_sees_the_course_without_its_switches(unit: Any, browser: Callable[..., Any], ada: Any) -> None:
    with unit():
        course, cat = make.course(ada), make.person("Cat")
        make.enrol(course, cat, "assistant")
    page, url = browser(cat), f"/courses/{course.id}"
    assert "Close the course" not in page.get(f"{url}/manage").text
    assert "Ada" in page.get(f"{url}/people").text
    assert "Import a roster" not in page.get(f"{url}/people").text


def test_a_new_join_code_replaces_the_one_before(unit: Any, browser: Callable[..., Any], ada: Any) -> None:
    with unit():
        course = make.course(ada)
    page, url = browser(ada), f"/courses/{course.id}/manage"
    assert joining.readable(course.join_code) in page.get(url).text
    assert page.submit(f"{url}/join-code", {}, page=url).status_code == 303
    assert joining.readable(course.join_code) not in page.get(url).text


def test_a_name_cannot_bring_markup_into_a_page(unit: Any, browser: Callable[..., Any], ada: Any) -> None:
    with unit():
        course = make.course(ada, title="<script>alert(1)</script>")
        make.enrol(course, make.person("<b>Eve</b>", email="eve@example.edu"))
    page = browser(ada)
    for url in ("/", f"/courses/{course.id}/manage", f"/courses/{course.id}/people"):
        assert "<script>alert" not in page.get(url).text
        assert "<b>Eve" not in page.get(url).text


def _version(page: str) -> str:
    return page.split('name="version" value="')[1].split('"')[0]
