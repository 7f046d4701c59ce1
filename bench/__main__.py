"""`python -m bench [NAME …]`: run the benchmarks, all of them unless some are named."""

import argparse
from collections.abc import Callable, Mapping, Sequence

from bench import checklist, facts, feeds, grid, replay, roster
from bench.kit import SMALLEST, Row, Size, show

Benchmark = Callable[[Size], tuple[str, list[Row]]]
ALL: Mapping[str, Benchmark] = {
    "checklist": checklist.run,
    "grid": grid.run,
    "roster": roster.run,
    "facts": facts.run,
    "replay": replay.run,
    "feeds": feeds.run,
}
GROUPS = {"progress": ("checklist", "grid", "facts", "replay")}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for each. A goal that is missed is said, and is no error: figures depend on the machine."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join([*ALL, *GROUPS])}; default: all")
    parser.add_argument("--smallest", action="store_true", help="only show that they run; the figures mean nothing")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.names) - {*ALL, *GROUPS})
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    names = [one for name in given.names or ALL for one in GROUPS.get(name, (name,))]
    for name in dict.fromkeys(names):
        show(*ALL[name](SMALLEST if given.smallest else Size()))


if __name__ == "__main__":
    main()
