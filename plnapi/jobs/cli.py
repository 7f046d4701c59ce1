"""`flask jobs work` and `flask jobs run`."""

import json

import click
from flask import current_app
from flask.cli import AppGroup

from plnapi.jobs import engine, register

group = AppGroup("jobs", help="Background work.")


@group.command("work")
def work() -> None:
    """Do what becomes due, until SIGTERM."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    engine.make_worker(app, app.settings).run()


@group.command("run")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def run(as_json: bool) -> None:
    """Do once what is due (for cron); fails when a job failed."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    results = register.run_due_once(app)
    if as_json:
        click.echo(json.dumps(results))
    else:
        for name, result in results.items():
            click.echo(f"{name}: {_told(result)}")
    if any(isinstance(result, dict) and "error" in result for result in results.values()):
        raise click.exceptions.Exit(1)


def _told(result: object) -> str:
    if isinstance(result, dict):
        return ", ".join(f"{name} {value}" for name, value in result.items())
    return "done" if result is None else str(result)
