"""The installation that is measured: plnapi on SQLite in a temporary folder, with one course and its students."""

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event, insert

from onboarding import Onboarding, progress
from onboarding import service as checklists
from onboarding.service import StepData
from plnapi.accounts import service as accounts
from plnapi.accounts.models import Identity, Person
from plnapi.activity.models import Fact
from plnapi.activity.service import key_of
from plnapi.app import create_app
from plnapi.clock import new_id, now
from plnapi.config import Settings
from plnapi.consents.models import Consent
from plnapi.courses import service as courses
from plnapi.courses.models import Course, Enrolment
from plnapi.db import Base, db, unit_of_work
from plnapi.hashtags import service as hashtags
from plnapi.resources import service as resources
from plnapi.web.app import App
from plnapi.web.limits import limiter
from plnapi.web.principal import SCOPES

TAG, HOST = "SUB101", "people.example"
MOST_REQUESTS = 290  # between two calls of `nobody_asked`: the limit of an installation as it comes is 300


@dataclass(slots=True)
class World:
    """`tokens` are the bearer tokens of `instructor` and `student`, the latter the first of `students`."""

    app: App
    folder: Path
    settings: Settings
    course_id: UUID
    students: list[UUID]
    tokens: dict[str, str]

    @property
    def url(self) -> str:
        """The course in the API."""
        return f"/api/v1/courses/{self.course_id}"

    @property
    def database(self) -> Path:
        """The file of the database."""
        return self.folder / "plnapi.db"


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Log lines are made and written, as in production, but not shown between the figures."""
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
        yield


@contextlib.contextmanager
def a_world(students: int = 1, **settings: Any) -> Iterator[World]:
    """An open course of 12 steps and so many consenting students, each with an account, two follows and a post.

    No app context stays open: requests inside of one would share its `g`, and with it who is signed in.
    """
    with silent(), tempfile.TemporaryDirectory(prefix="plnapi-bench-") as name:
        folder = Path(name)
        effective = Settings(
            secret_key="a secret for benchmarks, of no worth",
            database_url=f"sqlite:///{folder / 'plnapi.db'}",
            instance=folder,
            log_format="json",
            **settings,
        )
        app = create_app(effective)
        Onboarding().init_app(app)
        with app.app_context():
            Base.metadata.create_all(db.engine)
            with unit_of_work():
                course_id, people, tokens = _seed(students)
        yield World(app, folder, effective, course_id, people, tokens)
        with app.app_context():
            db.engine.dispose()


def environ(url: str, token: str | None = None) -> dict[str, Any]:
    """A GET as a WSGI server hands it over; copy it for each call."""
    path, _, query = url.partition("?")
    given: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "", "SERVER_NAME": "localhost",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost",
        "HTTP_ACCEPT": "application/json", "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(), "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip
    return given if token is None else {**given, "HTTP_AUTHORIZATION": f"Bearer {token}"}


def ask(app: Any, given: Mapping[str, Any]) -> bytes:
    """Send it through a WSGI app. Returns the body; raises RuntimeError for any status but 200."""
    statuses: list[str] = []

    def start(status: str, _headers: Any, _error: Any = None) -> None:
        statuses.append(status)

    parts = app(dict(given), start)
    try:
        body = b"".join(parts)
    finally:
        getattr(parts, "close", lambda: None)()
    if statuses != ["200 OK"]:
        raise RuntimeError(f"{given['PATH_INFO']}: {statuses} {body[:300]!r}")
    return body


def nobody_asked() -> None:
    """Forget whom the rate limit has counted. It stays as it is in production: its cost grows with what it counts."""
    limiter.reset()


@contextlib.contextmanager
def statements(app: App) -> Iterator[list[str]]:
    """The SQL statements sent meanwhile, without those that only steer the connection."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def a_fact(person_id: UUID, verb: str, number: int) -> dict[str, Any]:
    """A row of `facts`: a follow of the `number`th person of the list, or the `number`th post with the tag."""
    acting = f"https://home.example/users/{person_id.hex}"
    object_uri = f"https://{HOST}/users/p{number}" if verb == "Follow" else f"{acting}/statuses/{number}"
    tags = {} if verb == "Follow" else {"tags": [TAG.lower()], "words": 40, "title": ""}
    return {
        "id": new_id(), "person_id": person_id, "identity_id": None, "verb": verb, "object_uri": object_uri,
        "object_keys": [f"acct:p{number}@{HOST}"] if verb == "Follow" else [], "network": "mastodon",
        "happened_at": now() - timedelta(days=1), "seen_at": now(), "undone_at": None,
        "evidence": {"uri": object_uri, "adapter": "mastodon", "version": 1, **tags},
        "key": key_of(verb, acting, object_uri),
    }  # fmt: skip


