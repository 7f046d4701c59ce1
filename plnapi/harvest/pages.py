"""The pages about networks: what is seen on each by itself, of whose accounts, and how."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext, ngettext
from sqlalchemy import Select
from werkzeug.wrappers import Response

from plnapi.accounts.identities import PROBLEMS, PROOFS
from plnapi.accounts.models import Person
from plnapi.courses.access import Place, in_course
from plnapi.courses.links import Link
from plnapi.db import db
from plnapi.harvest import accounts, health, networks, outages, service
from plnapi.harvest.sentences import tell
from plnapi.platforms import PLATFORMS
from plnapi.web.guards import signed_in
from plnapi.web.paging import paged
from plnapi.web.principal import principal

blp = Blueprint("harvest_pages", __name__, template_folder="templates")
PER_PAGE = 100
WORDS = {
    "networks": PLATFORMS, "looks": accounts.LOOKS, "coverages": accounts.COVERAGES, "verbs": accounts.VERBS,
    "problems": PROBLEMS, "proofs": PROOFS, "tell": tell,
}  # fmt: skip


@blp.get("/networks")
@signed_in()
def networks_page() -> str:
    """The matrix as two tables: where something is seen, and where a link is the way."""
    rows = networks.matrix()
    return render_template(
        "harvest/networks.html",
        seen=[row for row in rows if row.automatic],
        unseen=[row for row in rows if not row.automatic],
        words=networks,
    )


@blp.get("/me/looks")
@signed_in()
def my_looks() -> str:
    """What is seen of one's own accounts: as an instructor sees it, for all courses."""
    return render_template("harvest/my_looks.html", accounts=accounts.of_person(principal().person_id), **WORDS)


@blp.post("/me/looks")
@signed_in()
def look_at_me() -> Response:
    """Look again."""
    return _promised(service.check_now(principal().person_id), "/me/looks")


@blp.get("/courses/<uuid:course_id>/accounts")
@in_course("instructor", "assistant", scope="progress:read")
def accounts_page(place: Place) -> str:
    """The students and how their accounts stand, with the servers that do not answer."""
    state = request.args.get("state")
    wanted = state if state in accounts.STATES else None
    args = {"per_page": PER_PAGE, "cursor": request.args.get("cursor", type=str)}
    page = paged(accounts.students(place, wanted), [Person.name, Person.id], args, _rows)
    return render_template(
        "harvest/accounts.html", place=place, course=place.course, page=page, state=wanted, states=accounts.STATES,
        outages=outages.of_hosts(open_only=True),
    )  # fmt: skip


@blp.get("/courses/<uuid:course_id>/accounts/<uuid:person_id>")
@in_course("instructor", "assistant", scope="progress:read")
def account_page(place: Place, person_id: UUID) -> str:
    """One student's accounts, step by step."""
    one = accounts.student(place, person_id)
    return render_template(
        "harvest/account.html", place=place, course=place.course, student=one, states=accounts.STATES, **WORDS
    )


@blp.post("/courses/<uuid:course_id>/accounts/<uuid:person_id>")
@in_course("instructor", "assistant", scope="progress:read")
def look_again(place: Place, person_id: UUID) -> Response:
    """Look again at a student's accounts."""
    accounts.check_student(place, person_id)
    due = service.check_now(person_id, place.course.id)
    return _promised(due, f"/courses/{place.course.id}/accounts/{person_id}")


@blp.get("/courses/<uuid:course_id>/gone-items")
@in_course("instructor", "assistant", scope="courses:read")
def gone_page(place: Place) -> str:
    """Items of starter lists that lead to nobody any more."""
    gone = health.gone_items([place.course.id])
    return render_template("harvest/gone.html", place=place, course=place.course, gone=gone)


def hint(place: Place) -> Link | None:
    """An item that leads to nobody should be replaced."""
    gone = len(health.gone_items([place.course.id]))
    words = ngettext(
        "%(num)d item of a list leads to nobody any more", "%(num)d items of lists lead to nobody any more", gone
    )
    return Link(words, f"/courses/{place.course.id}/gone-items") if gone else None


def link(place: Place) -> Link | None:
    """For staff."""
    return Link(gettext("Students' accounts"), f"/courses/{place.course.id}/accounts") if place.is_staff else None


def _promised(due: int, path: str) -> Response:
    if due:
        flash(gettext("We look again soon."), "good")
    else:
        flash(
            gettext("Nothing can be looked at sooner: it was looked at just now, or the server asked to wait."), "bad"
        )
    return redirect(path, 303)


def _rows(statement: Select[Any]) -> Any:
    return db.session.execute(statement).all()
