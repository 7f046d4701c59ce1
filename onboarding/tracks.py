"""Tracks: checklists that a course can begin with, written in YAML beside the code; and any template put into a course."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid5

from marshmallow import ValidationError

from onboarding import documents, loading, service
from onboarding.checks.base import Context, Target, TargetList
from onboarding.editing import Draft
from onboarding.schemas.checklist import StepIn
from onboarding.schemas.template import ROLES
from onboarding.service import ChecklistView, StepData
from plnapi.courses.models import Course
from plnapi.errors import N_, Conflict, FieldError, Invalid, Message, NotFound, PlnapiError

NAMES = ("hashtag", "group", "blog", "chat", "spaces", "four-weeks")
EXAMPLE_LIST = str(UUID(int=0))
MOST_TARGETS = 20  # of a list that stands for one that there is not
_HASHTAG = "{hashtag}"


def read(text: str) -> dict[str, Any]:
    """A track out of YAML, whole or not at all, with settings that its kinds take. Raises Invalid naming what is wrong."""
    track = documents.read(text)
    errors: list[FieldError] = []
    _loaded(track, "example", dict.fromkeys(ROLES, EXAMPLE_LIST), errors)
    if errors:
        raise Invalid(documents.REFUSED, code="bad_template", errors=errors)
    return track


@cache
def library() -> Mapping[str, dict[str, Any]]:
    """The tracks that come with plnapi, by key."""
    folder = files("onboarding") / "tracks"
    return {name: read((folder / f"{name}.yaml").read_text(encoding="utf-8")) for name in NAMES}


@dataclass(frozen=True, slots=True)
class Need:
    """A list that a template asks for: its role, the kind of items that it must hold, and id → title of those that do."""

    role: str
    kind: str
    lists: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """What putting a template into a course does or, dry, would do: titles that come to the checklist, what is wrong."""

    dry_run: bool
    version: int
    added: Sequence[str]
    errors: Sequence[FieldError]

    @classmethod
    def refused(cls, error: PlnapiError) -> "Report":
        """Of a document that is refused as a whole, or in several places."""
        whole = FieldError("/", Message.of(error.message, **error.params), error.code)
        return cls(True, 0, (), error.errors or (whole,))


def add(
    course: Course, key: str, by: UUID | None, *, lists: Mapping[str, UUID] | None = None, expected: int | None = None
) -> ChecklistView:
    """Put the steps of a track at the end of the course's checklist, as `put`. Raises NotFound for no such track."""
    return put(course, find(key), by, lists=lists, expected=expected)


def find(key: str) -> Mapping[str, Any]:
    """A track of the library. Raises NotFound."""
    track = library().get(key)
    if track is None:
        raise NotFound(N_("template"), key)
    return track


def put(
    course: Course,
    track: Mapping[str, Any],
    by: UUID | None,
    *,
    lists: Mapping[str, UUID] | None = None,
    expected: int | None = None,
) -> ChecklistView:
    """Put the steps of a template at the end of the course's checklist, all of them or none.

    `lists` maps roles to lists of the course; for others the first list with such items is taken. Raises Conflict
    `track_used`, Invalid with pointers into the template, or at `/lists/<role>` when the course lacks a list.
    """
    before, made = service.view(course.id), draft(course, track, lists)
    at = before.version if expected is None else expected
    try:
        return service.save(course, made.title, made.steps, by, expected=at, fresh=made.fresh)
    except Invalid as error:
        raise _shifted(error, len(before.steps)) from error


def import_yaml(
    course: Course, data: bytes, by: UUID | None, *, lists: Mapping[str, UUID] | None = None, dry_run: bool = False
) -> Report:
    """Put a template out of YAML into a course, all or nothing. Raises as `put`, or says it in the report of a dry run."""
    try:
        track = read(data.decode("utf-8"))
        if not dry_run:
            view = put(course, track, by, lists=lists)
            return Report(False, view.version, [step["title"] for step in track["steps"]], ())
        before, made = service.view(course.id), draft(course, track, lists)
        try:
            service.check(course, made.steps, expected=before.version, fresh=made.fresh)
        except Invalid as error:
            raise _shifted(error, len(before.steps)) from error
        return Report(True, before.version, [step.title for step in made.steps[len(before.steps) :]], ())
    except UnicodeDecodeError as error:
        raise Invalid(N_("This is no YAML in UTF-8."), code="not_yaml") from error
    except Invalid as error:
        if not dry_run or not error.errors:
            raise
        return Report(True, service.view(course.id).version, (), error.errors)


