"""The API about starter lists."""

from typing import Any
from uuid import UUID

from flask import Response, request

from plnapi.courses.access import Place, in_course
from plnapi.resources import follows, opml, service
from plnapi.resources.models import ResourceList, ResourceListVersion
from plnapi.resources.outlines import MOST_BYTES
from plnapi.resources.schemas import (
    ImportQueryIn,
    ImportReportOut,
    ListIn,
    ListOut,
    VersionOut,
    WholeListOut,
    WholeVersionOut,
)
from plnapi.web.api import Blueprint

blp = Blueprint("resources", __name__, description="Starter lists: whom and what a course begins its network with")
OPML = "text/x-opml"
CSV = "text/csv"
_BODY = {"required": True, "content": {OPML: {"schema": {"type": "string"}}}}


@blp.url_value_preprocessor
def allow_opml(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """OPML may be larger than other bodies. Set before anything reads the body."""
    if endpoint and endpoint.endswith("opml"):
        request.max_content_length = MOST_BYTES + 1


@blp.get("/courses/<uuid:course_id>/lists")
@in_course(scope="courses:read")
@blp.response(200, ListOut(many=True))
def read_lists(place: Place) -> Any:
    """The lists of a course"""
    return service.of_course(place.course.id)


@blp.post("/courses/<uuid:course_id>/lists")
@in_course("instructor", scope="courses:write")
@blp.arguments(ListIn)
@blp.response(201, WholeListOut)
def make_list(body: dict[str, Any], place: Place) -> Any:
    """Make a list

    All of its items are accepted, or none is.
    """
    return _whole(service.make_list(place.course, body["title"], body["items"], place.person_id))


@blp.get("/courses/<uuid:course_id>/lists/<uuid:list_id>")
@in_course(scope="courses:read")
@blp.etag
@blp.response(200, WholeListOut)
def read_list(place: Place, list_id: UUID) -> Any:
    """A list"""
    list_ = service.get_list(place.course.id, list_id)
    blp.set_etag(_version(list_))
    return _whole(list_)


@blp.put("/courses/<uuid:course_id>/lists/<uuid:list_id>")
@in_course("instructor", scope="courses:write")
@blp.etag
@blp.arguments(ListIn)
@blp.response(200, WholeListOut)
def replace_list(body: dict[str, Any], place: Place, list_id: UUID) -> Any:
    """Replace a list

    Makes another version; the ones before stay. Give an item's `item_key` back, so that it stays the same item.
    """
    list_ = service.get_list(place.course.id, list_id)
    blp.check_etag(_version(list_))
    service.replace_items(list_, body["items"], place.person_id, title=body["title"])
    blp.set_etag(_version(list_))
    return _whole(list_)


@blp.get("/courses/<uuid:course_id>/lists/<uuid:list_id>/versions")
@in_course(scope="courses:read")
@blp.response(200, VersionOut(many=True))
def read_versions(place: Place, list_id: UUID) -> Any:
    """The versions of a list, newest first"""
    return service.versions(service.get_list(place.course.id, list_id).id)


@blp.get("/courses/<uuid:course_id>/lists/<uuid:list_id>/versions/<int:number>")
@in_course(scope="courses:read")
@blp.response(200, WholeVersionOut)
def read_version(place: Place, list_id: UUID, number: int) -> ResourceListVersion:
    """One version of a list"""
    return service.version(service.get_list(place.course.id, list_id).id, number)


@blp.post("/courses/<uuid:course_id>/lists/opml")
@in_course("instructor", scope="courses:write")
@blp.arguments(ImportQueryIn, location="query")
@blp.response(200, ImportReportOut)
@blp.doc(requestBody=_BODY)
def import_opml(args: dict[str, Any], place: Place) -> Any:
    """Make a list of an OPML document

    At most 2 MB, 5,000 outlines, 20 deep, without a DTD. All of it or nothing; errors point at
    `/outlines/<number>/<field>`, counted from 1 in the document's order. With `dry_run` they are in the report.
    """
    return opml.import_opml(place.course, request.get_data(), place.person_id, **args)


@blp.put("/courses/<uuid:course_id>/lists/<uuid:list_id>/opml")
@in_course("instructor", scope="courses:write")
@blp.etag
@blp.arguments(ImportQueryIn, location="query")
@blp.response(200, ImportReportOut)
@blp.doc(requestBody=_BODY)
def replace_by_opml(args: dict[str, Any], place: Place, list_id: UUID) -> Any:
    """Replace a list by an OPML document

    As importing; an item with the kind and address of one that stands already stays the same item. A document that
    changes nothing makes no version.
    """
    list_ = service.get_list(place.course.id, list_id)
    blp.check_etag(_version(list_))
    report = opml.import_opml(place.course, request.get_data(), place.person_id, list_=list_, **args)
    blp.set_etag(_version(list_))
    return report


@blp.get("/courses/<uuid:course_id>/lists/<uuid:list_id>/opml")
@in_course(scope="courses:read")
@blp.response(200, {"type": "string"}, content_type=OPML)
def export_opml(place: Place, list_id: UUID) -> Response:
    """A list as OPML 2.0

    The same items give the same bytes.
    """
    return opml_file(service.get_list(place.course.id, list_id))


@blp.get("/courses/<uuid:course_id>/lists/<uuid:list_id>/follows")
@in_course(scope="courses:read")
@blp.response(200, {"type": "string"}, content_type=CSV)
def export_follows(place: Place, list_id: UUID) -> Response:
    """A list as the CSV file that Mastodon imports

    The accounts that a server of Mastodon's kind can follow; what stands on other networks is left out.
    """
    return follows_file(service.get_list(place.course.id, list_id))


def follows_file(list_: ResourceList) -> Response:
    """The accounts of a list as a file to be saved and imported."""
    response = Response(follows.export_follows(service.latest_items(list_.id)), content_type=f"{CSV}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="follows-{list_.id}.csv"'
    return response


def opml_file(list_: ResourceList) -> Response:
    """A list as a file to be saved."""
    response = Response(opml.export_opml(list_), content_type=f"{OPML}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="list-{list_.id}.opml"'
    return response


def _version(list_: ResourceList) -> list[Any]:
    return [str(list_.id), list_.version]


def _whole(list_: ResourceList) -> dict[str, Any]:
    return {
        "id": list_.id, "title": list_.title, "version": list_.version, "created_at": list_.created_at,
        "items": service.latest_items(list_.id),
    }  # fmt: skip
