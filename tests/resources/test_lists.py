"""Starter lists over the API: all of their items or none, and versions that stay."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from plnapi.resources import service
from plnapi.signals import resource_changed
from tests import make

PERSON = {"kind": "person", "title": "Ada", "address": "@ada@host.example", "why": "Writes well", "language": "en"}
FEED = {"kind": "feed", "title": "A blog", "address": "https://blog.example/feed"}
READING = {"kind": "reading", "title": "A text", "address": "https://text.example/"}


@pytest.fixture
def ada(unit: Any) -> Any:
    with unit():
        return make.person("Ada")


@pytest.fixture
def course(unit: Any, ada: Any) -> Any:
    with unit():
        return make.course(ada)


@pytest.fixture
def url(course: Any) -> str:
    return f"/api/v1/courses/{course.id}/lists"


def test_a_list_is_made_and_read_in_order(sign: Callable[..., Any], ada: Any, url: str) -> None:
    client = sign(ada)
    made = client.post(url, json={"title": "First", "items": [PERSON, FEED, READING]})
    assert made.status_code == 201
    read = client.get(f"{url}/{made.json['id']}").json
    assert read == made.json
    assert [(i["title"], i["network"]) for i in read["items"]] == [
        ("Ada", "mastodon"),
        ("A blog", "blog"),
        ("A text", ""),
    ]
    assert [one["title"] for one in client.get(url).json] == ["First"]


def test_every_wrong_field_is_named_and_nothing_is_made(sign: Callable[..., Any], ada: Any, url: str) -> None:
    client = sign(ada)
    items = [
        PERSON,
        {**FEED, "address": "javascript:alert(1)", "language": "x_y"},
        {**PERSON, "address": "Ada Lovelace"},
        {**READING, "address": "@ada@host.example", "site_url": "data:text/html,x"},
        {**READING, "title": "bell\u0007", "group_path": "/".join("x" * 20)},
    ]
    refused = client.post(url, json={"title": "First", "items": items[:-1]})
    assert refused.status_code == 422
    assert [e["pointer"] for e in refused.json["errors"]] == [
        "/items/1/language",
        "/items/1/address",
        "/items/2/address",
        "/items/3/address",
        "/items/3/site_url",
    ]
    assert client.post(url, json={"title": "First", "items": items[-1:]}).status_code == 422
    assert client.post(url, json={"title": "First", "items": [{**PERSON, "network": "blog"}]}).status_code == 422
    assert client.get(url).json == []


def test_a_change_makes_a_version_and_items_keep_their_key(sign: Callable[..., Any], ada: Any, url: str) -> None:
    client = sign(ada)
    made = client.post(url, json={"title": "First", "items": [PERSON, FEED]}).json
    one = f"{url}/{made['id']}"
    etag = client.get(one).headers["ETag"]
    kept = {**FEED, "title": "Her blog", "item_key": made["items"][1]["item_key"]}
    assert client.put(one, json={"title": "Second", "items": [kept]}).status_code == 428
    changed = client.put(one, json={"title": "Second", "items": [kept, READING]}, headers={"If-Match": etag})
    assert (changed.status_code, changed.json["version"]) == (200, 2)
    assert changed.json["items"][0]["item_key"] == made["items"][1]["item_key"]
    assert client.put(one, json={"title": "X"}, headers={"If-Match": etag}).status_code == 412
    versions = client.get(f"{one}/versions").json
    assert [(v["number"], v["created_by"]) for v in versions] == [(2, str(ada.id)), (1, str(ada.id))]
    assert client.get(f"{one}/versions/1").json["items"] == made["items"]
    assert client.get(f"{one}/versions/2").json["items"] == changed.json["items"]
    assert client.get(f"{one}/versions/3").status_code == 404


def test_an_item_that_was_taken_off_comes_back_with_its_key(sign: Callable[..., Any], ada: Any, url: str) -> None:
    client = sign(ada)
    made = client.post(url, json={"title": "First", "items": [PERSON]}).json
    one, key = f"{url}/{made['id']}", made["items"][0]["item_key"]
    emptied = client.put(one, json={"title": "First"}, headers={"If-Match": client.get(one).headers["ETag"]})
    assert emptied.json["items"] == []
    body = {"title": "First", "items": [{**PERSON, "item_key": key}]}
    back = client.put(one, json=body, headers={"If-Match": emptied.headers["ETag"]})
    assert back.json["items"][0]["item_key"] == key


def test_a_key_that_no_item_had_or_two_have_is_refused(sign: Callable[..., Any], ada: Any, url: str) -> None:
    client, key = sign(ada), str(uuid4())
    refused = client.post(url, json={"title": "First", "items": [{**PERSON, "item_key": key}]})
    assert [(e["pointer"], e["code"]) for e in refused.json["errors"]] == [("/items/0/item_key", "unknown")]
    twice = [{**PERSON, "item_key": key}, {**FEED, "item_key": key}]
    refused = client.post(url, json={"title": "First", "items": twice})
    assert {e["code"] for e in refused.json["errors"]} == {"duplicate"}


def test_a_list_of_another_course_is_not_found(
    unit: Any, sign: Callable[..., Any], ada: Any, course: Any, url: str
) -> None:
    with unit():
        other = make.resource_list(make.course(), [PERSON])
    client = sign(ada)
    for path in ("", "/versions", "/versions/1", "/opml"):
        assert client.get(f"{url}/{other.id}{path}").status_code == 404
    with unit():
        rows = service.items_of_courses([course.id, other.course_id])
        assert [(c, list_id, item.title) for c, list_id, item in rows] == [(other.course_id, other.id, "Ada")]


def test_rooms_above_see_the_newest_items_and_hear_of_changes(
    unit: Any, app: Any, course: Any, statements: Callable[..., Any]
) -> None:
    heard: list[Any] = []

    def hear(_sender: Any, **payload: Any) -> None:
        heard.append((payload["course_id"], payload["list_id"]))

    with resource_changed.connected_to(hear, sender=app), unit():
        list_ = make.resource_list(course, [PERSON, FEED])
        service.replace_items(list_, [READING], None)
        with statements() as seen:
            assert [item.title for item in service.latest_items(list_.id)] == ["A text"]
            assert [row[2].title for row in service.items_of_courses([course.id])] == ["A text"]
        assert len(seen) == 2
    assert heard == [(course.id, list_.id)] * 2


def test_titles_and_folders_are_kept_as_opml_can_hold_them(unit: Any, course: Any) -> None:
    odd = {**READING, "title": " A \t text ", "why": "one\r\ntwo", "group_path": "/A  B//C~1D/"}
    with unit():
        item = service.latest_items(make.resource_list(course, [odd]).id)[0]
    assert (item.title, item.why, item.group_path) == ("A text", "one\ntwo", "A B/C~1D")
