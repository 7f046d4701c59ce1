"""Background work: Huey's one door. What is due is a row in our tables; a job only finds it, so a lost queue loses
nothing."""

from flask import Flask

from plnapi.jobs import cli
from plnapi.jobs.register import Job, register_periodic, run_due_once

__all__ = ["Job", "init_app", "register_periodic", "run_due_once"]


def init_app(app: Flask) -> None:
    """Add the commands `flask jobs …`."""
    app.cli.add_command(cli.group)
