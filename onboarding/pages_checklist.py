"""The instructor's pages for the steps of a course, by plain forms. Every save is a version."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import fields, validate

from onboarding import editing, forms, linter, loading, service, showing, tracks, unlocking
from onboarding.editing import Draft
from onboarding.pages_saving import VersionIn, known, render, save, way_of
from onboarding.schemas.checklist import FALLBACK, LEVELS, TEXT, TITLE
from onboarding.service import ChecklistView, StepData
from plnapi.courses.access import Place, in_course
from plnapi.courses.pages import Link
from plnapi.web.pages import Form, read_form

blp = Blueprint("checklist_pages", __name__, template_folder="templates")
Page = ResponseReturnValue
HERE = "/courses/<uuid:course_id>/checklist"


class StepTextIn(VersionIn):
    """What every step has."""

    title = fields.String(required=True, validate=TITLE)
    instructions = fields.String(load_default="", validate=TEXT)
    why = fields.String(load_default="", validate=TEXT)
    required = fields.Boolean(load_default=False)
    due_on = fields.Date(load_default=None)
    points = fields.Integer(load_default=0, validate=validate.Range(0, 1000))
    least_level = fields.String(load_default=None, validate=LEVELS)
    fallback = fields.String(load_default="review", validate=FALLBACK)
    after = fields.List(fields.String(), load_default=list)
    after_shown = fields.Boolean(load_default=False)
    after_one = fields.Boolean(load_default=False)
    credit_falls = fields.Boolean(load_default=False)
    also = fields.String(load_default="", validate=validate.OneOf(["", "word", "link"]))


@blp.get(HERE)
@in_course(scope="courses:read")
def checklist(place: Place) -> Page:
    """The steps; an instructor can change them."""
    return _list_page(place, Form())


@blp.post(HERE)
@in_course("instructor", scope="courses:write")
def rename(place: Place) -> Page:
    """Another title."""
    form = read_form(VersionIn())
    if form.valid and not form.data["title"]:
        form.errors["title"] = [gettext("Give it a title.")]
    return save(place, form, lambda view, data: editing.rename(view, data["title"]), _list_page)


@blp.post(HERE + "/from-template")
@in_course("instructor", scope="courses:write")
def from_template(place: Place) -> Page:
    """Add the steps of a track."""
    form, key = read_form(VersionIn()), request.form.get("template", "")
    return save(place, form, lambda _view, _data: tracks.draft(place.course, tracks.find(key)), _list_page)


@blp.get(HERE + "/new/<kind>")
@in_course("instructor", scope="courses:write")
def new_step(place: Place, kind: str) -> Page:
    """The form for another step of a kind, or a heading."""
    return _new_page(place, Form(), kind)


@blp.post(HERE + "/new/<kind>")
@in_course("instructor", scope="courses:write")
def add_step(place: Place, kind: str) -> Page:
    """Add it at the end."""
    form = read_form(StepTextIn())
    way = None if kind == "heading" else forms.read_way(form, known(kind))

    def add(view: ChecklistView, data: dict[str, Any]) -> Draft:
        return editing.add(view, _step(kind, data, way))

    return save(place, form, add, lambda p, f: _new_page(p, f, kind))


@blp.get(HERE + "/<uuid:step_key>")
@in_course("instructor", scope="courses:write")
def step(place: Place, step_key: UUID) -> Page:
    """The form for one step, and its ways."""
    return _step_page(place, Form(), step_key)


@blp.post(HERE + "/<uuid:step_key>")
@in_course("instructor", scope="courses:write")
def change_step(place: Place, step_key: UUID) -> Page:
    """Change its words."""
    form = read_form(StepTextIn())
    names = ("title", "instructions", "why", "required", "due_on", "points", "least_level", "fallback")

    def change(view: ChecklistView, data: dict[str, Any]) -> Draft:
        texts = {name: data[name] for name in names} | {"keeps_credit": not data["credit_falls"]}
        if data["after_shown"]:
            texts["after"] = _after(data)
        return editing.change(view, step_key, **texts)

    return save(place, form, change, lambda p, f: _step_page(p, f, step_key))


@blp.post(HERE + "/<uuid:step_key>/<any(up, down, remove):what>")
@in_course("instructor", scope="courses:write")
def move_step(place: Place, step_key: UUID, what: str) -> Page:
    """Move it by one place, or take it off the list."""

    def move(view: ChecklistView, _data: dict[str, Any]) -> Draft:
        if what == "remove":
            return editing.remove(view, step_key)
        return editing.move(view, step_key, places=-1 if what == "up" else 1)

    return save(place, read_form(VersionIn()), move, _list_page)


@blp.get(HERE + "/<uuid:step_key>/ways/new/<kind>")
@in_course("instructor", scope="courses:write")
def new_way(place: Place, step_key: UUID, kind: str) -> Page:
    """The form for another way to do a step."""
    return _way_page(place, Form(), step_key, None, kind)


@blp.post(HERE + "/<uuid:step_key>/ways/new/<kind>")
@in_course("instructor", scope="courses:write")
def add_way(place: Place, step_key: UUID, kind: str) -> Page:
    """Add it."""
    return _save_way(place, step_key, None, kind)


@blp.get(HERE + "/<uuid:step_key>/ways/<int:number>")
@in_course("instructor", scope="courses:write")
def way(place: Place, step_key: UUID, number: int) -> Page:
    """The form for one way."""
    return _way_page(place, Form(), step_key, number, way_of(place, step_key, number)["kind"])


@blp.post(HERE + "/<uuid:step_key>/ways/<int:number>")
@in_course("instructor", scope="courses:write")
def change_way(place: Place, step_key: UUID, number: int) -> Page:
    """Change it."""
    return _save_way(place, step_key, number, way_of(place, step_key, number)["kind"])


@blp.post(HERE + "/<uuid:step_key>/ways/<int:number>/remove")
@in_course("instructor", scope="courses:write")
def remove_way(place: Place, step_key: UUID, number: int) -> Page:
    """Take it off the step."""

    def remove(view: ChecklistView, _data: dict[str, Any]) -> Draft:
        return editing.remove_way(view, step_key, number)

    return save(place, read_form(VersionIn()), remove, lambda p, f: _step_page(p, f, step_key))


def link(place: Place) -> Link | None:
    """For staff; students have their own."""
    return Link(gettext("Steps"), f"/courses/{place.course.id}/checklist") if place.is_staff else None


def _save_way(place: Place, step_key: UUID, number: int | None, kind: str) -> Page:
    form = read_form(VersionIn())
    way = forms.read_way(form, known(kind))

    def put(view: ChecklistView, _data: dict[str, Any]) -> Draft:
        assert way is not None  # the form is valid
        return editing.set_way(view, step_key, number, way)

    return save(place, form, put, lambda p, f: _way_page(p, f, step_key, number, kind))


def _step(kind: str, data: dict[str, Any], way: dict[str, Any] | None) -> StepData:
    ways = [way] if way else []
    if data["also"] and kind != "heading":
        ways.append({"kind": "attest", "config": {"by": data["also"], "prompt": ""}})
    return StepData(
        data["title"],
        "heading" if kind == "heading" else "step",
        data["instructions"],
        data["why"],
        data["required"] and kind != "heading",
        tuple(ways),
        after=_after(data),
        due_on=data["due_on"],
        points=data["points"],
        least_level=data["least_level"],
        fallback=data["fallback"],
        keeps_credit=not data["credit_falls"],
    )


def _after(data: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    """One of the ticked steps, or each of them."""
    ticked = tuple(data["after"])
    return (ticked,) if data["after_one"] and ticked else tuple((key,) for key in ticked)


def _list_page(place: Place, form: Form) -> str:
    view = service.view(place.course.id)
    context = loading.contexts([place.course.id])[place.course.id]
    warnings = [*linter.impossible(view.steps, context), *linter.excluded_errors(view.steps)]
    by_step = {n: [w for w in warnings if w.pointer.split("/")[2] == str(n)] for n in range(len(view.steps))}
    return render(
        place,
        form,
        "checklist",
        warnings=by_step,
        templates=tracks.library(),
        opened_by=partial(_opened_by, view),
        way_title=showing.way_title,
    )


def _opened_by(view: ChecklistView, step: StepData) -> str:
    note = unlocking.locked(step, (), view.steps)
    return unlocking.names(note.params["groups"]) if note else ""


def _new_page(place: Place, form: Form, kind: str) -> str:
    inputs = [] if kind == "heading" else forms.inputs(known(kind), form, {}, _context(place))
    return render(place, form, "new_step", kind=kind, inputs=inputs)


def _step_page(place: Place, form: Form, step_key: UUID) -> str:
    _, found = editing.find(service.view(place.course.id), step_key)
    return render(place, form, "edit_step", step=found)


def _way_page(place: Place, form: Form, step_key: UUID, number: int | None, kind: str) -> str:
    _, found = editing.find(service.view(place.course.id), step_key)
    config = found.branches[number]["config"] if number is not None else {}
    inputs = forms.inputs(known(kind), form, config, _context(place))
    return render(place, form, "edit_way", step=found, number=number, kind=kind, inputs=inputs)


def _context(place: Place) -> Any:
    return loading.contexts([place.course.id])[place.course.id]
