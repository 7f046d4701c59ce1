"""`flask accounts …`: the first people of an installation, and a way back in."""

import json
from dataclasses import asdict

import click
from flask.cli import AppGroup

from plnapi.accounts import resealing, service
from plnapi.db import unit_of_work
from plnapi.errors import PlnapiError
from plnapi.web.app import current_app
from plnapi.web.principal import SCOPES

group = AppGroup("accounts", help="People, invitations and tokens.")
as_json = click.option("--json", "as_json", is_flag=True, help="As JSON.")


@group.command("create-admin")
@click.argument("email")
@click.option("--name", default="Administrator", show_default=True)
@as_json
def create_admin(email: str, name: str, as_json: bool) -> None:
    """Add an administrator of the institution and print an invitation."""
    _invited(email, name, "admin", as_json)


@group.command("invite")
@click.argument("email")
@click.option("--name", help="For somebody who is not known yet.")
@as_json
def invite(email: str, name: str | None, as_json: bool) -> None:
    """Print an invitation for EMAIL; with --name somebody new is added first."""
    _invited(email, name, "member", as_json)


@group.command("token")
@click.argument("email")
@click.option("--name", default="command line", show_default=True)
@click.option("--scope", "scopes", multiple=True, type=click.Choice(list(SCOPES)), required=True)
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 366))
@as_json
def token(email: str, name: str, scopes: tuple[str, ...], days: int, as_json: bool) -> None:
    """Make an API token that acts for EMAIL, and print its secret, once."""
    with unit_of_work():
        person = service.find_by_email(email)
        if person is None:
            raise click.ClickException(f"Nobody here has the address {email}.")
        made, secret = service.make_token(person, name, scopes, days)
    _print({"token": secret, "expires_at": made.expires_at.isoformat()}, secret, as_json)


@group.command("reseal")
@as_json
def reseal(as_json: bool) -> None:
    """Seal with the current SECRET_KEY what one of SECRET_KEY_FALLBACKS sealed, so that these can be given up."""
    done = {name: asdict(counts) for name, counts in resealing.reseal().items()}
    lines = [f"{name}: {', '.join(f'{n} {word}' for word, n in counts.items())}" for name, counts in done.items()]
    click.echo(json.dumps(done) if as_json else "\n".join(lines))
    if any(counts["lost"] for counts in done.values()):
        raise click.ClickException("What is lost was sealed under a key that is in neither setting.")


def _invited(email: str, name: str | None, role: str, as_json: bool) -> None:
    try:
        with unit_of_work():
            known = None if role == "admin" else service.find_by_email(email)
            if known is None and name is None:
                raise click.ClickException(f"Nobody here has the address {email}. Give --name to add them.")
            person = known or service.add_person(email, name or email, role)
            url = current_app().settings.base_url + service.invite(person)
    except PlnapiError as error:
        raise click.ClickException(str(error)) from error
    _print({"email": email, "url": url}, url, as_json)


def _print(data: dict[str, str], line: str, as_json: bool) -> None:
    click.echo(json.dumps(data) if as_json else line)
