"""The export for grades: the same bytes, by whichever way a step was done."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onboarding import grades, progress, service
from onboarding.models import Decision
from plnapi.accounts.models import Identity
from plnapi.activity import service as activity
from plnapi.clock import now
from plnapi.consents import service as consents
from plnapi.courses import service as courses
from plnapi.courses.models import Enrolment
from plnapi.db import db
from tests import make
from tests.onboarding.conftest import Story, follow_of, looked, post_of, way

Unit, Sign = Callable[[], Any], Callable[..., Any]
WAYS = ("post", "follow", "account", "word", "link", "confirmed", "credited", "withdrawn")
SEEN = {"post", "follow", "account", "withdrawn"}  # on a network; these may have been done before the course


def decide(story: Story, kind: str, at: datetime, about: Decision | None = None, **fields: Any) -> Decision:
    said = Decision(
        course_id=story.course.id, person_id=story.student.id, step_key=story.steps["one"], kind=kind, made_at=at,
        about_id=about and about.id, **fields,
    )  # fmt: skip
    db.session.add(said)
    db.session.flush()
    return said


def set_step(story: Story, least: Any = None, *, account: bool = True) -> None:
    """One step with a way of each sort; with `account` it is enough that one is proven."""
    view = service.view(story.course.id)
    seen = way("post", count=1, since="always"), way("follow", list=str(story.list_id))
    linked = (way("link_account", count=1),) if account else ()
    ways = (*seen, *linked, way("attest", by="link", prompt=""), way("attest", by="word", prompt=""))
    key = story.steps.get("one")
    one = service.StepData("One", branches=ways, points=3, step_key=key, least_level=least)
    saved = service.save(story.course, "One step", [one], None, expected=view.version)
    story.steps = {"one": saved.steps[0].step_key}  # type: ignore[dict-item]


def do(story: Story, how: str, at: datetime) -> None:
    """The step is done in this way at this moment; an account is proven later in all ways but its own."""
    db.session.get_one(Identity, story.identity.id).proven_at = at if how == "account" else now()
    db.session.flush()
    if how == "follow":
        activity.record([follow_of(story, 1, happened_at=at)])
    if how in {"post", "withdrawn"}:
        activity.record([post_of(story, 1, at=at)])
    if how == "withdrawn":
        consents.withdraw(story.student.id, story.course.id, "checks")
    if how == "confirmed":
        set_step(story, "person")
        decide(story, "confirmed", at + timedelta(hours=1))
    if how in {"word", "confirmed"}:
        decide(story, "word", at)
    if how == "link":
        link = decide(story, "link", at, url="https://docs.example/1", url_key="docs.example/1")
        decide(story, "approved", at + timedelta(hours=1), link)
    if how == "credited":
        decide(story, "credited", at, level="machine", done_at=at)
    progress.refresh([story.student.id])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ways=st.tuples(st.sampled_from(WAYS), st.sampled_from(WAYS)),
    ago=st.integers(60, 900 * 24 * 3600),
    joined_ago=st.integers(0, 40 * 24 * 3600),
    fractions=st.tuples(st.integers(0, 999_999), st.sampled_from([0, 1000, 123_000])),
)
def test_the_same_bytes_by_whichever_way_it_was_done(
    story: Story, unit: Unit, ways: tuple[str, str], ago: int, joined_ago: int, fractions: tuple[int, int]
) -> None:
    minute = (now() - timedelta(seconds=ago)).replace(second=0)
    with unit() as session:
        nested = session.begin_nested()
        place = session.get_one(Enrolment, (story.course.id, story.student.id))
        place.joined_at = now() - timedelta(seconds=joined_ago)
        start = datetime.combine(story.course.starts_on, time(), ZoneInfo(story.course.time_zone))
        began = max(place.joined_at, start)
        story.steps = {}
        set_step(story)
        shown = []
        for how, fraction in zip(ways, fractions, strict=True):
            inner = session.begin_nested()
            moment = minute.replace(microsecond=fraction)
            do(story, how, moment if how in SEEN else max(moment, began))
            shown.append(grades.export(story.course))
            inner.rollback()
            session.expire_all()
        nested.rollback()
    assert shown[0] == shown[1]
    assert ",done," in shown[0]


@pytest.mark.parametrize("how", ["follow", "account", "post"])
def test_no_time_is_before_the_course_began_for_the_student(story: Story, unit: Unit, how: str) -> None:
    """No word and no link can be older, so an older time would tell of an account."""
    with unit() as session:
        set_step(story)
        do(story, how, now() - timedelta(days=900))
        place = session.get_one(Enrolment, (story.course.id, story.student.id))
        place.joined_at = now() - timedelta(days=35)
        session.flush()
        start = datetime.combine(story.course.starts_on, time(), ZoneInfo(story.course.time_zone))
        assert f",done,{start.isoformat(timespec='minutes')}," in grades.export(story.course)
        place.joined_at = late = now() - timedelta(days=2)
        session.flush()
        joined = late.astimezone(ZoneInfo(story.course.time_zone)).isoformat(timespec="minutes")
        assert f",done,{joined}," in grades.export(story.course)


@pytest.mark.parametrize("left", ["waiting link", "hidden", "no consent"])
def test_what_is_open_looks_the_same_whatever_the_reason(story: Story, unit: Unit, left: str) -> None:
    with unit():
        set_step(story, account=False)
        before = grades.export(story.course)
        if left == "waiting link":
            decide(story, "link", now(), url="https://docs.example/1", url_key="docs.example/1")
        if left == "hidden":
            looked(story, "posts", "hidden")
        if left == "no consent":
            consents.withdraw(story.student.id, story.course.id, "checks")
        progress.refresh([story.student.id])
        assert grades.export(story.course) == before
        assert before.splitlines()[1].endswith(",One,open,,0")


def test_an_instructor_downloads_the_table(story: Story, unit: Unit, sign: Sign, statements: Any) -> None:
    moment = (now() - timedelta(days=2)).replace(microsecond=5)
    with unit() as session:
        courses.enrol(story.course, story.student.id, "student", "A")
        session.get_one(Enrolment, (story.course.id, story.student.id)).joined_at = now() - timedelta(days=9)
        activity.record([post_of(story, 1, at=moment)])
        view = service.view(story.course.id)
        steps = [replace(one, points=n) for n, one in enumerate(view.steps)]
        heading = service.StepData("Words", "heading", required=False)
        service.save(story.course, view.title, [heading, *steps], None, expected=1)
    teacher = sign(story.instructor)
    answer = teacher.get(f"{story.url}/progress.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["step"] for row in rows] == ["Follow two", "Post once", "Join", "Read the rules", "Write a plan"]
    assert {name: rows[1][name] for name in ("name", "section", "state", "time", "points")} == {
        "name": "Sam Student", "section": "A", "state": "done", "points": "1",
        "time": moment.isoformat(timespec="minutes"),
    }  # fmt: skip
    assert (rows[4]["state"], rows[4]["points"]) == ("open", "0")
    assert sign(story.student).get(f"{story.url}/progress.csv").status_code == 403


@pytest.mark.parametrize("name", ["=1+1", "+41", "-2", "@SUM(A1)", "\t=1", '=HYPERLINK("https://x.example")'])
def test_no_cell_is_run_by_a_spreadsheet(name: str) -> None:
    (line,) = list(csv.reader(io.StringIO(grades.table([["id", name, "", "", name, "open", "", 0]]))))[1:]
    assert (line[1], line[4]) == (f"'{name}", f"'{name}")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=8, max_size=8))
def test_what_is_written_can_be_read_again(cells: list[str]) -> None:
    (line,) = list(csv.reader(io.StringIO(grades.table([cells]), newline="")))[1:]
    assert [got.removeprefix("'") for got in line] == [cell.removeprefix("'") for cell in cells]


def test_somebody_who_left_is_not_in_it(story: Story, unit: Unit) -> None:
    with unit():
        gone = make.person("Gone")
        make.enrol(story.course, gone)
        assert "Gone" in grades.export(story.course)
        courses.leave(story.course.id, gone.id)
        assert "Gone" not in grades.export(story.course)
