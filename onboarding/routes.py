"""The API of checklists, progress and reviews."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response, request

from onboarding import answering, explaining, foreseeing, giving, reading, service, showing
from onboarding.models import ChecklistVersion
from onboarding.schemas.checklist import (
    ChecklistIn,
    ChecklistOut,
    ChecklistVersionPageOut,
    DryRunIn,
    KindsOut,
    ReplacedOut,
)
from onboarding.schemas.progress import AnswerIn, ExplanationOut, LinkIn, MyStepsOut, WordIn
from plnapi.courses.access import Place, in_course
from plnapi.db import db
from plnapi.resources.outlines import MOST_BYTES
from plnapi.web.api import Blueprint
from plnapi.web.fast import json_response
from plnapi.web.guards import signed_in
from plnapi.web.paging import PageIn, paged

blp = Blueprint("onboarding", __name__, description="Checklists, and one's own progress with evidence")


@blp.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A file of subscriptions may be larger than other bodies. Set before anything reads the body."""
    if endpoint and endpoint.endswith(".give_answer"):
        request.max_content_length = MOST_BYTES + 100_000


@blp.get("/onboarding/kinds")
@signed_in(scope="courses:read")
@blp.response(200, KindsOut)
def kinds() -> Any:
    """The kinds of ways to do a step

    With the settings that each takes in `config`.
    """
    return {"items": showing.kinds()}


@blp.get("/courses/<uuid:course_id>/checklist")
@in_course(scope="courses:read")
@blp.etag
@blp.response(200, ChecklistOut)
def read(place: Place) -> Any:
    """The newest version of a course's checklist

    A course that has none yet answers version 0 without steps; its ETag serves to make the first.
    """
    view = service.view(place.course.id)
    blp.set_etag(_tag(view))
    return view


@blp.put("/courses/<uuid:course_id>/checklist")
@in_course("instructor", scope="courses:write")
@blp.etag
@blp.arguments(ChecklistIn)
@blp.arguments(DryRunIn, location="query")
@blp.response(200, ReplacedOut)
def replace(body: dict[str, Any], args: dict[str, Any], place: Place) -> Any:
    """Replace the checklist by another version

    The whole list, in its order. Steps that stood before keep their `step_key`, and with it everybody's progress; the
    version before stays readable. A step that is required needs a way without a public account once the course is open.
    With `dry_run` nothing is saved: the checklist that stands is answered, and in `foresight` who would gain or lose what.
    """
    before = service.view(place.course.id)
    blp.check_etag(_tag(before))
    foresight = None
    if args["dry_run"]:
        view, foresight = before, foreseeing.foresee(place.course, body["steps"], expected=before.version)
    else:
        view = service.save(place.course, body["title"], body["steps"], place.person_id, expected=before.version)
    blp.set_etag(_tag(view))
    return {**asdict(view), "foresight": foresight}


@blp.get("/courses/<uuid:course_id>/checklist/versions")
@in_course("instructor", "assistant", scope="courses:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, ChecklistVersionPageOut)
def read_versions(args: dict[str, Any], place: Place) -> Any:
    """The versions of the checklist

    The newest first.
    """
    page = paged(
        service.versions(place.course.id), [ChecklistVersion.number], args, lambda s: db.session.scalars(s).all(),
        descending=True,
    )  # fmt: skip
    return page.body(), 200, page.links()


@blp.get("/courses/<uuid:course_id>/checklist/versions/<int:number>")
@in_course(scope="courses:read")
@blp.response(200, ChecklistOut)
def read_version(place: Place, number: int) -> Any:
    """One version of the checklist; it never changes"""
    return service.view(place.course.id, number)


@blp.get("/courses/<uuid:course_id>/my/steps")
@in_course("student", scope="progress:read", bare=True)
@blp.response(200, MyStepsOut)
def my_steps(place: Place) -> Response:
    """One's own checklist and how each step stands"""
    return json_response(reading.my_steps(place.course_id, place.person_id))


@blp.get("/courses/<uuid:course_id>/my/steps/<uuid:step_key>")
@in_course("student", scope="progress:read")
@blp.response(200, ExplanationOut)
def explain_mine(place: Place, step_key: UUID) -> Any:
    """Why a step of mine stands as it does, and what to do next"""
    return showing.explanation(explaining.explain(place.course.id, place.person_id, step_key))


@blp.post("/courses/<uuid:course_id>/my/steps/<uuid:step_key>/word")
@in_course("student", scope="progress:write")
@blp.arguments(WordIn)
@blp.response(201, ExplanationOut)
def give_word(body: dict[str, Any], place: Place, step_key: UUID) -> Any:
    """Say that a step is done

    Where a way of the step takes one's own word. Answers how the step stands then.
    """
    giving.give_word(place.course, place.person_id, step_key, body["text"])
    return showing.explanation(explaining.explain(place.course.id, place.person_id, step_key))


@blp.post("/courses/<uuid:course_id>/my/steps/<uuid:step_key>/link")
@in_course("student", scope="progress:write")
@blp.arguments(LinkIn)
@blp.response(201, ExplanationOut)
def give_link(body: dict[str, Any], place: Place, step_key: UUID) -> Any:
    """Give a link that an instructor reviews

    Another link replaces one that still waits. Answers how the step stands then.
    """
    giving.give_link(place.course, place.person_id, step_key, body["url"], body["text"])
    return showing.explanation(explaining.explain(place.course.id, place.person_id, step_key))


@blp.post("/courses/<uuid:course_id>/my/steps/<uuid:step_key>/answer")
@in_course("student", scope="progress:write")
@blp.arguments(AnswerIn)
@blp.response(201, ExplanationOut)
def give_answer(body: dict[str, Any], place: Place, step_key: UUID) -> Any:
    """Answer what a step asks for

    Where a way of the step has a form, see `answers` of the step. Another answer replaces the one before. A file is read
    and not kept. Answers how the step stands then.
    """
    answering.give_answer(place.course, place.person_id, step_key, body["kind"], body["data"])
    return showing.explanation(explaining.explain(place.course.id, place.person_id, step_key))


def _tag(view: service.ChecklistView) -> list[Any]:
    return [str(view.course_id), view.version]
