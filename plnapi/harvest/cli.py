"""`flask harvest run`, `flask harvest status` and `flask networks look`."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import gettext
from sqlalchemy import func, select

from plnapi.db import unit_of_work
from plnapi.errors import PlnapiError
from plnapi.harvest import service, sight
from plnapi.harvest.models import Source
from plnapi.harvest.sentences import tell
from plnapi.harvest.sight import KINDS, Report, Sight, Verdict
from plnapi.platforms import PLATFORMS
from plnapi.web.app import current_app

group = AppGroup("harvest", help="Looks at people's accounts.")
networks = AppGroup("networks", help="What can be seen on networks.")
WITH_TAGS = frozenset({"posts", "reactions"})
SHOWN = 5  # addresses of posts with a tag


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


@networks.command("look")
@click.argument("handle")
@click.option("--tag", "tags", multiple=True, help="A hashtag: which posts carry it?")
@click.option("--follows", multiple=True, help="A handle or address: is it among those followed?")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def look(handle: str, tags: tuple[str, ...], follows: tuple[str, ...], as_json: bool) -> None:
    """Explain what plnapi sees of the account HANDLE, a handle or an address. Nothing is stored.

    At the end stands for each tag and each of --follows what a step that asks for it would come to by this alone: verified,
    not_yet, unknown or error, and why.

    Ends with 1 when HANDLE cannot be read: no network has such addresses, or the account's gave no usable answer.
    """
    try:
        question = sight.read_question(tags, follows)
        report = sight.look_at(handle, question, current_app().settings)
    except PlnapiError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(_as_data(report)) if as_json else "\n".join(_in_words(report)))
    if not report.was_read:
        raise SystemExit(1)


def _as_data(report: Report) -> dict[str, Any]:
    who = report.account
    account = {"handle": who.handle, "uri": who.uri, "url": who.url, "keys": sorted(who.keys)} if who else None
    address = {"handle": report.address.handle, "uri": report.address.uri, "url": report.address.url}
    looks = [_look_data(one) for one in report.sights]
    verdicts = [asdict(one) | {"told": gettext(one.told)} for one in report.verdicts]
    return {
        "network": report.address.network,
        "address": address,
        "account": account,
        "looks": looks,
        "verdicts": verdicts,
    }


def _look_data(one: Sight) -> dict[str, Any]:
    return {
        "look": one.look,
        "coverage": one.seen.coverage.state,
        "reason": one.seen.coverage.reason,
        "told": _told(one),
        "requests": [asdict(request) for request in one.requests],
        "items": len(one.seen.items),
        "kinds": one.counts,
        "tags": one.tagged if one.look in WITH_TAGS else {},
        "follows": one.followed if one.look == "follows" else {},
    }


def _in_words(report: Report) -> Iterator[str]:
    platform, address, who = PLATFORMS[report.address.network], report.address, report.account
    yield f"{address.handle} is read as an address of: {platform.title}"
    yield f"  page {address.url}, until it was asked known as {address.uri}"
    for one in report.sights:
        yield from _look_in_words(one)
        if one.look == "proof" and who:
            yield f"  account {who.handle}, page {who.url}, known as {who.uri}"
            yield f"  also meant by {', '.join(sorted(who.keys))}"
    if who and "follows" not in platform.capabilities.looks:
        yield "follows: not shown by this network"
    if who and "received" in platform.capabilities.looks:
        yield "received: looked at only for a course, and for people who agreed"
    for verdict in report.verdicts:
        yield from _verdict_in_words(verdict)


def _verdict_in_words(one: Verdict) -> Iterator[str]:
    asked = "a post with" if one.verb == "Create" else "follows"
    yield f"verdict, {asked} {one.about}: {one.verdict} ({one.reason}). {gettext(one.told)}"
    yield from (f"  {evidence}" for evidence in one.evidence[:SHOWN])


def _look_in_words(one: Sight) -> Iterator[str]:
    coverage = one.seen.coverage
    yield f"{one.look}: {coverage.state}{f' ({coverage.reason})' if coverage.reason else ''}. {_told(one)}"
    for request in one.requests:
        answer = request.problem or f"{request.status}, {request.size} bytes"
        yield f"  asked {request.url}: {answer}, {request.ms} ms"
    kinds = ", ".join(f"{count} {gettext(KINDS[kind])}" for kind, count in one.counts.items())
    yield f"  items: {kinds or 0}"
    if one.look in WITH_TAGS:
        for tag, urls in one.tagged.items():
            yield f"  with #{tag}: {len(urls)}"
            yield from (f"    {url}" for url in urls[:SHOWN])
    if one.look == "follows":
        for text, handles in one.followed.items():
            yield f"  follows {text}: {', '.join(handles) if handles else 'not seen'}"


def _told(one: Sight) -> str:
    coverage = one.seen.coverage
    return tell("profile" if one.look == "proof" else one.look, coverage.state, coverage.detail)
