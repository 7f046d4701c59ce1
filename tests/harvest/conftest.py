"""A practice network on loopback, a course that asks for something, and a worker that harvests when told to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from demo.practice import PracticeNetwork, Served
from plnapi import clock
from plnapi.accounts import identities
from plnapi.accounts.models import Identity, Person
from plnapi.activity.models import Fact
from plnapi.config import Settings
from plnapi.courses.models import Course
from plnapi.harvest import driver, service
from plnapi.harvest.models import Source
from plnapi.web.app import App
from tests import make
from tests.conftest import Unit

NOBODY_LISTENS = "127.0.0.1:9"
Harvest = Callable[..., service.HarvestReport]


@pytest.fixture
def network() -> Iterator[Served]:
    """An empty practice network with one teacher to follow."""
    with PracticeNetwork(rate_limit=100_000).serving() as served:
        served.world.open_account("teacher")
        yield served


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between requests to one host: there is only one here."""
    policy_of = driver.policy_of
    monkeypatch.setattr(driver, "policy_of", lambda settings: replace(policy_of(settings), host_interval=0.0))
    monkeypatch.setattr(driver, "_blocks", driver.Blocks())


@pytest.fixture
def harvest(app: App, settings: Settings, network: Served, brisk: None) -> Harvest:
    """`harvest(minutes)`: one run of the worker, so many minutes from now."""
    effective = replace(settings, loopback_peers=(network.domain, NOBODY_LISTENS))

    def run(minutes: float = 0, **given: Any) -> service.HarvestReport:
        with app.app_context():
            return service.run_due(effective, now=clock.now() + timedelta(minutes=minutes), **given)

    return run


@dataclass
class Scene:
    """A student of a course with the hashtag #SUB101 and a list with `@teacher`; `identity` is `@ada` there."""

    unit: Unit
    network: Served
    course: Course
    person: Person
    identity: Identity

    def facts(self, verb: str | None = None) -> list[Fact]:
        """What is recorded of the student."""
        with self.unit() as session:
            facts = session.scalars(select(Fact).where(Fact.person_id == self.person.id).order_by(Fact.id)).all()
        return [fact for fact in facts if verb in (None, fact.verb)]

    def sources(self) -> dict[str, Source]:
        """Look → source."""
        with self.unit() as session:
            rows = session.scalars(select(Source).where(Source.person_id == self.person.id)).all()
        return {row.look: row for row in rows}

    def states(self) -> dict[str, service.LookState]:
        """Look → what is known of it."""
        with self.unit():
            return {state.look: state for state in service.coverage_of([self.person.id]).get(self.person.id, [])}

    def code(self) -> str:
        """What the student has to write on the profile."""
        with self.unit() as session:
            return session.get_one(Identity, self.identity.id).code


@pytest.fixture
def linked(unit: Unit, network: Served) -> Scene:
    """The account is named but not proven yet; consent is given."""
    network.world.open_account("ada")
    with unit():
        course, person = make.course(), make.person("Ada")
        make.enrol(course, person)
        make.hashtag(course, "#SUB101")
        item = {"kind": "person", "title": "The teacher", "address": network.world.handle("teacher")}
        make.resource_list(course, [item])
        make.consent(person, course)
        identity = identities.link(person.id, network.world.handle("ada"), "mastodon")
    return Scene(unit, network, course, person, identity)


@pytest.fixture
def scene(linked: Scene, harvest: Harvest) -> Scene:
    """The account is proven by its code."""
    linked.network.world.set_note("ada", f"Hello. {linked.code()}")
    assert harvest().looked == 1
    return linked
