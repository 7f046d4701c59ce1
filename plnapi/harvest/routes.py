"""The API about looks: what was seen of whom, and asking for another look."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select

from plnapi.courses.access import Place, in_course
from plnapi.db import db
from plnapi.harvest import service
from plnapi.harvest.models import Source
from plnapi.harvest.networks import Network, matrix
from plnapi.harvest.schemas import CourseLookOut, DueOut, LookStateOut, NetworkOut
from plnapi.harvest.sentences import tell
from plnapi.web.api import Blueprint
from plnapi.web.guards import signed_in
from plnapi.web.paging import PageIn, page_schema, paged
from plnapi.web.principal import principal

blp = Blueprint("harvest", __name__, description="Looks at people's accounts, and how much they saw")
CourseLookPage = page_schema(CourseLookOut)


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


def _rows(statement: Select[Any]) -> Sequence[Any]:
    return db.session.execute(statement).all()


def _told(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [{**row._mapping, "told": tell(row.look, row.coverage, row.detail)} for row in rows]
