"""Tracks: checklists that a course can begin with, written in YAML beside the code."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid5

import yaml
from marshmallow import ValidationError, fields, validate

from onboarding import loading, service
from onboarding.checks.base import Context
from onboarding.schemas.checklist import StepIn
from onboarding.service import ChecklistView, StepData
from plnapi.courses.models import Course
from plnapi.errors import N_, Conflict, FieldError, Invalid, Message, NotFound
from plnapi.web.api import In

NAMES = ("hashtag", "group", "blog")
# What a role's list must hold, see resources: kinds of items.
ROLES = {"people": "person", "spaces": "space"}
EXAMPLE_LIST = str(UUID(int=0))


class TrackStepIn(In):
    """A step of a track; `key` is the step's name within it."""

    key = fields.String(required=True, validate=validate.Regexp(r"[a-z][a-z0-9-]{0,40}\Z"))
    kind = fields.String(load_default="step")
    title = fields.String(required=True)
    instructions = fields.String(load_default="")
    why = fields.String(load_default="")
    required = fields.Boolean(load_default=True)
    branches = fields.List(fields.Dict(), load_default=list)


class TrackIn(In):
    """A track. In texts `{hashtag}` stands for the course's, as `list` of a config `{people}` or `{spaces}` for a list."""

    key = fields.String(required=True, validate=validate.Regexp(r"[a-z][a-z0-9-]{0,40}\Z"))
    title = fields.String(required=True)
    summary = fields.String(required=True)
    steps = fields.List(fields.Nested(TrackStepIn), required=True, validate=validate.Length(1, 100))


def read(text: str) -> dict[str, Any]:
    """A track out of YAML, whole or not at all. Raises Invalid naming what is wrong."""
    try:
        track: dict[str, Any] = TrackIn().load(yaml.safe_load(text))
        names = dict.fromkeys((*ROLES,), EXAMPLE_LIST)
        for step in track["steps"]:
            StepIn().load(_filled(step, "example", names))
    except (yaml.YAMLError, ValidationError) as error:
        raise Invalid(N_("This is no track: %(problem)s"), code="bad_track", problem=str(error)[:500]) from error
    if len({step["key"] for step in track["steps"]}) != len(track["steps"]):
        raise Invalid(N_("This is no track: %(problem)s"), code="bad_track", problem="a key is used twice")
    return track


@cache
def library() -> Mapping[str, dict[str, Any]]:
    """The tracks that come with plnapi, by key."""
    folder = files("onboarding") / "tracks"
    return {name: read((folder / f"{name}.yaml").read_text(encoding="utf-8")) for name in NAMES}


def add(
    course: Course, key: str, by: UUID | None, *, lists: Mapping[str, UUID] | None = None, expected: int | None = None
) -> ChecklistView:
    """Put the steps of a track at the end of the course's checklist, all of them or none.

    `lists` maps roles to lists of the course; for others the first list with such items is taken. Raises NotFound,
    Conflict `track_used`, Invalid when the course lacks what the track needs.
    """
    track = library().get(key)
    if track is None:
        raise NotFound(N_("template"), key)
    before = service.view(course.id)
    context = loading.contexts([course.id])[course.id]
    steps = _steps(track, course, context, {role: str(id_) for role, id_ in (lists or {}).items()})
    if {step.step_key for step in before.steps} & {step.step_key for step in steps}:
        raise Conflict(N_("The steps of this track are in the checklist already."), code="track_used")
    title = before.title if before.version else track["title"]
    at = before.version if expected is None else expected
    fresh = frozenset(step.step_key for step in steps if step.step_key)
    return service.save(course, title, [*before.steps, *steps], by, expected=at, fresh=fresh)


def _steps(track: Mapping[str, Any], course: Course, context: Context, given: Mapping[str, str]) -> Sequence[StepData]:
    if not context.hashtags:
        raise Invalid(N_("The track needs a hashtag; attach one to the course first."), code="no_hashtag")
    hashtag = next(iter(context.hashtags.values()))
    lists = {role: given.get(role) or _first_list(context, kind) for role, kind in ROLES.items()}
    used = {branch["config"].get("list") for step in track["steps"] for branch in step["branches"]}
    missing = [role for role in ROLES if f"{{{role}}}" in used and lists[role] is None]
    if missing:
        detail = N_("The course has no starter list with a %(kind)s that can be followed.")
        errors = [FieldError(f"/lists/{role}", Message.of(detail, kind=ROLES[role]), "no_list") for role in missing]
        raise Invalid(N_("The course lacks a starter list that the track needs."), code="no_list", errors=errors)
    names = {role: list_ for role, list_ in lists.items() if list_}
    loaded = [(step["key"], StepIn().load(_filled(step, f"#{hashtag}", names))) for step in track["steps"]]
    return [_keyed(course.id, track["key"], key, step) for key, step in loaded]


def _keyed(course_id: UUID, track: str, key: str, step: StepData) -> StepData:
    """The key of a step follows from its place, so that a track is not put in twice."""
    made = uuid5(course_id, f"{track}/{key}")
    return replace(step, step_key=made)


def _first_list(context: Context, kind: str) -> str | None:
    for list_id, list_ in context.lists.items():
        if any(target.kind == kind and target.keys for target in list_.targets):
            return list_id
    return None


def _filled(step: Mapping[str, Any], hashtag: str, lists: Mapping[str, str]) -> dict[str, Any]:
    texts = {name: step[name].replace("{hashtag}", hashtag) for name in ("title", "instructions", "why")}
    branches = [{**branch, "config": _config(branch.get("config", {}), lists)} for branch in step["branches"]]
    return {**texts, "kind": step["kind"], "required": step["required"], "branches": branches}


def _config(config: Mapping[str, Any], lists: Mapping[str, str]) -> dict[str, Any]:
    if "list" not in config:
        return dict(config)
    return {**config, "list": lists.get(str(config["list"]).strip("{}"), config["list"])}
