"""The pages about courses: mine, joining, one course, and managing it."""

from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from plnapi.accounts.models import Person
from plnapi.courses import copying, ending, joining, service
from plnapi.courses.access import Place, in_course, seen_by
from plnapi.courses.links import (
    Link,
    course_hints,
    course_links,
    register_hint,
    register_link,
    register_student_home,
    student_home,
)
from plnapi.courses.models import Enrolment
from plnapi.courses.routes import csv_text
from plnapi.courses.schemas import CopyIn, CourseIn, JoinIn
from plnapi.db import db
from plnapi.errors import N_, Invalid, PlnapiError
from plnapi.web.app import current_app
from plnapi.web.guards import public, signed_in
from plnapi.web.i18n import told
from plnapi.web.pages import Form, read_form, sign_in_url
from plnapi.web.paging import paged
from plnapi.web.principal import principal, principal_or_none

__all__ = ["Link", "blp", "course_links", "register_hint", "register_link", "register_student_home"]

blp = Blueprint("courses_pages", __name__, template_folder="templates")
Page = ResponseReturnValue
STATE_WORDS = {"draft": N_("Draft"), "open": N_("Open"), "closed": N_("Closed"), "archived": N_("Archived")}
ROLE_WORDS = {"instructor": N_("Instructor"), "assistant": N_("Assistant"), "student": N_("Student")}
OUTCOME_WORDS = {
    "new_person": N_("new here, and enrolled"),
    "enrolled": N_("enrolled"),
    "returned": N_("back in the course"),
    "changed": N_("role or section changed"),
    "unchanged": N_("as before"),
}
DONE_WORDS = {
    "open": N_("The course is open."),
    "close": N_("The course is closed."),
    "archive": N_("The course is archived."),
}
MOVES = {"open": service.open_course, "close": service.close, "archive": service.archive}


@blp.context_processor
def words() -> dict[str, Any]:
    """What the room's templates share."""
    return {"state_words": STATE_WORDS, "role_words": ROLE_WORDS, "outcome_words": OUTCOME_WORDS}


@blp.get("/")
@public
def mine() -> Page:
    """My courses; somebody unknown signs in first."""
    who = principal_or_none()
    if who is None:
        return redirect(sign_in_url(), 303)
    return render_template("courses/mine.html", enrolments=service.of_person(who.person_id))


@blp.get("/courses/new")
@signed_in(scope="courses:write")
def create_form() -> Page:
    """The form for another course."""
    return _create_page(Form())


@blp.post("/courses/new")
@signed_in(scope="courses:write")
def create() -> Page:
    """Make the course and go there."""
    form = read_form(CourseIn())
    if form.valid:
        try:
            course = service.create(principal().person_id, **form.data)
            flash(gettext("The course is made. It is a draft: only you see it."), "good")
            return redirect(f"/courses/{course.id}/manage", 303)
        except PlnapiError as error:
            form.refuse(error)
    return _create_page(form), 422


@blp.get("/join")
@signed_in()
def join_form() -> Page:
    """The form for a join code; `?code=` fills it."""
    return render_template("courses/join.html", form=Form(), code=request.args.get("code", "")[:40])


@blp.post("/join")
@signed_in()
def join() -> Page:
    """Join and go to the course."""
    form = read_form(JoinIn())
    if form.valid:
        try:
            enrolment = service.join(principal().person_id, form.data["join_code"])
            flash(gettext("You are in the course."), "good")
            return redirect(f"/courses/{enrolment.course_id}", 303)
        except PlnapiError:
            said = N_("No open course has this code. Compare it with what you were given, or ask your instructor.")
            form.refuse(Invalid.field("/join_code", said))
    return render_template("courses/join.html", form=form, code=""), 422


@blp.get("/courses/<uuid:course_id>")
@in_course(scope="courses:read")
def course(place: Place) -> Page:
    """A course: staff manage it, students begin at their home."""
    if place.is_staff:
        return redirect(f"/courses/{place.course.id}/manage", 303)
    home = student_home(place)
    return redirect(home, 303) if home else _about_page(place)


@blp.get("/courses/<uuid:course_id>/about")
@in_course(scope="courses:read")
def about(place: Place) -> Page:
    """What the course is, its parts, and the way out."""
    return _about_page(place)


@blp.post("/courses/<uuid:course_id>/leave")
@in_course(scope="me")
def leave(place: Place) -> Page:
    """Leave, and go to my courses."""
    try:
        service.leave(place.course.id, place.person_id)
        flash(gettext("You left %(course)s.", course=place.course.code), "good")
        return redirect("/", 303)
    except PlnapiError as error:
        flash(gettext(error.message, **error.params), "bad")
        return redirect(f"/courses/{place.course.id}", 303)


@blp.get("/courses/<uuid:course_id>/manage")
@in_course("instructor", "assistant", scope="courses:read")
def manage(place: Place) -> Page:
    """What an instructor needs to know and to do."""
    return _manage_page(place, Form())


@blp.post("/courses/<uuid:course_id>/manage")
@in_course("instructor", scope="courses:write")
def change(place: Place) -> Page:
    """Change title, dates and so on; refused when somebody else did meanwhile."""
    form = read_form(CourseIn())
    if request.form.get("version") != str(place.course.version):
        form.errors.setdefault("", []).append(
            gettext("Somebody changed the course after you opened this page. Compare, then save again.")
        )
    if form.valid:
        try:
            service.change(place.course, **form.data)
            flash(gettext("Saved."), "good")
            return redirect(f"/courses/{place.course.id}/manage", 303)
        except PlnapiError as error:
            form.refuse(error)
    return _manage_page(place, form), 422


