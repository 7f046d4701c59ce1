"""A course whose students' blogs are real WordPress, Ghost, Blogger and Tumblr feeds: whose post steps are ticked, by what.

Each blog is served on a port of its own, as its platform does: a front page that announces the feed, and the feed's
bytes unchanged. Everything else goes over the API, as an instructor and students would do it.
"""

import re
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from plnapi.config import Settings
from plnapi.harvest.run import run_all_due
from plnapi.web.app import App
from tests import make
from tests.client import CheckedClient
from tests.conftest import Unit

pytestmark = pytest.mark.real

ATOM = "{http://www.w3.org/2005/Atom}"
COMMENTS = "18d1bc71cc221963.rss"  # WordPress announces its comments beside its posts
WORDPRESS = (
    '<link rel="alternate" type="application/rss+xml" title="Blog &raquo; Comments Feed" href="/comments/feed/">'
    '<link rel="alternate" type="application/rss+xml" title="Blog &raquo; Feed" href="/feed/">'
    '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">'
)
GHOST = '<link rel="alternate" type="application/rss+xml" title="Blog" href="/rss/">'
BLOGGER = (
    '<link rel="alternate" type="application/atom+xml" title="Blog - Atom" href="/feeds/posts/default">'
    '<link rel="alternate" type="application/rss+xml" title="Blog - RSS" href="/feeds/posts/default?alt=rss">'
)
TUMBLR = '<link rel="alternate" type="application/rss+xml" href="/rss">'


@dataclass(frozen=True, slots=True)
class Kind:
    """A platform: how its front page announces the feed, where that is, and what the feed says made it."""

    head: str
    feed: str
    generator: str


KINDS = {
    "wordpress": Kind(WORDPRESS, "/feed/", "http://wordpress.com/"),
    "ghost": Kind(GHOST, "/rss/", "Ghost 6"),
    "blogger": Kind(BLOGGER, "/feeds/posts/default", "Blogger"),
    "tumblr": Kind(TUMBLR, "/rss", "Tumblr (3.0"),
    "untagged": Kind(TUMBLR, "/rss", "Tumblr (3.0"),
}
FEEDS = {
    "wordpress": "1f8ef9904208fed5.rss",  # two entries in `Education`, one of them also in `education`
    "ghost": "a44f75939f245a7e.rss",  # one in `education`
    "blogger": "cd0e0dc70f470554.atom",  # four in `natural philosophy`, one in `technology`; the blog itself in `ethics`
    "tumblr": "4ddadbf812cac3b2.rss",  # sixteen in `technology`
    "untagged": "454280b7f9e592d2.rss",  # twenty entries without any category
}
HASHTAGS = ("#Education", "#NaturalPhilosophy", "#technology", "#Ethics")
EDUCATION, NATURE, TWICE, ETHICS, ANY = "Education", "Natural philosophy", "Technology, twice", "Ethics", "Any of them"
STEPS = (
    (EDUCATION, {"count": 1, "hashtag": "education"}),
    (NATURE, {"count": 2, "hashtag": "naturalphilosophy"}),
    (TWICE, {"count": 2, "hashtag": "technology"}),
    (ETHICS, {"count": 1, "hashtag": "ethics"}),
    (ANY, {"count": 1}),
)
TICKED = {
    "wordpress": {EDUCATION, ANY},
    "ghost": {EDUCATION, ANY},
    "blogger": {NATURE, ANY},
    "tumblr": {TWICE, ANY},
    "untagged": set(),
}
HOSTS = {
    "wordpress": "https://telescoper.blog/",
    "ghost": "https://www.404media.co/",
    "blogger": "https://realphysics.blogspot.com/",
    "tumblr": "https://iampaulbrown.com/",
}


