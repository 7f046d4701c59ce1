"""The README's commands, run as they stand there, in their order, by somebody who has nothing but the repository.

`make` is told that the virtual environment is ready (`-o`), so that it runs its recipes with the one that runs the
tests and builds none. Commands that begin to serve or to work are asked what they are for, then ended.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
PATIENCE = 60  # seconds for a server to answer, on a machine that is busy
MIGRATE, ADMIN, RUN, WORK = (
    "make migrate",
    ".venv/bin/flask accounts create-admin you@example.edu",
    "make run",
    "make work",
)
IN_BLOCKS = [MIGRATE, ADMIN, RUN, WORK]
IN_THE_TEXT = {
    "make demo": "serves until interrupted; tests/demo runs the same with --once",
    "make demo ONCE=1": "tests/demo runs it",
    "make test": "would run this test again",
    "make test-peers": "installs real servers as root; a command of its own",
    "make check": "its own step wherever the tests run; it takes up to a minute",
    "flask jobs run": "run here",
}

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is absent")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """As on a new machine: no setting but the folder, and ports that are free."""
    ours = ("PLN_", "FLASK_", "MAKE", "MFLAGS", "DATABASE_URL", "SECRET_KEY", "GUNICORN_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    return kept | {"PLN_INSTANCE": str(tmp_path / "instance"), "PLN_BIND": bind, "PLN_BASE_URL": f"http://{bind}"}


def blocks() -> list[str]:
    """The commands of the README's code blocks, without what is said about them."""
    lines = "\n".join(re.findall(r"^```\w*\n(.*?)^```", README, re.M | re.S)).splitlines()
    return [command for line in lines if (command := line.partition("#")[0].strip())]


def words(command: str) -> list[str]:
    """The command as it is run here: by the virtual environment that runs the tests."""
    first, *rest = command.split()
    if first == "make":
        return ["make", f"BIN={BIN}", "-o", ".venv/.ready", *rest]
    return [str(BIN / Path(first).name), *rest]


def run(command: str, environment: dict[str, str]) -> str:
    """Run to the end; what it printed."""
    done = subprocess.run(words(command), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


@contextmanager
def running(command: str, environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """While it runs. It must end by itself when it is asked to."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            words(command), cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield process
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=PATIENCE)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def answered(url: str, process: subprocess.Popen[bytes], log: Path) -> str:
    """What `url` answers, once somebody listens there."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                return str(response.read().decode())
        except urllib.error.HTTPError as error:
            pytest.fail(f"{url}: {error.code} {error.read()[:500]!r}")
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"nobody answered at {url}\n{log.read_text(errors='replace')[-2000:]}")


def test_the_readme_has_these_commands_and_no_others() -> None:
    assert blocks() == IN_BLOCKS
    spoken = set(re.findall(r"`((?:make|flask|\.venv/bin/\w+) [^`]+)`", README))
    assert spoken == set(IN_THE_TEXT)


def test_a_new_installation_is_brought_up_as_the_readme_says(environment: dict[str, str], tmp_path: Path) -> None:
    run(MIGRATE, environment)
    invitation = run(ADMIN, environment).strip()
    assert invitation.startswith(environment["PLN_BASE_URL"])
    log = tmp_path / "run.log"
    with running(RUN, environment, log) as process:
        assert '"ok"' in answered(f"{environment['PLN_BASE_URL']}/readyz", process, log)
        assert 'name="csrf_token"' in answered(invitation, process, log)
        assert "openapi" in answered(f"{environment['PLN_BASE_URL']}/docs", process, log).lower()


def test_cron_does_what_is_due_on_a_new_installation(environment: dict[str, str]) -> None:
    run(MIGRATE, environment)
    told = run("flask jobs run", environment)
    assert "harvest: looked 0" in told


def test_the_worker_works_on_a_new_installation_and_ends_when_asked(
    environment: dict[str, str], tmp_path: Path
) -> None:
    run(MIGRATE, environment)
    log = tmp_path / "work.log"
    with running(WORK, environment, log) as process:
        queue = Path(environment["PLN_INSTANCE"]) / "jobs.db"
        ends = time.monotonic() + PATIENCE
        while not queue.exists() and process.poll() is None and time.monotonic() < ends:
            time.sleep(0.2)
        time.sleep(3)  # every job is due at once; one that fails is told in the log
        assert process.poll() is None, log.read_text(errors="replace")
    assert queue.exists()
    told = log.read_text(errors="replace")
    assert "job_failed" not in told and "Traceback" not in told, told[-2000:]
