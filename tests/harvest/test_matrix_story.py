"""The whole way on Matrix, against a homeserver on loopback: a bot gives its token, and a room tells who is there.

Through HTTP as its people would: the instructor's browser links the bot and gives the token, a program makes it the
course's account; a student links hers, which her display name proves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from plnapi.accounts.models import Grant, Identity, Person
from plnapi.activity.models import Fact
from plnapi.config import Settings
from plnapi.courses.models import Course
from plnapi.db import Base
from plnapi.harvest import jobs, service
from plnapi.harvest.models import Source
from plnapi.jobs import run_due_once
from plnapi.platforms.matrix.address import link
from plnapi.web.app import App
from tests import make
from tests.client import BrowserClient, CheckedClient
from tests.conftest import Unit
from tests.matrixd import WHOAMI, Matrixd


@dataclass
class Room:
    """A course with the hashtag #SUB101 and the room #plants on its list. Grace teaches; Ada agreed; Eve did not."""

    server: Matrixd
    unit: Unit
    browser: Callable[[Person], BrowserClient]
    harvest: Callable[[float], None]
    course: Course
    grace: Person
    ada: Person
    eve: Person
    room: str

    def link(self, person: Person, name: str) -> Identity:
        """In the person's browser."""
        form = {"address": self.server.user(name)}
        assert self.browser(person).submit("/me/identities", form, page="/me").status_code == 303
        with self.unit() as session:
            return session.scalars(select(Identity).where(Identity.person_id == person.id)).one()

    def prove(self, person: Person, name: str) -> None:
        """Link it, with the code in its display name."""
        identity = self.link(person, name)
        self.server.names[identity.handle] = f"{name.title()} {identity.code}"
        self.harvest(0)
        assert self.rows(Identity, Identity.id == identity.id)[0].proof == "code"

    def give_token(self, bot: Identity) -> str:
        """Grace pastes a token of the bot."""
        token = self.server.sign_in("bot")
        self.browser(self.grace).submit(f"/me/identities/{bot.id}/token", {"token": token}, page="/me")
        return token

    def rows(self, model: type[Base], *where: Any) -> list[Any]:
        """Those of a table."""
        with self.unit() as session:
            return list(session.scalars(select(model).where(*where)).all())

    def facts(self, verb: str) -> list[tuple[str, str, bool]]:
        """Who, what it was done to, and whether it still stands."""
        names = {one.id: one.name for one in (self.grace, self.ada, self.eve)}
        facts = self.rows(Fact, Fact.verb == verb)
        return [(names[fact.person_id], fact.object_uri, fact.undone_at is None) for fact in facts]


