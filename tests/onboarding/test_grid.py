"""Everybody's progress: sorting, filters, pages, the funnel and who is stuck, and due days that wait for a host."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from onboarding import giving, service
from onboarding.models import StepState
from plnapi.accounts.models import Person
from plnapi.clock import new_id, now
from plnapi.consents import service as consents
from plnapi.courses.models import Enrolment
from plnapi.db import db
from plnapi.harvest.models import Outage
from tests import make
from tests.onboarding.conftest import Story, looked

Unit, Sign = Callable[[], Any], Callable[..., Any]


@pytest.fixture
def teacher(story: Story, sign: Sign) -> Any:
    return sign(story.instructor)


def due(story: Story, name: str, days_ago: int) -> None:
    view, day = service.view(story.course.id), now().date() - timedelta(days=days_ago)
    steps = [replace(one, due_on=day) if one.step_key == story.steps[name] else one for one in view.steps]
    service.save(story.course, view.title, steps, None, expected=view.version)


def join(story: Story, name: str, *words: str, section: str = "", days_ago: int = 20) -> UUID:
    person = make.person(name)
    place = make.enrol(story.course, person, section=section)
    place.joined_at = now() - timedelta(days=days_ago)
    db.session.flush()
    for step in words:
        giving.give_word(story.course, person.id, story.steps[step])
    return person.id


def names(answer: Any) -> list[str]:
    return [line["name"] for line in answer.json["students"]]


def test_those_furthest_behind_come_first(story: Story, unit: Unit, teacher: Any) -> None:
    with unit():
        join(story, "Ann Ahead", "word", "join")
        join(story, "Bob Behind")
        due(story, "word", 3)
    assert names(teacher.get(f"{story.url}/grid")) == ["Ann Ahead", "Bob Behind", "Sam Student"]
    assert names(teacher.get(f"{story.url}/grid?sort=behind")) == ["Bob Behind", "Sam Student", "Ann Ahead"]


def test_the_grid_is_narrowed_down_and_paged(story: Story, unit: Unit, teacher: Any) -> None:
    with unit():
        join(story, "Ann Ahead", "word", section="North")
        join(story, "Bob Behind", section="South")
        due(story, "word", 3)
    url, word = f"{story.url}/grid", story.steps["word"]
    assert names(teacher.get(f"{url}?state=verified&step_key={word}")) == ["Ann Ahead"]
    assert "Ann Ahead" not in names(teacher.get(f"{url}?state=not_yet&step_key={word}"))
    assert names(teacher.get(f"{url}?section=South")) == ["Bob Behind"]
    assert "Bob Behind" in names(teacher.get(f"{url}?state=late&step_key={word}"))
    first = teacher.get(f"{url}?per_page=2")
    rest = teacher.get(f"{url}?per_page=2&cursor={first.json['page']['next']}")
    assert names(first) + names(rest) == ["Ann Ahead", "Bob Behind", "Sam Student"]
    assert rest.json["page"]["next"] is None
    assert teacher.get(f"{url}?sort=luck").status_code == 422


def test_a_student_sees_the_line_that_staff_see(
    story: Story, unit: Unit, teacher: Any, sign: Sign, browser: Any
) -> None:
    with unit():
        giving.give_word(story.course, story.student.id, story.steps["word"])
    line = sign(story.student).get(f"{story.url}/my/row").json["row"]
    assert {**line, "person_id": str(story.student.id)} in teacher.get(f"{story.url}/grid").json["students"]
    page = browser(story.student).get(f"/courses/{story.course.id}/my/seen").text
    assert "Sam Student" in page and "What staff see of me" in page


def test_the_grid_costs_four_statements_beside_access(story: Story, unit: Unit, teacher: Any, statements: Any) -> None:
    with unit():
        due(story, "word", 3)
        due(story, "post", 3)
    teacher.get(f"{story.url}/grid")
    with statements() as seen:
        teacher.get(f"{story.url}/grid?sort=behind")
    assert len(seen) <= 4 + 2  # who asks, and their place in the course


def test_the_grid_says_how_much_was_seen_and_when(story: Story, unit: Unit, teacher: Any, browser: Any) -> None:
    with unit():
        join(story, "Nia North", section="North")
    url, pages = f"{story.url}/grid", f"/courses/{story.course.id}"
    before = teacher.get(url).json["seen"]
    assert (before["accounts"], before["students"], before["looked_at"]) == (1, 1, None)
    assert "none was looked at yet" in browser(story.instructor).get(f"{pages}/grid").text
    with unit():
        looked(story, "posts", "complete")
        looked(story, "follows", "hidden", "follows_hidden")
    after = teacher.get(url).json["seen"]
    assert after["looked_at"] is not None and after["incomplete"] == before["incomplete"] - 1 > 0
    page = browser(story.instructor).get(f"{pages}/grid").text
    assert "Seen by looking at 1 account of 1 student;" in page and "not see everything: this is not complete" in page
    told = browser(story.instructor).get(f"{pages}/progress").text
    assert "Some looks did not see everything" in told and "1 account" not in told
    assert teacher.get(f"{url}?section=North").json["seen"]["accounts"] == 0


def test_accounts_of_who_has_not_agreed_are_not_counted(story: Story, unit: Unit, teacher: Any) -> None:
    with unit():
        consents.withdraw(story.student.id, story.course.id, "checks")
    nobody = {"accounts": 0, "students": 0, "looked_at": None, "incomplete": 0}
    assert teacher.get(f"{story.url}/grid").json["seen"] == nobody


def test_the_funnel_says_how_many_came_how_far_and_who_is_stuck(story: Story, unit: Unit, teacher: Any) -> None:
    with unit():
        for n in range(6):
            join(story, f"Done {n}", "word")
        for n in range(4):
            join(story, f"Open {n}")
        view = service.view(story.course.id)
        kept = [replace(one, required=one.step_key == story.steps["word"]) for one in view.steps]
        service.save(story.course, view.title, kept, None, expected=view.version)
        db.session.get_one(Enrolment, (story.course.id, story.student.id)).joined_at = now() - timedelta(days=20)
    found = teacher.get(f"{story.url}/progress/summary").json
    word = next(step for step in found["steps"] if step["step_key"] == str(story.steps["word"]))
    link = next(step for step in found["steps"] if step["step_key"] == str(story.steps["link"]))
    assert (found["students"], word["reached"], word["done"], word["median_days"]) == (11, 11, 6, 20.0)
    assert (link["reached"], link["done"], link["median_days"]) == (6, None, None)
    stuck = found["stuck"][-1]
    assert len(found["stuck"]) == 5
    assert (stuck["name"], stuck["title"], stuck["next"]["code"]) == ("Sam Student", "Read the rules", "next_give_word")


def test_numbers_of_fewer_than_five_are_not_given_and_nobody_is_named(
    story: Story, unit: Unit, teacher: Any, browser: Any
) -> None:
    with unit():
        for n in range(4):
            join(story, f"Nia {n}", section="North")  # five with Sam, who is in no section
        for n in range(5):
            join(story, f"Sue {n}", section="South")
    few = teacher.get(f"{story.url}/progress/summary?section=North").json
    assert (few["students"], few["stuck"], {step["reached"] for step in few["steps"]}) == (None, [], {None})
    many = teacher.get(f"{story.url}/progress/summary?section=South").json
    assert (many["students"], len(many["stuck"])) == (5, 5)
    page = browser(story.instructor).get(f"/courses/{story.course.id}/progress?section=North").text
    assert "fewer than five" in page and "Nia 0" not in page


def numbers(teacher: Any, story: Story, section: str = "") -> tuple[Any, Any, Any]:
    """How many there are, and how many reached and gave the word."""
    found = teacher.get(f"{story.url}/progress/summary{f'?section={section}' if section else ''}").json
    word = next(step for step in found["steps"] if step["step_key"] == str(story.steps["word"]))
    return found["students"], word["reached"], word["done"]


def only_the_word(story: Story) -> None:
    view = service.view(story.course.id)
    kept = [one for one in view.steps if one.step_key == story.steps["word"]]
    service.save(story.course, view.title, kept, None, expected=view.version)


def test_no_section_is_told_when_the_rest_of_the_course_is_few(story: Story, unit: Unit, teacher: Any) -> None:
    with unit():
        only_the_word(story)
        join(story, "Nia", section="North")
        for n in range(5):
            join(story, f"Sue {n}", section="South")
    assert numbers(teacher, story) == (7, 7, None)
    assert numbers(teacher, story, "South") == (None, None, None)


def test_two_large_sections_do_not_tell_of_a_small_third(story: Story, unit: Unit, teacher: Any) -> None:
    with unit():
        only_the_word(story)
        for section, many in (("South", 6), ("East", 7)):
            for n in range(many):
                join(story, f"{section} {n}", section=section)
    assert numbers(teacher, story, "East")[0] == 7
    assert numbers(teacher, story, "South")[0] is None  # 14 less 7 less 6 would be Sam alone


@pytest.mark.parametrize(("did", "shown"), [(4, None), (5, None), (8, None), (9, 9)])
def test_a_number_is_hidden_where_few_did_not(
    story: Story, unit: Unit, teacher: Any, did: int, shown: int | None
) -> None:
    with unit():
        only_the_word(story)
        giving.give_word(story.course, story.student.id, story.steps["word"])
        for n in range(8):
            join(story, f"Nia {n}", *["word"][: n < did - 1])
    assert numbers(teacher, story) == (9, 9, shown)


def outage(story: Story, days_ago: float, lasted: float | None) -> None:
    """The host of the student's account did not answer."""
    began = now() - timedelta(days=days_ago)
    ended = None if lasted is None else began + timedelta(days=lasted)
    host = story.identity.url.partition("://")[2].partition("/")[0]
    proven = story.identity.proven_at
    db.session.merge(story.identity).proven_at = min(proven, now() - timedelta(days=30)) if proven else None
    db.session.add(Outage(id=new_id(), host=host, began_at=began, ended_at=ended, failures=2))
    db.session.flush()


