"""Staff's pages about reviews: the queue, decisions and how they are taken back, and messages."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import EXCLUDE, ValidationError

from onboarding import grid, messages, queue, reviewing
from onboarding.routes_staff import STAFF, check_reviewable
from onboarding.schemas.staff import ConfirmIn, MessageIn, QueueIn, ReviewIn, UndoIn
from plnapi.courses.access import Place, check_sees, in_course
from plnapi.courses.pages import Link
from plnapi.courses.service import check_not_frozen
from plnapi.errors import Conflict, Forbidden, Invalid
from plnapi.web.pages import Form, read_form

blp = Blueprint("review_pages", __name__, template_folder="templates")
Page = ResponseReturnValue
STEP = "/courses/<uuid:course_id>/people/<uuid:person_id>/steps/<uuid:step_key>"


@blp.get("/courses/<uuid:course_id>/reviews")
@in_course(*STAFF, scope="progress:read")
def reviews(place: Place) -> Page:
    """What waits."""
    return _queue(place, Form())


@blp.post("/courses/<uuid:course_id>/reviews/<uuid:decision_id>")
@in_course(*STAFF, scope="progress:write")
def review(place: Place, decision_id: UUID) -> Page:
    """Approve or return one."""
    form = read_form(ReviewIn())

    def run(data: dict[str, Any]) -> str:
        check_reviewable(place, decision_id)
        reviewing.decide(place.course, decision_id, place.person_id, data["decision"], data["text"])
        approved = data["decision"] == "approved"
        return str(gettext("Approved.") if approved else gettext("Returned with your comment."))

    return _decided(place, form, run, str(decision_id))


@blp.post(f"{STEP}/confirm")
@in_course(*STAFF, scope="progress:write")
def confirm(place: Place, person_id: UUID, step_key: UUID) -> Page:
    """Confirm a step whose evidence is below its least level, or return it."""
    form = read_form(ConfirmIn())

    def run(data: dict[str, Any]) -> str:
        check_sees(place, person_id)
        check_not_frozen(place.course)
        reviewing.confirm(place.course, person_id, step_key, place.person_id, data["text"], data["decision"])
        confirmed = data["decision"] == "confirmed"
        return str(gettext("Confirmed.") if confirmed else gettext("Returned with your comment."))

    return _decided(place, form, run, f"{person_id}-{step_key}")


@blp.post("/courses/<uuid:course_id>/decisions/<uuid:decision_id>/undo")
@in_course(*STAFF, scope="progress:write")
def undo(place: Place, decision_id: UUID) -> Page:
    """Take a decision back; it waits again."""
    form = read_form(UndoIn())

    def run(data: dict[str, Any]) -> str:
        check_reviewable(place, decision_id)
        reviewing.undo(place.course, decision_id, place.person_id, data["text"])
        return str(gettext("Taken back. What waited for a decision waits again."))

    return _decided(place, form, run, "")


@blp.post(f"{STEP}/messages")
@in_course(*STAFF, scope="progress:write")
def write(place: Place, person_id: UUID, step_key: UUID) -> Page:
    """Write to the student."""
    check_sees(place, person_id)
    return _write(place, person_id, step_key, f"/people/{person_id}/steps/{step_key}")


@blp.post("/courses/<uuid:course_id>/steps/<uuid:step_key>/messages")
@in_course("student", scope="progress:write")
def write_mine(place: Place, step_key: UUID) -> Page:
    """Write to the reviewers."""
    return _write(place, place.person_id, step_key, f"/steps/{step_key}")


def reviews_link(place: Place) -> Link | None:
    """For staff, with how many wait."""
    if not place.is_staff:
        return None
    count = queue.count(place)
    label = gettext("Reviews (%(count)s)", count=count) if count else gettext("Reviews")
    return Link(label, f"/courses/{place.course.id}/reviews")


def _decided(place: Place, form: Form, run: Callable[[dict[str, Any]], str], failed: str) -> Page:
    """Run the decision and go to the queue, or show it with what is wrong."""
    if form.valid:
        try:
            flash(run(form.data), "good")
            return redirect(f"/courses/{place.course.id}/reviews", 303)
        except (Conflict, Forbidden) as error:
            flash(gettext(error.message), "bad")
            return redirect(f"/courses/{place.course.id}/reviews", 303)
        except Invalid as error:
            form.refuse(error)
    return _queue(place, form, failed), 422


def _write(place: Place, person_id: UUID, step_key: UUID, path: str) -> Page:
    form = read_form(MessageIn())
    if form.valid:
        try:
            messages.write(place.course, person_id, step_key, place.person_id, form.data["text"])
            flash(gettext("Your message is there."), "good")
        except (Conflict, Invalid) as error:
            flash(gettext(error.message), "bad")
    else:
        flash(gettext("Write something, of at most 2,000 characters."), "bad")
    return redirect(f"/courses/{place.course.id}{path}#messages", 303)


def _queue(place: Place, form: Form, failed: str = "") -> str:
    args = _args()
    page = queue.page(place, args)
    talks = messages.of_places(place.course.id, {(one.person_id, one.step_key) for one in page.items})
    table = grid.grid(place.course.id)
    return render_template(
        "onboarding/reviews.html", course=place.course, page=page, talks=talks, form=form, failed=failed, args=args,
        steps=table["steps"], sections=[] if place.only_section else grid.sections(table), kinds=queue.KINDS,
    )  # fmt: skip


def _args() -> dict[str, Any]:
    """What the address asks for; what cannot be read of it counts as not asked."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        return dict(QueueIn().load(given, unknown=EXCLUDE))
    except ValidationError:
        return {"per_page": 20}
