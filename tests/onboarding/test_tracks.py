"""Tracks: read with a schema, put into a course whole or not at all."""

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from onboarding import tracks
from onboarding.checks import CHECKS
from plnapi.courses import service as courses
from plnapi.errors import Invalid
from tests import make

Sign = Callable[..., Any]


@pytest.fixture
def bare(unit: Any, sign: Sign) -> Any:
    """A draft course with neither hashtag nor list: client, course and its URL."""
    with unit():
        instructor = make.person()
        course = make.course(instructor, state="draft")
    return sign(instructor), course, f"/api/v1/courses/{course.id}/checklist"


def equip(unit: Any, course: Any) -> None:
    with unit():
        make.hashtag(course, "#SUB101")
        items = [{"kind": "person", "title": f"P{n}", "address": f"@p{n}@people.example"} for n in range(3)]
        make.resource_list(course, items)
        make.resource_list(course, [{"kind": "space", "title": "Club", "address": "@club@groups.example"}])
        feeds = [{"kind": "feed", "title": f"F{n}", "address": f"https://f{n}.example/feed"} for n in range(3)]
        make.resource_list(course, feeds)


@pytest.mark.parametrize("name", tracks.NAMES)
def test_every_required_step_of_a_track_has_a_way_without_a_public_account(name: str) -> None:
    for step in tracks.library()[name]["steps"]:
        if step["branches"]:
            assert any(not CHECKS[way["kind"]].needs(way["config"]).public_account for way in step["branches"])


def test_every_kind_stands_in_a_track_but_what_is_only_the_condition_of_another() -> None:
    used = {way["kind"] for track in tracks.library().values() for step in track["steps"] for way in step["branches"]}
    # an account that links or follows is public anyway; what has several parts is made of the others
    assert CHECKS.keys() - used == {"public_account", "all_of"}


@pytest.mark.parametrize("name", tracks.NAMES)
def test_a_course_that_has_what_a_track_needs_can_begin_with_it_and_open(bare: Any, unit: Any, name: str) -> None:
    client, course, url = bare
    equip(unit, course)
    made = client.post(f"{url}/from-template", json={"template": name})
    assert made.status_code == 201, made.text
    texts = " ".join(step["title"] + step["instructions"] for step in made.json["steps"])
    assert "#SUB101" in texts
    assert "{" not in texts
    with unit():
        assert courses.open_course(courses.get(course.id)).state == "open"


def test_tracks_add_up_and_none_is_put_in_twice(bare: Any, unit: Any) -> None:
    client, course, url = bare
    equip(unit, course)
    for name in ("blog", "group"):
        assert client.post(f"{url}/from-template", json={"template": name}).status_code == 201
    both = client.get(url).json
    assert (both["version"], both["title"], len(both["steps"])) == (2, "Blog", 10)
    again = client.post(f"{url}/from-template", json={"template": "blog"})
    assert (again.status_code, again.json["code"]) == (409, "track_used")


def test_a_course_that_lacks_a_list_gets_nothing(bare: Any, unit: Any) -> None:
    client, course, url = bare
    assert client.post(f"{url}/from-template", json={"template": "group"}).json["code"] == "no_hashtag"
    with unit():
        make.hashtag(course, "#SUB101")
    refused = client.post(f"{url}/from-template", json={"template": "group"})
    assert (refused.status_code, [e["pointer"] for e in refused.json["errors"]]) == (422, ["/lists/spaces"])
    assert client.get(url).json["version"] == 0
    assert client.post(f"{url}/from-template", json={"template": "dance"}).status_code == 404


def test_the_library_is_published(bare: Any) -> None:
    client, _, _ = bare
    items = client.get("/api/v1/onboarding/templates").json["items"]
    assert [item["key"] for item in items] == list(tracks.NAMES)
    assert all(item["steps"] for item in items)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("key: blog", "key: Blog Track"),
        ("kind: blog", "kind: dance"),
        ("count: 3", "count: 0"),
        ("by: word", "by: telegram"),
        ("summary:", "sumary:"),
        ("by: word", 'by: word, list: "{poeple}"'),
        ("key: three", "key: first"),
        ("steps:", "steps: ["),
    ],
)
def test_a_track_with_something_wrong_is_refused_whole(old: str, new: str) -> None:
    text = (files("onboarding") / "tracks" / "blog.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(Invalid) as refused:
        tracks.read(text.replace(old, new, 1))
    assert refused.value.code in {"bad_template", "not_yaml"}