def test_an_outage_before_the_due_day_gives_as_many_days_more(
    story: Story, unit: Unit, teacher: Any, sign: Sign, browser: Any
) -> None:
    with unit():
        due(story, "post", 1)
        due(story, "word", 1)
        outage(story, 4, 1.5)
        looked(story, "posts", "complete")
    mine = {step["step_key"]: step for step in sign(story.student).get(f"{story.url}/my/steps").json["steps"]}
    post, word = (mine[str(story.steps[name])] for name in ("post", "word"))
    assert (post["paused_days"], post["paused_by"], post["late"]) == (2, "home.example", False)
    assert (word["paused_days"], word["paused_by"], word["late"]) == (0, "", True)
    explained = sign(story.student).get(story.mine("post")).json
    assert {name: explained[name] for name in ("due_on", "paused_days", "late")} == {
        name: post[name] for name in ("due_on", "paused_days", "late")
    }
    table = teacher.get(f"{story.url}/grid").json
    columns = [step["step_key"] for step in table["steps"]]
    assert table["students"][0]["late"] == [columns.index(str(story.steps["word"]))]
    page = browser(story.student).get(f"/courses/{story.course.id}/steps").text
    assert "2 days more: home.example could not be reached" in page


@pytest.mark.parametrize(
    ("began", "lasted", "days"),
    [(40, 5, 0), (3, 0.01, 1), (30, None, 14), (2, 1, 1), (17, 4, 2)],
    ids=["long before", "a moment", "for ever", "a day", "its end alone lies within two weeks"],
)
def test_only_what_lasted_within_two_weeks_counts_and_at_most_two_weeks(
    story: Story, unit: Unit, sign: Sign, began: float, lasted: float | None, days: int
) -> None:
    with unit():
        due(story, "post", 0)
        outage(story, began, lasted)
    steps = sign(story.student).get(f"{story.url}/my/steps").json["steps"]
    found = next(step for step in steps if step["step_key"] == str(story.steps["post"]))
    assert abs(found["paused_days"] - days) <= (1 if began in (17, 30) else 0)


