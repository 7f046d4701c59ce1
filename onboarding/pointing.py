"""Where to find what a step still asks to follow or to join."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from onboarding.checks import flat
from plnapi.platforms import PLATFORMS
from plnapi.platforms.html import safe_url
from plnapi.resources import service as resources
from plnapi.resources.models import ResourceItem

MISSING = {"follows_missing": "follow", "joins_missing": "join_group"}  # note → the kind that says it


class Pointer(NamedTuple):
    """An item of a starter list: `url` is http(s) or empty, `handle` what is typed into a search, empty for a URL."""

    title: str
    url: str
    handle: str


class Missing(NamedTuple):
    """What is missing of one list: `url` leads to all of it. `items` are the first few, as in the explanation."""

    title: str
    url: str
    items: Sequence[Pointer]


def missing(course_id: UUID, steps: Iterable[Mapping[str, Any]]) -> dict[UUID, list[Missing]]:
    """Step key → the lists of its open ways, `steps` as `showing.explanation` gives them. One statement, or none."""
    wanted = {step["step_key"]: found for step in steps if (found := _wanted(step))}
    if not wanted:
        return {}
    items = [(str(list_id), item) for _, list_id, item in resources.items_of_courses([course_id])]
    return {key: [_missing(course_id, items, *one) for one in lists] for key, lists in wanted.items()}


def _wanted(step: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """(id of a list, parameters of the note that says what is missing of it)."""
    if step.get("locked") or step.get("verdict") in {"verified", "waiting"}:
        return []
    return [
        (part["config"]["list"], note["params"])
        for way in step.get("ways", ())
        for note in way["explanation"]
        for part in flat([way])
        if MISSING.get(note["code"]) == part["kind"]
    ]


def _missing(
    course_id: UUID, items: Iterable[tuple[str, ResourceItem]], list_id: str, params: Mapping[str, Any]
) -> Missing:
    left = [item for of, item in items if of == list_id and item.title in params["left"]]
    return Missing(params["list"], f"/courses/{course_id}/lists/{list_id}", [_pointer(item) for item in left])


def _pointer(item: ResourceItem) -> Pointer:
    platform = PLATFORMS.get(item.network)
    known = platform.read_address(item.address) if platform else None
    pages = (item.address, item.site_url) if item.kind != "feed" else (item.site_url, item.address)
    url = next(filter(None, map(safe_url, (*pages, known.url if known else ""))), "")
    return Pointer(item.title, url, "" if safe_url(item.address) else item.address)
