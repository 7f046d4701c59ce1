"""A host that does not answer is written down, from the first look that failed to the first that did not."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from plnapi import clock, signals
from plnapi.accounts.models import Identity
from plnapi.harvest import outages, service
from plnapi.harvest.driver import Asked
from plnapi.harvest.models import Outage, Source
from plnapi.harvest.outages import has_failed
from plnapi.harvest.trail import shown
from plnapi.platforms.types import Coverage, Seen
from plnapi.web.app import App
from tests import make
from tests.client import CheckedClient
from tests.conftest import Unit
from tests.harvest.conftest import NOBODY_LISTENS, Harvest, Scene

Statements = Callable[[], AbstractContextManager[list[str]]]
HOST = "social.example"
BEGIN = datetime(2026, 11, 2, 12).astimezone()
GOOD = Asked(f"https://{HOST}/api", 5, 200)
REFUSED = Asked(f"https://{HOST}/api", 5, problem="connection_failed")


def seen(state: str = "complete", reason: str = "") -> Seen:
    return Seen((), Coverage(state, reason))  # type: ignore[arg-type]


@pytest.fixture
def told(app: App) -> Iterator[list[frozenset[UUID]]]:
    """Of whom `facts_recorded` told."""
    heard: list[frozenset[UUID]] = []

    def on_facts(_sender: object, person_ids: frozenset[UUID], **_: Any) -> None:
        heard.append(person_ids)

    signals.facts_recorded.connect(on_facts, sender=app)
    yield heard
    signals.facts_recorded.disconnect(on_facts, sender=app)


@pytest.fixture
def two(unit: Unit) -> list[Source]:
    """Sources of two people at one host."""
    sources = []
    with unit() as session:
        for name in ("Ada", "Bob"):
            person = make.person(name)
            identity = make.identity(person, handle=f"@{name.lower()}@{HOST}")
            identity.proven_at = BEGIN - timedelta(days=1)
            sources.append(
                Source(identity_id=identity.id, person_id=person.id, network="mastodon", look="posts", host=HOST)
            )
        session.add_all(sources)
    return sources


def note(unit: Unit, source: Source, minutes: int, asked: Asked, state: str = "failed") -> None:
    with unit():
        outages.note(source, seen(state, asked.problem), [asked], BEGIN + timedelta(minutes=minutes))


def of(unit: Unit, *sources: Source) -> list[list[tuple[str, float, float | None]]]:
    """The outages of the owners of these sources, in minutes from the beginning."""
    with unit():
        found = service.outages_of([source.person_id for source in sources])
    return [
        [(one.host, _minutes(one.began_at), one.ended_at and _minutes(one.ended_at)) for one in found.get(who, [])]
        for who in (source.person_id for source in sources)
    ]


def _minutes(moment: datetime) -> float:
    return (moment - BEGIN) / timedelta(minutes=1)


def test_an_outage_lasts_from_the_first_failure_to_the_first_answer(unit: Unit, two: list[Source]) -> None:
    ada, bob = two
    note(unit, ada, 0, GOOD, "complete")
    note(unit, ada, 10, REFUSED)
    assert of(unit, ada, bob) == [[], []], "one failure may be chance"
    note(unit, bob, 12, REFUSED)
    assert of(unit, ada, bob) == [[(HOST, 10, None)]] * 2
    note(unit, ada, 30, REFUSED)
    note(unit, bob, 45, GOOD, "complete")
    assert of(unit, ada, bob) == [[(HOST, 10, 45)]] * 2
    note(unit, ada, 50, REFUSED)
    note(unit, ada, 60, REFUSED)
    assert of(unit, ada) == [[(HOST, 10, 45), (HOST, 50, None)]]


def test_a_failure_between_two_answers_leaves_no_trace(unit: Unit, two: list[Source]) -> None:
    note(unit, two[0], 0, REFUSED)
    note(unit, two[1], 5, GOOD, "hidden")
    note(unit, two[0], 10, REFUSED)
    assert of(unit, *two) == [[], []]
    with unit() as session:
        assert [row.began_at for row in session.scalars(select(Outage))] == [BEGIN + timedelta(minutes=10)]


def test_those_who_are_looked_at_there_are_told_when_it_begins_and_when_it_ends(
    unit: Unit, two: list[Source], told: list[frozenset[UUID]]
) -> None:
    both = frozenset(source.person_id for source in two)
    steps = [(REFUSED, 0), (REFUSED, 1), (REFUSED, 1), (GOOD, 2), (GOOD, 2)]
    for number, (asked, times) in enumerate(steps):
        note(unit, two[0], number, asked, "failed" if asked.problem else "complete")
        assert told == [both] * times


def test_outages_of_many_people_take_one_statement_and_outlive_the_looks(
    unit: Unit, two: list[Source], statements: Statements
) -> None:
    for minutes in (0, 1):
        note(unit, two[0], minutes, REFUSED)
    with unit() as session:
        session.execute(update(Source).values(host=""))
    with unit(), statements() as sent:
        found = service.outages_of([source.person_id for source in two])
    assert len(sent) == 1
    assert len(found) == 2, "the account itself says which host it is on"
    assert of(unit, *two) == [[(HOST, 0, None)]] * 2


def test_an_outage_before_an_account_was_proven_is_not_its_owners(unit: Unit, two: list[Source]) -> None:
    for minutes, asked in ((0, REFUSED), (1, REFUSED), (2, GOOD)):
        note(unit, two[0], minutes, asked, "failed" if asked.problem else "complete")
    with unit() as session:
        identity = session.get_one(Identity, two[0].identity_id)
        identity.proven_at = BEGIN + timedelta(minutes=5)
    assert of(unit, *two) == [[], [(HOST, 0, 2)]]


@pytest.mark.parametrize(
    ("look", "state", "reason", "last", "failed"),
    [
        ("posts", "failed", "deadline_exceeded", Asked("u", 1, problem="deadline_exceeded"), True),
        ("proof", "failed", "connection_failed", Asked("u", 1, problem="connection_failed"), True),
        ("posts", "failed", "name_not_found", Asked("u", 1, problem="name_not_found"), True),
        ("proof", "failed", "name_not_found", Asked("u", 1, problem="name_not_found"), None),
        ("posts", "failed", "bad_answer", Asked("u", 1, 502), True),
        ("posts", "failed", "bad_answer", Asked("u", 1, 200), True),
        ("proof", "failed", "bad_answer", Asked("u", 1, 200), None),
        ("posts", "failed", "gone", Asked("u", 1, 404), False),
        ("posts", "failed", "bad_answer", Asked("u", 1, 403), False),
        ("posts", "failed", "host_busy", Asked("u", 1, problem="host_busy"), None),
        ("posts", "failed", "address_not_allowed", Asked("u", 1, problem="address_not_allowed"), None),
        ("posts", "failed", "too_large", Asked("u", 1, problem="too_large"), None),
        ("follows", "hidden", "needs_sign_in", Asked("u", 1, 401), False),
        ("posts", "partial", "deadline_exceeded", Asked("u", 1, problem="deadline_exceeded"), None),
        ("posts", "complete", "", Asked("u", 1, 304), False),
    ],
)
def test_only_a_host_without_a_usable_answer_has_failed(
    look: str, state: str, reason: str, last: Asked, failed: bool | None
) -> None:
    assert has_failed(look, seen(state, reason), last) is failed


@given(st.text(max_size=60))
def test_requests_are_kept_without_what_may_be_secret(secret: str) -> None:
    assert (
        shown(f"https://a.example/api?token=s3cret&limit=40&x={'s3cret'}")
        == "https://a.example/api?token=…&limit=40&x=…"
    )
    assert "s3cret" not in shown(f"https://user:s3cret@a.example/{secret}")


def test_a_worker_finds_a_host_down_and_up_again(
    scene: Scene, harvest: Harvest, app: App, sign: Callable[..., CheckedClient]
) -> None:
    harvest()
    source = scene.sources()["posts"]
    assert (source.host, source.requests[-1]["status"]) == (scene.network.domain, 200)
    with scene.unit() as session:
        identity = session.get_one(Identity, scene.identity.id)
        kept, identity.data = identity.data, {**identity.data, "host": NOBODY_LISTENS}
        identity.uri = identity.url = f"http://{NOBODY_LISTENS}/users/ada"
        session.execute(update(Source).values(cursor={}))
    harvest(minutes=60)
    with scene.unit():
        (down,) = service.outages_of([scene.person.id])[scene.person.id]
    assert (down.host, down.network, down.ended_at) == (NOBODY_LISTENS, "mastodon", None)
    assert [one["host"] for one in sign(scene.person).get("/api/v1/networks/outages").json] == [NOBODY_LISTENS]
    assert clock.now() + timedelta(minutes=59) < down.began_at
    assert kept["host"] == scene.network.domain
