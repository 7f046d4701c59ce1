"""The API of staff: everybody's progress, one student's steps, and reviews. An assistant with a section sees that one."""

from typing import Any
from uuid import UUID

from flask import Response

from onboarding import dues, explaining, funnel, grades, messages, queue, reviewing, showing
from onboarding.grid import Wanted, after, grid
from onboarding.models import Decision, Message
from onboarding.schemas.progress import ExplanationOut, ExtensionIn, ExtensionOut
from onboarding.schemas.staff import (
    ConfirmIn,
    DecisionOut,
    DecisionsOut,
    GridIn,
    GridOut,
    MessageIn,
    MessageOut,
    MessagePageOut,
    MyDecisionsOut,
    MyRowOut,
    QueueIn,
    ReviewIn,
    ReviewPageOut,
    SummaryIn,
    SummaryOut,
    UndoIn,
)
from plnapi.courses.access import Place, check_sees, in_course
from plnapi.courses.service import check_not_frozen
from plnapi.db import db
from plnapi.errors import N_, NotFound
from plnapi.web.api import Blueprint
from plnapi.web.fast import json_response
from plnapi.web.paging import PageIn, paged

CSV = "text/csv"
STAFF = ("instructor", "assistant")
STEP = "/courses/<uuid:course_id>/people/<uuid:person_id>/steps/<uuid:step_key>"
blp = Blueprint("reviews", __name__, description="Everybody's progress, and what waits for a reviewer")


@blp.get("/courses/<uuid:course_id>/grid")
@in_course(*STAFF, scope="progress:read")
@blp.arguments(GridIn, location="query")
@blp.response(200, GridOut)
def read_grid(args: dict[str, Any], place: Place) -> Response:
    """All students and all steps

    By name, or those furthest behind first; up to 1,000 students in a page.
    """
    section = section_of(place, args.get("section"))
    wanted = Wanted(section, None, args.get("step_key"), args.get("state"), args["sort"])
    table = grid(place.course.id, wanted)
    lines, end = after(table, args.get("cursor"), args["per_page"])
    return json_response({**table, "students": lines, "page": {"next": end, "per_page": args["per_page"]}})


@blp.get("/courses/<uuid:course_id>/my/row")
@in_course("student", scope="progress:read")
@blp.response(200, MyRowOut)
def read_my_row(place: Place) -> Response:
    """What staff see of you in the grid

    Your own line of it, made by the same function.
    """
    table = grid(place.course.id, Wanted(person_id=place.person_id))
    (line,) = table["students"]
    shown = {name: table[name] for name in ("course_id", "steps")}
    return json_response({**shown, "row": {name: line[name] for name in line.keys() - {"person_id"}}})


@blp.get("/courses/<uuid:course_id>/progress/summary")
@in_course(*STAFF, scope="progress:read")
@blp.arguments(SummaryIn, location="query")
@blp.response(200, SummaryOut)
def read_summary(args: dict[str, Any], place: Place) -> Any:
    """How many came how far, how long it took, and who is stuck where

    Numbers of fewer than five students are null, and so are those from which such a number would follow by subtraction.
    Nobody is named where there are fewer than five.
    """
    return funnel.summary(place.course.id, section_of(place, args.get("section")))


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


@blp.get(STEP)
@in_course(*STAFF, scope="progress:read")
@blp.response(200, ExplanationOut)
def explain(place: Place, person_id: UUID, step_key: UUID) -> Any:
    """Why a student's step stands as it does

    The same as the student sees.
    """
    check_sees(place, person_id)
    return showing.explanation(explaining.explain(place.course.id, person_id, step_key))


@blp.get(f"{STEP}/decisions")
@in_course(*STAFF, scope="progress:read")
@blp.response(200, DecisionsOut)
def decisions(place: Place, person_id: UUID, step_key: UUID) -> Any:
    """What was said about a student's step

    By the student and by reviewers, in its order; also what was taken back.
    """
    check_sees(place, person_id)
    messages.check_place(place.course.id, person_id, step_key)
    return {"items": reviewing.of_step(place.course.id, person_id, step_key)}


@blp.get("/courses/<uuid:course_id>/my/steps/<uuid:step_key>/decisions")
@in_course("student", scope="progress:read")
@blp.response(200, MyDecisionsOut)
def my_decisions(place: Place, step_key: UUID) -> Any:
    """What was said about a step of mine

    The same as staff see: by me and by reviewers, in its order; also what was taken back, and why.
    """
    messages.check_place(place.course.id, place.person_id, step_key)
    return {"items": reviewing.of_step(place.course.id, place.person_id, step_key)}


