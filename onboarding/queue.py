"""What waits for a reviewer: links and answers without a decision, and steps whose evidence is below their least level."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, cast, exists, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from onboarding.models import Checklist, ChecklistVersion, Decision, Step, StepState
from plnapi.accounts.models import Person
from plnapi.courses.access import Place
from plnapi.courses.models import Enrolment
from plnapi.db import Json, db
from plnapi.web.paging import Page, paged

KINDS = ("link", "answer", "confirmation")
_answer, _later, _undone, _other = (aliased(Decision) for _ in range(4))
# Nobody answered it, or the last word about it was that the answer is taken back.
_OPEN = or_(
    ~exists().where(_answer.about_id == Decision.id),
    exists().where(
        _undone.link_id == Decision.id, _undone.kind == "undone", ~exists().where(_later.about_id == _undone.id)
    ),
)
_ANSWER_WAITS = exists().where(
    StepState.course_id == Decision.course_id,
    StepState.person_id == Decision.person_id,
    StepState.step_key == Decision.step_key,
    StepState.verdict == "waiting",
    StepState.level == "linked",
)
GIVEN = and_(or_(Decision.kind == "link", and_(Decision.kind == "answer", _ANSWER_WAITS)), _OPEN)
BELOW = and_(StepState.verdict == "waiting", StepState.level.in_(("declared", "machine")))


def page(place: Place, args: dict[str, Any]) -> Page[Any]:
    """What waits, oldest first: rows of `id` (of the link or answer; None for a confirmation), `kind`, `person_id`, `name`,
    `section`, `step_key`, `step_title` (None for a step that is gone), `url`, `comment`, `data`, `made_at`, `level`,
    `evidence`, `others` (how many other people of the course gave the same link).

    `args` is a loaded `PageIn`, maybe with `step_key`, `section` and `kind`. An assistant with a section sees that one.
    """
    items = union_all(_given(place.course.id), _below(place.course.id)).subquery()
    statement = _wanted(_named(place, items), items, args)
    keys: list[Any] = [items.c.made_at, items.c.person_id, items.c.step_key, items.c.kind]
    return paged(statement, keys, args, run)


def count(place: Place) -> int:
    """How many wait. One statement."""
    items = union_all(_given(place.course.id), _below(place.course.id)).subquery()
    return db.session.scalar(select(func.count()).select_from(_named(place, items).subquery())) or 0


def run(statement: Select[Any]) -> Sequence[Any]:
    """The rows, for `paging.paged`."""
    return db.session.execute(statement).all()


def _given(course_id: UUID) -> Select[Any]:
    same = and_(_other.course_id == Decision.course_id, _other.url_key == Decision.url_key)
    others = select(func.count(_other.person_id.distinct())).where(same, _other.person_id != Decision.person_id)
    return select(
        Decision.id, Decision.kind, Decision.person_id, Decision.step_key, Decision.url, Decision.comment, Decision.data,
        Decision.made_at, cast(null(), StepState.level.type).label("level"), cast(null(), Json).label("evidence"),
        others.scalar_subquery().label("others"),
    ).where(Decision.course_id == course_id, GIVEN)  # fmt: skip


def _below(course_id: UUID) -> Select[Any]:
    return select(
        cast(null(), Uuid), literal("confirmation"), StepState.person_id, StepState.step_key, literal(""), literal(""),
        cast(null(), Json), StepState.updated_at, StepState.level, StepState.evidence, literal(0),
    ).where(StepState.course_id == course_id, BELOW)  # fmt: skip


def _named(place: Place, items: Any) -> Select[Any]:
    newest = and_(ChecklistVersion.checklist_id == Checklist.id, ChecklistVersion.number == Checklist.version)
    titles = select(Step.step_key, Step.title).join(ChecklistVersion, ChecklistVersion.id == Step.version_id)
    title = titles.join(Checklist, newest).where(Checklist.course_id == place.course.id).subquery()
    here = and_(Enrolment.course_id == place.course.id, Enrolment.person_id == items.c.person_id)
    found = (
        select(items, Person.name, Enrolment.section, title.c.title.label("step_title"))
        .join(Person, Person.id == items.c.person_id)
        .outerjoin(Enrolment, here)
        .outerjoin(title, title.c.step_key == items.c.step_key)
        .where(or_(items.c.kind != "confirmation", title.c.title.is_not(None)))
    )
    return found if place.only_section is None else found.where(Enrolment.section == place.only_section)


def _wanted(statement: Select[Any], items: Any, args: dict[str, Any]) -> Select[Any]:
    if args.get("step_key"):
        statement = statement.where(items.c.step_key == args["step_key"])
    if args.get("section") is not None:
        statement = statement.where(Enrolment.section == args["section"])
    return statement.where(items.c.kind == args["kind"]) if args.get("kind") else statement
