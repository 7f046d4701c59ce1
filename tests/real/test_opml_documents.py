"""Every OPML document of ../shared, imported, exported and imported again."""

from pathlib import Path
from typing import Any

import pytest

from plnapi.resources import service
from plnapi.resources.opml import export_opml, import_opml
from tests import make

pytestmark = pytest.mark.real
FOLDER = Path(__file__).parents[2].parent / "shared" / "opml"
FILES = sorted(FOLDER.glob("*.opml")) if FOLDER.is_dir() else []


@pytest.mark.parametrize("file", FILES or [None], ids=lambda file: file.name if file else "none")
def test_import_export_import_gives_the_same(unit: Any, file: Path | None) -> None:
    if file is None:
        pytest.skip("../shared is absent")
    data = file.read_bytes()
    with unit():
        course = make.course()
        first = import_opml(course, data, None)
        assert first.errors == ()
        assert len(first.items) == data.count(b"xmlUrl=") > 0
        list_ = service.get_list(course.id, first.list_id)  # type: ignore[arg-type] # not a dry run
        written = export_opml(list_)
        second = import_opml(course, written, None)
        assert second.items == first.items
        assert export_opml(service.get_list(course.id, second.list_id)) == written  # type: ignore[arg-type]
        again = import_opml(course, written, None, list_=list_)
        assert (again.added, again.removed, list_.version) == (0, 0, 1)
        assert all(item.network == "blog" for item in service.latest_items(list_.id))
