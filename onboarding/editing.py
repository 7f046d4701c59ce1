"""Small changes of a checklist: each takes it whole and changes one thing. Nothing is saved here; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from onboarding.checks import ALL_OF, flat
from onboarding.service import ChecklistView, StepData
from plnapi.errors import N_, NotFound

Way = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A checklist as it would be saved. `fresh`: keys made for steps that did not stand before, as `service.save` takes."""

    title: str
    steps: Sequence[StepData]
    fresh: frozenset[UUID] = frozenset()


def add(view: ChecklistView, step: StepData) -> Draft:
    """Put a step at the end."""
    return Draft(view.title, [*view.steps, step])


def rename(view: ChecklistView, title: str) -> Draft:
    """Give the checklist another title."""
    return Draft(title, view.steps)


def change(view: ChecklistView, step_key: UUID, **fields: Any) -> Draft:
    """Set fields of a step: title, instructions, why, required. Raises NotFound, as all that follow."""

    def apply(steps: list[StepData], n: int) -> None:
        steps[n] = replace(steps[n], **fields)

    return _apply(view, step_key, apply)


def move(view: ChecklistView, step_key: UUID, *, places: int) -> Draft:
    """Move a step up (-1) or down (1); at the end of the list it stays."""

    def apply(steps: list[StepData], n: int) -> None:
        steps.insert(max(0, n + places), steps.pop(n))

    return _apply(view, step_key, apply)


def remove(view: ChecklistView, step_key: UUID) -> Draft:
    """Take a step off the list. What students earned by it stays noted."""
    return _apply(view, step_key, lambda steps, n: steps.remove(steps[n]))


def set_way(view: ChecklistView, step_key: UUID, number: int | None, way: Way) -> Draft:
    """Change the way with this number, or add one (None). Raises NotFound for a number that there is not."""
    return _ways(view, step_key, lambda ways: _put(ways, number, way))


def remove_way(view: ChecklistView, step_key: UUID, number: int) -> Draft:
    """Take a way off a step."""
    return _ways(view, step_key, lambda ways: [one for n, one in enumerate(ways) if n != number])


def set_part(view: ChecklistView, step_key: UUID, number: int, part: int | None, way: Way) -> Draft:
    """Change a part of the way with this number, or add one (None): all of them have to be done. Raises NotFound."""

    def apply(ways: Sequence[Way]) -> list[Way]:
        return _put(ways, number, _whole(_put(_parts_of(ways, number), part, way)))

    return _ways(view, step_key, apply)


def remove_part(view: ChecklistView, step_key: UUID, number: int, part: int) -> Draft:
    """Take a part off a way. Raises NotFound."""

    def apply(ways: Sequence[Way]) -> list[Way]:
        left = [one for n, one in enumerate(_parts_of(ways, number)) if n != part]
        return _put(ways, number, _whole(left)) if left else [one for n, one in enumerate(ways) if n != number]

    return _ways(view, step_key, apply)


def _parts_of(ways: Sequence[Way], number: int) -> list[Way]:
    if number >= len(ways):
        raise NotFound(N_("way"), number)
    return list(flat([ways[number]]))


def _whole(parts: Sequence[Way]) -> Way:
    """One part alone is a way by itself."""
    return parts[0] if len(parts) == 1 else {"kind": ALL_OF, "config": {"of": list(parts)}}


def find(view: ChecklistView, step_key: UUID) -> tuple[int, StepData]:
    """A step or heading with its position. Raises NotFound."""
    for n, step in enumerate(view.steps):
        if step.step_key == step_key:
            return n, step
    raise NotFound(N_("step"), step_key)


def _put(ways: Sequence[Way], number: int | None, way: Way) -> list[Way]:
    if number is None:
        return [*ways, way]
    if number >= len(ways):
        raise NotFound(N_("way"), number)
    return [way if n == number else one for n, one in enumerate(ways)]


def _ways(view: ChecklistView, step_key: UUID, made: Callable[[Sequence[Way]], list[Way]]) -> Draft:
    def apply(steps: list[StepData], n: int) -> None:
        steps[n] = replace(steps[n], branches=tuple(made(steps[n].branches)))

    return _apply(view, step_key, apply)


def _apply(view: ChecklistView, step_key: UUID, change: Callable[[list[StepData], int], None]) -> Draft:
    steps = list(view.steps)
    change(steps, find(view, step_key)[0])
    return Draft(view.title, steps)
