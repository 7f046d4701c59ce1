"""The one door out: what the outside must hear of is a row, and a job tells it, at least once, with the same id."""

from flask import Flask

from plnapi.jobs import register_periodic
from plnapi.outbox import jobs
from plnapi.outbox.tellers import Letter, Told, register_teller

__all__ = ["Letter", "Told", "init_app", "register_teller"]


def init_app(app: Flask) -> None:
    """Tell what is due, and forget what was told long ago."""
    register_periodic(app, "outbox", jobs.EVERY_SECONDS, lambda: jobs.run_due(app))
    register_periodic(app, "outbox.forget", jobs.FORGET_SECONDS, jobs.forget)
