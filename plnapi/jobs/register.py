"""The jobs of an app: what is done again and again, and how often."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """`function` finds what is due and does it; it must bear being run at any time, twice, and by two workers at once.

    It is called in an app context, outside of any unit of work, and returns something JSON-able about what it did.
    """

    name: str
    every_seconds: int
    function: Callable[[], Any]


def register_periodic(app: Flask, name: str, every_seconds: int, function: Callable[[], Any]) -> None:
    """A worker shall call `function` about so often. Raises ValueError for a name that is taken."""
    jobs: dict[str, Job] = app.extensions.setdefault("plnapi.jobs", {})
    if name in jobs:
        raise ValueError(f"there is a job named {name!r} already")
    jobs[name] = Job(name, every_seconds, function)


def jobs_of(app: Flask) -> list[Job]:
    """In the order in which they were registered."""
    return list(app.extensions.get("plnapi.jobs", {}).values())


def run_due_once(app: Flask) -> dict[str, Any]:
    """Run every job once; name → what it returned, or `{"error": class of the exception}`."""
    return {job.name: run(app, job) for job in jobs_of(app)}


def run(app: Flask, job: Job) -> Any:
    """Run one job. Its failure is logged and goes no further: the other jobs have to be done too."""
    try:
        with app.app_context():
            return job.function()
    except Exception as error:
        log.exception("job_failed", job=job.name)
        return {"error": type(error).__name__}
