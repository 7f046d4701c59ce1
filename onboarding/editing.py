"""Small changes of a checklist: each reads it whole, changes one thing and saves it as the next version."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from onboarding import service
from onboarding.checks import ALL_OF, flat
from onboarding.service import ChecklistView, StepData
from plnapi.courses.models import Course
from plnapi.errors import N_, NotFound

Way = Mapping[str, Any]
Change = Callable[[list[StepData], int], None]


def add(course: Course, step: StepData, by: UUID, expected: int) -> ChecklistView:
    """Put a step at the end. Raises as `service.save`."""
    view = service.view(course.id)
    return service.save(course, view.title, [*view.steps, step], by, expected=expected)


def rename(course: Course, title: str, by: UUID, expected: int) -> ChecklistView:
    """Give the checklist another title."""
    return service.save(course, title, service.view(course.id).steps, by, expected=expected)


def change(course: Course, step_key: UUID, by: UUID, expected: int, **fields: Any) -> ChecklistView:
    """Set fields of a step: title, instructions, why, required."""

    def apply(steps: list[StepData], n: int) -> None:
        steps[n] = replace(steps[n], **fields)

    return _apply(course, step_key, by, expected, apply)


def move(course: Course, step_key: UUID, by: UUID, expected: int, *, places: int) -> ChecklistView:
    """Move a step up (-1) or down (1); at the end of the list it stays."""

    def apply(steps: list[StepData], n: int) -> None:
        steps.insert(max(0, n + places), steps.pop(n))

    return _apply(course, step_key, by, expected, apply)


def remove(course: Course, step_key: UUID, by: UUID, expected: int) -> ChecklistView:
    """Take a step off the list. What students earned by it stays noted."""
    return _apply(course, step_key, by, expected, lambda steps, n: steps.remove(steps[n]))


def set_way(course: Course, step_key: UUID, number: int | None, way: Way, by: UUID, expected: int) -> ChecklistView:
    """Change the way with this number, or add one (None). Raises NotFound for a number that there is not."""
    return _ways(course, step_key, by, expected, lambda ways: _put(ways, number, way))


def remove_way(course: Course, step_key: UUID, number: int, by: UUID, expected: int) -> ChecklistView:
    """Take a way off a step."""
    return _ways(course, step_key, by, expected, lambda ways: [one for n, one in enumerate(ways) if n != number])


def set_part(
    course: Course, step_key: UUID, number: int, part: int | None, way: Way, by: UUID, expected: int
) -> ChecklistView:
    """Change a part of the way with this number, or add one (None): all of them have to be done. Raises NotFound."""

    def apply(ways: Sequence[Way]) -> list[Way]:
        return _put(ways, number, _whole(_put(_parts_of(ways, number), part, way)))

    return _ways(course, step_key, by, expected, apply)


def remove_part(course: Course, step_key: UUID, number: int, part: int, by: UUID, expected: int) -> ChecklistView:
    """Take a part off a way. Raises NotFound."""

    def apply(ways: Sequence[Way]) -> list[Way]:
        left = [one for n, one in enumerate(_parts_of(ways, number)) if n != part]
        return _put(ways, number, _whole(left)) if left else [one for n, one in enumerate(ways) if n != number]

    return _ways(course, step_key, by, expected, apply)


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


def _ways(
    course: Course, step_key: UUID, by: UUID, expected: int, made: Callable[[Sequence[Way]], list[Way]]
) -> ChecklistView:
    def apply(steps: list[StepData], n: int) -> None:
        steps[n] = replace(steps[n], branches=tuple(made(steps[n].branches)))

    return _apply(course, step_key, by, expected, apply)


def _apply(course: Course, step_key: UUID, by: UUID, expected: int, change: Change) -> ChecklistView:
    view = service.view(course.id)
    steps = list(view.steps)
    change(steps, find(view, step_key)[0])
    return service.save(course, view.title, steps, by, expected=expected)
