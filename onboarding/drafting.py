"""A checklist as YAML, edited, as a draft for the course that it was exported from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from onboarding import documents, service, sharing, tracks
from onboarding.editing import Draft
from onboarding.service import StepData
from plnapi.courses.models import Course


@dataclass(frozen=True, slots=True)
class _Standing:
    """A step as it stands, and as it is exported."""

    step: StepData
    exported: Mapping[str, Any]


def draft(course: Course, text: str) -> Draft:
    """The checklist that an edited export means, whole.

    A step is known by its key: `step-3` is the third of the checklist as it stands; another key is another step, and a step
    whose key is not there goes. What an export leaves out (named items, a day from which something counts, which of
    several lists) stays as it is where the file says nothing else. A document of another course, or written by hand, is
    put at the end, as an import would. Raises Invalid with pointers into the document.
    """
    document, view = tracks.read(text), service.view(course.id)
    if document["key"] != documents.key_for(course.id) or not view.steps:
        return tracks.draft(course, document)
    exported = sharing.document(course)["steps"]
    standing = {one["key"]: _Standing(step, one) for step, one in zip(view.steps, exported, strict=True)}
    made = tracks.steps_in(course, document)
    keys = {
        str(step.step_key): _key(step, given["key"], standing)
        for step, given in zip(made, document["steps"], strict=True)
    }
    steps = [_step(step, given, standing, keys) for step, given in zip(made, document["steps"], strict=True)]
    fresh = frozenset(step.step_key for step in steps if step.step_key) - {one.step_key for one in view.steps}
    return Draft(document["title"], steps, fresh)


def _key(step: StepData, key: str, standing: Mapping[str, _Standing]) -> UUID:
    found = standing[key].step.step_key if key in standing else step.step_key
    assert found is not None  # those that stand and those of templates have one
    return found


def _step(
    step: StepData, given: Mapping[str, Any], standing: Mapping[str, _Standing], keys: Mapping[str, UUID]
) -> StepData:
    after = tuple(tuple(str(keys[key]) for key in group) for group in step.after)
    made = replace(step, step_key=keys[str(step.step_key)], after=after)
    known = standing.get(given["key"])
    if known is None:
        return made
    texts = {name: getattr(known.step, name) for name in ("title", "instructions", "why")
             if given[name] == known.exported[name]}  # fmt: skip
    pairs = zip(made.branches, given["branches"], strict=True)
    branches = tuple(_way(n, way, raw, known) for n, (way, raw) in enumerate(pairs))
    return replace(made, **texts, branches=branches)


def _way(n: int, made: Mapping[str, Any], given: Mapping[str, Any], known: _Standing) -> Mapping[str, Any]:
    """What the file changed of a way on top of what stands; a way of another kind is taken as it is given."""
    exported = known.exported.get("branches", ())
    if n >= len(exported) or exported[n]["kind"] != given["kind"]:
        return made
    return {
        "kind": made["kind"],
        "config": _merged(known.step.branches[n]["config"], exported[n]["config"], made, given),
    }


def _merged(
    stands: Mapping[str, Any], was: Mapping[str, Any], made: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Settings that the file gives as they were exported stay, and those that an export leaves out; others are as `made`."""
    found = dict(made["config"])
    for name, value in stands.items():
        same = given["config"].get(name) == was[name] if name in was else name not in given["config"]
        found |= {name: value} if same else {}
    return found
