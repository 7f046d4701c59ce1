"""Feeds through the harvest: the first visit, and nothing new, beside plain feedparser on the same documents.

The documents are those of `../shared/feeds`, served over loopback by a process whose CPU is not counted. CPU is that of
this process and of the children in which documents are parsed. What spares one host is left out: real feeds have their own.
"""

import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest import mock

import feedparser

from bench.kit import Row, Size
from bench.world import World, a_world
from plnapi import clock
from plnapi.accounts.models import Identity
from plnapi.courses import service as courses
from plnapi.db import db, unit_of_work
from plnapi.errors import Invalid
from plnapi.harvest import driver, hosts, service
from plnapi.harvest import run as run_module
from plnapi.hashtags import service as hashtags
from plnapi.hashtags.canonical import canonical
from plnapi.platforms.blog.rss import parse_feed
from plnapi.platforms.entries import posts_of
from plnapi.platforms.types import ParseFailed

FOLDER = Path(__file__).parents[2] / "shared" / "feeds"
KINDS = frozenset({".rss", ".atom", ".rdf"})
MOST_TAGS = 20
MANY = 1000
LOOKS = 2  # at each blog: its posts, and comments below them


def run(size: Size) -> tuple[str, list[Row]]:
    """CPU per feed, the look for comments included. Without the documents there are no rows, and the title says so."""
    files = sorted(file for file in FOLDER.glob("*") if file.suffix in KINDS)[: size.of(40)]
    if not files:
        return "Feeds: skipped, ../shared/feeds is absent", []
    tags = _tags(files)
    sides: dict[str, list[float]] = {"first": [], "nothing": [], "feedparser": []}
    with _served() as (server, peer):
        for number in range(min(size.rounds, 2) + 1):
            taken = _round(files, tags, server, peer)
            if number:  # in the first one the children start
                for name, value in taken.items():
                    sides[name].append(value / len(files))
    figures = {name: statistics.median(values) for name, values in sides.items()}
    return f"{len(files)} real feeds through the harvest (loopback, SQLite)", [
        Row("first visit", figures["first"], "ms CPU/feed", 20),
        Row("nothing new (304)", figures["nothing"], "ms CPU/feed", 0.5),
        Row("feedparser with its defaults, parsing alone", figures["feedparser"], "ms CPU/feed"),
        Row("first visit as a part of that", figures["first"] / figures["feedparser"], "times"),
    ]


def _round(files: list[Path], tags: list[str], server: int, peer: str) -> dict[str, float]:
    """CPU ms of all feeds: a first visit, the mean of three with nothing new, and feedparser."""
    with a_world(loopback_peers=(peer,)) as world, world.app.app_context(), _unpaced():
        _subscribe(world, files, tags, peer)

        def visit(minutes: float) -> service.HarvestReport:
            return service.run_due(world.settings, now=clock.now() + timedelta(minutes=minutes))

        first = _cpu_ms(lambda: _check(visit(0).looked == LOOKS * len(files)), server)
        again = [_cpu_ms(lambda n=n: _check(visit(1500 * n).unchanged > 0), server) for n in (1, 2, 3)]
        db.session.remove()
    plain = _cpu_ms(lambda: [feedparser.parse(file.read_bytes()) for file in files], server)
    return {"first": first, "nothing": statistics.mean(again), "feedparser": plain}


def _check(is_so: bool) -> None:
    if not is_so:
        raise RuntimeError("the harvest did not look at what it was given")


def _subscribe(world: World, files: list[Path], tags: list[str], peer: str) -> None:
    """The student has each feed as a blog, and the course listens to some of what they write about."""
    at, person_id = clock.now(), world.students[0]
    with unit_of_work() as session:
        course = courses.get(world.course_id)
        for tag in tags:
            hashtags.attach(course, tag)
        for file in files:
            url = f"http://{peer}/{file.name}"
            session.add(
                Identity(
                    person_id=person_id, network="blog", handle=url, uri=url, url=url, data={"feed": url}, code="pln-aaaa-bbbb",
                    code_expires_at=at, proof="code", proven_at=at,
                )
            )  # fmt: skip
        session.flush()
        session.query(Identity).filter_by(network="mastodon").delete()
        service.sync_sources([person_id])


def _tags(files: list[Path]) -> list[str]:
    """Categories of these feeds that can be hashtags, one of a feed at most."""
    found: dict[str, str] = {}
    for file in files:
        with contextlib.suppress(ParseFailed, Invalid, StopIteration):
            posts = posts_of(parse_feed(file.read_bytes(), "application/xml", "http://127.0.0.1/"))
            tag = canonical(next(tag for post in posts for tag in post.tags))
            found.setdefault(tag.key, tag.display)
    return list(found.values())[:MOST_TAGS]


@contextlib.contextmanager
def _served() -> Iterator[tuple[int, str]]:
    """The process id of the server, and its host and port."""
    command = [sys.executable, "-m", "bench.feed_server", str(FOLDER)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]) as server:
        assert server.stdout is not None
        try:
            yield server.pid, f"127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


@contextlib.contextmanager
def _unpaced() -> Iterator[None]:
    """All feeds are on one host here, which would be spared: a pause between requests, a share of a batch, a queue."""
    policy_of = driver.policy_of
    with (
        mock.patch.object(driver, "policy_of", lambda given: replace(policy_of(given), host_interval=0.0)),
        mock.patch.object(run_module, "OF_ONE_HOST", MANY),
        mock.patch.object(hosts, "AT_ONCE", MANY),
    ):
        yield


def _cpu_ms(run: Callable[[], object], server: int) -> float:
    began = _cpu_seconds(server)
    run()
    return (_cpu_seconds(server) - began) * 1000


def _cpu_seconds(server: int) -> float:
    """CPU of this process and of its children, without that of the server. Children are seen on Linux only."""
    children = {pid for file in Path("/proc/self/task").glob("*/children") for pid in file.read_text().split()}
    times = [_of_child(pid) for pid in children - {str(server)}]
    return time.process_time() + sum(times)


def _of_child(pid: str) -> float:
    """Nanoseconds on the CPU are the first number of `schedstat` (proc(5))."""
    files = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9