@blp.post("/courses/<uuid:course_id>/manage/<any(open, close, archive):move>")
@in_course("instructor", scope="courses:write")
def move(place: Place, move: str) -> Page:
    """Open, close or archive."""
    try:
        MOVES[move](place.course)
    except PlnapiError as error:
        form = Form()
        form.refuse(error)
        return _manage_page(place, form), 409
    flash(gettext(DONE_WORDS[move]), "good")
    return redirect(f"/courses/{place.course.id}/manage", 303)


@blp.get("/courses/<uuid:course_id>/copy")
@in_course("instructor", scope="courses:write")
def copy_form(place: Place) -> Page:
    """The form for the course of another term."""
    return render_template("courses/copy.html", form=Form(), place=place, course=place.course)


@blp.post("/courses/<uuid:course_id>/copy")
@in_course("instructor", scope="courses:write")
def copy(place: Place) -> Page:
    """Copy it, and go to the copy."""
    form = read_form(CopyIn())
    if form.valid:
        try:
            made = copying.copy(place.course, place.person_id, **form.data)
            flash(gettext("The copy is a draft. Look through its days and steps, then open it."), "good")
            return redirect(f"/courses/{made.id}/manage", 303)
        except PlnapiError as error:
            form.refuse(error)
    return render_template("courses/copy.html", form=form, place=place, course=place.course), 422


@blp.post("/courses/<uuid:course_id>/manage/join-code")
@in_course("instructor", scope="courses:write")
def new_join_code(place: Place) -> Page:
    """Make another join code."""
    service.new_join_code(place.course)
    flash(gettext("There is another join code. The one before is no good any more."), "good")
    return redirect(f"/courses/{place.course.id}/manage", 303)


@blp.get("/courses/<uuid:course_id>/people")
@in_course("instructor", "assistant", scope="courses:read")
def people(place: Place) -> Page:
    """The roster."""
    statement: Any = (
        select(Person.id, Person.name, Person.email, Enrolment.role, Enrolment.section)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.course_id == place.course.id, Enrolment.left_at.is_(None), *seen_by(place))
    )
    args = {"per_page": 100, "cursor": request.args.get("cursor", type=str)}
    page = paged(statement, [Person.name, Person.id], args, lambda s: db.session.execute(s).all())
    return render_template("courses/people.html", place=place, course=place.course, page=page)


@blp.get("/courses/<uuid:course_id>/roster")
@in_course("instructor", scope="courses:write")
def roster_form(place: Place) -> Page:
    """The form for a roster."""
    return render_template("courses/roster.html", form=Form(), place=place, course=place.course, report=None)


@blp.post("/courses/<uuid:course_id>/roster")
@in_course("instructor", scope="courses:write")
def import_roster(place: Place) -> Page:
    """First a dry run, with the report; then, confirmed, the import."""
    form, report, text = Form(values={"file": ""}), None, ""
    try:
        text = _uploaded_csv()
        confirmed = request.form.get("confirm") == "true"
        report = service.import_roster(place.course, text, dry_run=not confirmed)
        if confirmed:
            flash(gettext("The roster is imported: %(count)s line(s).", count=len(report.outcomes)), "good")
            return redirect(f"/courses/{place.course.id}/people", 303)
    except Invalid as error:
        form.errors["file"] = [_said(one.pointer, one.detail) for one in error.errors]
    if report and report.errors:
        form.errors["file"] = [_said(one.pointer, one.detail) for one in report.errors[:50]]
    page = render_template("courses/roster.html", form=form, place=place, course=place.course, report=report, csv=text)
    return page, 200 if form.valid else 422


def _uploaded_csv() -> str:
    """The text that the report before was about, or the file that was sent."""
    text = request.form.get("csv")
    if text is not None:
        return text
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid.field("/file", N_("Choose a file."))
    return csv_text(file.read())


def _said(pointer: str, detail: str) -> str:
    parts = pointer.strip("/").split("/")
    if parts[0] != "lines" or len(parts) < 2:
        return told(detail)
    where = {"line": parts[1], "column": " ".join(parts[2:]) or gettext("the whole line")}
    return str(gettext("Line %(line)s, %(column)s: %(detail)s", **where, detail=told(detail)))


def link(place: Place) -> Link | None:
    """For students, whose home may be elsewhere."""
    if place.is_staff:
        return None
    return Link(gettext("About this course, and leaving it"), f"/courses/{place.course.id}/about")


def _about_page(place: Place) -> str:
    return render_template("courses/course.html", place=place, course=place.course, links=course_links(place))


def _manage_page(place: Place, form: Form) -> str:
    return render_template(
        "courses/manage.html", form=form, place=place, course=place.course, zones=_zones(), moves=_moves(place),
        join_code=joining.readable(place.course.join_code), links=course_links(place), missing=course_hints(place),
        frozen_from=ending.frozen_from(place.course), frozen=ending.is_frozen(place.course),
    )  # fmt: skip


def _moves(place: Place) -> list[tuple[str, str]]:
    """(move, words) of what the course's state allows."""
    words = {"open": N_("Open the course"), "closed": N_("Close the course"), "archived": N_("Archive the course")}
    paths = {"open": "open", "closed": "close", "archived": "archive"}
    return [
        (paths[state], gettext(words[state])) for state in words if state in service.NEXT_STATES[place.course.state]
    ]


def _create_page(form: Form) -> str:
    return render_template("courses/new.html", form=form, zones=_zones(), zone=current_app().settings.time_zone)


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
