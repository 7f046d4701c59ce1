"""What every benchmark uses: CPU time, medians of rounds in turn, and a table."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. `rounds` medians are taken of, `scale` divides what a benchmark seeds and repeats."""

    rounds: int = 5
    scale: int = 1

    def of(self, many: int) -> int:
        """`many` at full size, never less than 2."""
        return max(2, many // self.scale)


SMALLEST = Size(rounds=1, scale=200)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `most` is the goal, in the same unit: at most so much; None where nothing is asked."""

    what: str
    figure: float
    unit: str
    most: float | None = None

    def verdict(self) -> str:
        """The goal, and whether it was reached."""
        if self.most is None:
            return ""
        return f"goal ≤ {self.most:g}: {'met' if self.figure <= self.most else 'MISSED'}"


def cpu_ms(run: Callable[[], object], times: int = 1) -> float:
    """Milliseconds of this process's CPU, all threads, for one call of `run`, over `times` calls."""
    began = time.process_time()
    for _ in range(times):
        run()
    return (time.process_time() - began) * 1000 / times


def in_turn(
    sides: Mapping[str, Callable[[], object]], size: Size, times: int, before: Callable[[], object] = lambda: None
) -> dict[str, float]:
    """The median CPU ms a call of each side. Sides take turns in every round, so that a busy machine is busy for all.

    `before` is called ahead of each side's turn, and not measured.
    """
    for run in sides.values():
        before()
        run()  # what is made once, at the first call, is not what a call costs
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(size.rounds):
        for name, run in sides.items():
            before()
            taken[name].append(cpu_ms(run, times))
    return {name: statistics.median(values) for name, values in taken.items()}


def show(title: str, rows: Sequence[Row]) -> None:
    """Print the rows as a table."""
    print(f"\n{title}")
    for row in rows:
        print(f"  {row.what:<64}{row.figure:>10.3f} {row.unit:<12}{row.verdict()}".rstrip())
