"""The instructor's pages for a way that has several parts, all of which have to be done."""

from typing import Any
from uuid import UUID

from onboarding import editing, forms, loading, service
from onboarding.checks import flat
from onboarding.editing import Draft
from onboarding.pages_checklist import HERE, Page, blp
from onboarding.pages_saving import VersionIn, known, render, save, way_of
from onboarding.service import ChecklistView
from plnapi.courses.access import Place, in_course
from plnapi.errors import N_, NotFound
from plnapi.web.pages import Form, read_form

WAY = HERE + "/<uuid:step_key>/ways/<int:number>"


@blp.get(WAY + "/also/<kind>")
@in_course("instructor", scope="courses:write")
def new_part(place: Place, step_key: UUID, number: int, kind: str) -> Page:
    """The form for something that has to be done as well."""
    return _page(place, Form(), step_key, kind, {})


@blp.post(WAY + "/also/<kind>")
@in_course("instructor", scope="courses:write")
def add_part(place: Place, step_key: UUID, number: int, kind: str) -> Page:
    """Add it."""
    return _save(place, step_key, number, None, kind, {})


@blp.get(WAY + "/parts/<int:part>")
@in_course("instructor", scope="courses:write")
def part(place: Place, step_key: UUID, number: int, part: int) -> Page:
    """The form for one part."""
    found = _part(place, step_key, number, part)
    return _page(place, Form(), step_key, found["kind"], found["config"])


@blp.post(WAY + "/parts/<int:part>")
@in_course("instructor", scope="courses:write")
def change_part(place: Place, step_key: UUID, number: int, part: int) -> Page:
    """Change it."""
    found = _part(place, step_key, number, part)
    return _save(place, step_key, number, part, found["kind"], found["config"])


@blp.post(WAY + "/parts/<int:part>/remove")
@in_course("instructor", scope="courses:write")
def remove_part(place: Place, step_key: UUID, number: int, part: int) -> Page:
    """Take it off; what is left of two is a way without parts."""
    found = _part(place, step_key, number, part)

    def remove(view: ChecklistView, _data: dict[str, Any]) -> Draft:
        return editing.remove_part(view, step_key, number, part)

    return save(
        place, read_form(VersionIn()), remove, lambda p, f: _page(p, f, step_key, found["kind"], found["config"])
    )


def _save(place: Place, step_key: UUID, number: int, part: int | None, kind: str, config: dict[str, Any]) -> Page:
    form = read_form(VersionIn())
    way = forms.read_way(form, known(kind))

    def run(view: ChecklistView, _data: dict[str, Any]) -> Draft:
        assert way is not None  # the form is valid
        return editing.set_part(view, step_key, number, part, way)

    return save(place, form, run, lambda p, f: _page(p, f, step_key, kind, config))


def _page(place: Place, form: Form, step_key: UUID, kind: str, config: dict[str, Any]) -> str:
    _, found = editing.find(service.view(place.course.id), step_key)
    inputs = forms.inputs(known(kind), form, config, loading.contexts([place.course.id])[place.course.id])
    return render(place, form, "edit_way", step=found, number=None, kind=kind, inputs=inputs)


def _part(place: Place, step_key: UUID, number: int, part: int) -> Any:
    """One of the parts of a way; raises NotFound."""
    parts = list(flat([way_of(place, step_key, number)]))
    if part >= len(parts):
        raise NotFound(N_("way"), part)
    return parts[part]
