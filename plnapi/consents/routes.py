"""The API about one's own consents; nobody gives them for somebody else."""

from typing import Any

from plnapi.consents import service
from plnapi.consents.schemas import ConsentIn, ConsentOut
from plnapi.courses.access import Place, in_course
from plnapi.errors import N_, Conflict
from plnapi.web.api import Blueprint

blp = Blueprint("consents", __name__, description="What you agree to in a course")


@blp.get("/courses/<uuid:course_id>/consents")
@in_course(scope="me")
@blp.response(200, ConsentOut(many=True))
def read(place: Place) -> Any:
    """Your consents in a course

    One for each purpose, with the wording that you agreed to, or would agree to.
    """
    return service.overview(place.person_id, place.course)


@blp.put("/courses/<uuid:course_id>/consents/<purpose>")
@in_course(scope="me")
@blp.arguments(ConsentIn)
@blp.response(200, ConsentOut)
def give(body: dict[str, Any], place: Place, purpose: str) -> Any:
    """Agree

    Send the wording back, so that it is certain what you agreed to; if it changed meanwhile, this is refused.
    Networks can be left out with it, and later at any time: what was kept of a network left out goes, credit stays.
    """
    check_wording(body["text"], place, purpose)
    service.give(place.person_id, place.course, purpose, body.get("without"))
    return next(one for one in service.overview(place.person_id, place.course) if one.purpose == purpose)


@blp.delete("/courses/<uuid:course_id>/consents/<purpose>")
@in_course(scope="me")
@blp.response(204)
def withdraw(place: Place, purpose: str) -> None:
    """Withdraw a consent

    What was kept for it goes; credit that you have stays. Nothing happens where there is none.
    """
    service.withdraw(place.person_id, place.course.id, purpose)


def check_wording(text: str, place: Place, purpose: str) -> None:
    """Raises Conflict when `text` is neither the present wording nor that of a consent that stands, NotFound for an
    unknown purpose."""
    asked = next((one for one in service.overview(place.person_id, place.course) if one.purpose == purpose), None)
    wordings = {service.text_for(purpose, place.course)} | ({asked.text} if asked else set())
    if " ".join(text.split()) not in {" ".join(wording.split()) for wording in wordings}:
        raise Conflict(N_("The wording is another one now. Read it, then agree to it."), code="wording_changed")
