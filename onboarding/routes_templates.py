"""The API of templates: tracks, what instructors share, and checklists as YAML."""

from typing import Any
from uuid import UUID

from flask import Response, request

from onboarding import documents, sharing, tracks
from onboarding.models import Template
from onboarding.schemas.checklist import ChecklistOut, FromTemplateIn, TemplatesOut
from onboarding.schemas.template import (
    LONGEST,
    DocumentIn,
    FromSharedIn,
    ImportedOut,
    ImportIn,
    SharedTemplateOut,
    SharedTemplatePageOut,
    TemplateIn,
)
from plnapi.courses.access import Place, in_course
from plnapi.db import db
from plnapi.errors import N_, Invalid
from plnapi.web.api import Blueprint
from plnapi.web.guards import signed_in
from plnapi.web.paging import PageIn, paged
from plnapi.web.principal import principal

YAML = "application/yaml"  # RFC 9512
_BODY = {"required": True, "content": {YAML: {"schema": DocumentIn}}}
blp = Blueprint("templates", __name__, description="Checklists to begin with: tracks, shared templates, YAML")


@blp.get("/onboarding/templates")
@signed_in(scope="courses:read")
@blp.response(200, TemplatesOut)
def templates() -> Any:
    """The tracks that a course can begin with"""
    return {"items": [{**t, "steps": [step["title"] for step in t["steps"]]} for t in tracks.library().values()]}


@blp.post("/courses/<uuid:course_id>/checklist/from-template")
@in_course("instructor", scope="courses:write")
@blp.arguments(FromTemplateIn)
@blp.response(201, ChecklistOut)
def from_template(body: dict[str, Any], place: Place) -> Any:
    """Add the steps of a track at the end of the checklist

    All of them or none; the course needs a hashtag and the lists that the track speaks of.
    """
    return tracks.add(place.course, body["template"], place.person_id, lists=body["lists"])


@blp.get("/courses/<uuid:course_id>/checklist.yaml")
@in_course("instructor", scope="courses:read")
@blp.response(200, {"type": "string"}, content_type=YAML)
def export(place: Place) -> Response:
    """The checklist as YAML

    Without people, dates and ids: lists by their roles, days from the course's first day. It can be imported elsewhere.
    """
    response = Response(documents.write(sharing.document(place.course)), content_type=f"{YAML}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="checklist-{place.course.id}.yaml"'
    return response


@blp.post("/courses/<uuid:course_id>/checklist/import")
@in_course("instructor", scope="courses:write")
@blp.arguments(ImportIn, location="query")
@blp.response(200, ImportedOut)
@blp.doc(requestBody=_BODY)
def import_checklist(args: dict[str, Any], place: Place) -> Any:
    """Add the steps of a YAML document at the end of the checklist

    All of them or none. Errors point into the document; with `dry_run` they are in the report. At most 256 kB, no aliases.
    """
    return tracks.import_yaml(place.course, body_of_request(), place.person_id, **args)


@blp.post("/courses/<uuid:course_id>/checklist/share")
@in_course("instructor", scope="courses:write")
@blp.arguments(TemplateIn)
@blp.response(201, SharedTemplateOut)
def share(body: dict[str, Any], place: Place) -> Any:
    """Share the checklist as a template

    With everybody here who teaches: its steps as they are at this moment, without people, dates and ids.
    """
    made = sharing.share(place.course, place.person_id, body["title"], body["summary"])
    return sharing.shown(made, place.person_id)


@blp.get("/onboarding/shared-templates")
@signed_in(scope="courses:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, SharedTemplatePageOut)
def shared(args: dict[str, Any]) -> Any:
    """The templates that instructors share

    The newest first.
    """
    page = paged(sharing.shared(), [Template.id], args, lambda s: db.session.scalars(s).all(), descending=True)
    body = page.body()
    body["items"] = [sharing.shown(one, principal().person_id) for one in page.items]
    return body, 200, page.links()


@blp.post("/courses/<uuid:course_id>/checklist/from-shared/<uuid:template_id>")
@in_course("instructor", scope="courses:write")
@blp.arguments(FromSharedIn)
@blp.response(201, ChecklistOut)
def from_shared(body: dict[str, Any], place: Place, template_id: UUID) -> Any:
    """Add the steps of a shared template at the end of the checklist

    All of them or none, as with a track.
    """
    return sharing.use(place.course, template_id, place.person_id, body["lists"])


@blp.delete("/onboarding/shared-templates/<uuid:template_id>")
@signed_in(scope="courses:write")
@blp.response(204)
def unshare(template_id: UUID) -> None:
    """Delete a template that you share

    Courses keep what they took from it.
    """
    who = principal()
    sharing.delete(template_id, who.person_id, may_all=who.is_admin)


def body_of_request() -> bytes:
    """The document that was sent. Raises Invalid when it is too large to be read at all."""
    if (request.content_length or 0) > LONGEST:
        raise Invalid(N_("The document is too large: at most 256 kB."), code="template_too_large")
    return request.get_data()
