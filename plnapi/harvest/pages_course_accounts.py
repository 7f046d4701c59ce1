"""The page on which an instructor chooses the accounts by which a course looks."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from plnapi.courses.access import Place, in_course
from plnapi.courses.links import Link
from plnapi.errors import Conflict
from plnapi.harvest import choosing, course_accounts
from plnapi.harvest.routes_course_accounts import told
from plnapi.platforms import PLATFORMS

blp = Blueprint("course_accounts_pages", __name__, template_folder="templates")
Page = ResponseReturnValue


@blp.get("/courses/<uuid:course_id>/course-accounts")
@in_course("instructor", "assistant", scope="courses:read")
def course_accounts_page(place: Place) -> Page:
    """Which accounts the course looks from, how much is seen there, and one's own that could be added."""
    return render_template(
        "harvest/course_accounts.html",
        place=place,
        course=place.course,
        chosen=[told(row) for row in course_accounts.of_course(place.course.id)],
        choosable=choosing.choosable(place.course, place.person_id) if place.role == "instructor" else (),
        networks=PLATFORMS,
    )


@blp.post("/courses/<uuid:course_id>/course-accounts/<uuid:identity_id>/choose")
@in_course("instructor", scope="courses:write")
def choose_account(place: Place, identity_id: UUID) -> Page:
    """Look from one of one's own."""
    try:
        row = choosing.choose(place.course, identity_id, place.person_id)
        flash(gettext("The course looks from %(handle)s.", handle=row.handle), "good")
    except Conflict as error:
        flash(gettext(error.message), "bad")
    return redirect(f"/courses/{place.course.id}/course-accounts", 303)


@blp.post("/courses/<uuid:course_id>/course-accounts/<uuid:identity_id>/leave-out")
@in_course("instructor", scope="courses:write")
def leave_out_account(place: Place, identity_id: UUID) -> Page:
    """Look from it no more."""
    choosing.leave_out(place.course, identity_id)
    flash(gettext("The course does not look from this account any more. What was seen stays."), "good")
    return redirect(f"/courses/{place.course.id}/course-accounts", 303)


def link(place: Place) -> Link | None:
    """For staff."""
    return (
        Link(gettext("Accounts of the course"), f"/courses/{place.course.id}/course-accounts")
        if place.is_staff
        else None
    )
