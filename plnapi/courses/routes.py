"""The API about courses and the people in them."""

from typing import Any
from uuid import UUID

from flask import request
from sqlalchemy import select

from plnapi.accounts.models import Person
from plnapi.courses import copying, joining, service
from plnapi.courses.access import Place, in_course, seen_by
from plnapi.courses.models import Course, Enrolment
from plnapi.courses.schemas import (
    CopyIn,
    CourseChangeIn,
    CourseIn,
    CourseOut,
    EnrolmentChangeIn,
    EnrolmentOut,
    JoinCodeOut,
    JoinIn,
    MyCourseOut,
    PersonInCourseOut,
    RosterQueryIn,
    RosterReportOut,
)
from plnapi.db import db
from plnapi.errors import N_, Invalid
from plnapi.web.api import Blueprint
from plnapi.web.fast import json_response
from plnapi.web.guards import signed_in
from plnapi.web.paging import PageIn, page_schema, paged
from plnapi.web.principal import principal

blp = Blueprint("courses", __name__, description="Courses, who is in them, and how one joins")
CoursePage = page_schema(MyCourseOut)
RosterPage = page_schema(PersonInCourseOut)

_MINE: Any = (
    select(
        Course.id, Course.code, Course.title, Course.term, Course.starts_on, Course.ends_on, Course.time_zone,
        Course.state, Course.grace_days, Course.closed_at, Enrolment.role,
    )
    .join(Enrolment, Enrolment.course_id == Course.id)
    .where(Enrolment.left_at.is_(None))
)  # fmt: skip
_ROSTER: Any = (
    select(Person.id, Person.name, Person.email, Enrolment.role, Enrolment.section, Enrolment.joined_at)
    .join(Enrolment, Enrolment.person_id == Person.id)
    .where(Enrolment.left_at.is_(None))
)
_CSV = {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}


