"""Lists in from OPML and out to it: all of a document or nothing, and twice is the same as once."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from plnapi.courses.models import Course
from plnapi.errors import N_, FieldError, Invalid
from plnapi.resources import outlines, service
from plnapi.resources.items import NewItem
from plnapi.resources.models import ResourceItem, ResourceList


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did or, dry, would do. With `errors` nothing is done at all. `list_id` is None in a dry run."""

    dry_run: bool
    title: str
    items: tuple[NewItem, ...]
    added: int
    kept: int
    removed: int
    errors: tuple[FieldError, ...]
    list_id: UUID | None = None


def import_opml(
    course: Course, data: bytes, by: UUID | None, *, list_: ResourceList | None = None, dry_run: bool = False
) -> ImportReport:
    """Make a list of the document's outlines, or another version of `list_` with them and nothing else.

    An item that `list_` has already, by kind and address, keeps its key. A document that changes nothing makes no
    version. Raises Invalid with every fault at `/outlines/<number>/<field>`; a dry run raises only for what cannot be
    read as OPML.
    """
    read = outlines.read(data)
    before = service.latest_items(list_.id) if list_ else ()
    items = _with_keys(read.items, before)
    kept = sum(item.item_key is not None for item in items)
    title = list_.title if list_ else read.title[:200] or "OPML"
    report = ImportReport(dry_run, title, items, len(items) - kept, kept, len(before) - kept, read.errors)
    if dry_run:
        return report
    if read.errors:
        raise Invalid(
            N_("%(count)s mistake(s) in the document; nothing was imported."),
            code="opml_outlines", errors=read.errors, count=len(read.errors),
        )  # fmt: skip
    return _stored(report, course, by, list_, before)


def export_opml(list_: ResourceList) -> bytes:
    """The newest version of a list as OPML 2.0 in UTF-8. The same items give the same bytes."""
    return outlines.write(list_.title, service.latest_items(list_.id))


def _stored(
    report: ImportReport, course: Course, by: UUID | None, list_: ResourceList | None, before: Sequence[ResourceItem]
) -> ImportReport:
    raw = [asdict(item) for item in report.items]
    if list_ is None:
        list_ = service.make_list(course, report.title, raw, by)
    elif [_given(item) for item in before] != list(report.items):
        service.replace_items(list_, raw, by)
    return replace(report, list_id=list_.id)


def _with_keys(items: Sequence[NewItem], before: Sequence[ResourceItem]) -> tuple[NewItem, ...]:
    """The items with the keys of those that stand already; one key is given once."""
    free: dict[tuple[str, str], list[UUID]] = {}
    for old in reversed(before):
        free.setdefault((old.kind, old.address), []).append(old.item_key)
    return tuple(_keyed(item, free.get((item.kind, item.address))) for item in items)


def _keyed(item: NewItem, keys: list[UUID] | None) -> NewItem:
    return replace(item, item_key=keys.pop()) if keys else item


def _given(item: ResourceItem) -> NewItem:
    return NewItem(
        item.kind, item.title, item.address, item.why, item.language, item.site_url, item.group_path, item.item_key
    )
