"""`flask config` and `flask openapi`."""

import json

import click
import yaml
from flask import Flask
from flask.cli import with_appcontext

from plnapi import config
from plnapi.db import db
from plnapi.web.app import current_app


@click.command("config")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_appcontext
def show_config(as_json: bool) -> None:
    """Print the effective settings, secrets hidden, and names that nothing reads."""
    effective = current_app().settings.redacted()
    if as_json:
        click.echo(json.dumps(effective))
        return
    for name, value in effective.items():
        click.echo(f"{name}={value}")
    for name in config.unknown_names():
        click.echo(f"unknown: {name} is set, but nothing reads it", err=True)


@click.command("openapi")
@with_appcontext
def show_openapi() -> None:
    """Print the OpenAPI document; `make openapi` keeps it in openapi.yaml."""
    click.echo(openapi_text(), nl=False)


def openapi_text() -> str:
    """The document as YAML, keys in the order of the routes. Needs an app context."""
    return yaml.safe_dump(current_app().api.spec.to_dict(), sort_keys=False, allow_unicode=True, width=110)


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(show_config)
    app.cli.commands.pop("openapi", None)
    app.cli.add_command(show_openapi)
    app.shell_context_processor(lambda: {"db": db})
