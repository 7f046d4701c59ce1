"""Many accounts on one host: nobody else waits for them, and the host is asked no more than it allows."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from plnapi import clock
from plnapi.accounts.models import Identity
from plnapi.config import Settings
from plnapi.harvest import driver, run, service
from plnapi.harvest.hosts import APART, AT_ONCE, host_of
from plnapi.harvest.models import Source
from plnapi.http.client import Blocks
from plnapi.web.app import App
from tests import make
from tests.conftest import Unit
from tests.harvest.budgeted import Budgeted

Batch = Callable[..., service.HarvestReport]


@pytest.fixture
def crowded() -> Iterator[Budgeted]:
    """The host of nearly everybody: 50 answers a second."""
    with Budgeted(limit=50, seconds=1.0).serving() as server:
        yield server


@pytest.fixture
def alone() -> Iterator[Budgeted]:
    """The host of one."""
    with Budgeted().serving() as server:
        yield server


@pytest.fixture
def batch(app: App, settings: Settings, crowded: Budgeted, alone: Budgeted, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """`batch()`: one batch of the worker, of sources that are there although no course asks for them."""
    monkeypatch.setattr(run, "sync_sources", lambda *_: None)
    monkeypatch.setattr(driver, "_blocks", Blocks())
    effective = replace(settings, loopback_peers=(crowded.pair, alone.pair))

    def ran(**given: object) -> service.HarvestReport:
        with app.app_context():
            return service.run_due(effective, **given)  # type: ignore[arg-type]

    return ran


def due_on(unit: Unit, host: str, count: int, ago: timedelta = timedelta(hours=1)) -> None:
    """So many sources at a host, each of another account, that are due since then."""
    with unit() as session:
        person = make.person("Somebody")
        for number in range(count):
            account = f"http://{host}/users/s{number}"
            identity = make.identity(person, handle=f"@s{number}@{host}")
            identity.uri, identity.url, identity.data = account, account, {"host": host, "id": str(number + 1)}
            due = clock.now() - ago
            session.add(Source(identity_id=identity.id, person_id=person.id, network="mastodon", look="posts",
                               host=host_of(identity), next_look_at=due))  # fmt: skip


def looked_at(unit: Unit) -> Counter[str]:
    """How many sources of each host have been looked at."""
    with unit() as session:
        return Counter(session.scalars(select(Source.host).where(Source.looked_at.is_not(None))))


def test_a_thousand_on_one_host_do_not_hold_up_the_one_on_another(
    unit: Unit, batch: Batch, crowded: Budgeted, alone: Budgeted
) -> None:
    due_on(unit, crowded.pair, 1_000, ago=timedelta(hours=2))
    due_on(unit, alone.pair, 1)
    assert batch().looked == run.OF_ONE_HOST + 1
    assert looked_at(unit) == {crowded.pair: run.OF_ONE_HOST, alone.pair: 1}


def test_a_host_is_asked_no_more_than_its_budget_and_looks_that_have_no_turn_wait(
    unit: Unit, batch: Batch, crowded: Budgeted
) -> None:
    due_on(unit, crowded.pair, 120)
    batches = [batch().looked for _ in range(8)]
    assert crowded.refused == 0
    assert max(crowded.windows.values()) <= crowded.limit
    assert run.OF_ONE_HOST <= sum(batches) <= 120, "no look twice"
    assert max(batches) == run.OF_ONE_HOST
    assert batches[-1] == 0, "what has no turn waits, and is not asked for again and again"


def test_a_host_that_asked_to_wait_is_left_out_with_all_its_accounts(
    unit: Unit, batch: Batch, crowded: Budgeted, alone: Budgeted
) -> None:
    crowded.limit = 0
    due_on(unit, crowded.pair, 60, ago=timedelta(hours=2))
    crowded.seconds = 300.0
    batch()
    asked = sum(crowded.windows.values())
    due_on(unit, alone.pair, 1)
    assert asked <= 2, "what was under way when the first answer came"
    assert batch().looked == 1
    assert batch().looked == 0
    assert sum(crowded.windows.values()) == asked


def test_first_looks_of_a_class_queue_at_their_host_and_one_elsewhere_does_not(unit: Unit) -> None:
    began = clock.now()
    with unit() as session:
        course = make.course()
        make.hashtag(course, "#SUB101")
        people = [make.person(f"Student{number}") for number in range(AT_ONCE + 10)]
        for number, person in enumerate(people):
            make.enrol(course, person)
            make.identity(person, handle=f"@s{number}@{'crowd' if number else 'other'}.example")
            make.consent(person, course)
        begun = clock.now()
        waits = sorted(at - begun for at in session.scalars(select(Source.next_look_at)))
    assert len(waits) == AT_ONCE + 10
    passed = -(-(begun - began) // APART)  # turns that came while the class was made
    assert AT_ONCE + 1 <= sum(wait <= timedelta(0) for wait in waits) <= AT_ONCE + 1 + passed
    assert waits[-1] > (8 - passed) * APART
    assert len({round(wait / APART) for wait in waits[AT_ONCE + 1 + passed :]}) == 9 - passed


def test_a_hashtag_for_a_class_does_not_make_all_its_looks_due_at_once(unit: Unit) -> None:
    with unit() as session:
        course = make.course()
        make.hashtag(course, "#SUB101")
        for number in range(AT_ONCE + 10):
            person = make.person(f"Student{number}")
            make.enrol(course, person)
            make.identity(person, handle=f"@s{number}@crowd.example")
            make.consent(person, course)
        later = clock.now() + timedelta(minutes=30)
        session.execute(update(Source).values(coverage="complete", next_look_at=later))
    with unit() as session:
        make.hashtag(course, "#SUB102")
        begun = clock.now()
        due = [at for at in session.scalars(select(Source.next_look_at)) if at <= begun]
    assert len(due) == AT_ONCE


@pytest.mark.parametrize(
    ("network", "handle", "url", "data", "host"),
    [
        ("mastodon", "@ada@example.social", "https://example.social/@ada", {}, "example.social"),
        ("mastodon", "@ada@example.org", "https://social.example.org/@ada", {"host": "social.example.org"},
         "social.example.org"),
        ("bluesky", "@ada.example.org", "https://bsky.app/profile/ada.example.org", {"pds": "pds.example"}, "pds.example"),
        ("blog", "https://ada.example/", "https://ada.example/", {}, "ada.example"),
        ("blog", "https://ada.example/", "", {}, ""),
    ],
)  # fmt: skip
def test_the_host_of_a_look_is_the_one_that_answers_for_the_account(
    network: str, handle: str, url: str, data: dict[str, str], host: str
) -> None:
    assert host_of(Identity(network=network, handle=handle, url=url, data=data)) == host
