"""The student's own steps, on the page of the checklist."""

from uuid import UUID

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from onboarding import pages, private
from onboarding.schemas.private import PrivateStepChangeIn, PrivateStepIn
from plnapi.courses.access import Place, in_course
from plnapi.errors import Conflict, Invalid
from plnapi.web.pages import read_form

HERE = "/courses/<uuid:course_id>/my/private-steps"
blp = Blueprint("private_pages", __name__)
Page = ResponseReturnValue


@blp.post(HERE)
@in_course("student", scope="progress:write")
def add(place: Place) -> Page:
    """Add one."""
    form = read_form(PrivateStepIn())
    if form.valid:
        try:
            private.add(place.course, place.person_id, form.data["title"])
            return _back(place)
        except (Conflict, Invalid) as error:
            form.refuse(error)
    return pages.list_page(place, form), 422


@blp.post(f"{HERE}/<uuid:private_id>")
@in_course("student", scope="progress:write")
def tick(place: Place, private_id: UUID) -> Page:
    """Tick one, or take the tick back."""
    form = read_form(PrivateStepChangeIn(only=("done",)))
    private.change(place.course, place.person_id, private_id, form.data)
    return _back(place)


@blp.post(f"{HERE}/<uuid:private_id>/delete")
@in_course("student", scope="progress:write")
def delete(place: Place, private_id: UUID) -> Page:
    """Delete one."""
    private.delete(place.course, place.person_id, private_id)
    flash(gettext("Deleted."), "good")
    return _back(place)


def _back(place: Place) -> Page:
    return redirect(f"{pages.home(place)}#own-steps", 303)
