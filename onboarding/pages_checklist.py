"""The instructor's pages for the steps of a course, by plain forms. Every save is a version."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import fields, validate

from onboarding import editing, forms, linter, loading, service, tracks, unlocking
from onboarding.checks import ALL_OF, CHECKS, SIMPLE
from onboarding.schemas.checklist import LEVELS, TEXT, TITLE
from onboarding.service import ChecklistView, StepData
from plnapi.courses.access import Place, in_course
from plnapi.courses.pages import Link
from plnapi.errors import N_, Conflict, NotFound, PlnapiError
from plnapi.web.api import In
from plnapi.web.pages import Form, read_form

blp = Blueprint("checklist_pages", __name__, template_folder="templates")
Page = ResponseReturnValue
HERE = "/courses/<uuid:course_id>/checklist"


class VersionIn(In):
    """The version of the checklist that a form was made from. `items` is the one setting of a kind with many values."""

    version = fields.Integer(required=True)
    title = fields.String(load_default="", validate=validate.Length(max=200))
    items = fields.List(fields.String(), load_default=list)


class StepTextIn(VersionIn):
    """What every step has."""

    title = fields.String(required=True, validate=TITLE)
    instructions = fields.String(load_default="", validate=TEXT)
    why = fields.String(load_default="", validate=TEXT)
    required = fields.Boolean(load_default=False)
    due_on = fields.Date(load_default=None)
    points = fields.Integer(load_default=0, validate=validate.Range(0, 1000))
    least_level = fields.String(load_default=None, validate=LEVELS)
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
    by = place.person_id
    return save(place, form, lambda d: editing.rename(place.course, d["title"], by, d["version"]), _list_page)


@blp.post(HERE + "/from-template")
@in_course("instructor", scope="courses:write")
def from_template(place: Place) -> Page:
    """Add the steps of a track."""
    form = read_form(VersionIn())
    key = request.form.get("template", "")
    return save(
        place, form, lambda d: tracks.add(place.course, key, place.person_id, expected=d["version"]), _list_page
    )


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

    def add(data: dict[str, Any]) -> ChecklistView:
        return editing.add(place.course, _step(kind, data, way), place.person_id, data["version"])

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
    names = ("title", "instructions", "why", "required", "due_on", "points", "least_level")

    def change(data: dict[str, Any]) -> ChecklistView:
        texts = {name: data[name] for name in names} | {"keeps_credit": not data["credit_falls"]}
        if data["after_shown"]:
            texts["after"] = _after(data)
        return editing.change(place.course, step_key, place.person_id, data["version"], **texts)

    return save(place, form, change, lambda p, f: _step_page(p, f, step_key))


@blp.post(HERE + "/<uuid:step_key>/<any(up, down, remove):what>")
@in_course("instructor", scope="courses:write")
def move_step(place: Place, step_key: UUID, what: str) -> Page:
    """Move it by one place, or take it off the list."""
    form, by = read_form(VersionIn()), place.person_id

    def move(data: dict[str, Any]) -> ChecklistView:
        if what == "remove":
            return editing.remove(place.course, step_key, by, data["version"])
        return editing.move(place.course, step_key, by, data["version"], places=-1 if what == "up" else 1)

    return save(place, form, move, _list_page)


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
    form, by = read_form(VersionIn()), place.person_id

    def remove(data: dict[str, Any]) -> ChecklistView:
        return editing.remove_way(place.course, step_key, number, by, data["version"])

    return save(place, form, remove, lambda p, f: _step_page(p, f, step_key))


def link(place: Place) -> Link | None:
    """For staff; students have their own."""
    return Link(gettext("Steps"), f"/courses/{place.course.id}/checklist") if place.is_staff else None


def save(
    place: Place, form: Form, run: Callable[[dict[str, Any]], ChecklistView], again: Callable[[Place, Form], str]
) -> Page:
    """Run the change and go to the checklist, or show the form again with what is wrong."""
    if form.valid:
        try:
            view = run(form.data)
            flash(gettext("Saved as version %(number)s.", number=view.version), "good")
            return redirect(f"/courses/{place.course.id}/checklist", 303)
        except NotFound:
            raise
        except PlnapiError as error:
            form.refuse(error)
            if isinstance(error, Conflict):  # what was typed stays; the next try is made from what is there
                form.values["version"] = str(service.view(place.course.id).version)
    return again(place, form), 422


def _save_way(place: Place, step_key: UUID, number: int | None, kind: str) -> Page:
    form = read_form(VersionIn())
    way = forms.read_way(form, known(kind))

    def put(data: dict[str, Any]) -> ChecklistView:
        assert way is not None  # the form is valid
        return editing.set_way(place.course, step_key, number, way, place.person_id, data["version"])

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
        keeps_credit=not data["credit_falls"],
    )


def _after(data: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    """One of the ticked steps, or each of them."""
    ticked = tuple(data["after"])
    return (ticked,) if data["after_one"] and ticked else tuple((key,) for key in ticked)


def known(kind: str) -> str:
    """A kind that has a form; raises NotFound for another."""
    if kind not in CHECKS or kind == ALL_OF:
        raise NotFound(N_("kind"), kind)
    return kind


def way_of(place: Place, step_key: UUID, number: int) -> Any:
    """One of the ways of a step; raises NotFound."""
    _, found = editing.find(service.view(place.course.id), step_key)
    if number >= len(found.branches):
        raise NotFound(N_("way"), number)
    return found.branches[number]


def render(place: Place, form: Form, name: str, **more: Any) -> str:
    """One of the pages, with what all of them show."""
    view = service.view(place.course.id)
    shown = {"place": place, "course": place.course, "view": view, "form": form, "checks": CHECKS, "kinds": SIMPLE}
    return render_template(f"onboarding/{name}.html", **shown, **more)


def _list_page(place: Place, form: Form) -> str:
    view = service.view(place.course.id)
    context = loading.contexts([place.course.id])[place.course.id]
    warnings = [*linter.impossible(view.steps, context), *linter.excluded_errors(view.steps)]
    by_step = {n: [w for w in warnings if w.pointer.split("/")[2] == str(n)] for n in range(len(view.steps))}
    return render(
        place, form, "checklist", warnings=by_step, templates=tracks.library(), opened_by=partial(_opened_by, view)
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
