"""The harness: one app for the run, an empty database for each test, clients that hold every answer against the
OpenAPI document. `PLN_TEST_DB` is sqlite (default) or pg."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from onboarding import Onboarding
from plnapi.app import create_app
from plnapi.config import Settings
from plnapi.db import db, unit_of_work
from plnapi.web.app import App
from plnapi.web.limits import limiter
from tests import database
from tests.client import BrowserClient, CheckedClient, Document
from tests.loopback import sitecustomize
from tests.platforms import outcomes

ROOT = Path(__file__).parents[1]
# A machine that does other things as well is slow now and then; what fails in the build can be had again.
hypothesis.settings.register_profile("plnapi", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("plnapi")
SHARED = ROOT.parent / "shared"
LOOPBACK = str(Path(sitecustomize.__file__).parent)


def pytest_configure(config: pytest.Config) -> None:
    """Before workers start: nobody leaves this machine, a folder that they all know, one PostgreSQL server for all."""
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [LOOPBACK, os.environ.get("PYTHONPATH")]))
    if not hasattr(config, "workerinput"):
        os.environ["PLN_TEST_FOLDER"] = tempfile.mkdtemp(prefix="plnapi-tests-")
        if os.environ.get("PLN_TEST_DB") == "pg":
            os.environ["PLN_TEST_PG_URL"] = database.start_postgresql(Path(os.environ["PLN_TEST_FOLDER"]) / "pg")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A full run fails when an operation of the API was never asked, or an outcome of a network never exercised."""
    folder = Path(os.environ["PLN_TEST_FOLDER"])
    worker = getattr(session.config, "workerinput", {}).get("workerid", "main")
    if Document.current is not None:
        (folder / f"touched-{worker}.json").write_text(json.dumps(sorted(Document.current.touched)))
    if worker == "main" and exitstatus == 0 and _is_full_run(session.config):
        _report_operations(session, folder)
    if worker == "main" and exitstatus == 0 and _is_full_run(session.config, of="tests/platforms"):
        outcomes.report(session, folder)


def _is_full_run(config: pytest.Config, *, of: str = "tests") -> bool:
    return [Path(a).resolve() for a in config.args] in ([ROOT / "tests"], [ROOT / of]) and not config.option.keyword


def _report_operations(session: pytest.Session, folder: Path) -> None:
    touched = {tuple(op) for file in folder.glob("touched-*.json") for op in json.loads(file.read_text())}
    missing = set(Document.operations(ROOT / "openapi.yaml")) - touched
    writer = session.config.get_terminal_writer()
    writer.line(f"\nopenapi: answers of {len(touched)} operations checked, {len(missing)} never asked")
    if missing or not touched:
        writer.line("\n".join(f"  never asked: {method} {path}" for method, path in sorted(missing)))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Of the app that most tests share."""
    instance = tmp_path_factory.mktemp("instance")
    return Settings(
        secret_key="a secret for tests, long enough to be one",
        database_url=database.url_for(instance),
        instance=instance,
        rate_limit="100000 per minute",
        fetch_deadline=5.0,
        log_format="json",
    )


@pytest.fixture(scope="session")
def shared_app(settings: Settings) -> App:
    """Built once: building takes longer than most tests."""
    app = create_app(settings)
    Onboarding().init_app(app)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        database.create()
    return app


@pytest.fixture
def app(shared_app: App) -> Iterator[App]:
    """The app with an empty database and nobody counted by the rate limits."""
    with shared_app.app_context():
        database.empty()
    limiter.reset()
    shared_app.test_client_class = CheckedClient
    yield shared_app
    with shared_app.app_context():
        db.session.remove()


Unit = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def unit(app: App) -> Unit:
    """`with unit() as session:` an app context and a writing unit of work."""

    @contextmanager
    def opened() -> Iterator[Session]:
        with app.app_context(), unit_of_work() as session:
            session.expire_on_commit = False
            yield session

    return opened


@pytest.fixture
def client(app: App) -> CheckedClient:
    """Somebody who is not signed in."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def sign(app: App, unit: Unit) -> Callable[..., CheckedClient]:
    """`sign(person)`: a program with a token of all scopes (or `scopes`)."""
    from plnapi.accounts import service
    from plnapi.web.principal import SCOPES

    def signed(person: Any, scopes: Any = tuple(SCOPES)) -> CheckedClient:
        with unit():
            _, secret = service.make_token(service.get_person(person.id), "test", scopes, 1)
        client: CheckedClient = app.test_client()  # type: ignore[assignment]
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        return client

    return signed


@pytest.fixture
def browser(app: App, unit: Unit) -> Callable[..., BrowserClient]:
    """`browser(person)`: signed in by cookie; `.submit(url, data)` sends a form with its CSRF field."""
    from plnapi.accounts import service

    def opened(person: Any = None) -> BrowserClient:
        client = BrowserClient(app, app.response_class, use_cookies=True)
        if person is not None:
            with unit():
                path = service.sign_in_link(service.get_person(person.id))
            assert client.submit(path, {}).status_code == 303
        return client

    return opened


@pytest.fixture
def statements(app: App) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with statements() as seen:` the SQL statements sent meanwhile, without those that only steer the connection."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
                seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents that stands beside the repository where it is developed."""
    if not SHARED.is_dir():
        pytest.skip("../shared is absent")
    return SHARED
