"""Staff's pages about progress: the grid, one student's step, and the review queue."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError

from onboarding import dues, explaining, loading, pointing, reading, reviewing, service, showing
from onboarding.models import Decision, StepState
from onboarding.schemas.progress import ExtensionIn, ReviewIn
from plnapi.accounts import service as accounts
from plnapi.courses.access import Place, in_course
from plnapi.courses.pages import Link
from plnapi.errors import Conflict, Forbidden, Invalid
from plnapi.web.pages import Form, read_form
from plnapi.web.paging import PageIn, paged

blp = Blueprint("progress_pages", __name__, template_folder="templates")
Page = ResponseReturnValue
MOST_BELOW = 50  # confirmations on a page; those that are done make room for others
STAFF = ("instructor", "assistant")


@blp.get("/courses/<uuid:course_id>/grid")
@in_course(*STAFF, scope="progress:read")
def grid(place: Place) -> Page:
    """All students and all steps."""
    teaches = place.role == "instructor"
    table = reading.grid(place.course.id)
    return render_template("onboarding/grid.html", course=place.course, grid=table, teaches=teaches)


@blp.get("/courses/<uuid:course_id>/people/<uuid:person_id>/steps/<uuid:step_key>")
@in_course(*STAFF, scope="progress:read")
def step(place: Place, person_id: UUID, step_key: UUID) -> Page:
    """One step of one student, as the student sees it."""
    return _step_page(place, person_id, step_key, Form())


@blp.post("/courses/<uuid:course_id>/people/<uuid:person_id>/steps/<uuid:step_key>/extension")
@in_course("instructor", scope="progress:write")
def extend(place: Place, person_id: UUID, step_key: UUID) -> Page:
    """Give the student more time; no day takes the extension back."""
    form = read_form(ExtensionIn(partial=True))
    if form.valid:
        try:
            if "due_on" in form.data:
                dues.extend(place.course, person_id, step_key, form.data["due_on"], place.person_id)
            else:
                dues.take_back(place.course.id, person_id, step_key)
            flash(gettext("Saved."), "good")
            return redirect(f"/courses/{place.course.id}/people/{person_id}/steps/{step_key}", 303)
        except (Conflict, Invalid) as error:
            form.refuse(error)
    return _step_page(place, person_id, step_key, form), 422


def _step_page(place: Place, person_id: UUID, step_key: UUID, form: Form) -> str:
    found = explaining.explain(place.course.id, person_id, step_key)
    texts = service.step(place.course.id, step_key)
    shown = {**showing.explanation(found), "instructions": texts.instructions, "why": texts.why}
    person = accounts.get_person(person_id)
    shown["teaches"] = place.role == "instructor"
    return render_template(
        "onboarding/step.html", course=place.course, step=shown, form=form, own=False, person=person,
        missing=pointing.missing(place.course.id, [shown]),
    )  # fmt: skip


@blp.post("/courses/<uuid:course_id>/people/<uuid:person_id>/steps/<uuid:step_key>/confirm")
@in_course(*STAFF, scope="progress:write")
def confirm(place: Place, person_id: UUID, step_key: UUID) -> Page:
    """Confirm a step whose evidence is below its least level."""
    try:
        reviewing.confirm(place.course, person_id, step_key, place.person_id)
        flash(gettext("Confirmed."), "good")
    except (Conflict, Forbidden) as error:
        flash(gettext(error.message), "bad")
    return redirect(f"/courses/{place.course.id}/reviews", 303)


@blp.get("/courses/<uuid:course_id>/reviews")
@in_course(*STAFF, scope="progress:read")
def reviews(place: Place) -> Page:
    """Links that wait."""
    return _queue(place, Form())


@blp.post("/courses/<uuid:course_id>/reviews/<uuid:decision_id>")
@in_course(*STAFF, scope="progress:write")
def review(place: Place, decision_id: UUID) -> Page:
    """Approve or return one."""
    form = read_form(ReviewIn())
    if form.valid:
        try:
            decision, text = form.data["decision"], form.data["text"]
            reviewing.decide(place.course, decision_id, place.person_id, decision, text)
            said = gettext("Approved.") if decision == "approved" else gettext("Returned with your comment.")
            flash(said, "good")
            return redirect(f"/courses/{place.course.id}/reviews", 303)
        except Conflict as error:
            flash(gettext(error.message), "bad")
            return redirect(f"/courses/{place.course.id}/reviews", 303)
        except Invalid as error:
            form.refuse(error)
    return _queue(place, form, decision_id), 422


def grid_link(place: Place) -> Link | None:
    """For staff."""
    return Link(gettext("Everybody's progress"), f"/courses/{place.course.id}/grid") if place.is_staff else None


def reviews_link(place: Place) -> Link | None:
    """For staff, with how many wait."""
    if not place.is_staff:
        return None
    count = reviewing.count(place.course.id)
    label = gettext("Links to review (%(count)s)", count=count) if count else gettext("Links to review")
    return Link(label, f"/courses/{place.course.id}/reviews")


def steps_hint(place: Place) -> Link | None:
    """A course without steps asks nothing of anybody."""
    if loading.all_steps(place.course.id):
        return None
    return Link(gettext("Steps: without them students have nothing to do"), f"/courses/{place.course.id}/checklist")


def _queue(place: Place, form: Form, failed: UUID | None = None) -> str:
    page = paged(reviewing.waiting(place.course.id), [Decision.id], _page_args(), reviewing.run)
    below = reviewing.run(reviewing.unconfirmed(place.course.id).order_by(StepState.person_id).limit(MOST_BELOW))
    return render_template(
        "onboarding/reviews.html", course=place.course, page=page, below=below, form=form, failed=failed
    )


def _page_args() -> dict[str, Any]:
    try:
        return dict(PageIn().load(request.args.to_dict()))
    except ValidationError:
        return {"per_page": 20}
