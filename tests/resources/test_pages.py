"""The pages about starter lists."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from plnapi.resources import service
from tests import make

ITEM = {"kind": "person", "title": "Ada", "address": "@ada@host.example", "why": "One\r\ntwo", "language": "en"}
OPML = b'<opml version="2.0"><head><title>Blogs</title></head><body><outline text="%s" xmlUrl="%s"/></body></opml>'


@pytest.fixture
def world(unit: Any, browser: Callable[..., Any]) -> Any:
    with unit():
        ada = make.person("Ada")
        course = make.course(ada)
    return browser(ada), course, f"/courses/{course.id}/lists"


def _items(unit: Any, course: Any) -> list[str]:
    with unit():
        return [item.title for _, _, item in service.items_of_courses([course.id])]


def _version(page: str) -> str:
    return page.split('name="version" value="')[1].split('"')[0]


def test_an_instructor_makes_a_list_and_puts_items_on_it(unit: Any, world: Any) -> None:
    page, course, url = world
    made = page.submit(url, {"title": "First people"})
    assert made.status_code == 303
    for title in ("Ada", "Bob"):
        version = _version(page.get(made.location).text)
        added = page.submit(made.location, {**ITEM, "title": title, "version": version})
        assert added.status_code == 303
    assert _items(unit, course) == ["Ada", "Bob"]
    assert "First people" in page.get(url).text


def test_items_are_moved_changed_and_taken_off(unit: Any, world: Any) -> None:
    page, course, url = world
    with unit():
        list_ = make.resource_list(course, [{**ITEM, "title": t, "group_path": "F"} for t in ("A", "B", "C")])
        keys = [item.item_key for item in service.latest_items(list_.id)]
    url = f"{url}/{list_.id}"
    assert page.submit(f"{url}/items/{keys[0]}/down", {"version": "1"}, page=url).status_code == 303
    assert _items(unit, course) == ["B", "A", "C"]
    assert page.submit(f"{url}/items/{keys[2]}/up", {"version": "2"}, page=url).status_code == 303
    assert page.submit(f"{url}/items/{keys[0]}/remove", {"version": "3"}, page=url).status_code == 303
    assert _items(unit, course) == ["B", "C"]
    form = f"{url}/items/{keys[2]}"
    assert page.submit(form, {**ITEM, "title": "Cat", "version": "4"}).status_code == 303
    assert _items(unit, course) == ["B", "Cat"]
    with unit():
        last = service.latest_items(list_.id)[1]
    assert (last.item_key, last.group_path, last.why) == (keys[2], "F", "One\ntwo")


def test_a_form_opened_before_somebody_elses_change_is_refused(unit: Any, world: Any) -> None:
    page, course, url = world
    with unit():
        list_ = make.resource_list(course, [ITEM])
        key = service.latest_items(list_.id)[0].item_key
    url = f"{url}/{list_.id}"
    refused = page.submit(url, {**ITEM, "title": "Bob", "version": "0"})
    assert refused.status_code == 422
    assert "Somebody changed the list" in refused.text
    assert 'value="Bob"' in refused.text
    page.submit(f"{url}/items/{key}/remove", {"version": "0"}, page=url)
    assert "Somebody changed the list" in page.get(url).text
    assert _items(unit, course) == ["Ada"]


def test_a_wrong_address_is_told_at_its_field(unit: Any, world: Any) -> None:
    page, course, url = world
    with unit():
        list_ = make.resource_list(course, [])
    refused = page.submit(f"{url}/{list_.id}", {**ITEM, "address": "Ada Lovelace", "version": "1"})
    assert refused.status_code == 422
    assert "Neither a web address nor a handle" in refused.text
    assert 'id="f-address-error"' in refused.text


def test_a_file_of_a_feed_reader_is_imported_and_saved_again(unit: Any, world: Any) -> None:
    page, course, url = world
    file = (io.BytesIO(OPML % (b"Blog", b"https://a.example/feed")), "feeds.opml")
    assert page.submit(f"{url}/opml", {"file": file}, page=url).status_code == 303
    assert _items(unit, course) == ["Blog"]
    list_id = page.get(url).text.split(f"{url}/")[1].split('"')[0]
    saved = page.get(f"{url}/{list_id}/opml")
    assert b"https://a.example/feed" in saved.data
    assert "attachment" in saved.headers["Content-Disposition"]


def test_a_file_with_a_fault_is_refused_with_its_place(unit: Any, world: Any) -> None:
    page, course, url = world
    file = (io.BytesIO(OPML % (b"Blog", b"javascript:alert(1)")), "feeds.opml")
    refused = page.submit(f"{url}/opml", {"file": file}, page=url)
    assert refused.status_code == 422
    assert "Outline 1: " in refused.text
    assert page.submit(f"{url}/opml", {}, page=url).status_code == 422
    assert _items(unit, course) == []


def test_students_read_the_lists_without_forms(unit: Any, world: Any, browser: Callable[..., Any]) -> None:
    _, course, url = world
    with unit():
        bob = make.person("Bob")
        make.enrol(course, bob)
        items = [ITEM, {"kind": "reading", "title": "<i>T</i>", "address": 'https://t.example/"onclick="x'}]
        list_ = make.resource_list(course, items)
    shown = browser(bob).get(f"{url}/{list_.id}").text
    assert "@ada@host.example" in shown
    assert "<i>T</i>" not in shown
    assert '"onclick=' not in shown
    assert "Take off" not in shown
    assert "Add an item" not in shown