def draft(course: Course, track: Mapping[str, Any], lists: Mapping[str, UUID] | None = None) -> Draft:
    """The checklist with the steps of a template at its end. Raises as `put`, pointing into the template."""
    before, steps = service.view(course.id), steps_in(course, track, lists)
    fresh = frozenset(step.step_key for step in steps if step.step_key)
    if {step.step_key for step in before.steps} & fresh:
        raise Conflict(N_("The steps of this track are in the checklist already."), code="track_used")
    return Draft(before.title if before.version else track["title"], [*before.steps, *steps], fresh)


def steps_in(course: Course, track: Mapping[str, Any], lists: Mapping[str, UUID] | None = None) -> Sequence[StepData]:
    """The steps of a template as they would stand in this course. Raises Invalid as `put`."""
    context = loading.contexts([course.id])[course.id]
    return _steps(track, course, context, {role: str(id_) for role, id_ in (lists or {}).items()})


def steps_anyhow(
    course: Course, track: Mapping[str, Any], context: Context, names: Mapping[str, str]
) -> tuple[Sequence[StepData], Context]:
    """The same also for a course that lacks what the template needs, with a context that has examples of it: for a look.

    `names` are titles for lists that there are not, by role.
    """
    examples = {role: str(UUID(int=n)) for n, role in enumerate(ROLES) if _first_list(context, ROLES[role]) is None}
    hashtag = next(iter(context.hashtags.values()), "example")
    found = {role: _first_list(context, kind) or examples[role] for role, kind in ROLES.items()}
    errors: list[FieldError] = []
    steps = _loaded(track, hashtag, found, errors)
    if errors:
        raise Invalid(documents.REFUSED, code="bad_template", errors=errors)
    placed = [_placed(course, track, step, made) for step, made in zip(track["steps"], steps, strict=True)]
    given = {id_: _example_list(names[role], ROLES[role]) for role, id_ in examples.items()}
    hashtags = context.hashtags or {"example": hashtag}
    return placed, replace(context, hashtags=hashtags, lists={**context.lists, **given})


def _example_list(title: str, kind: str) -> TargetList:
    return TargetList.of(title, [Target(str(n), kind, "…", frozenset({f"example:{n}"})) for n in range(MOST_TARGETS)])


def needs(track: Mapping[str, Any], context: Context) -> list[Need]:
    """The roles of lists that the template speaks of, each with the lists of the course that can play it."""
    used = {str(way.get("config", {}).get("list", "")).strip("{}") for way in _ways(track["steps"])}
    return [Need(role, kind, _fitting(context, kind)) for role, kind in ROLES.items() if role in used]


def needs_hashtag(track: Mapping[str, Any]) -> bool:
    """Whether the course must have a hashtag for it."""
    return _HASHTAG in str(track["steps"])


def _steps(track: Mapping[str, Any], course: Course, context: Context, given: Mapping[str, str]) -> Sequence[StepData]:
    if needs_hashtag(track) and not context.hashtags:
        raise Invalid(N_("The track needs a hashtag; attach one to the course first."), code="no_hashtag")
    hashtag = next(iter(context.hashtags.values()), "")
    lists = {role: given.get(role) or _first_list(context, kind) for role, kind in ROLES.items()}
    missing = [need.role for need in needs(track, context) if lists[need.role] is None]
    if missing:
        detail = N_("The course has no starter list with a %(kind)s that can be used.")
        errors = [FieldError(f"/lists/{role}", Message.of(detail, kind=ROLES[role]), "no_list") for role in missing]
        raise Invalid(N_("The course lacks a starter list that the track needs."), code="no_list", errors=errors)
    errors = []
    loaded = _loaded(track, hashtag, {role: list_ for role, list_ in lists.items() if list_}, errors)
    if errors:
        raise Invalid(documents.REFUSED, code="bad_template", errors=errors)
    return [_placed(course, track, step, made) for step, made in zip(track["steps"], loaded, strict=True)]


