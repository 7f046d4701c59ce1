"""The API about a course's hashtags."""

from typing import Any
from uuid import UUID

from plnapi.courses.access import Place, in_course
from plnapi.hashtags import service
from plnapi.hashtags.models import CourseHashtag
from plnapi.hashtags.schemas import HashtagIn, HashtagOut
from plnapi.web.api import Blueprint

blp = Blueprint("hashtags", __name__, description="The hashtags that a course listens to")


@blp.get("/courses/<uuid:course_id>/hashtags")
@in_course(scope="courses:read")
@blp.response(200, HashtagOut(many=True))
def read(place: Place) -> Any:
    """The hashtags of a course"""
    return service.of_course(place.course.id)


@blp.post("/courses/<uuid:course_id>/hashtags")
@in_course("instructor", scope="courses:write")
@blp.arguments(HashtagIn)
@blp.response(201, HashtagOut)
def attach(body: dict[str, Any], place: Place) -> CourseHashtag:
    """Attach a hashtag

    What no network would accept is refused, with the reason and another hashtag to use.
    """
    return service.attach(place.course, body["tag"])


@blp.delete("/courses/<uuid:course_id>/hashtags/<uuid:hashtag_id>")
@in_course("instructor", scope="courses:write")
@blp.response(204)
def detach(place: Place, hashtag_id: UUID) -> None:
    """Detach a hashtag

    It is not looked for any more; what was found stays.
    """
    service.detach(place.course, hashtag_id)
