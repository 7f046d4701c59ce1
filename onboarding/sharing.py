"""Templates that instructors share with each other: a checklist without people, dates or ids."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from onboarding import documents, loading, service, tracks
from onboarding.models import Template
from onboarding.service import ChecklistView
from plnapi.clock import new_id
from plnapi.courses.models import Course
from plnapi.db import db
from plnapi.errors import N_, Conflict, Forbidden, NotFound

MOST = 100  # of one person


def document(course: Course, *, title: str | None = None, summary: str = "", key: str | None = None) -> dict[str, Any]:
    """The course's checklist as a template. Raises Conflict `no_steps` for a course without any."""
    view = service.view(course.id)
    if not view.steps:
        raise Conflict(N_("The course has no steps yet."), code="no_steps")
    context = loading.contexts([course.id])[course.id]
    key = key or documents.key_for(course.id)
    return documents.of_checklist(view, context, key=key, title=title or view.title, summary=summary)


def share(course: Course, by: UUID, title: str, summary: str = "") -> Template:
    """Let all instructors of the institution use the course's checklist as it is at this moment.

    Raises Conflict `no_steps`, or `too_many` for somebody who shares a hundred.
    """
    mine = select(func.count()).select_from(Template).where(Template.made_by == by)
    if (db.session.scalar(mine) or 0) >= MOST:
        raise Conflict(N_("You share a hundred templates. Delete one first."), code="too_many")
    id_ = new_id()
    body = document(course, title=title, summary=summary, key=f"shared-{id_.hex}")
    made = Template(id=id_, title=title, summary=summary, body=body, made_by=by)
    db.session.add(made)
    db.session.flush()
    return made


def shared() -> Select[Any]:
    """The templates that are shared."""
    return select(Template)


def get(template_id: UUID) -> Template:
    """Raises NotFound."""
    found = db.session.get(Template, template_id)
    if found is None:
        raise NotFound(N_("template"), template_id)
    return found


def use(course: Course, template_id: UUID, by: UUID, lists: Mapping[str, UUID] | None = None) -> ChecklistView:
    """Put a shared template into a course. Raises NotFound, or as `tracks.put`."""
    return tracks.put(course, read(get(template_id)), by, lists=lists)


def read(template: Template) -> dict[str, Any]:
    """The document of a shared template, held against the schema as it is at this moment. Raises Invalid."""
    return documents.read(documents.write(template.body))


def delete(template_id: UUID, by: UUID, *, may_all: bool = False) -> None:
    """Share it no more; courses keep what they took. Raises NotFound, Forbidden for somebody else's."""
    found = get(template_id)
    if found.made_by != by and not may_all:
        raise Forbidden(N_("Only who shared a template deletes it."), code="not_yours")
    db.session.delete(found)
    db.session.flush()


def shown(template: Template, person_id: UUID) -> dict[str, Any]:
    """As `schemas.SharedTemplateOut`."""
    return {
        "id": template.id, "title": template.title, "summary": template.summary, "made_at": template.made_at,
        "steps": [step["title"] for step in template.body["steps"]], "own": template.made_by == person_id,
    }  # fmt: skip