@pytest.fixture
def server() -> Iterator[Matrixd]:
    with Matrixd() as started:
        yield started


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Hours pass as the harvest is told."""
    with time_machine.travel(datetime.now(UTC)) as traveller:
        yield traveller


@pytest.fixture
def harvest(
    app: App, settings: Settings, server: Matrixd, clock: time_machine.Traveller, brisk: None, monkeypatch: Any
) -> Callable[[float], None]:
    """`harvest(hours)`: let so many hours pass; then the worker does what is due."""
    effective = replace(settings, loopback_peers=(server.pair,))
    monkeypatch.setattr(app, "settings", effective)

    def run(hours: float) -> None:
        clock.shift(timedelta(hours=hours))
        with app.app_context():
            jobs.sync()
            service.run_due(effective)

    return run


@pytest.fixture
def room(server: Matrixd, harvest: Callable[[float], None], unit: Unit, browser: Any) -> Room:
    opened = server.open_room("plants", "bot")
    with unit():
        people = grace, ada, eve = [make.person(name) for name in ("Grace", "Ada", "Eve")]
        course = make.course()
        for person, role in zip(people, ("instructor", "student", "student"), strict=True):
            make.enrol(course, person, role)
        make.hashtag(course, "#SUB101")
        address = {"kind": "space", "title": "The room", "address": f"#plants:{server.pair}"}
        make.resource_list(course, [address])
        make.consent(ada, course)
    return Room(server, unit, browser, harvest, course, grace, ada, eve, opened)


@pytest.fixture
def bot(room: Room, sign: Callable[..., CheckedClient]) -> Identity:
    """Linked, proven by its token, and the course looks from it."""
    linked = room.link(room.grace, "bot")
    room.give_token(linked)
    answer = sign(room.grace).put(f"/api/v1/courses/{room.course.id}/course-accounts/{linked.id}")
    assert answer.status_code == 200, answer.text
    return linked


def test_who_agreed_is_seen_in_the_room_and_writing_there(room: Room, bot: Identity) -> None:
    room.prove(room.ada, "ada")
    room.server.join(room.room, "ada")
    event = room.server.say(room.room, "ada", "My first leaf #sub101")
    room.server.say(room.room, "ada", "What I had for lunch #food")
    room.harvest(1)
    assert room.facts("Follow") == [("Ada", room.room, True)]
    assert room.facts("Create") == [("Ada", link(room.room, event), True)]
    (fact,) = room.rows(Fact, Fact.verb == "Create")
    assert (fact.evidence["look"], fact.evidence["tags"], fact.evidence["words"]) == ("received", ["sub101"], 4)
    assert "leaf" not in str(fact.evidence) and fact.happened_at


def test_who_is_proven_while_the_room_is_looked_at_is_looked_for_soon(room: Room, bot: Identity) -> None:
    """Both looks are of one batch, so the one at the room does not know her."""
    room.server.join(room.room, "ada")
    room.prove(room.ada, "ada")
    assert room.facts("Follow") == []
    room.harvest(0.1)
    assert room.facts("Follow") == [("Ada", room.room, True)]


def test_nothing_is_kept_of_who_did_not_agree(room: Room, bot: Identity) -> None:
    """Eve is a student with a proven account, a stranger is nobody here: both are in the room and use the hashtag."""
    room.prove(room.ada, "ada")
    room.prove(room.eve, "eve")
    for name in ("eve", "stranger"):
        room.server.join(room.room, name)
        room.server.say(room.room, name, f"{name} wrote this #sub101")
    room.harvest(1)
    (source,) = room.rows(Source, Source.look == "received")
    assert (source.coverage, room.rows(Fact)) == ("complete", [])
    with room.unit() as session:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in {"identities", "people"}]
        kept = [str(row) for table in tables for row in session.execute(table.select())]
    assert [row for row in kept if "wrote this" in row or "@eve" in row or "stranger" in row] == []


def test_what_somebody_did_before_agreeing_is_found_within_a_day(room: Room, bot: Identity) -> None:
    room.prove(room.ada, "ada")
    room.prove(room.eve, "eve")
    room.server.join(room.room, "eve")
    room.server.say(room.room, "eve", "Early #sub101")
    room.harvest(1)
    assert room.rows(Fact) == []
    with room.unit():
        make.consent(room.eve, room.course)
    room.harvest(1)
    assert [who for who, _, _ in room.facts("Follow")] == ["Eve"]
    room.harvest(24)
    room.harvest(1)
    assert [who for who, _, _ in room.facts("Create")] == ["Eve"]


def test_leaving_the_room_and_taking_a_message_back_are_noticed(room: Room, bot: Identity) -> None:
    room.prove(room.ada, "ada")
    room.server.join(room.room, "ada")
    event = room.server.say(room.room, "ada", "Too early #sub101")
    room.harvest(1)
    room.server.members[room.room].remove(room.server.user("ada"))
    room.server.take_back(room.room, event)
    room.harvest(3)
    assert [stands for _, _, stands in room.facts("Follow") + room.facts("Create")] == [False, False]


def test_a_token_that_ends_at_the_server_is_told_and_another_one_goes_on(room: Room, bot: Identity) -> None:
    room.prove(room.ada, "ada")
    room.harvest(1)
    room.server.sessions.clear()
    room.harvest(3)
    assert "Give another token" in room.browser(room.grace).get("/me").text
    (source,) = room.rows(Source, Source.look == "received")
    assert (source.coverage, source.reason) == ("hidden", "token_refused")
    room.give_token(bot)
    room.server.join(room.room, "ada")
    room.harvest(3)
    assert room.facts("Follow") == [("Ada", room.room, True)]


def test_unlinking_the_bot_ends_its_session_and_the_looks(room: Room, bot: Identity, app: App) -> None:
    room.prove(room.ada, "ada")
    another = room.server.sign_in("bot")
    room.browser(room.grace).submit(f"/me/identities/{bot.id}/unlink", {}, page="/me")
    assert room.rows(Grant) == room.rows(Source, Source.look == "received") == []
    run_due_once(app)
    assert list(room.server.sessions) == [another]


def test_a_bot_whose_token_was_not_taken_is_no_account_of_the_course(
    room: Room, sign: Callable[..., CheckedClient]
) -> None:
    linked = room.link(room.grace, "bot")
    room.server.faults[WHOAMI] = 200, {"user_id": room.server.user("grace")}
    room.give_token(linked)
    answer = sign(room.grace).put(f"/api/v1/courses/{room.course.id}/course-accounts/{linked.id}")
    assert (answer.status_code, answer.json["code"]) == (409, "account_not_proven")