@blp.get(f"{STEP}/messages")
@in_course(*STAFF, scope="progress:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, MessagePageOut)
def read_messages(args: dict[str, Any], place: Place, person_id: UUID, step_key: UUID) -> Any:
    """The messages about a student's step

    Oldest first.
    """
    check_sees(place, person_id)
    messages.check_place(place.course.id, person_id, step_key)
    page = paged(messages.of_step(place.course.id, person_id, step_key), [Message.id], args, messages.run)
    return page.body(), 200, page.links()


@blp.post(f"{STEP}/messages")
@in_course(*STAFF, scope="progress:write")
@blp.arguments(MessageIn)
@blp.response(201, MessageOut)
def write_message(body: dict[str, Any], place: Place, person_id: UUID, step_key: UUID) -> Any:
    """Write to a student about a step

    It decides nothing.
    """
    check_sees(place, person_id)
    return messages.write(place.course, person_id, step_key, place.person_id, body["text"])


@blp.get("/courses/<uuid:course_id>/my/steps/<uuid:step_key>/messages")
@in_course("student", scope="progress:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, MessagePageOut)
def read_my_messages(args: dict[str, Any], place: Place, step_key: UUID) -> Any:
    """The messages about a step of mine

    Oldest first.
    """
    messages.check_place(place.course.id, place.person_id, step_key)
    page = paged(messages.of_step(place.course.id, place.person_id, step_key), [Message.id], args, messages.run)
    return page.body(), 200, page.links()


@blp.post("/courses/<uuid:course_id>/my/steps/<uuid:step_key>/messages")
@in_course("student", scope="progress:write")
@blp.arguments(MessageIn)
@blp.response(201, MessageOut)
def write_my_message(body: dict[str, Any], place: Place, step_key: UUID) -> Any:
    """Write to the reviewers about a step of mine"""
    return messages.write(place.course, place.person_id, step_key, place.person_id, body["text"])


@blp.put(f"{STEP}/extension")
@in_course("instructor", scope="progress:write")
@blp.arguments(ExtensionIn)
@blp.response(200, ExtensionOut)
def extend(body: dict[str, Any], place: Place, person_id: UUID, step_key: UUID) -> Any:
    """Give one student more time for a step

    Until the end of that day in the course's zone; only where the step is due at all.
    """
    return dues.extend(place.course, person_id, step_key, body["due_on"], place.person_id)


@blp.delete(f"{STEP}/extension")
@in_course("instructor", scope="progress:write")
@blp.response(204)
def take_extension_back(place: Place, person_id: UUID, step_key: UUID) -> None:
    """Take an extension back"""
    dues.take_back(place.course, person_id, step_key)


@blp.get("/courses/<uuid:course_id>/reviews")
@in_course(*STAFF, scope="progress:read")
@blp.arguments(QueueIn, location="query")
@blp.response(200, ReviewPageOut)
def reviews(args: dict[str, Any], place: Place) -> Any:
    """What waits for a reviewer, oldest first

    Links and answers without a decision, and steps whose evidence is below their least level (`confirmation`).
    """
    page = queue.page(place, args)
    return page.body(), 200, page.links()


@blp.post("/courses/<uuid:course_id>/reviews/<uuid:decision_id>")
@in_course(*STAFF, scope="progress:write")
@blp.arguments(ReviewIn)
@blp.response(201, DecisionOut)
def review(body: dict[str, Any], place: Place, decision_id: UUID) -> Any:
    """Approve a link or an answer, or return it with what to change

    It is decided about once: who comes second is told so (`already_decided`).
    """
    check_reviewable(place, decision_id)
    return reviewing.decide(place.course, decision_id, place.person_id, body["decision"], body["text"])


@blp.post(f"{STEP}/confirm")
@in_course(*STAFF, scope="progress:write")
@blp.arguments(ConfirmIn)
@blp.response(201, DecisionOut)
def confirm(body: dict[str, Any], place: Place, person_id: UUID, step_key: UUID) -> Any:
    """Confirm a step whose evidence is below its least level, or return it

    What is returned is not done until something better comes. Confirming it twice changes nothing.
    """
    check_sees(place, person_id)
    check_not_frozen(place.course)
    return reviewing.confirm(place.course, person_id, step_key, place.person_id, body["text"], body["decision"])


@blp.post("/courses/<uuid:course_id>/decisions/<uuid:decision_id>/undo")
@in_course(*STAFF, scope="progress:write")
@blp.arguments(UndoIn)
@blp.response(201, DecisionOut)
def undo(body: dict[str, Any], place: Place, decision_id: UUID) -> Any:
    """Take a reviewer's decision back

    By another decision, `undone`: nothing is deleted, and the step stands as if the one before had not been made.
    """
    check_reviewable(place, decision_id)
    return reviewing.undo(place.course, decision_id, place.person_id, body["text"])


def check_reviewable(place: Place, decision_id: UUID) -> None:
    """Raises NotFound for what is said about a student out of sight, Conflict `course_frozen`."""
    found = db.session.get(Decision, decision_id)
    if found is None or found.course_id != place.course.id:
        raise NotFound(N_("link"), decision_id)
    check_sees(place, found.person_id)
    check_not_frozen(place.course)


def section_of(place: Place, asked: str | None) -> str | None:
    """The section that is shown: what was asked for, or the one that is all this person sees."""
    return asked if place.only_section is None else place.only_section