@dataclass(slots=True)
class Site:
    """A blog as its readers get it; `words` stand on the front page."""

    kind: Kind
    folder: Path
    file: str
    words: str = "About me."
    asked: list[str] = field(default_factory=list)
    pair: str = ""

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, media type and body."""
        self.asked.append(path)
        if path == "/":
            page = (
                f"<!doctype html><html><head><title>Blog</title>{self.kind.head}</head><body><p>{self.words}</p></body>"
            )
            return 200, "text/html; charset=utf-8", page.encode()
        if path in (self.kind.feed, "/comments/feed/"):
            file = self.file if path == self.kind.feed else COMMENTS
            return 200, "application/xml; charset=utf-8", (self.folder / file).read_bytes()
        return 404, "text/html; charset=utf-8", b"<!doctype html><p>Not found"


@contextmanager
def served(site: Site) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, media_type, body = site.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    site.pair = f"127.0.0.1:{server.server_address[1]}"
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def sites(shared: Path) -> Iterator[dict[str, Site]]:
    folder = shared / "feeds"
    with ExitStack() as stack:
        found = {name: Site(KINDS[name], folder, file) for name, file in FEEDS.items()}
        for site in found.values():
            stack.enter_context(served(site))
        yield found


@dataclass
class Story:
    """The course when its students' blogs have been read."""

    course: str
    sites: dict[str, Site]
    instructor: CheckedClient
    students: dict[str, CheckedClient]

    def steps(self, name: str) -> dict[str, dict[str, Any]]:
        """A student's own steps, by title."""
        body = good(self.students[name].get(f"/api/v1/courses/{self.course}/my/steps"))
        return {step["title"]: step for step in body["steps"]}


@pytest.fixture
def story(
    app: App, unit: Unit, sign: Callable[..., CheckedClient], settings: Settings, sites: dict[str, Site]
) -> Story:
    with unit():
        people = {name: make.person(name.title()) for name in FEEDS}
        teacher = make.person("Teacher")
    instructor, students = sign(teacher), {name: sign(person) for name, person in people.items()}
    course = made_course(instructor)
    code = good(instructor.get(f"/api/v1/courses/{course}/join-code"))["join_code"]
    for name, client in students.items():
        joined(client, course, code)
        identity = good(client.post("/api/v1/me/identities", json={"address": f"http://{sites[name].pair}/"}))
        assert identity["network"] == "blog"
        sites[name].words = f"About me. {identity['code']}"
    effective = replace(settings, loopback_peers=tuple(site.pair for site in sites.values()))
    with app.app_context():
        run_all_due(effective)
    return Story(course, sites, instructor, students)


def made_course(instructor: CheckedClient) -> str:
    """An open course with the hashtags and the checklist; its id."""
    today = datetime.now(UTC).date()
    dates = {"starts_on": f"{today - timedelta(days=7)}", "ends_on": f"{today + timedelta(days=60)}"}
    given = {"code": "BLG101", "title": "Blogs", "term": "Spring", "time_zone": "UTC", **dates}
    course = good(instructor.post("/api/v1/courses", json=given))["id"]
    for tag in HASHTAGS:
        good(instructor.post(f"/api/v1/courses/{course}/hashtags", json={"tag": tag}))
    ways = {title: {"kind": "post", "config": {**config, "since": "always"}} for title, config in STEPS}
    steps = [{"title": title, "required": False, "branches": [way]} for title, way in ways.items()]
    place = f"/api/v1/courses/{course}/checklist"
    known = {"If-Match": instructor.get(place).headers["ETag"]}
    good(instructor.put(place, json={"title": "Blogging", "steps": steps}, headers=known))
    good(instructor.post(f"/api/v1/courses/{course}/open"))
    return str(course)


def joined(client: CheckedClient, course: str, code: str) -> None:
    """The student joins by the code and agrees to be looked at."""
    good(client.post("/api/v1/join", json={"join_code": code}))
    consents = f"/api/v1/courses/{course}/consents"
    text = next(one["text"] for one in good(client.get(consents)) if one["purpose"] == "checks")
    good(client.put(f"{consents}/checks", json={"text": text}))


def good(response: Any) -> Any:
    """The body of an answer that must not be an error."""
    assert response.status_code < 300, response.text
    return response.json


