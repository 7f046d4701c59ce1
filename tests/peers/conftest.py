"""Real servers, when they are asked for (`make test-peers`): the whole suite leaves this folder out."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from plnapi import clock
from plnapi.accounts import grants
from plnapi.accounts.models import Identity
from plnapi.config import Settings
from plnapi.harvest import driver
from plnapi.harvest import service as harvest
from plnapi.web.app import App
from tests import make
from tests.client import CheckedClient
from tests.conftest import Unit
from tests.peers.servers import Bluesky, MastodonMock, Peer, Person, WordPress, next_tag, running

ASKED_FOR = "PLN_TEST_PEERS" in os.environ
SERVERS: dict[str, tuple[type[Peer], tuple[str, ...]]] = {
    "mastodon": (MastodonMock, ("mastodon_mock.sh",)),
    "bluesky": (Bluesky, ("atproto.sh",)),
    "wordpress": (WordPress, ("wordpress.sh", "init")),
}

collect_ignore_glob = [] if ASKED_FOR else ["test_*.py"]


@pytest.fixture(scope="module", params=list(SERVERS))
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    """One of the real servers, running."""
    kind, script = SERVERS[request.param]
    with running(*script):
        yield kind()


@dataclass
class Student:
    """Somebody with an account on a peer, in a course with a hashtag of its own and the peer's other person on its list.

    `steps` is how the student's checklist stands, by title; `look` is one round of the worker, an hour later each time.
    """

    peer: Peer
    account: Any
    other: Any
    tag: str
    client: CheckedClient
    instructor: CheckedClient
    course: str
    look: Callable[[], None]
    unit: Unit

    def steps(self) -> dict[str, dict[str, Any]]:
        answer = good(self.client.get(f"/api/v1/courses/{self.course}/my/steps"))
        return {step["title"]: step for step in answer["steps"]}

    def verdict(self, title: str) -> str:
        return str(self.steps()[title]["verdict"])

    def identity(self) -> dict[str, Any]:
        return linked_by(self.client)

    def course_looks_from_the_other(self) -> None:
        """The instructor proves that the other account is theirs, and lets the course look from it."""
        good(self.instructor.post("/api/v1/me/identities", json={"address": typed(self.other)}))
        self.other.introduce(f"I teach here. {linked_by(self.instructor)['code']}")
        self.look()
        account = f"/api/v1/courses/{self.course}/course-accounts/{linked_by(self.instructor)['id']}"
        good(self.instructor.put(account))

    def lets_look(self, client: CheckedClient, person: Any) -> None:
        """Somebody's access token is kept, as signing in on the server does."""
        identity_id = UUID(linked_by(client)["id"])
        with self.unit() as session:
            identity = session.get_one(Identity, identity_id)
            grants.keep(identity, person.base, person.token, "read")


@pytest.fixture
def linked(app: App, unit: Unit, sign: Callable[..., CheckedClient], settings: Settings, peer: Peer) -> Student:
    """The student has named the account and agreed; nothing is proven."""
    account, other = peer.people()
    with unit():
        teacher, person = make.person("Teacher"), make.person("Ada")
    instructor, client, tag = sign(teacher), sign(person), next_tag()
    course = made_course(instructor, peer, tag, other)
    join(instructor, client, course)
    good(client.post("/api/v1/me/identities", json={"address": typed(account)}))
    look = worker(app, replace(settings, **peer.settings), peer.settles)
    return Student(peer, account, other, tag, client, instructor, course, look, unit)


@pytest.fixture
def student(linked: Student) -> Student:
    """The account is proven by its code."""
    linked.account.introduce(f"I learn in public. {linked.identity()['code']}")
    linked.look()
    proven = linked.identity()
    assert proven["proven_at"], (proven["problem"], proven["code"])
    return linked


def worker(app: App, settings: Settings, settles: float) -> Callable[[], None]:
    """Rounds of the worker, each an hour after the one before: nothing waits for its turn."""
    passed = timedelta()

    def look() -> None:
        nonlocal passed
        passed += timedelta(hours=1)
        time.sleep(settles)
        with app.app_context():
            for _ in range(3):  # what was just proven is looked at in the next batch
                harvest.run_due(settings, now=clock.now() + passed)

    return look


def made_course(instructor: CheckedClient, peer: Peer, tag: str, other: Person) -> str:
    """An open course whose steps ask for what the peers' people can do; its id."""
    today = datetime.now(UTC).date()
    dates = {"starts_on": f"{today - timedelta(days=7)}", "ends_on": f"{today + timedelta(days=60)}"}
    given = {"code": "PEER", "title": "Real servers", "term": "Autumn", "time_zone": "UTC", **dates}
    course = good(instructor.post("/api/v1/courses", json=given))["id"]
    good(instructor.post(f"/api/v1/courses/{course}/hashtags", json={"tag": tag}))
    item = {"kind": "person", "title": "Grace", "address": typed(other)}
    list_ = good(instructor.post(f"/api/v1/courses/{course}/lists", json={"title": "People", "items": [item]}))["id"]
    place = f"/api/v1/courses/{course}/checklist"
    known = {"If-Match": instructor.get(place).headers["ETag"]}
    steps = [{"title": title, "required": False, "branches": [way]} for title, way in ways(list_, peer.can).items()]
    good(instructor.put(place, json={"title": "Real servers", "steps": steps}, headers=known))
    good(instructor.post(f"/api/v1/courses/{course}/open"))
    return str(course)


def ways(list_: str, can: frozenset[str]) -> dict[str, dict[str, Any]]:
    """The steps of the course, by title: what can be done on the peer."""
    every = {
        "Post": {"kind": "post", "config": {"count": 1, "original": True}},
        "Reply": {"kind": "reply", "config": {"count": 1}},
        "Follow": {"kind": "follow", "config": {"list": list_, "count": 1}},
        "Boost": {"kind": "react", "config": {"count": 1, "what": "boost"}},
        "Like": {"kind": "react", "config": {"count": 1, "what": "like"}},
        "Comment": {"kind": "comment", "config": {"count": 1}},
    }
    return {title: way for title, way in every.items() if title in {"Post", "Reply"} or title.lower() in can}


def linked_by(client: CheckedClient) -> dict[str, Any]:
    """The one identity of this person."""
    (found,) = good(client.get("/api/v1/me/identities"))
    return dict(found)


def join(instructor: CheckedClient, client: CheckedClient, course: str) -> None:
    """The student joins by the code and agrees to be looked at."""
    code = good(instructor.get(f"/api/v1/courses/{course}/join-code"))["join_code"]
    good(client.post("/api/v1/join", json={"join_code": code}))
    consents = f"/api/v1/courses/{course}/consents"
    text = next(one["text"] for one in good(client.get(consents)) if one["purpose"] == "checks")
    good(client.put(f"{consents}/checks", json={"text": text}))


def typed(person: Person) -> str:
    """A handle as people type it."""
    return person.handle if "@" in person.handle or "/" in person.handle else f"@{person.handle}"


def good(response: Any) -> Any:
    """The body of an answer that must not be an error."""
    assert response.status_code < 300, response.text
    return response.json


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between requests to one host: there is only one here."""
    policy_of = driver.policy_of
    monkeypatch.setattr(driver, "policy_of", lambda settings: replace(policy_of(settings), host_interval=0.0))
    monkeypatch.setattr(driver, "_blocks", driver.Blocks())
