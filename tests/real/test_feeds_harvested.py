"""Every document of ../shared/feeds, served over loopback and harvested as the blogs of one student."""

import functools
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from markupsafe import escape
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from plnapi import clock
from plnapi.accounts.models import Identity
from plnapi.activity import service as activity
from plnapi.activity.models import Fact
from plnapi.config import Settings
from plnapi.errors import Invalid
from plnapi.harvest import driver, service
from plnapi.harvest.models import Source
from plnapi.hashtags.canonical import canonical, key_of
from plnapi.platforms import types
from plnapi.platforms.blog.rss import parse_feed
from plnapi.platforms.entries import posts_of
from plnapi.posts.models import Post
from plnapi.web.app import App
from tests import make
from tests.conftest import Unit

FOLDER = Path(__file__).parents[3] / "shared" / "feeds"
FILES = sorted(file for file in FOLDER.glob("*") if file.suffix in {".rss", ".atom", ".rdf", ".json"})
ERRORS = {"not_a_feed", "feed_too_complex", "bad_document"}
MINUTES = 12  # two looks at each blog, 20 at a host in a batch
TAG = re.compile(r"<[a-zA-Z/!]")

pytestmark = [pytest.mark.real, pytest.mark.skipif(not FILES, reason="../shared is absent")]


class _Feeds(BaseHTTPRequestHandler):
    """Each file under its name; those whose name begins with a digit know ETags, the others do not."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        if not (FOLDER / name).is_file():
            self.send_error(404)
            return
        known = name[0].isdigit() and self.headers.get("If-None-Match") == f'"{name}"'
        body = b"" if known else (FOLDER / name).read_bytes()
        self.send_response(304 if known else 200)
        self.send_header("ETag", f'"{name}"') if name[0].isdigit() else None
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@dataclass
class Harvested:
    """What is there after the first run: file name → its blog."""

    blogs: dict[str, Identity]
    wanted: frozenset[str]
    first: service.HarvestReport
    run: Callable[[float], service.HarvestReport]


@pytest.fixture
def peer() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Feeds)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def harvested(app: App, unit: Unit, settings: Settings, peer: str, monkeypatch: pytest.MonkeyPatch) -> Harvested:
    """A course that listens to a category of each feed, and a student who has all of them as blogs."""
    policy_of = driver.policy_of
    monkeypatch.setattr(driver, "policy_of", lambda given: replace(policy_of(given), host_interval=0.0))
    effective = replace(settings, loopback_peers=(peer,))

    def run(minutes: float) -> service.HarvestReport:
        """Minute after minute: each host has a share in each batch."""
        total = Counter[str]()
        for minute in range(MINUTES):
            with app.app_context():
                report = service.run_due(effective, now=clock.now() + timedelta(minutes=minutes + minute))
            total.update(asdict(report))
        return service.HarvestReport(**total)

    wanted: dict[str, str] = {}
    for file in FILES:
        tag = _usable_tag(file)
        wanted.setdefault(key_of(tag), tag) if tag else None
    with unit():
        course, person = make.course(), make.person()
        make.enrol(course, person)
        for tag in wanted.values():
            make.hashtag(course, tag)
        make.consent(person, course)
        blogs = {file.name: make.identity(person, "blog", f"http://{peer}/{file.name}") for file in FILES}
        service.sync_sources([person.id])
    first = run(0)
    return Harvested(blogs, frozenset(wanted), first, run)


def test_a_first_visit_keeps_what_the_course_asked_for_and_misses_nothing(harvested: Harvested, unit: Unit) -> None:
    """In one test, since reading everything takes seconds."""
    _every_document_ends_as_entries_or_as_one_clear_error(harvested, unit)
    _what_is_kept_is_wanted_harmless_and_short(harvested, unit)
    _no_post_with_a_wanted_tag_is_missing(harvested, unit)


def _every_document_ends_as_entries_or_as_one_clear_error(harvested: Harvested, unit: Unit) -> None:
    assert harvested.first.dropped == 0
    with unit() as session:
        sources = session.scalars(select(Source).where(Source.look == "posts")).all()
    assert len(sources) == len(FILES)
    for source in sources:
        assert source.coverage == "complete" or source.reason in ERRORS, (source.reason, source.detail)
    assert sum(source.coverage == "complete" for source in sources) >= 0.9 * len(FILES)


def _what_is_kept_is_wanted_harmless_and_short(harvested: Harvested, unit: Unit) -> None:
    with unit() as session:
        posts = session.scalars(select(Post).options(selectinload(Post.tags))).all()
        facts = {fact.object_uri for fact in session.scalars(select(Fact))}
    assert len(posts) > len(FILES) / 2
    for post in posts:
        assert {tag.key for tag in post.tags} & harvested.wanted
        assert len(post.excerpt) <= 500 and len(post.title) <= 300
        assert not TAG.search(str(escape(post.excerpt + post.title)))
        assert post.url == "" or post.url.startswith(("http://", "https://"))
    assert {post.uri for post in posts} == facts


def _no_post_with_a_wanted_tag_is_missing(harvested: Harvested, unit: Unit) -> None:
    with unit() as session:
        kept = {(post.identity_id, post.uri) for post in session.scalars(select(Post))}
    for file in FILES:
        wanted = {post.uri for post in _posts(file) if {key_of(tag) for tag in post.tags} & harvested.wanted}
        assert {uri for blog, uri in kept if blog == harvested.blogs[file.name].id} == wanted, file.name


def test_nothing_new_costs_neither_posts_nor_facts(
    harvested: Harvested, unit: Unit, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with statements() as seen:
        again = harvested.run(120)
    assert again.looked >= len(FILES) and again.unchanged >= len(FILES) and again.facts == 0
    writes = [statement for statement in seen if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert not [statement for statement in writes if "posts" in statement or "facts" in statement]
    with unit() as session:
        person_id = session.scalars(select(Source.person_id)).first()
        assert person_id and activity.facts_of([person_id])


@functools.cache
def _posts(file: Path) -> tuple[types.Post, ...]:
    return posts_of(parse_feed(file.read_bytes(), "application/xml", "http://127.0.0.1/"))


def _usable_tag(file: Path) -> str:
    """A category of the feed that could be the hashtag of a course; empty when there is none."""
    for post in _posts(file):
        for tag in post.tags:
            try:
                return canonical(tag).display
            except Invalid:
                continue
    return ""
