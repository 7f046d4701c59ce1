"""The API about the accounts by which a course looks."""

from typing import Any
from uuid import UUID

from plnapi.courses.access import Place, in_course
from plnapi.harvest import choosing, course_accounts
from plnapi.harvest.schemas import CourseAccountOut
from plnapi.harvest.sentences import tell
from plnapi.platforms import PLATFORMS
from plnapi.web.api import Blueprint

blp = Blueprint("course_accounts", __name__, description="The accounts by which a course looks")


@blp.get("/courses/<uuid:course_id>/course-accounts")
@in_course("instructor", "assistant", scope="courses:read")
@blp.response(200, CourseAccountOut(many=True))
def read_course_accounts(place: Place) -> list[dict[str, Any]]:
    """The accounts by which a course looks

    Each with what its looks can show, and how much of it was seen. A student who follows such an account is found there,
    also when the student's own list is hidden.
    """
    return [told(row) for row in course_accounts.of_course(place.course.id)]


@blp.put("/courses/<uuid:course_id>/course-accounts/<uuid:identity_id>")
@in_course("instructor", scope="courses:write")
@blp.response(200, CourseAccountOut)
def choose_course_account(place: Place, identity_id: UUID) -> dict[str, Any]:
    """Let a course look from one of your accounts

    It has to be proven. While the course runs, plnapi looks who of the students that agreed follows it, comments there or
    is in its rooms; where you have signed in on its network, with your permission there. Nothing is kept of anybody else.
    """
    return told(choosing.choose(place.course, identity_id, place.person_id))


@blp.delete("/courses/<uuid:course_id>/course-accounts/<uuid:identity_id>")
@in_course("instructor", scope="courses:write")
@blp.response(204)
def leave_out_course_account(place: Place, identity_id: UUID) -> None:
    """Do not look from an account any more

    What was seen stays.
    """
    choosing.leave_out(place.course, identity_id)


def told(row: Any) -> dict[str, Any]:
    """A row of `course_accounts.of_course` with what it shows and a sentence about how much was seen."""
    shows = sorted(PLATFORMS[row.network].capabilities.received) if row.network in PLATFORMS else []
    return {**row._mapping, "shows": shows, "told": tell("received", row.coverage, row.detail or "")}
