"""What the tests of adapters have exercised: network, look, verb and outcome, told at the end of a run.

An outcome is the verdict on a step that asks for this verb, as far as one look decides it. What a look shows is verified;
about what it does not show, its coverage decides:

    verified   shown
    not_yet    not shown, and the coverage is complete
    unknown    not shown, and the coverage is hidden or partial
    error      not shown, and the look failed

A look at a profile stands as the verb "Profile": what it does not show is the code. Looks with invented answers
(hypothesis) and looks that say "unchanged" count for nothing.
"""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from plnapi.http.types import FetchFailed
from plnapi.platforms import PLATFORMS
from plnapi.platforms.types import Act, Follow, ParseFailed, Platform, Post, Seen, Steps

Case = tuple[str, str, str]  # network, look, verb
OUTCOMES = ("verified", "not_yet", "unknown", "error")
OF_COVERAGE = {"complete": "not_yet", "partial": "unknown", "hidden": "unknown", "failed": "error"}


def declared() -> list[Case]:
    """For each network the verbs that it shows; each can come to every outcome."""
    return [case for platform in PLATFORMS.values() for case in _cases(platform)]


def _cases(platform: Platform) -> Iterator[Case]:
    can = platform.capabilities
    if "proof" in can.looks:
        yield platform.name, "proof", "Profile"
    yield from ((platform.name, look, verb) for verb, look in can.verbs.items())
    yield from ((platform.name, "received", verb) for verb in sorted(can.received))


# ---- recording


class Record:
    """Outcomes by case."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, ...]] = set()

    def note(self, network: str, look: str, seen: Seen | None) -> None:
        """What a look came to; None when it ended in an error."""
        if hypothesis.currently_in_test_context() or (seen is not None and seen.unchanged):
            return
        shown = {_verb(item) for item in seen.items} if seen else set()
        not_shown = OF_COVERAGE[seen.coverage.state] if seen else "error"
        for case in _cases(PLATFORMS[network]):
            if case[1] == look:
                self.seen |= {(*case, not_shown)} | ({(*case, "verified")} if case[2] in shown else set())


def _verb(item: Any) -> str:
    if isinstance(item, Act):
        return item.verb
    return {Post: "Create", Follow: "Follow"}.get(type(item), "Profile")


@contextmanager
def recorded() -> Iterator[Record]:
    """Until it is left, every look that is begun is noted."""
    record, patch = Record(), pytest.MonkeyPatch()
    for kind in {type(platform) for platform in PLATFORMS.values()}:
        patch.setattr(kind, "look", _noting(kind.look, record))
    yield record
    patch.undo()


def _noting(look: Any, record: Record) -> Any:
    def begun(self: Platform, what: str, *args: Any) -> Steps:
        return _noted(look(self, what, *args), self.name, what, record)

    return begun


def _noted(steps: Steps, network: str, look: str, record: Record) -> Generator[Any, Any, Seen]:
    try:
        seen = yield from steps
    except (FetchFailed, ParseFailed):
        record.note(network, look, None)
        raise
    record.note(network, look, seen)
    return seen


# ---- telling


def save(record: Record, folder: Path, worker: str) -> None:
    """Keep what this process has seen for the one that tells; a worker may come to these tests more than once."""
    file = folder / f"outcomes-{worker}.json"
    before = {tuple(row) for row in json.loads(file.read_text())} if file.exists() else set()
    file.write_text(json.dumps(sorted(before | record.seen)))


def report(session: pytest.Session, folder: Path) -> None:
    """Print the table; a run in which something declared was never exercised fails."""
    seen = {tuple(row) for file in folder.glob("outcomes-*.json") for row in json.loads(file.read_text())}
    writer = session.config.get_terminal_writer()
    writer.line()
    writer.line("\n".join(table(seen)))
    if missing(seen):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def missing(seen: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """What was declared and never exercised."""
    return [(*case, outcome) for case in declared() for outcome in OUTCOMES if outcome not in _of(case, seen)]


def table(seen: set[tuple[str, ...]]) -> list[str]:
    """A line for each network and verb: "yes" exercised, "NEVER" declared but not."""
    lines = [f"{'network':<10} {'look':<10} {'verb':<9} " + " ".join(f"{outcome:<8}" for outcome in OUTCOMES)]
    for case in declared():
        cells = ("yes" if o in _of(case, seen) else "NEVER" for o in OUTCOMES)
        lines.append(f"{case[0]:<10} {case[1]:<10} {case[2]:<9} " + " ".join(f"{cell:<8}" for cell in cells))
    return lines


def _of(case: Case, seen: set[tuple[str, ...]]) -> set[str]:
    return {row[3] for row in seen if row[:3] == case}
