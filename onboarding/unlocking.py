"""Which steps open which. A step with `after` is open once of each of its groups one step is done. Pure."""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from onboarding.checks.base import Note
from plnapi.errors import N_, FieldError


class Opened(Protocol):
    """What is read of a step here."""

    @property
    def step_key(self) -> UUID | None:
        """None for one that does not stand yet."""

    @property
    def title(self) -> str:
        """For people."""

    @property
    def after(self) -> Sequence[Sequence[str]]:
        """As in `models.Step`."""


class Written(Opened, Protocol):
    """A step or heading as it is to be saved."""

    @property
    def kind(self) -> str:
        """step or heading."""


Step = TypeVar("Step", bound=Opened)


def in_order(steps: Sequence[Step]) -> Sequence[Step]:
    """The steps so that each comes after those that open it, else as they stand."""
    if not any(step.after for step in steps):
        return steps
    by_key = {str(step.step_key): step for step in steps}
    found: dict[str, Step] = {}

    def visit(key: str) -> None:
        if key not in found and key in by_key:
            for before in _before(by_key[key]):
                visit(before)
            found[key] = by_key[key]

    for key in by_key:
        visit(key)
    return list(found.values())


def locked(step: Opened, done: Container[UUID], steps: Sequence[Opened]) -> Note | None:
    """What still opens the step, when it is locked: `groups` are the titles, one of each is needed."""
    left = [group for group in step.after if not any(UUID(key) in done for key in group)]
    if not left:
        return None
    titles = {str(one.step_key): one.title for one in steps}
    return Note("step_locked", {"groups": [[titles.get(key, key) for key in group] for group in left]})


def names(groups: Sequence[Sequence[str]]) -> str:
    """The titles in a line: of each group one, set apart by strokes."""
    return ", ".join(" / ".join(f"“{title}”" for title in group) for group in groups)


def errors(steps: Sequence[Written]) -> list[FieldError]:
    """Keys that are no other step of the list, and steps that wait for each other, with their pointers."""
    unknown = list(_unknown(steps))
    return unknown or list(_circles(steps))


def _unknown(steps: Sequence[Written]) -> Iterator[FieldError]:
    known = {str(step.step_key) for step in steps if step.kind == "step" and step.step_key}
    for n, step in enumerate(steps):
        if step.kind == "heading" and step.after:
            yield FieldError(f"/steps/{n}/after", N_("A heading is always open."), "heading")
        for g, group in enumerate(step.after):
            for k, key in enumerate(group):
                if key not in known:
                    message = N_(
                        "No other step of this checklist has this key. Save the step first, then name it here."
                    )
                    yield FieldError(f"/steps/{n}/after/{g}/{k}", message, "unknown")


def _circles(steps: Sequence[Written]) -> Iterator[FieldError]:
    """A step is in a circle when it waits, directly or through others, for itself, if only as one of several."""
    before = {str(step.step_key): _before(step) for step in steps if step.step_key}
    titles = {str(step.step_key): step.title for step in steps}
    for n, step in enumerate(steps):
        path = _path(str(step.step_key), before)
        if path:
            names_ = " → ".join(f"“{titles[key]}”" for key in path)
            message = N_("These steps wait for each other: %(steps)s. Take one of them off.") % {"steps": names_}
            yield FieldError(f"/steps/{n}/after", message, "circle")


def _path(start: str, before: Mapping[str, Sequence[str]]) -> list[str]:
    """A way from a step back to itself; empty when there is none."""
    seen, ways = set[str](), [[start]]
    while ways:
        way = ways.pop()
        for key in before.get(way[-1], ()):
            if key == start:
                return [*way, start]
            if key not in seen:
                seen.add(key)
                ways.append([*way, key])
    return []


def _before(step: Opened) -> list[str]:
    return [key for group in step.after for key in group]