def _loaded(
    track: Mapping[str, Any], hashtag: str, lists: Mapping[str, str], errors: list[FieldError]
) -> Sequence[StepData]:
    """The steps held against the schemas of their kinds; what is wrong goes to `errors`."""
    keys, found = [step["key"] for step in track["steps"]], []
    for n, step in enumerate(track["steps"]):
        errors += documents.unknown_names(f"/steps/{n}", step, keys)
        try:
            found.append(StepIn().load(_filled(step, hashtag, lists)))
        except ValidationError as error:
            wrong = {one.pointer for one in errors}
            errors += [one for one in documents.problems(error, f"/steps/{n}") if one.pointer not in wrong]
    return found


def _placed(course: Course, track: Mapping[str, Any], step: Mapping[str, Any], made: StepData) -> StepData:
    """In this course: the key of a step follows from its place, so that a template is not put in twice."""
    after = tuple(tuple(str(_key(course.id, track, key)) for key in group) for group in step["after"])
    day = course.starts_on + timedelta(days=step["due_day"] - 1) if step["due_day"] else None
    return replace(made, step_key=_key(course.id, track, step["key"]), after=after, due_on=day)


def _key(course_id: UUID, track: Mapping[str, Any], key: str) -> UUID:
    return uuid5(course_id, f"{track['key']}/{key}")


def _first_list(context: Context, kind: str) -> str | None:
    return next(iter(_fitting(context, kind)), None)


def _fitting(context: Context, kind: str) -> Mapping[str, str]:
    """Id → title of the lists that hold items of this kind that can be used."""
    can_be_followed = kind in {"person", "space"}
    return {
        list_id: list_.title
        for list_id, list_ in context.lists.items()
        if any(target.kind == kind and (target.keys or not can_be_followed) for target in list_.targets)
    }


def _filled(step: Mapping[str, Any], hashtag: str, lists: Mapping[str, str]) -> dict[str, Any]:
    """A step as `StepIn` takes it."""
    texts = {name: step[name].replace(_HASHTAG, f"#{hashtag}") for name in ("title", "instructions", "why")}
    names = ("kind", "required", "points", "least_level", "fallback", "keeps_credit")
    ways = [_way(way, hashtag, lists) for way in step["branches"]]
    return {**texts, **{name: step[name] for name in names}, "branches": ways}


def _way(way: Mapping[str, Any], hashtag: str, lists: Mapping[str, str]) -> dict[str, Any]:
    config = {name: _value(name, value, hashtag, lists) for name, value in way.get("config", {}).items()}
    return {**way, "config": config}


def _value(name: str, value: Any, hashtag: str, lists: Mapping[str, str]) -> Any:
    if name == "list" and isinstance(value, str):
        return lists.get(value.strip("{}"), value)
    if isinstance(value, str):
        return value.replace(_HASHTAG, f"#{hashtag}")
    if isinstance(value, list):
        return [_value("", one, hashtag, lists) for one in value]
    return _way(value, hashtag, lists) if isinstance(value, Mapping) and "kind" in value else value


def _ways(steps: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The ways of all steps, and the parts of those that have parts."""
    for step in steps:
        for way in step["branches"]:
            yield way
            parts = way.get("config", {}).get("of")
            yield from (one for one in (parts if isinstance(parts, list) else ()) if isinstance(one, Mapping))


def _shifted(error: Invalid, by: int) -> Invalid:
    """With pointers into the template, not into the checklist that it was put at the end of."""
    errors = [replace(one, pointer=_moved(one.pointer, by)) for one in error.errors]
    return Invalid(error.message, code=error.code, errors=errors, **error.params)


def _moved(pointer: str, by: int) -> str:
    parts = pointer.split("/")
    if len(parts) > 2 and parts[1] == "steps" and parts[2].isdigit():
        parts[2] = str(int(parts[2]) - by)
    return "/".join(parts)
