"""Addresses of starter lists are looked at daily; gone is only what the network itself does not know, twice."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from demo.practice import Served
from plnapi import clock, signals
from plnapi.accounts.models import Person
from plnapi.config import Settings
from plnapi.courses.models import Course
from plnapi.harvest import driver, health, service
from plnapi.harvest.models import Health
from plnapi.http.client import Blocks
from plnapi.resources import service as resources
from plnapi.web.app import App
from tests import make
from tests.client import BrowserClient, CheckedClient
from tests.conftest import Unit

HOURS = timedelta(hours=1)


class Site(ThreadingHTTPServer):
    """A page that answers with `status`; counts who came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.status, self.visits, self.body = 200, 0, b"hello"

    @property
    def pair(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Page(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.visits += 1
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@dataclass
class Listed:
    """A course with a reading at `site` and `@teacher` of the practice network; `look(hours)` is a run so much later."""

    course: Course
    teacher: Person
    items: dict[str, UUID]
    unit: Unit
    look: Callable[[float], dict[str, int]]
    begin: datetime

    def gone(self) -> dict[str, float]:
        """Kind of item → hours from the beginning since when it is gone."""
        with self.unit():
            gone = service.gone_of([self.course.id]).get(self.course.id, {})
        return {kind: (gone[key] - self.begin) / HOURS for kind, key in self.items.items() if key in gone}


@pytest.fixture
def listed(
    unit: Unit, app: App, settings: Settings, site: Site, network: Served, monkeypatch: pytest.MonkeyPatch
) -> Listed:
    with unit():
        teacher = make.person("Teacher")
        course = make.course(teacher)
        make.enrol(course, make.person("Ada"))
        items = [
            {"kind": "reading", "title": "Rules", "address": f"http://{site.pair}/rules"},
            {"kind": "person", "title": "Teacher", "address": network.world.handle("teacher")},
        ]
        list_ = make.resource_list(course, items)
        keys = {item.kind: item.item_key for item in resources.latest_items(list_.id)}
    effective, begin = replace(settings, loopback_peers=(network.domain, site.pair)), clock.now()

    def look(hours: float) -> dict[str, int]:
        monkeypatch.setattr(driver, "_blocks", Blocks())  # hours pass for those who asked to wait too
        with app.app_context():
            return health.look_at_lists(effective, now=begin + hours * HOURS)

    return Listed(course, teacher, keys, unit, look, begin)


def test_each_address_is_looked_at_once_a_day(listed: Listed, site: Site) -> None:
    assert listed.look(0)["looked"] == 0, "the first look is spread over an hour"
    assert listed.look(2) == {"looked": 2, "gone": 0}
    assert listed.look(20)["looked"] == 0
    assert listed.look(30)["looked"] == 2
    assert site.visits == 2


def test_what_two_looks_a_day_apart_do_not_find_is_gone_since_the_first(listed: Listed, site: Site) -> None:
    listed.look(0)
    site.status = 404
    assert listed.look(2)["gone"] == 1
    assert listed.gone() == {}
    listed.look(30)
    assert listed.gone() == {"reading": 2.0}
    listed.look(60)
    assert listed.gone() == {"reading": 2.0}
    site.status = 200
    listed.look(90)
    assert listed.gone() == {}


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_server_that_refuses_or_is_down_says_nothing_of_the_address(listed: Listed, site: Site, status: int) -> None:
    listed.look(0)
    for hours, answer in ((2, 410), (30, status), (60, status)):
        site.status = answer
        listed.look(hours)
    assert listed.gone() == {}
    site.status = 410
    listed.look(90)
    assert listed.gone() == {"reading": 2.0}


def test_an_answer_between_two_that_find_nobody_starts_anew(listed: Listed, site: Site) -> None:
    listed.look(0)
    for hours, answer in ((2, 404), (30, 200), (60, 404)):
        site.status = answer
        listed.look(hours)
    assert listed.gone() == {}
    listed.look(90)
    assert listed.gone() == {"reading": 60.0}


def test_an_account_that_its_network_does_not_know_is_gone(listed: Listed, network: Served) -> None:
    listed.look(0)
    network.world.close_account("teacher")
    listed.look(2)
    listed.look(30)
    assert listed.gone() == {"person": 2.0}


def test_a_large_page_is_there_and_not_read_to_its_end(listed: Listed, site: Site) -> None:
    listed.look(0)
    site.body = b"x" * (health.SMALL * 4)
    listed.look(2)
    with listed.unit() as session:
        answers = set(session.scalars(select(Health.reason)))
    assert answers == {"there"}


def test_courses_that_do_not_run_are_not_looked_for_and_keep_what_was_seen(listed: Listed, site: Site) -> None:
    listed.look(0)
    site.status = 404
    listed.look(2)
    listed.look(30)
    with listed.unit() as session:
        session.get_one(Course, listed.course.id).ends_on = date(2020, 1, 1)
        session.get_one(Course, listed.course.id).starts_on = date(2019, 1, 1)
    assert listed.look(60)["looked"] == 0
    assert listed.gone() == {"reading": 2.0}


def test_the_students_are_told_when_it_goes_and_comes_back(listed: Listed, site: Site, app: App) -> None:
    heard: list[frozenset[UUID]] = []

    def on_facts(_sender: object, person_ids: frozenset[UUID], **_: Any) -> None:
        heard.append(person_ids)

    signals.facts_recorded.connect(on_facts, sender=app)
    listed.look(0)
    for hours, status, times in ((2, 404, 0), (30, 404, 1), (60, 404, 1), (90, 200, 2)):
        site.status = status
        listed.look(hours)
        assert len(heard) == times
    assert all(len(people) == 1 for people in heard)


def test_staff_see_what_is_gone_and_are_sent_there(
    listed: Listed, site: Site, sign: Callable[..., CheckedClient], browser: Callable[..., BrowserClient]
) -> None:
    here = f"/courses/{listed.course.id}"
    teacher = browser(listed.teacher)
    assert f"{here}/gone-items" not in teacher.get(f"{here}/manage").text
    listed.look(0)
    site.status = 404
    listed.look(2)
    listed.look(30)
    (item,) = sign(listed.teacher).get(f"/api/v1{here}/gone-items").json
    assert (item["title"], item["item_key"]) == ("Rules", str(listed.items["reading"]))
    assert f"{here}/gone-items" in teacher.get(f"{here}/manage").text
    page = teacher.get(f"{here}/gone-items").text
    assert "Rules" in page and f"/items/{item['item_key']}" in page
