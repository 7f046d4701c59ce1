"""The steps of a course, brought over into its copy."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from onboarding import service
from onboarding.service import StepData
from plnapi.courses import service as courses
from plnapi.courses.models import Course
from plnapi.hashtags import service as hashtags
from plnapi.resources import service as resources


def copy(from_course_id: UUID, course_id: UUID) -> None:
    """Take over the newest checklist: days move with the first day of the course, at most to its last; lists are its own.

    Who hears of a copy first is not fixed, so lists and hashtags are brought over here as well if they are not there yet.
    """
    hashtags.copy_tags(from_course_id, course_id)
    lists = {str(old): str(new) for old, new in resources.copy_lists(from_course_id, course_id).items()}
    view, made = service.view(from_course_id), courses.get(course_id)
    if view.steps:
        shift = made.starts_on - courses.get(from_course_id).starts_on
        service.adopt(made, view.title, [_step(step, made, shift, lists) for step in view.steps])


def _step(step: StepData, made: Course, shift: timedelta, lists: Mapping[str, str]) -> StepData:
    return replace(
        step,
        step_key=_key(made.id, str(step.step_key)),
        after=tuple(tuple(str(_key(made.id, key)) for key in group) for group in step.after),
        due_on=min(step.due_on + shift, made.ends_on) if step.due_on else None,
        branches=tuple({**way, "config": _config(way["config"], shift, lists)} for way in step.branches),
    )


def _key(course_id: UUID, step_key: str) -> UUID:
    return uuid5(course_id, step_key)


def _config(config: Mapping[str, Any], shift: timedelta, lists: Mapping[str, str]) -> dict[str, Any]:
    """Days moved and lists exchanged, in the parts of a way too."""
    made = dict(config)
    if "list" in made:
        made["list"] = lists.get(str(made["list"]), made["list"])
    if made.get("since_day"):
        made["since_day"] = (date.fromisoformat(made["since_day"]) + shift).isoformat()
    if "of" in made:
        made["of"] = [{**part, "config": _config(part["config"], shift, lists)} for part in made["of"]]
    return made
