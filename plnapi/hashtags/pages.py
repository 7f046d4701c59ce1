"""The page about a course's hashtags."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from plnapi.courses.access import Place, in_course
from plnapi.courses.pages import Link
from plnapi.errors import PlnapiError
from plnapi.hashtags import service
from plnapi.hashtags.schemas import HashtagIn
from plnapi.web.pages import Form, read_form

blp = Blueprint("hashtags_pages", __name__, template_folder="templates")
Page = ResponseReturnValue


@blp.get("/courses/<uuid:course_id>/hashtags")
@in_course(scope="courses:read")
def hashtags(place: Place) -> Page:
    """The hashtags; staff can change them."""
    return _page(place, Form())


@blp.post("/courses/<uuid:course_id>/hashtags")
@in_course("instructor", scope="courses:write")
def attach(place: Place) -> Page:
    """Attach one."""
    form = read_form(HashtagIn())
    if form.valid:
        try:
            made = service.attach(place.course, form.data["tag"])
            flash(gettext("The course listens to #%(tag)s.", tag=made.display), "good")
            return redirect(f"/courses/{place.course.id}/hashtags", 303)
        except PlnapiError as error:
            form.refuse(error)
    return _page(place, form), 422


@blp.post("/courses/<uuid:course_id>/hashtags/<uuid:hashtag_id>/detach")
@in_course("instructor", scope="courses:write")
def detach(place: Place, hashtag_id: UUID) -> Page:
    """Detach one."""
    service.detach(place.course, hashtag_id)
    flash(gettext("The hashtag is not looked for any more."), "good")
    return redirect(f"/courses/{place.course.id}/hashtags", 303)


def link(place: Place) -> Link:
    """For everybody in the course."""
    return Link(gettext("Hashtags"), f"/courses/{place.course.id}/hashtags")


def hint(place: Place) -> Link | None:
    """A course without a hashtag looks for no posts."""
    if service.of_course(place.course.id):
        return None
    return Link(gettext("A hashtag: without one no posts are looked for"), link(place).url)


def _page(place: Place, form: Form) -> str:
    tags = service.of_course(place.course.id)
    return render_template("hashtags/hashtags.html", form=form, place=place, course=place.course, tags=tags)