def _seed(students: int) -> tuple[UUID, list[UUID], dict[str, str]]:
    teacher = accounts.add_person("ira@example.edu", "Ira Teacher")
    course = _course(teacher)
    people = [new_id() for _ in range(students)]
    for model, rows in _rows(course, people).items():
        db.session.execute(insert(model), rows)
    progress.refresh(people)
    tokens = {"instructor": teacher.id, "student": people[0]}
    scopes = sorted(SCOPES)
    made = {who: accounts.make_token(accounts.get_person(id_), "bench", scopes, 1)[1] for who, id_ in tokens.items()}
    return course.id, people, made


def _course(teacher: Person) -> Course:
    today: date = now().date()
    begin, end = today - timedelta(days=30), today + timedelta(days=60)
    course = courses.create(teacher.id, "SUB101", "Learning in networks", "Autumn", begin, end, "Europe/Berlin")
    hashtags.attach(course, f"#{TAG}")
    items = [{"kind": "person", "title": f"Person {n}", "address": f"@p{n}@{HOST}"} for n in range(20)]
    items.append({"kind": "space", "title": "Open group", "address": f"@group@{HOST}"})
    list_ = resources.make_list(course, "People to follow", items, by=None)
    checklists.save(course, "First steps", _steps(str(list_.id)), teacher.id, expected=0)
    courses.open_course(course)
    return course


def _steps(list_id: str) -> list[StepData]:
    """Twelve: four follows, four posts, two joins, a word and a link."""
    link = {"kind": "attest", "config": {"by": "link", "prompt": "Link to it."}}
    word = {"kind": "attest", "config": {"by": "word", "prompt": "Say it."}}
    follows = [({"kind": "follow", "config": {"list": list_id, "count": n}}, link) for n in (1, 2, 5, 10)]
    posts = [({"kind": "post", "config": {"count": n}}, link) for n in (1, 2, 3, 10)]
    joins = [({"kind": "join_group", "config": {"list": list_id, "count": 1}}, word)] * 2
    ways = [*follows, *posts, *joins, (word,), (link,)]
    words = {"instructions": "Open the list and choose.", "why": "A network begins with people."}
    return [StepData(f"Step {n}", branches=branches, **words) for n, branches in enumerate(ways)]


def _rows(course: Course, people: list[UUID]) -> dict[type[Base], list[dict[str, Any]]]:
    at = now()
    return {
        Person: [{"id": p, "email": f"s{n}@example.edu", "name": f"Student {n:05}"} for n, p in enumerate(people)],
        Enrolment: [{"course_id": course.id, "person_id": p, "role": "student"} for p in people],
        Consent: [{"person_id": p, "course_id": course.id, "purpose": "checks", "text": "Yes."} for p in people],
        Identity: [
            {
                "person_id": p, "network": "mastodon", "handle": f"@{p.hex}@home.example", "code": "pln-aaaa-bbbb",
                "uri": f"https://home.example/users/{p.hex}", "url": f"https://home.example/@{p.hex}",
                "code_expires_at": at, "proof": "code", "proven_at": at,
            }
            for p in people
        ],
        Fact: [
            fact for p in people for fact in (a_fact(p, "Follow", 0), a_fact(p, "Follow", 1), a_fact(p, "Create", 0))
        ],
    }  # fmt: skip
