"""What the looks of these tests come to is noted, for the table at the end of a run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platforms import outcomes


@pytest.fixture(scope="package", autouse=True)
def _noted_outcomes(worker: str) -> Iterator[None]:
    with outcomes.recorded() as record:
        yield
    outcomes.save(record, Path(os.environ["PLN_TEST_FOLDER"]), worker)


@pytest.fixture(scope="package")
def worker(request: pytest.FixtureRequest) -> str:
    """The name of this process among those of a run."""
    name: str = getattr(request.config, "workerinput", {}).get("workerid", "main")
    return name
