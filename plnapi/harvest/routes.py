"""The API about looks: what was seen of whom, and asking for another look."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from plnapi.accounts.models import Person
from plnapi.courses.access import Place, in_course
from plnapi.db import db
from plnapi.harvest import accounts, health, outages, service
from plnapi.harvest.accounts import Seen, Student
from plnapi.harvest.health import Gone
from plnapi.harvest.models import Outage, Source
from plnapi.harvest.networks import Network, matrix
from plnapi.harvest.schemas import (
    AccountsIn,
    AccountsOut,
    CourseLookOut,
    DueOut,
    GoneItemOut,
    LookStateOut,
    NetworkOut,
    OutageOut,
    StudentSeenOut,
)
from plnapi.harvest.sentences import tell
from plnapi.web.api import Blueprint
from plnapi.web.guards import signed_in
from plnapi.web.paging import PageIn, page_schema, paged
from plnapi.web.principal import principal

blp = Blueprint("harvest", __name__, description="Looks at people's accounts, and how much they saw")
CourseLookPage = page_schema(CourseLookOut)
AccountsPage = page_schema(AccountsOut)


@blp.get("/networks")
@signed_in()
@blp.response(200, NetworkOut(many=True))
def read_networks() -> list[Network]:
    """What is checked on which network

    For each network what is looked at by itself and with which consent, how an account is proven there, and what looks
    may be missing. Where a network cannot be read: why, and which link is good evidence for a person who reviews it.
    """
    return matrix()


@blp.post("/me/check-now")
@signed_in()
@blp.response(202, DueOut)
def check_now() -> dict[str, int]:
    """Look at your accounts soon

    Makes the looks at your accounts due; a worker does them. One that was just looked at is looked at
    again in 30 seconds. Servers that asked to wait are left alone.
    """
    return {"due": service.check_now(principal().person_id)}


@blp.get("/me/looks")
@signed_in()
@blp.response(200, LookStateOut(many=True))
def read_my_looks() -> list[dict[str, Any]]:
    """How much is seen of your accounts"""
    return _told(_rows(service.looks_of_person(principal().person_id)))


@blp.get("/courses/<uuid:course_id>/looks")
@in_course("instructor", scope="progress:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, CourseLookPage)
def read_course_looks(args: dict[str, Any], place: Place) -> Any:
    """How much is seen of your students' accounts

    Only of students who agreed to be looked at for this course.
    """
    page = paged(service.looks_of_course(place.course.id), [Source.id], args, _rows)
    return replace(page, items=_told(page.items)).body(), 200, page.links()


@blp.get("/networks/outages")
@signed_in()
@blp.response(200, OutageOut(many=True))
def read_outages() -> Sequence[Outage]:
    """Which servers do not answer

    The servers of people's accounts that gave no usable answer to two looks in a row or more, and still do not.
    """
    return outages.of_hosts(open_only=True)


@blp.get("/courses/<uuid:course_id>/accounts")
@in_course("instructor", "assistant", scope="progress:read")
@blp.arguments(AccountsIn, location="query")
@blp.response(200, AccountsPage)
def read_accounts(args: dict[str, Any], place: Place) -> Any:
    """How your students' accounts stand

    Who has linked none, not agreed, not proven one, and at whose accounts something could not be seen. Assistants with a
    section see its students.
    """
    page = paged(accounts.students(place, args.get("state")), [Person.name, Person.id], args, _rows)
    return page.body(), 200, page.links()


@blp.get("/courses/<uuid:course_id>/accounts/<uuid:person_id>")
@in_course("instructor", "assistant", scope="progress:read")
@blp.response(200, StudentSeenOut)
def read_account(place: Place, person_id: UUID) -> dict[str, Any]:
    """What is seen of a student's accounts, step by step

    How each was found and proven, what each look asked and how much it saw, and what of it the course asks for. Students
    see the same of themselves.
    """
    return _student(accounts.student(place, person_id))


@blp.post("/courses/<uuid:course_id>/accounts/<uuid:person_id>/check-now")
@in_course("instructor", "assistant", scope="progress:read")
@blp.response(202, DueOut)
def look_again(place: Place, person_id: UUID) -> dict[str, int]:
    """Look at a student's accounts soon

    As the student may ask for. Nothing is looked at without their consent for this course.
    """
    accounts.check_student(place, person_id)
    return {"due": service.check_now(person_id, place.course.id)}


@blp.get("/courses/<uuid:course_id>/gone-items")
@in_course(scope="courses:read")
@blp.response(200, GoneItemOut(many=True))
def read_gone_items(place: Place) -> list[Gone]:
    """Items of starter lists that lead to nobody any more

    Each address is looked at once a day while the course runs. It is here when the network said that there is nobody
    (404 or 410) at two looks that are at least a day apart, and not again since.
    """
    return health.gone_items([place.course.id])


def _student(one: Student) -> dict[str, Any]:
    kept = [{**fact.__dict__, "url": fact.evidence.get("uri") or fact.object_uri} for fact in one.kept]
    return {
        "person_id": one.person_id, "name": one.name, "section": one.section, "state": one.state,
        "accounts": [_account(account) for account in one.accounts], "kept": kept,
    }  # fmt: skip


def _account(seen: Seen) -> dict[str, Any]:
    looks = [{**look.__dict__, "told": tell(look.look, look.coverage, look.detail)} for look in seen.looks]
    return {**seen.identity.__dict__, "identity_id": seen.identity.id, "alike": seen.alike, "looks": looks}


def _rows(statement: Select[Any]) -> Sequence[Any]:
    return db.session.execute(statement).all()


def _told(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [{**row._mapping, "told": tell(row.look, row.coverage, row.detail)} for row in rows]