def links_by_category(file: Path) -> dict[str, set[str]]:
    """Category, in small letters and without spaces, to the links of the entries in it; read without our parser."""
    root = ET.parse(file).getroot()
    found: dict[str, set[str]] = {}
    for item in root.iter("item"):
        for category in item.findall("category"):
            found.setdefault(plain(category.text or ""), set()).add((item.findtext("link") or "").strip())
    for entry in root.findall(f"{ATOM}entry"):
        link = next(one.get("href", "") for one in entry.findall(f"{ATOM}link") if one.get("rel") == "alternate")
        for category in entry.findall(f"{ATOM}category"):
            found.setdefault(plain(category.get("term", "")), set()).add(link)
    return found


def plain(category: str) -> str:
    return re.sub(r"\s", "", category).lower()


def test_the_feeds_are_what_the_story_takes_them_for(sites: dict[str, Site]) -> None:
    for site in sites.values():
        root = ET.parse(site.folder / site.file).getroot()
        made_by = root.findtext("channel/generator") or root.findtext(f"{ATOM}generator") or ""
        assert made_by.startswith(site.kind.generator)
    blogger = sites["blogger"].folder / FEEDS["blogger"]
    about_the_blog = {one.get("term") for one in ET.parse(blogger).getroot().findall(f"{ATOM}category")}
    assert "ethics" in about_the_blog and "ethics" not in links_by_category(blogger)


def test_the_right_post_steps_are_ticked_and_no_others(story: Story) -> None:
    ticked = {
        name: {title for title, step in story.steps(name).items() if step["verdict"] == "verified"} for name in FEEDS
    }
    assert ticked == TICKED
    for name in FEEDS:
        assert {step["verdict"] for step in story.steps(name).values()} <= {"verified", "not_yet"}


def test_the_instructors_grid_shows_the_same(story: Story) -> None:
    grid = good(story.instructor.get(f"/api/v1/courses/{story.course}/grid"))
    titles = [step["title"] for step in grid["steps"]]
    shown = {
        student["name"].lower(): {
            title for title, verdict in zip(titles, student["verdicts"], strict=True) if verdict == "verified"
        }
        for student in grid["students"]
    }
    assert shown == TICKED


def test_evidence_links_to_the_real_entries_that_are_in_the_category(story: Story) -> None:
    for name, host in HOSTS.items():
        in_category = links_by_category(story.sites[name].folder / FEEDS[name])
        for title, config in STEPS:
            if title not in TICKED[name]:
                continue
            wanted = [str(config["hashtag"])] if "hashtag" in config else [plain(tag).strip("#") for tag in HASHTAGS]
            entries = {link for key in wanted for link in in_category.get(key, ())}
            step = story.steps(name)[title]
            links = [one["uri"] for one in step["evidence"]]
            assert (step["level"], len(links)) == ("machine", config["count"])
            assert len(set(links)) == len(links) and set(links) <= entries, (name, title)
            assert all(link.startswith(host) for link in links)
            assert all(one["title"] and one["adapter"] == "blog" for one in step["evidence"])


def test_a_student_without_the_tags_is_told_which_ones_are_looked_for(story: Story) -> None:
    step = story.steps("untagged")[ANY]
    answer = good(story.students["untagged"].get(f"/api/v1/courses/{story.course}/my/steps/{step['step_key']}"))
    assert (answer["verdict"], answer["evidence"]) == ("not_yet", [])
    told = " ".join(one["text"] for one in answer["explanation"])
    assert all(tag in told for tag in HASHTAGS)
    (look,) = [look for look in answer["looks"] if look["look"] == "posts"]
    assert (look["coverage"], look["reason"]) == ("complete", "newest_entries_only")


def test_of_two_posts_that_are_asked_for_one_is_counted(story: Story) -> None:
    step = story.steps("blogger")[TWICE]
    (note,) = [note for note in step["explanation"] if note["code"] == "posts_missing"]
    assert (note["params"]["have"], note["params"]["wanted"]) == (1, 2)


def test_comments_that_a_page_announces_are_not_read_as_its_posts(story: Story) -> None:
    """They are read as comments of others, and are nobody's posts."""
    comments = (story.sites["wordpress"].folder / COMMENTS).read_text(encoding="utf-8")
    assert "/feed/" in story.sites["wordpress"].asked
    for step in story.steps("wordpress").values():
        assert all(one["uri"] not in comments or "#comment-" not in one["uri"] for one in step["evidence"])
