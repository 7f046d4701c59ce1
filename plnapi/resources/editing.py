"""Changing a list one item at a time, as forms do. Each change is another version of the whole."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID

from plnapi.errors import N_, NotFound
from plnapi.resources import service
from plnapi.resources.items import NewItem
from plnapi.resources.models import ResourceItem, ResourceList

_NAMES = tuple(field.name for field in fields(NewItem))


def find(list_: ResourceList, item_key: UUID) -> ResourceItem:
    """An item of the newest version. Raises NotFound."""
    for item in service.latest_items(list_.id):
        if item.item_key == item_key:
            return item
    raise NotFound(N_("item"), item_key)


def add(list_: ResourceList, item: Mapping[str, Any], by: UUID | None) -> None:
    """Put an item at the end. Raises Invalid at `/items/<index>/<field>`."""
    service.replace_items(list_, [*_raw(list_), {**item, "item_key": None}], by)


def change(list_: ResourceList, item_key: UUID, item: Mapping[str, Any], by: UUID | None) -> None:
    """Replace what is said of an item; its folder stays. Raises NotFound, or Invalid as `add`."""
    raw = _raw(list_)
    place = _at(raw, item_key)
    raw[place] = {**item, "item_key": item_key, "group_path": raw[place]["group_path"]}
    service.replace_items(list_, raw, by)


def up(list_: ResourceList, item_key: UUID, by: UUID | None) -> None:
    """One place towards the beginning; the first stays where it is. Raises NotFound."""
    _move(list_, item_key, -1, by)


def down(list_: ResourceList, item_key: UUID, by: UUID | None) -> None:
    """One place towards the end; the last stays where it is. Raises NotFound."""
    _move(list_, item_key, 1, by)


def remove(list_: ResourceList, item_key: UUID, by: UUID | None) -> None:
    """Take an item off the list; the versions before keep it. Raises NotFound."""
    raw = _raw(list_)
    del raw[_at(raw, item_key)]
    service.replace_items(list_, raw, by)


MOVES = {"up": up, "down": down, "remove": remove}


def _move(list_: ResourceList, item_key: UUID, by_places: int, by: UUID | None) -> None:
    raw = _raw(list_)
    place = _at(raw, item_key)
    target = min(max(place + by_places, 0), len(raw) - 1)
    if target != place:
        raw.insert(target, raw.pop(place))
        service.replace_items(list_, raw, by)


def _raw(list_: ResourceList) -> list[dict[str, Any]]:
    return [{name: getattr(item, name) for name in _NAMES} for item in service.latest_items(list_.id)]


def _at(raw: list[dict[str, Any]], item_key: UUID) -> int:
    for place, item in enumerate(raw):
        if item["item_key"] == item_key:
            return place
    raise NotFound(N_("item"), item_key)