@blp.get("/courses")
@signed_in(scope="courses:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, CoursePage)
def read_courses(args: dict[str, Any]) -> Any:
    """Your courses

    The newest first, with your role in each.
    """
    mine = _MINE.where(Enrolment.person_id == principal().person_id)
    return _page(paged(mine, [Course.id], args, _rows, descending=True))


@blp.post("/courses")
@signed_in(scope="courses:write")
@blp.arguments(CourseIn)
@blp.response(201, CourseOut)
def create(body: dict[str, Any]) -> Course:
    """Make a course

    It is a draft, and you are its instructor.
    """
    return service.create(principal().person_id, **body)


@blp.get("/courses/<uuid:course_id>")
@in_course(scope="courses:read")
@blp.etag
@blp.response(200, MyCourseOut)
def read(place: Place) -> Any:
    """A course"""
    blp.set_etag(_version(place))
    return _with_role(place)


@blp.patch("/courses/<uuid:course_id>")
@in_course("instructor", scope="courses:write")
@blp.etag
@blp.arguments(CourseChangeIn)
@blp.response(200, MyCourseOut)
def change(body: dict[str, Any], place: Place) -> Any:
    """Change a course"""
    blp.check_etag(_version(place))
    service.change(place.course, **body)
    blp.set_etag(_version(place))
    return _with_role(place)


@blp.post("/courses/<uuid:course_id>/open")
@in_course("instructor", scope="courses:write")
@blp.response(200, CourseOut)
def open_course(place: Place) -> Course:
    """Open a draft or a closed course

    Students can join, and their networks are looked at from the first day to the last.
    """
    return service.open_course(place.course)


@blp.post("/courses/<uuid:course_id>/close")
@in_course("instructor", scope="courses:write")
@blp.response(200, CourseOut)
def close(place: Place) -> Course:
    """Close an open course

    Nobody joins any more, and nothing is looked at. What is late counts for `grace_days` more; then the course is frozen.
    It can be opened again.
    """
    return service.close(place.course)


@blp.post("/courses/<uuid:course_id>/archive")
@in_course("instructor", scope="courses:write")
@blp.response(200, CourseOut)
def archive(place: Place) -> Course:
    """Archive a closed course

    It stays as it is, for good.
    """
    return service.archive(place.course)


@blp.post("/courses/<uuid:course_id>/copy")
@in_course("instructor", scope="courses:write")
@blp.arguments(CopyIn)
@blp.response(201, CourseOut)
def copy(body: dict[str, Any], place: Place) -> Course:
    """Copy a course to another term

    A draft with its lists, hashtags and steps, whose days move with the first day; without people and what they did. You
    are its instructor.
    """
    return copying.copy(place.course, place.person_id, **body)


@blp.get("/courses/<uuid:course_id>/join-code")
@in_course("instructor", "assistant", scope="courses:read")
@blp.response(200, JoinCodeOut)
def read_join_code(place: Place) -> dict[str, str]:
    """The join code

    It works while the course is open.
    """
    return {"join_code": joining.readable(place.course.join_code)}


@blp.post("/courses/<uuid:course_id>/join-code")
@in_course("instructor", scope="courses:write")
@blp.response(201, JoinCodeOut)
def new_join_code(place: Place) -> dict[str, str]:
    """Make another join code

    The one before is no good any more.
    """
    return {"join_code": service.new_join_code(place.course)}


@blp.post("/join")
@signed_in(scope="me")
@blp.arguments(JoinIn)
@blp.response(200, EnrolmentOut)
def join(body: dict[str, Any]) -> Enrolment:
    """Join a course by its code

    You become a student; if you are in the course already, nothing changes.
    """
    return service.join(principal().person_id, body["join_code"])


@blp.post("/courses/<uuid:course_id>/leave")
@in_course(scope="me")
@blp.response(204)
def leave(place: Place) -> None:
    """Leave a course

    What you did in it is kept for the case that you come back.
    """
    service.leave(place.course.id, place.person_id)


@blp.get("/courses/<uuid:course_id>/people")
@in_course("instructor", "assistant", scope="courses:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, RosterPage)
def read_people(args: dict[str, Any], place: Place) -> Any:
    """The roster

    Everybody who is in the course, by name. An assistant with a section sees the students of that section.
    """
    people = _ROSTER.where(Enrolment.course_id == place.course.id, *seen_by(place))
    return _page(paged(people, [Person.name, Person.id], args, _rows))


@blp.patch("/courses/<uuid:course_id>/people/<uuid:person_id>")
@in_course("instructor", scope="courses:write")
@blp.arguments(EnrolmentChangeIn)
@blp.response(200, EnrolmentOut)
def change_person(body: dict[str, Any], place: Place, person_id: UUID) -> Enrolment:
    """Change somebody's role or section"""
    found = service.enrolment(place.course.id, person_id)
    role, section = body.get("role", found.role), body.get("section", found.section)
    return service.enrol(place.course, person_id, role, section)


@blp.delete("/courses/<uuid:course_id>/people/<uuid:person_id>")
@in_course("instructor", scope="courses:write")
@blp.response(204)
def remove_person(place: Place, person_id: UUID) -> None:
    """Take somebody out of the course"""
    service.leave(place.course.id, person_id)


@blp.post("/courses/<uuid:course_id>/roster")
@in_course("instructor", scope="courses:write")
@blp.arguments(RosterQueryIn, location="query")
@blp.response(200, RosterReportOut)
@blp.doc(requestBody=_CSV)
def import_roster(args: dict[str, Any], place: Place) -> Any:
    """Import a roster

    CSV in UTF-8, its first line naming the columns `email`, `name` and maybe `role` and `section`; divided by commas,
    semicolons or tabs. All lines or none; importing a file twice is the same as once. People who are not in the file
    stay. Errors point at `/lines/<line>/<column>`; with `dry_run` they are in the report.
    """
    return service.import_roster(place.course, csv_text(request.get_data()), **args)


def csv_text(data: bytes) -> str:
    """The text of an uploaded CSV file. Raises Invalid when it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid.field(
            "/lines", N_("Not UTF-8. In a spreadsheet, save the file as “CSV UTF-8”."), code="roster_not_utf8"
        ) from error


def _version(place: Place) -> list[Any]:
    return [str(place.course.id), place.course.version, place.role]


def _with_role(place: Place) -> dict[str, Any]:
    course = place.course
    return {column.key: getattr(course, column.key) for column in Course.__table__.columns} | {"role": place.role}


def _rows(statement: Any) -> Any:
    return db.session.execute(statement).all()


def _page(page: Any) -> Any:
    body = page.body()
    body["items"] = [row._asdict() for row in page.items]
    return json_response(body, page.links())
