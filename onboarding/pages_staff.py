"""Staff's pages about progress: the grid, how the course moves, one student's step. And what a student sees of the grid."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import EXCLUDE, ValidationError

from onboarding import dues, explaining, funnel, loading, messages, pointing, reviewing, service, showing
from onboarding.grid import Wanted, after, grid, sections
from onboarding.routes_staff import STAFF, section_of
from onboarding.schemas.progress import ExtensionIn
from onboarding.schemas.staff import GridIn, SummaryIn
from plnapi.accounts import service as accounts
from plnapi.courses.access import Place, check_sees, in_course
from plnapi.courses.pages import Link
from plnapi.errors import Conflict, Invalid
from plnapi.harvest import service as harvest
from plnapi.web.pages import Form, read_form

blp = Blueprint("progress_pages", __name__, template_folder="templates")
Page = ResponseReturnValue
LINES = 200  # of the grid on one page


@blp.get("/courses/<uuid:course_id>/grid")
@in_course(*STAFF, scope="progress:read")
def show_grid(place: Place) -> Page:
    """All students and all steps."""
    args = _args(GridIn())
    section = section_of(place, args.get("section"))
    table = grid(
        place.course.id, Wanted(section, None, args.get("step_key"), args.get("state"), args.get("sort", "name"))
    )
    lines, end = after(table, args.get("cursor"), LINES)
    return render_template(
        "onboarding/grid.html", course=place.course, grid={**table, "students": lines}, args=args, end=end,
        teaches=place.role == "instructor", own=False, sections=[] if place.only_section else sections(grid(place.course.id)),
    )  # fmt: skip


@blp.get("/courses/<uuid:course_id>/my/seen")
@in_course("student", scope="progress:read")
def seen(place: Place) -> Page:
    """My line of the grid, as staff see it."""
    table = grid(place.course.id, Wanted(person_id=place.person_id))
    return render_template(
        "onboarding/grid.html", course=place.course, grid=table, args={}, end=None, teaches=False, own=True, sections=[]
    )


@blp.get("/courses/<uuid:course_id>/progress")
@in_course(*STAFF, scope="progress:read")
def summary(place: Place) -> Page:
    """How many came how far, and who is stuck."""
    args = _args(SummaryIn())
    section = section_of(place, args.get("section") or None)
    shown = funnel.summary(place.course.id, section)
    names = [] if place.only_section else sections(grid(place.course.id))
    seen = harvest.seen_of(place.course.id, section)
    return render_template(
        "onboarding/progress.html", course=place.course, summary=shown, args=args, sections=names, seen=seen
    )


@blp.get("/courses/<uuid:course_id>/people/<uuid:person_id>/steps/<uuid:step_key>")
@in_course(*STAFF, scope="progress:read")
def step(place: Place, person_id: UUID, step_key: UUID) -> Page:
    """One step of one student, as the student sees it."""
    check_sees(place, person_id)
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
                dues.take_back(place.course, person_id, step_key)
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
    said = reviewing.of_step(place.course.id, person_id, step_key)
    talk = messages.of_places(place.course.id, [(person_id, step_key)]).get((person_id, step_key), ())
    return render_template(
        "onboarding/step.html", course=place.course, step=shown, form=form, own=False, person=person, history=said, talk=talk,
        at=f"/courses/{place.course.id}/grid",
        undoable=reviewing.undoable(said), missing=pointing.missing(place.course.id, [shown]),
    )  # fmt: skip


def grid_link(place: Place) -> Link | None:
    """For staff everybody's progress, for students their own line of it."""
    if place.is_staff:
        return Link(gettext("Everybody's progress"), f"/courses/{place.course.id}/grid")
    return Link(gettext("What staff see of me"), f"/courses/{place.course.id}/my/seen")


def summary_link(place: Place) -> Link | None:
    """For staff."""
    return Link(gettext("Who is stuck where"), f"/courses/{place.course.id}/progress") if place.is_staff else None


def steps_hint(place: Place) -> Link | None:
    """A course without steps asks nothing of anybody."""
    if loading.all_steps(place.course.id):
        return None
    return Link(gettext("Steps: without them students have nothing to do"), f"/courses/{place.course.id}/checklist")


def _args(schema: Any) -> dict[str, Any]:
    """What the address asks for; what cannot be read of it counts as not asked."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        return dict(schema.load(given, unknown=EXCLUDE))
    except ValidationError as error:
        return dict(error.valid_data or {})
