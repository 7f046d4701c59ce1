"""A stranger's server that misbehaves: each fault ends as an error or as unknown with a reason, within the deadline; nothing
is recorded, nothing earned falls, and nobody else waits."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from demo.practice import PracticeNetwork, Served
from demo.practice.scenario import Fault, Scenario
from plnapi import clock
from plnapi.accounts import identities
from plnapi.activity.models import Fact
from plnapi.config import Settings
from plnapi.harvest import service
from plnapi.web.app import App
from tests import make
from tests.conftest import Unit

DEADLINE = 0.7  # seconds of one fetch in these tests
# Fault → how each look at the student's account may end.
ENDS = {
    "outage": {"failed"},
    "slow": {"failed"},
    "busy": {"failed"},
    "web_page": {"failed"},
    "sign_in": {"hidden"},
    "cut": {"failed"},
    "huge": {"failed"},
    "nested": {"failed"},
    "nonsense": {"failed", "partial"},
    "redirect": {"failed"},
    "circle": {"complete", "partial"},
}


@dataclass
class Student:
    """Somebody on a server of their own; `work` is one round of the worker that both students share."""

    network: Served
    person_id: object
    unit: Unit

    def facts(self) -> list[Fact]:
        with self.unit() as session:
            return list(session.scalars(select(Fact).where(Fact.person_id == self.person_id)))

    def looks(self) -> dict[str, service.LookState]:
        with self.unit():
            states = service.coverage_of([self.person_id])  # type: ignore[list-item] # an id
        return {state.look: state for found in states.values() for state in found}


@pytest.fixture
def networks() -> Iterator[tuple[Served, Served]]:
    with (
        PracticeNetwork(rate_limit=100_000).serving() as bad,
        PracticeNetwork(rate_limit=100_000).serving() as good,
    ):
        yield bad, good


@pytest.fixture
def work(app: App, settings: Settings, networks: tuple[Served, Served], brisk: None) -> Callable[[float], float]:
    """`work(hours)`: a round of the worker so many hours from now; the seconds that it took."""
    effective = replace(settings, loopback_peers=tuple(network.domain for network in networks), fetch_deadline=DEADLINE)

    def run(hours: float = 0) -> float:
        began = time.monotonic()
        with app.app_context():
            service.run_due(effective, now=clock.now() + timedelta(hours=hours))
        return time.monotonic() - began

    return run


@pytest.fixture
def students(unit: Unit, networks: tuple[Served, Served], work: Callable[[float], float]) -> tuple[Student, Student]:
    """Two students of one course, both proven, each on a server of their own."""
    made = []
    with unit():
        course = make.course()
        make.hashtag(course, "#SUB101")
    for name, network in zip(("ada", "bea"), networks, strict=True):
        world = network.world
        world.open_account(name)
        world.open_account("teacher")
        with unit():
            person = make.person(name.title())
            make.enrol(course, person)
            make.resource_list(course, [{"kind": "person", "title": "T", "address": world.handle("teacher")}])
            make.consent(person, course)
            identity = identities.link(person.id, world.handle(name), "mastodon")
        world.set_note(name, identity.code)
        made.append(Student(network, person.id, unit))
    work(0)
    return made[0], made[1]


@pytest.mark.parametrize("kind", list(ENDS))
def test_a_fault_ends_with_a_reason_records_nothing_and_delays_nobody(
    students: tuple[Student, Student], work: Callable[[float], float], kind: str
) -> None:
    ada, bea = students
    for student, name in ((ada, "ada"), (bea, "bea")):
        student.network.world.post(name, "Hello #SUB101")
        student.network.world.follow(name, "teacher")
    ada.network.weather.play(Scenario("", faults=(Fault(kind, paths=("/api/",), seconds=DEADLINE * 2),)))
    took = work(1)
    looks = ada.looks()
    assert looks.keys() >= {"posts", "follows"}
    for look in (looks["posts"], looks["follows"]):
        assert look.coverage in ENDS[kind], look
        assert look.coverage == "complete" or look.reason, look
    if kind != "circle":
        assert ada.facts() == []
    assert {fact.verb for fact in bea.facts()} == {"Create", "Follow"}
    assert took < 6


def test_what_was_earned_before_a_fault_stays_and_nothing_counts_as_undone(
    students: tuple[Student, Student], work: Callable[[float], float]
) -> None:
    ada, _ = students
    ada.network.world.post("ada", "Hello #SUB101")
    ada.network.world.follow("ada", "teacher")
    work(1)
    assert len(ada.facts()) == 2
    for hours, kind in enumerate(ENDS, start=3):
        ada.network.weather.play(Scenario("", faults=(Fault(kind, paths=("/api/",), seconds=1),)))
        work(hours * 24)
        assert [fact.undone_at for fact in ada.facts()] == [None, None], kind
