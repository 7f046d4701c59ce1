"""Starter lists and their versions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from plnapi.clock import new_id
from plnapi.courses.models import Course
from plnapi.db import db
from plnapi.errors import N_, FieldError, Invalid, NotFound
from plnapi.resources.items import NewItem, read_all
from plnapi.resources.models import ResourceItem, ResourceList, ResourceListVersion
from plnapi.signals import resource_changed, tell

_NEWEST = and_(ResourceListVersion.list_id == ResourceList.id, ResourceListVersion.number == ResourceList.version)


def make_list(course: Course, title: str, items: Sequence[Mapping[str, Any]], by: UUID | None) -> ResourceList:
    """A list of a course, in its first version, made by the person `by`.

    An item is a mapping with `kind`, `title`, `address` and maybe the other fields of `items.NewItem`.
    Raises Invalid naming every wrong field.
    """
    read = read_all(items)
    list_ = ResourceList(course_id=course.id, title=title)
    _check_keys(read, frozenset())
    db.session.add(list_)
    db.session.flush()
    _add_version(list_, read, by)
    return list_


def replace_items(
    list_: ResourceList, items: Sequence[Mapping[str, Any]], by: UUID | None, *, title: str | None = None
) -> ResourceList:
    """Another version of a list with these items; an item that stood in a version before is known by its `item_key`.

    Raises Invalid naming every wrong field, unknown keys too.
    """
    read = read_all(items)
    _check_keys(read, _known_keys(list_.id))
    if title is not None:
        list_.title = title
    flag_modified(list_, "title")  # a version is written even when the title stays
    db.session.flush()
    _add_version(list_, read, by)
    return list_


def copy_lists(from_course_id: UUID, course_id: UUID) -> dict[UUID, UUID]:
    """Give a fresh course the newest versions of another's lists, if it has none yet. Returns ids: that of a list → its copy's.

    An item keeps its key: it is the same in both.
    """
    lists, there = of_course(from_course_id), of_course(course_id)
    if not there:
        there = [_copied(list_, course_id) for list_ in lists]
    return {old.id: new.id for old, new in zip(lists, there, strict=True)}


def get_list(course_id: UUID, list_id: UUID) -> ResourceList:
    """A list of this course. Raises NotFound."""
    list_ = db.session.get(ResourceList, list_id)
    if list_ is None or list_.course_id != course_id:
        raise NotFound(N_("list"), list_id)
    return list_


def of_course(course_id: UUID) -> Sequence[ResourceList]:
    """The lists of a course, oldest first."""
    where = ResourceList.course_id == course_id
    return db.session.scalars(select(ResourceList).where(where).order_by(ResourceList.id)).all()


def latest_items(list_id: UUID) -> Sequence[ResourceItem]:
    """The items of the newest version of a list, in order."""
    return db.session.scalars(
        select(ResourceItem)
        .join(ResourceListVersion, ResourceItem.version_id == ResourceListVersion.id)
        .join(ResourceList, _NEWEST)
        .where(ResourceList.id == list_id)
        .order_by(ResourceItem.position)
    ).all()


def items_of_courses(course_ids: Iterable[UUID]) -> list[tuple[UUID, UUID, ResourceItem]]:
    """(course, list, item) of the newest version of every list of these courses."""
    rows = db.session.execute(
        select(ResourceList.course_id, ResourceList.id, ResourceItem)
        .join(ResourceListVersion, ResourceItem.version_id == ResourceListVersion.id)
        .join(ResourceList, _NEWEST)
        .where(ResourceList.course_id.in_(list(course_ids)))
        .order_by(ResourceList.id, ResourceItem.position)
    )
    return [(course_id, list_id, item) for course_id, list_id, item in rows]


def versions(list_id: UUID) -> Sequence[ResourceListVersion]:
    """The versions of a list, newest first, without their items."""
    where = ResourceListVersion.list_id == list_id
    return db.session.scalars(
        select(ResourceListVersion).where(where).order_by(ResourceListVersion.number.desc())
    ).all()


def version(list_id: UUID, number: int) -> ResourceListVersion:
    """One version of a list with its items. Raises NotFound."""
    found = db.session.scalars(
        select(ResourceListVersion)
        .options(selectinload(ResourceListVersion.items))
        .where(ResourceListVersion.list_id == list_id, ResourceListVersion.number == number)
    ).one_or_none()
    if found is None:
        raise NotFound(N_("version"), number)
    return found


def _add_version(list_: ResourceList, items: Sequence[NewItem], by: UUID | None) -> None:
    made = ResourceListVersion(list_id=list_.id, number=list_.version, created_by=by)
    db.session.add(made)
    db.session.flush()
    db.session.add_all(_row(made.id, n, item) for n, item in enumerate(items))
    db.session.flush()
    tell(resource_changed, course_id=list_.course_id, list_id=list_.id)


def _copied(list_: ResourceList, course_id: UUID) -> ResourceList:
    made = ResourceList(course_id=course_id, title=list_.title)
    db.session.add(made)
    db.session.flush()
    names = [field.name for field in fields(NewItem)]
    items = [NewItem(**{name: getattr(item, name) for name in names}) for item in latest_items(list_.id)]
    _add_version(made, items, None)
    return made


def _row(version_id: UUID, position: int, item: NewItem) -> ResourceItem:
    return ResourceItem(
        version_id=version_id, position=position, item_key=item.item_key or new_id(), network=item.network,
        kind=item.kind, title=item.title, why=item.why, language=item.language, address=item.address,
        site_url=item.site_url, group_path=item.group_path,
    )  # fmt: skip


def _known_keys(list_id: UUID) -> frozenset[UUID]:
    statement = select(ResourceItem.item_key).join(
        ResourceListVersion, ResourceItem.version_id == ResourceListVersion.id
    )
    return frozenset(db.session.scalars(statement.where(ResourceListVersion.list_id == list_id).distinct()))


def _check_keys(items: Sequence[NewItem], known: frozenset[UUID]) -> None:
    errors = [
        FieldError(f"/items/{n}/item_key", N_("No item of this list has had this key."), "unknown")
        for n, item in enumerate(items)
        if item.item_key and item.item_key not in known
    ]
    if errors:
        raise Invalid(N_("Some items cannot be accepted; nothing was changed."), errors=errors)
