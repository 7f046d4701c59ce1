"""The API of checklists, progress and reviews."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response

from onboarding import dues, explaining, foreseeing, giving, grades, reading, reviewing, service, showing, tracks
from onboarding.models import Decision, StepState
from onboarding.schemas.checklist import (
    ChecklistIn,
    ChecklistOut,
    DryRunIn,
    FromTemplateIn,
    KindsOut,
    ReplacedOut,
    TemplatesOut,
)
from onboarding.schemas.progress import (
    ConfirmationPageOut,
    ConfirmIn,
    DecisionOut,
    ExplanationOut,
    ExtensionIn,
    ExtensionOut,
    GridOut,
    LinkIn,
    MyStepsOut,
    ReviewIn,
    ReviewPageOut,
    WordIn,
)
from plnapi.courses.access import Place, in_course
from plnapi.web.api import Blueprint
from plnapi.web.fast import json_response
from plnapi.web.guards import signed_in
from plnapi.web.paging import PageIn, paged

CSV = "text/csv"
blp = Blueprint("onboarding", __name__, description="Checklists, progress with evidence, and reviews")


@blp.get("/onboarding/kinds")
@signed_in(scope="courses:read")
@blp.response(200, KindsOut)
def kinds() -> Any:
    """The kinds of ways to do a step

    With the settings that each takes in `config`.
    """
    return {"items": showing.kinds()}


@blp.get("/onboarding/templates")
@signed_in(scope="courses:read")
@blp.response(200, TemplatesOut)
def templates() -> Any:
    """The tracks that a course can begin with"""
    return {"items": [{**t, "steps": [step["title"] for step in t["steps"]]} for t in tracks.library().values()]}


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


@blp.get("/courses/<uuid:course_id>/checklist/versions/<int:number>")
@in_course(scope="courses:read")
@blp.response(200, ChecklistOut)
def read_version(place: Place, number: int) -> Any:
    """One version of the checklist; it never changes"""
    return service.view(place.course.id, number)


@blp.post("/courses/<uuid:course_id>/checklist/from-template")
@in_course("instructor", scope="courses:write")
@blp.arguments(FromTemplateIn)
@blp.response(201, ChecklistOut)
def from_template(body: dict[str, Any], place: Place) -> Any:
    """Add the steps of a track at the end of the checklist

    All of them or none; the course needs a hashtag and the lists that the track speaks of.
    """
    return tracks.add(place.course, body["template"], place.person_id, lists=body["lists"])


@blp.get("/courses/<uuid:course_id>/my/steps")
@in_course("student", scope="progress:read")
@blp.response(200, MyStepsOut)
def my_steps(place: Place) -> Response:
    """One's own checklist and how each step stands"""
    return json_response(reading.my_steps(place.course.id, place.person_id))


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


@blp.get("/courses/<uuid:course_id>/people/<uuid:person_id>/steps/<uuid:step_key>")
@in_course("instructor", "assistant", scope="progress:read")
@blp.response(200, ExplanationOut)
def explain(place: Place, person_id: UUID, step_key: UUID) -> Any:
    """Why a student's step stands as it does

    The same as the student sees.
    """
    return showing.explanation(explaining.explain(place.course.id, person_id, step_key))


@blp.get("/courses/<uuid:course_id>/confirmations")
@in_course("instructor", "assistant", scope="progress:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, ConfirmationPageOut)
def confirmations(args: dict[str, Any], place: Place) -> Any:
    """Steps whose evidence is below their least level

    They wait until somebody confirms them.
    """
    keys = [StepState.person_id, StepState.step_key]
    page = paged(reviewing.unconfirmed(place.course.id), keys, args, reviewing.run)
    return page.body(), 200, page.links()


@blp.post("/courses/<uuid:course_id>/people/<uuid:person_id>/steps/<uuid:step_key>/confirm")
@in_course("instructor", "assistant", scope="progress:write")
@blp.arguments(ConfirmIn)
@blp.response(201, DecisionOut)
def confirm(body: dict[str, Any], place: Place, person_id: UUID, step_key: UUID) -> Any:
    """Confirm a step whose evidence is below its least level

    Confirming it twice changes nothing.
    """
    return reviewing.confirm(place.course, person_id, step_key, place.person_id, body["text"])


@blp.put("/courses/<uuid:course_id>/people/<uuid:person_id>/steps/<uuid:step_key>/extension")
@in_course("instructor", scope="progress:write")
@blp.arguments(ExtensionIn)
@blp.response(200, ExtensionOut)
def extend(body: dict[str, Any], place: Place, person_id: UUID, step_key: UUID) -> Any:
    """Give one student more time for a step

    Until the end of that day in the course's zone; only where the step is due at all.
    """
    return dues.extend(place.course, person_id, step_key, body["due_on"], place.person_id)


@blp.delete("/courses/<uuid:course_id>/people/<uuid:person_id>/steps/<uuid:step_key>/extension")
@in_course("instructor", scope="progress:write")
@blp.response(204)
def take_extension_back(place: Place, person_id: UUID, step_key: UUID) -> None:
    """Take an extension back"""
    dues.take_back(place.course.id, person_id, step_key)


@blp.get("/courses/<uuid:course_id>/grid")
@in_course("instructor", "assistant", scope="progress:read")
@blp.response(200, GridOut)
def grid(place: Place) -> Response:
    """All students and all steps"""
    return json_response(reading.grid(place.course.id))


@blp.get("/courses/<uuid:course_id>/progress.csv")
@in_course("instructor", scope="progress:read")
@blp.response(200, {"type": "string"}, content_type=CSV)
def export_grades(place: Place) -> Response:
    """Progress for grades, as CSV

    Person, step, state (`done` or `open`), time (a minute, in the course's zone) and points. Nothing in it tells by which
    of its ways a step was done.
    """
    response = Response(grades.export(place.course), content_type=f"{CSV}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="progress-{place.course.id}.csv"'
    return response


@blp.get("/courses/<uuid:course_id>/reviews")
@in_course("instructor", "assistant", scope="progress:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, ReviewPageOut)
def reviews(args: dict[str, Any], place: Place) -> Any:
    """Links that wait for a reviewer, oldest first"""
    page = paged(reviewing.waiting(place.course.id), [Decision.id], args, reviewing.run)
    return page.body(), 200, page.links()


@blp.post("/courses/<uuid:course_id>/reviews/<uuid:decision_id>")
@in_course("instructor", "assistant", scope="progress:write")
@blp.arguments(ReviewIn)
@blp.response(201, DecisionOut)
def review(body: dict[str, Any], place: Place, decision_id: UUID) -> Any:
    """Approve a link, or return it with what to change

    A link is decided about once: who comes second is told so (`already_decided`).
    """
    return reviewing.decide(place.course, decision_id, place.person_id, body["decision"], body["text"])


def _tag(view: service.ChecklistView) -> list[Any]:
    return [str(view.course_id), view.version]
