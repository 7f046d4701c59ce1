"""Lists from OPML and to it, over the API."""

from collections.abc import Callable
from typing import Any

import pytest

from plnapi.resources import service
from tests import make

ITEMS = [
    {"kind": "person", "title": "Ada", "address": "@ada@host.example", "why": "Two\nlines & <more>", "language": "en"},
    {
        "kind": "feed",
        "title": "A",
        "address": "https://a.example/feed",
        "site_url": "https://a.example/",
        "group_path": "F",
    },
    {"kind": "space", "title": "B", "address": "https://b.example/c/group", "group_path": "F/G"},
    {"kind": "tool", "title": "C", "address": "https://c.example/", "group_path": "F"},
    {"kind": "reading", "title": "D", "address": "https://d.example/"},
]
NOTE = '<opml version="2.0"><head/><body><outline text="A" xmlUrl="https://a.example/feed"/>{}</body></opml>'


@pytest.fixture
def ada(unit: Any) -> Any:
    with unit():
        return make.person("Ada")


@pytest.fixture
def course(unit: Any, ada: Any) -> Any:
    with unit():
        return make.course(ada)


def _shape(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in item.items() if name != "item_key"} for item in items]


def test_import_export_import_gives_the_same(unit: Any, sign: Callable[..., Any], ada: Any, course: Any) -> None:
    with unit():
        list_ = make.resource_list(course, ITEMS)
    client, url = sign(ada), f"/api/v1/courses/{course.id}/lists"
    document = client.get(f"{url}/{list_.id}/opml")
    assert document.mimetype == "text/x-opml"
    imported = client.post(f"{url}/opml", data=document.data, content_type="text/x-opml")
    assert (imported.status_code, imported.json["added"], imported.json["title"]) == (200, 5, "People to follow")
    copy = f"{url}/{imported.json['list_id']}"
    assert _shape(client.get(copy).json["items"]) == _shape(client.get(f"{url}/{list_.id}").json["items"])
    assert client.get(f"{copy}/opml").data == document.data


def test_a_document_over_a_list_keeps_keys_and_twice_is_once(
    unit: Any, sign: Callable[..., Any], ada: Any, course: Any
) -> None:
    with unit():
        list_ = make.resource_list(course, ITEMS)
    client, url = sign(ada), f"/api/v1/courses/{course.id}/lists/{list_.id}"
    before = client.get(url)
    document = client.get(f"{url}/opml").data
    same = client.put(f"{url}/opml", data=document, headers={"If-Match": before.headers["ETag"]})
    assert (same.json["kept"], same.json["added"], same.json["removed"]) == (5, 0, 0)
    assert client.get(url).json["version"] == 1
    only = NOTE.format('<outline text="New" url="https://new.example/"/>').encode()
    changed = client.put(f"{url}/opml", data=only, headers={"If-Match": same.headers["ETag"]})
    assert (changed.json["kept"], changed.json["added"], changed.json["removed"]) == (1, 1, 4)
    after = client.get(url).json
    assert after["version"] == 2
    assert after["items"][0]["item_key"] == before.json["items"][1]["item_key"]
    assert client.put(f"{url}/opml", data=only).status_code == 428
    assert client.put(f"{url}/opml", data=only, headers={"If-Match": before.headers["ETag"]}).status_code == 412


def test_one_wrong_outline_and_nothing_is_imported(unit: Any, sign: Callable[..., Any], ada: Any, course: Any) -> None:
    client, url = sign(ada), f"/api/v1/courses/{course.id}/lists"
    data = NOTE.format('<outline text="note"/>')
    refused = client.post(f"{url}/opml", data=data)
    assert (refused.status_code, [e["pointer"] for e in refused.json["errors"]]) == (422, ["/outlines/2/address"])
    dry = client.post(f"{url}/opml?dry_run=true", data=data)
    assert (dry.status_code, dry.json["list_id"], len(dry.json["items"])) == (200, None, 2)
    assert [e["pointer"] for e in dry.json["errors"]] == ["/outlines/2/address"]
    assert client.get(url).json == []


def test_a_document_may_be_larger_than_other_bodies_but_not_too_large(
    unit: Any, sign: Callable[..., Any], ada: Any, course: Any
) -> None:
    client, url = sign(ada), f"/api/v1/courses/{course.id}/lists/opml"
    padded = NOTE.format("<!--" + "x" * 1_500_000 + "-->")
    assert client.post(url, data=padded, headers={"Idempotency-Key": "k"}).status_code == 200
    assert client.post(url, data=" " * 2_000_001).json["code"] == "opml_too_large"
    assert client.post(url, data=" " * 2_100_000).status_code == 413
    with unit():
        assert len(service.of_course(course.id)) == 1
