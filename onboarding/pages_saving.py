"""How the instructor's forms save a checklist: at once, or first shown with what it would change for students."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import fields, validate

from onboarding import editing, foreseeing, service
from onboarding.checks import ALL_OF, CHECKS, SIMPLE
from onboarding.editing import Draft
from onboarding.service import ChecklistView
from plnapi.courses.access import Place
from plnapi.errors import N_, Conflict, NotFound, PlnapiError
from plnapi.web.api import In
from plnapi.web.pages import Form

Page = ResponseReturnValue
Change = Callable[[ChecklistView, dict[str, Any]], Draft]
ASKED = frozenset({"foresee", "confirmed", "back", "csrf_token"})  # how a form is sent, not what it says


class VersionIn(In):
    """The version of the checklist that a form was made from. `items` is the one setting of a kind with many values."""

    version = fields.Integer(required=True)
    title = fields.String(load_default="", validate=validate.Length(max=200))
    items = fields.List(fields.String(), load_default=list)


def save(place: Place, form: Form, change: Change, again: Callable[[Place, Form], str]) -> Page:
    """Make the change and go to the checklist, or show the form again with what is wrong.

    A change by which somebody would gain or lose a step is shown first, with all that was typed, and saved when it is
    confirmed; with `foresee` any change is. `back` leads to the form as it was typed.
    """
    if form.valid and "back" in request.form:
        return again(place, form)
    if form.valid:
        try:
            return _foreseen(place, form, change) or _saved(place, form, change)
        except NotFound:
            raise
        except PlnapiError as error:
            form.refuse(error)
            if isinstance(error, Conflict):  # what was typed stays; the next try is made from what is there
                form.values["version"] = str(service.view(place.course.id).version)
    return again(place, form), 422


def _saved(place: Place, form: Form, change: Change) -> Page:
    made, at = change(service.view(place.course.id), form.data), form.data["version"]
    view = service.save(place.course, made.title, made.steps, place.person_id, expected=at, fresh=made.fresh)
    flash(gettext("Saved as version %(number)s.", number=view.version), "good")
    return redirect(f"/courses/{place.course.id}/checklist", 303)


def _foreseen(place: Place, form: Form, change: Change) -> Page | None:
    """The page that shows what would change; None when the change can be saved without asking."""
    view, asked = service.view(place.course.id), "foresee" in request.form
    made = change(view, form.data)
    if "confirmed" in request.form or not (asked or foreseeing.matters(view.steps, made.steps)):
        return None
    found = foreseeing.foresee(place.course, made.steps, expected=form.data["version"], fresh=made.fresh)
    if not (asked or found.steps):
        return None
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in ASKED]
    return render(place, form, "foresight", foresight=found, typed=typed)


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
