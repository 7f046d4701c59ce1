"""`flask harvest run` and `flask harvest status`."""

import json
from dataclasses import asdict

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from plnapi.db import unit_of_work
from plnapi.harvest import service
from plnapi.harvest.models import Source
from plnapi.web.app import current_app

group = AppGroup("harvest", help="Looks at people's accounts.")


@group.command("run")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def run(as_json: bool) -> None:
    """Look at everything that is due."""
    report = asdict(service.run_all_due(current_app().settings))
    _print(report, as_json)


@group.command("status")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def status(as_json: bool) -> None:
    """Print how many looks there are, by kind and by how much they saw."""
    counts = select(Source.look, Source.coverage, func.count()).group_by(Source.look, Source.coverage)
    with unit_of_work(write=False) as session:
        rows = session.execute(counts).all()
    _print({f"{look} {coverage or 'not yet'}": count for look, coverage, count in sorted(rows, key=str)}, as_json)


def _print(counts: dict[str, int], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(counts))
        return
    for name, count in counts.items():
        click.echo(f"{name}: {count}")
