"""The page on which somebody agrees, or takes it back."""

from collections.abc import Collection
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from plnapi.accounts import identities
from plnapi.consents import service
from plnapi.consents.routes import check_wording
from plnapi.courses.access import Place, in_course
from plnapi.courses.pages import Link
from plnapi.errors import N_, Conflict, Invalid
from plnapi.platforms import PLATFORMS
from plnapi.web.pages import Form

blp = Blueprint("consents_pages", __name__, template_folder="templates")
Page = ResponseReturnValue
TITLES = {"checks": N_("Look at my accounts for this course's steps"), "river": N_("Show my posts to the course")}


@blp.get("/courses/<uuid:course_id>/consents")
@in_course(scope="me")
def consents(place: Place) -> Page:
    """What is asked, what was said, and which networks it is about."""
    return _page(place, Form())


@blp.post("/courses/<uuid:course_id>/consents/<purpose>/give")
@in_course(scope="me")
def give(place: Place, purpose: str) -> Page:
    """Agree to the wording that was on the page, or leave other networks out."""
    form = Form()
    before = next((one for one in service.overview(place.person_id, place.course) if one.purpose == purpose), None)
    without = _without(before.without) if before else []
    try:
        check_wording(request.form.get("text", ""), place, purpose)
        service.give(place.person_id, place.course, purpose, without)
    except (Conflict, Invalid) as error:
        form.refuse(error)
        return _page(place, form), 409 if isinstance(error, Conflict) else 422
    flash(_told(before, without), "good")
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


def _without(before: Collection[str]) -> list[str]:
    """What is left out after this form: of the networks that it showed those without a tick, of others as before."""
    shown, ticked = set(request.form.getlist("shown")), set(request.form.getlist("networks"))
    return sorted((set(before) - shown) | (shown - ticked))


def _told(before: service.Asked | None, without: Collection[str]) -> str:
    if before is None or not before.given:
        return str(gettext("You agreed. You can take it back here at any time."))
    stops = [PLATFORMS[network].title for network in without if network not in before.without]
    if not stops:
        return str(gettext("Saved."))
    said = gettext(
        "Saved. For this course nothing is looked at any more on: %(networks)s. What was kept of it goes; the credit that "
        "you have stays.",
        networks=", ".join(stops),
    )
    return str(said)


def _networks(person_id: UUID) -> list[tuple[str, str, str]]:
    """Key, title and the person's handles of each network that is looked at and on which they have an account."""
    linked = identities.of_person(person_id)
    handles = {key: [one.handle for one in linked if one.network == key] for key in service.networks()}
    return [(key, PLATFORMS[key].title, ", ".join(some)) for key, some in handles.items() if some]


def _page(place: Place, form: Form) -> str:
    asked, networks = service.overview(place.person_id, place.course), _networks(place.person_id)
    return render_template(
        "consents/consents.html", form=form, course=place.course, asked=asked, titles=TITLES, networks=networks
    )
