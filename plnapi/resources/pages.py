"""The pages about starter lists: all of them, and one with its items."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from plnapi.courses.access import Place, in_course
from plnapi.courses.pages import Link
from plnapi.errors import N_, Conflict, Invalid, PlnapiError
from plnapi.resources import editing, opml, service
from plnapi.resources.items import folders
from plnapi.resources.models import ResourceItem, ResourceList
from plnapi.resources.outlines import MOST_BYTES
from plnapi.resources.routes import follows_file, opml_file
from plnapi.resources.schemas import ItemIn, ListTitleIn
from plnapi.web.i18n import told
from plnapi.web.pages import Form, read_form

blp = Blueprint("resources_pages", __name__, template_folder="templates")
Page = ResponseReturnValue
KIND_WORDS = {
    "person": N_("Person"),
    "space": N_("Space or group"),
    "tool": N_("Tool"),
    "feed": N_("Feed"),
    "reading": N_("Reading"),
}
STALE = N_("Somebody changed the list after you opened this page. Compare, then do it again.")


@blp.url_value_preprocessor
def allow_opml(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """As in the API, and some room for the form around the file."""
    if endpoint and endpoint.endswith("opml"):
        request.max_content_length = MOST_BYTES + 10_000


@blp.get("/courses/<uuid:course_id>/lists")
@in_course(scope="courses:read")
def lists(place: Place) -> Page:
    """The lists of a course."""
    return _lists_page(place, Form())


@blp.post("/courses/<uuid:course_id>/lists")
@in_course("instructor", scope="courses:write")
def make_list(place: Place) -> Page:
    """Make an empty list and go there."""
    form = read_form(ListTitleIn())
    if not form.valid:
        return _lists_page(place, form), 422
    list_ = service.make_list(place.course, form.data["title"], [], place.person_id)
    return redirect(_path(list_), 303)


@blp.post("/courses/<uuid:course_id>/lists/opml")
@in_course("instructor", scope="courses:write")
def import_opml(place: Place) -> Page:
    """Make a list of an OPML file and go there."""
    form, file = Form(values={"file": ""}), request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid.field("/file", N_("Choose a file."))
        report = opml.import_opml(place.course, file.read(), place.person_id)
        flash(gettext("The list is made: %(count)s item(s).", count=len(report.items)), "good")
        return redirect(f"/courses/{place.course.id}/lists/{report.list_id}", 303)
    except Invalid as error:
        form.errors["file"] = [_said(one.pointer, one.detail) for one in error.errors[:50]]
    return _lists_page(place, form), 422


@blp.get("/courses/<uuid:course_id>/lists/<uuid:list_id>")
@in_course(scope="courses:read")
def one_list(place: Place, list_id: UUID) -> Page:
    """A list; staff can change it."""
    return _list_page(place, service.get_list(place.course.id, list_id), Form())


@blp.get("/courses/<uuid:course_id>/lists/<uuid:list_id>/opml")
@in_course(scope="courses:read")
def export_opml(place: Place, list_id: UUID) -> Page:
    """The list as a file."""
    return opml_file(service.get_list(place.course.id, list_id))


@blp.get("/courses/<uuid:course_id>/lists/<uuid:list_id>/follows")
@in_course(scope="courses:read")
def export_follows(place: Place, list_id: UUID) -> Page:
    """The accounts of the list as a file that Mastodon imports."""
    return follows_file(service.get_list(place.course.id, list_id))


@blp.post("/courses/<uuid:course_id>/lists/<uuid:list_id>")
@in_course("instructor", scope="courses:write")
def add_item(place: Place, list_id: UUID) -> Page:
    """Add an item at the end."""
    list_, form = service.get_list(place.course.id, list_id), read_form(ItemIn())
    if form.valid:
        try:
            _check_version(list_)
            editing.add(list_, form.data, place.person_id)
            flash(gettext("“%(title)s” is on the list.", title=form.data["title"]), "good")
            return redirect(_path(list_), 303)
        except PlnapiError as error:
            form.refuse(error)
    return _list_page(place, list_, form), 422


@blp.get("/courses/<uuid:course_id>/lists/<uuid:list_id>/items/<uuid:item_key>")
@in_course("instructor", scope="courses:write")
def item_form(place: Place, list_id: UUID, item_key: UUID) -> Page:
    """The form for one item."""
    list_ = service.get_list(place.course.id, list_id)
    return _item_page(place, list_, editing.find(list_, item_key), Form())


@blp.post("/courses/<uuid:course_id>/lists/<uuid:list_id>/items/<uuid:item_key>")
@in_course("instructor", scope="courses:write")
def change_item(place: Place, list_id: UUID, item_key: UUID) -> Page:
    """Change one item."""
    list_, form = service.get_list(place.course.id, list_id), read_form(ItemIn())
    item = editing.find(list_, item_key)
    if form.valid:
        try:
            _check_version(list_)
            editing.change(list_, item_key, form.data, place.person_id)
            flash(gettext("Saved."), "good")
            return redirect(_path(list_), 303)
        except PlnapiError as error:
            form.refuse(error)
    return _item_page(place, list_, item, form), 422


@blp.post("/courses/<uuid:course_id>/lists/<uuid:list_id>/items/<uuid:item_key>/<any(up, down, remove):what>")
@in_course("instructor", scope="courses:write")
def move_item(place: Place, list_id: UUID, item_key: UUID, what: str) -> Page:
    """Move an item by one place, or take it off the list."""
    list_ = service.get_list(place.course.id, list_id)
    try:
        _check_version(list_)
        editing.MOVES[what](list_, item_key, place.person_id)
    except Conflict as error:
        flash(gettext(error.message), "bad")
    return redirect(_path(list_), 303)


def link(place: Place) -> Link:
    """For everybody in the course."""
    return Link(gettext("Starter lists"), f"/courses/{place.course.id}/lists")


def hint(place: Place) -> Link | None:
    """A course without a list leads to nobody."""
    if service.of_course(place.course.id):
        return None
    return Link(gettext("A starter list: without one there is nobody to follow"), link(place).url)


def _path(list_: ResourceList) -> str:
    return f"/courses/{list_.course_id}/lists/{list_.id}"


def _check_version(list_: ResourceList) -> None:
    if request.form.get("version") != str(list_.version):
        raise Conflict(STALE, code="list_changed")


def _said(pointer: str, detail: str) -> str:
    parts = pointer.strip("/").split("/")
    if parts[0] != "outlines" or len(parts) < 2:
        return told(detail)
    return str(gettext("Outline %(number)s: %(detail)s", number=parts[1], detail=told(detail)))


def _lists_page(place: Place, form: Form) -> str:
    found = service.of_course(place.course.id)
    return render_template("resources/lists.html", form=form, place=place, course=place.course, lists=found)


def _list_page(place: Place, list_: ResourceList, form: Form) -> str:
    return render_template(
        "resources/list.html", form=form, place=place, course=place.course, list=list_, kinds=_kinds(),
        items=service.latest_items(list_.id), kind_words=KIND_WORDS, folders=folders,
    )  # fmt: skip


def _item_page(place: Place, list_: ResourceList, item: ResourceItem, form: Form) -> str:
    return render_template("resources/item.html", form=form, course=place.course, list=list_, item=item, kinds=_kinds())


def _kinds() -> list[tuple[str, str]]:
    return [(kind, gettext(words)) for kind, words in KIND_WORDS.items()]
