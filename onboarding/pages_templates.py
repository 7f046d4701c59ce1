"""The instructor's pages about templates: the library, what others share, one's own, and checklists as YAML."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import EXCLUDE, ValidationError

from onboarding import documents, loading, pages_preview, pointers, service, sharing, showing, tracks, words
from onboarding.models import Template
from onboarding.pages_saving import VersionIn, save
from onboarding.schemas.template import LONGEST, ROLES, TemplateIn, UseIn
from onboarding.tracks import Report
from plnapi.courses.access import Place, in_course
from plnapi.courses.pages import Link
from plnapi.db import db
from plnapi.errors import N_, Conflict, Forbidden, Invalid, NotFound
from plnapi.web.i18n import told
from plnapi.web.pages import Form, read_form
from plnapi.web.paging import PageIn, paged

blp = Blueprint("template_pages", __name__, template_folder="templates")
Page = ResponseReturnValue
HERE = "/courses/<uuid:course_id>/templates"


@blp.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A document may be larger than other forms, and is sent as a file and as text. Set before anything reads the body."""
    if endpoint and endpoint.endswith(".import_checklist"):
        request.max_content_length = 2 * LONGEST + 100_000
        request.max_form_memory_size = request.max_content_length


@blp.get(HERE)
@in_course("instructor", scope="courses:read")
def library(place: Place) -> Page:
    """The tracks, and what instructors share."""
    return _library(place, Form())


@blp.post(HERE)
@in_course("instructor", scope="courses:write")
def share(place: Place) -> Page:
    """Share the checklist of this course."""
    form = read_form(TemplateIn())
    if form.valid:
        try:
            sharing.share(place.course, place.person_id, form.data["title"], form.data["summary"])
            flash(gettext("“%(title)s” is shared with everybody here who teaches.", title=form.data["title"]), "good")
            return redirect(f"/courses/{place.course.id}/templates", 303)
        except Conflict as error:
            form.refuse(error)
    return _library(place, form), 422


@blp.post(f"{HERE}/<uuid:template_id>/delete")
@in_course("instructor", scope="courses:write")
def unshare(place: Place, template_id: UUID) -> Page:
    """Share one of mine no more."""
    try:
        sharing.delete(template_id, place.person_id)
        flash(gettext("It is not shared any more. Courses keep what they took from it."), "good")
    except Forbidden as error:
        flash(gettext(error.message), "bad")
    return redirect(f"/courses/{place.course.id}/templates", 303)


@blp.get(f"{HERE}/import")
@in_course("instructor", scope="courses:write")
def import_form(place: Place) -> Page:
    """Where a document is given."""
    return _import_page(place, Form())


@blp.post(f"{HERE}/import")
@in_course("instructor", scope="courses:write")
def import_checklist(place: Place) -> Page:
    """Check a document, and add its steps when that was asked for."""
    form = read_form(VersionIn())
    file = request.files.get("file")
    text = file.read().decode("utf-8", "replace") if file and file.filename else request.form.get("text", "")
    form.values["text"] = text
    if not text.strip():
        form.errors["file"] = [gettext("Choose a file, or put its text into the field below.")]
        return _import_page(place, form), 422
    report = _checked(place, text)
    if report.errors or "add" not in request.form:
        return _import_page(place, form, report), 422 if report.errors else 200
    return save(
        place,
        form,
        lambda _view, _data: tracks.draft(place.course, tracks.read(text)),
        lambda p, f: _import_page(p, f, report),
    )


@blp.get(f"{HERE}/<key>")
@in_course("instructor", scope="courses:read")
def template(place: Place, key: str) -> Page:
    """What one has and needs."""
    return _template_page(place, Form(), key)


@blp.post(f"{HERE}/<key>")
@in_course("instructor", scope="courses:write")
def use(place: Place, key: str) -> Page:
    """Add its steps to the checklist."""
    track, form = _find(key), read_form(UseIn())
    lists = {role: form.data[role] for role in ROLES if form.data.get(role)}
    return save(
        place,
        form,
        lambda _view, _data: tracks.draft(place.course, track, lists),
        lambda p, f: _template_page(p, f, key),
    )


@blp.get(f"{HERE}/<key>/preview")
@in_course("instructor", scope="courses:read")
def preview(place: Place, key: str) -> Page:
    """As a student would see its steps."""
    here, label = f"/courses/{place.course.id}/templates/{key}", gettext("Back to the template")
    return pages_preview.render_list(place, *_anyhow(place, key), at=f"{here}/preview", back=here, label=label)


@blp.get(f"{HERE}/<key>/preview/<uuid:step_key>")
@in_course("instructor", scope="courses:read")
def preview_step(place: Place, key: str, step_key: UUID) -> Page:
    """One of them."""
    here, label = f"/courses/{place.course.id}/templates/{key}", gettext("Back to the template")
    return pages_preview.render_step(
        place, *_anyhow(place, key), step_key, at=f"{here}/preview", back=here, label=label
    )


def templates_link(place: Place) -> Link | None:
    """For those who make the checklist."""
    if place.role != "instructor":
        return None
    return Link(gettext("Templates of steps"), f"/courses/{place.course.id}/templates")


def _find(key: str) -> Mapping[str, Any]:
    """A track by its key, or a shared template by its id. Raises NotFound."""
    try:
        return sharing.read(sharing.get(UUID(key)))
    except ValueError:
        return tracks.find(key)


def _anyhow(place: Place, key: str) -> tuple[str, Any, Any]:
    track = _find(key)
    return track["title"], *tracks.steps_anyhow(place.course, track, _context(place), _role_names())


def _role_names() -> dict[str, str]:
    return {role: words.label(words.ROLES, role) for role in ROLES}


def _context(place: Place) -> Any:
    return loading.contexts([place.course.id])[place.course.id]


def _library(place: Place, form: Form) -> str:
    try:
        args = PageIn().load(request.args.to_dict(), unknown=EXCLUDE)
        page = paged(sharing.shared(), [Template.id], args, lambda s: db.session.scalars(s).all(), descending=True)
    except (ValidationError, Invalid) as error:
        raise NotFound(N_("page")) from error
    shown = [sharing.shown(one, place.person_id) for one in page.items]
    return render_template(
        "onboarding/templates.html", course=place.course, tracks=tracks.library(), shared=shown, next=page.next, form=form,
        view=service.view(place.course.id),
    )  # fmt: skip


def _template_page(place: Place, form: Form, key: str) -> str:
    track, context = _find(key), _context(place)
    steps, _ = tracks.steps_anyhow(place.course, track, context, _role_names())
    return render_template(
        "onboarding/template.html", course=place.course, key=key, track=track, steps=steps, form=form,
        needs=tracks.needs(track, context), lacks_hashtag=tracks.needs_hashtag(track) and not context.hashtags,
        way_title=showing.way_title, view=service.view(place.course.id),
    )  # fmt: skip


def _import_page(place: Place, form: Form, report: Report | None = None) -> str:
    titles = documents.titles(form.values.get("text", "")) if report and report.errors else ()
    wrong = [(pointers.in_words(one.pointer, titles), told(one.detail)) for one in (report.errors if report else ())]
    return render_template(
        "onboarding/import.html", course=place.course, form=form, report=report, wrong=wrong,
        view=service.view(place.course.id),
    )  # fmt: skip


def _checked(place: Place, text: str) -> Report:
    """The report of a dry run; what concerns the document as a whole is in it too."""
    try:
        return tracks.import_yaml(place.course, text.encode(), place.person_id, dry_run=True)
    except (Invalid, Conflict) as error:
        return Report.refused(error)
