"""A list as the file that Mastodon imports."""

import csv
import io
from collections.abc import Callable
from typing import Any

from tests import make

ITEMS = [
    {"kind": "person", "title": "Ada", "address": "@ada@host.example"},
    {"kind": "person", "title": "Ada's page", "address": "https://host.example/@ada"},
    {"kind": "space", "title": "A group", "address": "!circle@groups.example"},
    {"kind": "person", "title": "Bea", "address": "@bea.bsky.social"},
    {"kind": "feed", "title": "=SUM(A1)", "address": "https://blog.example/"},
    {"kind": "tool", "title": "A tool", "address": "https://tool.example/"},
]


def test_the_accounts_that_mastodon_can_follow_are_imported_in_one_go(
    unit: Any, sign: Callable[..., Any], browser: Callable[..., Any]
) -> None:
    with unit():
        teacher, student = make.person("Teacher"), make.person("Ada")
        course = make.course(teacher)
        make.enrol(course, student)
        list_ = make.resource_list(course, ITEMS)
    answer = sign(student).get(f"/api/v1/courses/{course.id}/lists/{list_.id}/follows")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows == [
        ["Account address", "Show boosts", "Notify on new posts", "Languages"],
        ["ada@host.example", "true", "false", ""],
        ["circle@groups.example", "true", "false", ""],
    ]
    page = browser(student).get(f"/courses/{course.id}/lists/{list_.id}")
    assert "Save for Mastodon" in page.text
    assert browser(student).get(f"/courses/{course.id}/lists/{list_.id}/follows").text == answer.text


def test_a_list_without_such_accounts_offers_no_file_for_mastodon(unit: Any, browser: Callable[..., Any]) -> None:
    with unit():
        teacher = make.person("Teacher")
        course = make.course(teacher)
        list_ = make.resource_list(course, ITEMS[-2:])
    assert "Save for Mastodon" not in browser(teacher).get(f"/courses/{course.id}/lists/{list_.id}").text