def thousand(story: Story) -> None:
    """A thousand students with a state of each step, half of them in each section, and an outage about the due day."""
    people = [new_id() for _ in range(1000)]
    at = now()
    db.session.execute(
        insert(Person), [{"id": p, "email": f"s{n}@example.edu", "name": f"S {n:04}"} for n, p in enumerate(people)]
    )
    places = [{"course_id": story.course.id, "person_id": p, "role": "student"} for p in people]
    db.session.execute(insert(Enrolment), [{**one, "section": "AB"[n % 2]} for n, one in enumerate(places)])
    state = {"verdict": "not_yet", "level": None, "branch": None, "evidence": [], "explanation": [], "done_at": None}
    rows = [
        {"course_id": story.course.id, "person_id": p, "step_key": key, **state}
        for p in people
        for key in story.steps.values()
    ]
    db.session.execute(insert(StepState), rows)
    for person_id in people[:20]:
        make.identity(db.session.get_one(Person, person_id))
    db.session.add(Outage(host="mastodon.example", began_at=at - timedelta(days=5), failures=9))


def test_the_grid_of_a_thousand_costs_four_statements_beside_access(
    story: Story, unit: Unit, teacher: Any, statements: Any
) -> None:
    with unit():
        due(story, "post", 3)
        thousand(story)
    teacher.get(story.url)  # the first use of a token is written down
    for query in ("", "?section=A", "?sort=behind", "?state=late&per_page=50"):
        with statements() as seen:
            answer = teacher.get(f"{story.url}/grid{query}")
        assert answer.status_code == 200
        assert len(answer.json["students"]) > 20
        assert len(seen) <= 4 + 2, query
