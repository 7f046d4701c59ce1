"""Jobs: all are done though one fails, and a worker does them until it is asked to end."""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask

from plnapi import jobs
from plnapi.config import Settings
from plnapi.db import journal_mode
from plnapi.errors import ConfigurationError
from plnapi.jobs import engine
from plnapi.web.app import App

ROOT = Path(__file__).parents[2]


@pytest.fixture
def small() -> Flask:
    return Flask("small")


def test_a_failing_job_does_not_stop_the_others(small: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError("broken")

    jobs.register_periodic(small, "first", 5, fail)
    jobs.register_periodic(small, "second", 5, lambda: {"done": 2})
    assert jobs.run_due_once(small) == {"first": {"error": "ValueError"}, "second": {"done": 2}}
    said = capsys.readouterr()
    assert "job_failed" in said.err + said.out


def test_two_jobs_of_one_name_are_a_mistake(small: Flask) -> None:
    jobs.register_periodic(small, "same", 5, lambda: None)
    with pytest.raises(ValueError, match="same"):
        jobs.register_periodic(small, "same", 5, lambda: None)


def test_a_worker_does_each_job_about_so_often(small: Flask, settings: Settings, tmp_path: Path) -> None:
    often, once = [], threading.Event()
    jobs.register_periodic(small, "often", 1, lambda: often.append(time.monotonic()))
    jobs.register_periodic(small, "once", 3600, once.set)
    worker = engine.make_worker(small, replace(settings, instance=tmp_path))
    worker.start()
    assert once.wait(10)
    until = time.monotonic() + 10
    while len(often) < 3 and time.monotonic() < until:
        time.sleep(0.05)
    worker.stop(graceful=True)
    assert len(often) >= 3
    assert all(later - earlier > 0.5 for earlier, later in pairwise(often))
    assert (tmp_path / "jobs.db").exists()


def test_the_queue_keeps_the_journal_that_its_sqlite_can_be_trusted_with(settings: Settings, tmp_path: Path) -> None:
    huey = engine.make_huey(replace(settings, instance=tmp_path))
    mode = huey.storage.conn.execute("PRAGMA journal_mode").fetchone()[0]
    assert mode == journal_mode(sqlite3).lower()
    huey.storage.close()


def test_only_postgresql_can_be_named_for_jobs(settings: Settings) -> None:
    for url in ("redis://localhost", "nonsense"):
        with pytest.raises(ConfigurationError, match="PLN_JOBS_URL"):
            engine.make_huey(replace(settings, jobs_url=url))


def test_jobs_can_queue_on_postgresql(small: Flask, settings: Settings) -> None:
    if not settings.database_url.startswith("postgresql"):
        pytest.skip("runs with PLN_TEST_DB=pg")
    done = threading.Event()
    jobs.register_periodic(small, "job", 1, done.set)
    worker = engine.make_worker(small, replace(settings, jobs_url=settings.database_url))
    worker.start()
    assert done.wait(10)
    worker.stop(graceful=True)


def test_the_command_line_does_once_what_is_due(app: App) -> None:
    result = app.test_cli_runner().invoke(args=["jobs", "run", "--json"])
    assert result.exit_code == 0, result.output
    assert {"harvest", "harvest.sources", "idempotency"} <= json.loads(result.output).keys()
    assert "harvest: looked 0" in app.test_cli_runner().invoke(args=["jobs", "run"]).output


def test_the_command_line_fails_when_a_job_failed(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "plnapi.jobs", {"bad": jobs.Job("bad", 5, lambda: 1 / 0)})
    assert app.test_cli_runner().invoke(args=["jobs", "run"]).exit_code == 1


def test_a_worker_asked_to_end_lets_what_is_under_way_end(tmp_path: Path) -> None:
    script = (
        "import time; from pathlib import Path; from flask import Flask; from plnapi import jobs;"
        "from plnapi.config import Settings; from plnapi.jobs import engine;"
        f"folder = Path({str(tmp_path)!r}); app = Flask('x');"
        "job = lambda: ((folder / 'began').touch(), time.sleep(1), (folder / 'ended').touch());"
        "jobs.register_periodic(app, 'slow', 3600, job);"
        "engine.make_worker(app, Settings(secret_key='x' * 40, database_url='', instance=folder)).run()"
    )
    worker = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    until = time.monotonic() + 15
    while not (tmp_path / "began").exists() and time.monotonic() < until:
        time.sleep(0.05)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    assert (tmp_path / "ended").exists()
