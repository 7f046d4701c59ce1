"""The API of steps that students set themselves. No role but the student's reaches them, and each reaches only their own."""

from typing import Any
from uuid import UUID

from onboarding import private
from onboarding.schemas.private import PrivateStepChangeIn, PrivateStepIn, PrivateStepOut, PrivateStepsOut
from plnapi.courses.access import Place, in_course
from plnapi.web.api import Blueprint

HERE = "/courses/<uuid:course_id>/my/private-steps"
blp = Blueprint("private_steps", __name__, description="Steps that you set yourself; nobody else sees them")


@blp.get(HERE)
@in_course("student", scope="progress:read")
@blp.response(200, PrivateStepsOut)
def read_private(place: Place) -> Any:
    """Your own steps

    All of them, at most 100, in the order in which you added them. Nobody else sees them.
    """
    return {"items": private.of_person(place.course.id, place.person_id)}


@blp.post(HERE)
@in_course("student", scope="progress:write")
@blp.arguments(PrivateStepIn)
@blp.response(201, PrivateStepOut)
def add_private(body: dict[str, Any], place: Place) -> Any:
    """Add a step of your own

    `too_many` when there are 100.
    """
    return private.add(place.course, place.person_id, body["title"])


@blp.patch(f"{HERE}/<uuid:private_id>")
@in_course("student", scope="progress:write")
@blp.arguments(PrivateStepChangeIn)
@blp.response(200, PrivateStepOut)
def change_private(body: dict[str, Any], place: Place, private_id: UUID) -> Any:
    """Change a step of your own, tick it, or take the tick back"""
    return private.change(place.course, place.person_id, private_id, body)


@blp.delete(f"{HERE}/<uuid:private_id>")
@in_course("student", scope="progress:write")
@blp.response(204)
def delete_private(place: Place, private_id: UUID) -> None:
    """Delete a step of your own"""
    private.delete(place.course, place.person_id, private_id)
