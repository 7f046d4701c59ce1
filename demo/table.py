"""The demonstration's table: who is checked off, and by what evidence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SIGNS = {"verified": "✓", "waiting": "…", "not_yet": "·", "unknown": "?", "error": "!"}
MEANINGS = "✓ checked off   … waits for a person   · not yet   ? cannot be seen   ! no answer"


@dataclass(frozen=True, slots=True)
class Tick:
    """One student's place with one step. `evidence` are addresses, `because` is the sentence that a student reads."""

    student: str
    step: str
    verdict: str
    level: str | None
    evidence: tuple[str, ...]
    because: str


def render(ticks: Iterable[Tick]) -> str:
    """The table and, below it, what each tick rests on or what is missing."""
    ticks = list(ticks)
    students = list(dict.fromkeys(tick.student for tick in ticks))
    steps = list(dict.fromkeys(tick.step for tick in ticks))
    return "\n".join([*_grid(ticks, students, steps), "", *_details(ticks, students)])


def _grid(ticks: list[Tick], students: list[str], steps: list[str]) -> Iterator[str]:
    by_place = {(tick.student, tick.step): tick for tick in ticks}
    wide = max(map(len, students))
    for number, step in enumerate(steps, 1):
        yield f"  {number}  {step}"
    yield ""
    yield " " * wide + "".join(f"{number:>4}" for number in range(1, len(steps) + 1))
    for student in students:
        signs = (SIGNS[by_place[student, step].verdict] for step in steps)
        yield student.ljust(wide) + "".join(f"{sign:>4}" for sign in signs)
    yield f"\n{MEANINGS}"


def _details(ticks: list[Tick], students: list[str]) -> Iterator[str]:
    for student in students:
        yield student
        for tick in (tick for tick in ticks if tick.student == student):
            level = f" ({tick.level})" if tick.level else ""
            yield f"  {SIGNS[tick.verdict]} {tick.step}{level}"
            yield from (f"      {uri}" for uri in tick.evidence)
            if not tick.evidence:
                yield f"      {tick.because}"
