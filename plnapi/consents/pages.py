"""The page on which somebody agrees, or takes it back."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from plnapi.consents import service
from plnapi.consents.routes import check_wording
from plnapi.courses.access import Place, in_course
from plnapi.courses.pages import Link
from plnapi.errors import N_, Conflict
from plnapi.web.pages import Form

blp = Blueprint("consents_pages", __name__, template_folder="templates")
Page = ResponseReturnValue
TITLES = {"checks": N_("Look at my accounts for this course's steps"), "river": N_("Show my posts to the course")}


@blp.get("/courses/<uuid:course_id>/consents")
@in_course(scope="me")
def consents(place: Place) -> Page:
    """What is asked, and what was said."""
    return _page(place, Form())


@blp.post("/courses/<uuid:course_id>/consents/<purpose>/give")
@in_course(scope="me")
def give(place: Place, purpose: str) -> Page:
    """Agree to the wording that was on the page."""
    try:
        check_wording(request.form.get("text", ""), place, purpose)
    except Conflict as error:
        form = Form()
        form.refuse(error)
        return _page(place, form), 409
    service.give(place.person_id, place.course, purpose)
    flash(gettext("You agreed. You can take it back here at any time."), "good")
    return redirect(f"/courses/{place.course.id}/consents", 303)


@blp.post("/courses/<uuid:course_id>/consents/<purpose>/withdraw")
@in_course(scope="me")
def withdraw(place: Place, purpose: str) -> Page:
    """Take it back."""
    service.withdraw(place.person_id, place.course.id, purpose)
    flash(gettext("You took it back. What was kept for it is gone."), "good")
    return redirect(f"/courses/{place.course.id}/consents", 303)


def link(place: Place) -> Link | None:
    """For students: theirs is what is looked at."""
    if place.is_staff:
        return None
    return Link(gettext("What I agree to"), f"/courses/{place.course.id}/consents")


def _page(place: Place, form: Form) -> str:
    asked = service.overview(place.person_id, place.course)
    return render_template("consents/consents.html", form=form, course=place.course, asked=asked, titles=TITLES)
