"""A worker that is killed at a point: `crashing.py POINT DATABASE_URL INSTANCE PEER`. Run by test_crashes.py."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from plnapi.app import create_app
from plnapi.config import Settings
from plnapi.harvest import driver, evidence, run


def kill() -> None:
    """As the kernel does when memory is short: no clean-up of any kind."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, which is never reached."""
    return lambda *args, **kwargs: kill()


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, which ends but whose outcome nobody gets."""

    def killed(*args: Any, **kwargs: Any) -> Any:
        function(*args, **kwargs)
        kill()

    return killed


# Where → (module, name of the function there, how it is cut short)
POINTS = {
    "claimed": (driver, "look_all", before),
    "looked": (run, "store", before),
    "recorded": (evidence, "keep", after),
    "one stored": (run, "_stored", after),
}


def main(point: str, database_url: str, instance: str, peer: str) -> None:
    """Harvest, and die there."""
    module, name, cut = POINTS[point]
    setattr(module, name, cut(getattr(module, name)))
    settings = Settings(
        secret_key="a secret for tests, long enough to be one",
        database_url=database_url,
        instance=Path(instance),
        loopback_peers=(peer,),
        fetch_deadline=5.0,
    )
    with create_app(settings).app_context():
        run.run_due(settings)


if __name__ == "__main__":
    main(*sys.argv[1:])
