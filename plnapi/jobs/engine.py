"""Huey, set up from the settings, and the worker that runs it."""

import sqlite3
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from flask import Flask
from huey import Huey, PostgresHuey, SqliteHuey
from huey.consumer import Consumer, Scheduler
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from plnapi.config import Settings
from plnapi.db import journal_mode
from plnapi.errors import ConfigurationError
from plnapi.jobs import register
from plnapi.jobs.register import Job

WORKERS = 2  # threads: a long harvest does not keep the outbox waiting
STOP_SECONDS = 30  # for what is under way when the worker is asked to end


class SecondsScheduler(Scheduler):  # type: ignore[misc] # Huey has no types
    """Huey asks once a minute which periodic tasks are due; ours may be due every few seconds."""

    periodic_task_seconds = 1


class Worker(Consumer):  # type: ignore[misc] # Huey has no types
    """Huey's consumer with our scheduler."""

    scheduler_class = SecondsScheduler


def make_huey(settings: Settings) -> Huey:
    """The queue: a file in the instance folder, or PostgreSQL where PLN_JOBS_URL names one."""
    if settings.jobs_url:
        return PostgresHuey("plnapi", results=False, dsn=_postgresql(settings.jobs_url))
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = journal_mode(sqlite3).lower()  # Huey uses the standard library's SQLite, not ours
    return SqliteHuey("plnapi", results=False, filename=str(settings.instance / "jobs.db"), journal_mode=mode)


def make_worker(app: Flask, settings: Settings) -> Worker:
    """A worker for the jobs of `app`. `run()` works until SIGTERM, then lets what is under way end."""
    huey = make_huey(settings)
    for job in register.jobs_of(app):
        _add(huey, app, job)
    return Worker(huey, workers=WORKERS, max_delay=1.0, graceful_signal="TERM", shutdown_timeout=STOP_SECONDS)


def _add(huey: Huey, app: Flask, job: Job) -> None:
    """A task that waited longer than its interval is dropped: the next one does the same."""

    periodic = huey.periodic_task(_every(job.every_seconds), name=job.name, expires=max(job.every_seconds, 5))
    periodic(partial(register.run, app, job))


def _every(seconds: int) -> Callable[[datetime], bool]:
    """True at most once in so many seconds, the first time at once."""
    due = time.monotonic()

    def is_due(_: datetime) -> bool:
        nonlocal due
        if time.monotonic() < due:
            return False
        due = time.monotonic() + seconds
        return True

    return is_due


def _postgresql(url: str) -> str:
    """As libpq reads it. Raises ConfigurationError for another database."""
    try:
        parsed: Any = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() != "postgresql":
        raise ConfigurationError(["PLN_JOBS_URL: not the address of a PostgreSQL database."])
    return str(parsed.set(drivername="postgresql").render_as_string(hide_password=False))
