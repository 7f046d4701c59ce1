"""Who may do what in a course. The routes say it; this file enforces it and reads it back as one table."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask
from sqlalchemy import ColumnElement, and_, bindparam, or_, select

from plnapi.courses.models import Course, Enrolment
from plnapi.db import db
from plnapi.errors import N_, Forbidden, NotFound
from plnapi.web.guards import Guard, check_scope, guard_of, mark
from plnapi.web.principal import Principal, principal

View = TypeVar("View", bound=Callable[..., Any])

ROLES = ("instructor", "assistant", "student")

# Built once: course and place come in one statement, so that the check costs one round trip.
_MINE = and_(
    Enrolment.course_id == Course.id,
    Enrolment.person_id == bindparam("person_id"),
    Enrolment.left_at.is_(None),
)
_HERE = Course.id == bindparam("course_id")
_PLACE = select(Course, Enrolment.role, Enrolment.section).outerjoin(Enrolment, _MINE).where(_HERE)
_BARE = select(Course.id, Enrolment.role, Enrolment.section).outerjoin(Enrolment, _MINE).where(_HERE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in a course: `role` is instructor, assistant or student."""

    course_id: UUID
    role: str
    person_id: UUID
    section: str
    known: Course | None = None

    @property
    def course(self) -> Course:
        """The course. It was read with the place, unless the view said that it needs none."""
        return self.known or db.session.get_one(Course, self.course_id)

    @property
    def is_staff(self) -> bool:
        """Whether they teach here, or help to."""
        return self.role != "student"

    @property
    def only_section(self) -> str | None:
        """The one section whose students this person sees, as an assistant with a section; None: everybody's."""
        return self.section if self.role == "assistant" and self.section else None

    def sees(self, section: str | None) -> bool:
        """Whether students of this section are this person's to see."""
        return self.only_section is None or section == self.only_section


@dataclass(frozen=True, slots=True)
class AccessRow:
    """Who may call one operation. `roles` are the institution's, or the course's where `within` is `course`."""

    method: str
    rule: str
    within: str
    roles: tuple[str, ...]
    scope: str | None


def in_course(*roles: str, scope: str, bare: bool = False) -> Callable[[View], View]:
    """Only people of the course in the path, of these roles (none named: all of them), with `scope` if by token.

    The view gets `place: Place` instead of `course_id`. An administrator of the institution stands as an instructor.
    `bare`: the view needs no more of the course than its id, and is asked for often.
    """
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise ValueError(f"no roles of a course: {sorted(unknown)}")
    allowed = frozenset(roles or ROLES)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, course_id: UUID, **kwargs: Any) -> Any:
            check_scope(scope)
            place = place_of(principal(), course_id, bare=bare)
            if place.role not in allowed:
                raise Forbidden(N_("Your role in this course does not allow this."), code="role_missing")
            return view(*args, place=place, **kwargs)

        return mark(guarded, Guard("course", allowed, scope))  # type: ignore[return-value]

    return decorate


def place_of(who: Principal, course_id: UUID, *, bare: bool = False) -> Place:
    """Where `who` stands in a course. Raises NotFound, alike for no course and for somebody else's course."""
    run = db.session.connection().execute if bare else db.session.execute
    row = run(_BARE if bare else _PLACE, {"person_id": who.person_id, "course_id": course_id}).one_or_none()
    if row is None or (row.role is None and not who.is_admin):
        raise NotFound(N_("course"), course_id)
    role = "instructor" if who.is_admin else row.role
    return Place(course_id, role, who.person_id, row.section or "", None if bare else row.Course)


def seen_by(place: Place) -> list[ColumnElement[bool]]:
    """Conditions on `Enrolment`: the people whom this person sees. Staff are seen by everybody who sees a roster."""
    if place.only_section is None:
        return []
    return [or_(Enrolment.role != "student", Enrolment.section == place.only_section)]


def check_sees(place: Place, person_id: UUID) -> None:
    """Raises NotFound for a person outside the section of an assistant who has one, as for somebody unknown."""
    if place.only_section is None:
        return
    here = Enrolment.course_id == place.course.id, Enrolment.person_id == person_id
    if not place.sees(db.session.scalar(select(Enrolment.section).where(*here))):
        raise NotFound(N_("student"), person_id)


def table(app: Flask) -> list[AccessRow]:
    """Every operation of the app that carries a mark, sorted by rule and method."""
    rows = []
    for rule in app.url_map.iter_rules():
        guard = guard_of(app.view_functions[rule.endpoint])
        if guard is not None:
            methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            rows += [AccessRow(m, rule.rule, guard.within, tuple(sorted(guard.roles)), guard.scope) for m in methods]
    return sorted(rows, key=lambda row: (row.rule, row.method))
