"""`python -m demo`: a course, five students and a practice network; who is checked off, and by what evidence.

`--once` prints the table and ends, with 1 when an expected tick is missing. Without it the site is served, with links to
sign in, until interrupted. `--scenario outage` (a file of demo/scenarios, or a path) then lets something go wrong on the
practice network, looks again, and prints what came of it. Everything is made in a temporary folder and gone afterwards.
"""

import argparse
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import flask_migrate
from werkzeug.serving import WSGIRequestHandler, make_server

from demo import course, table
from demo.course import EXPECTED, Stage
from demo.practice import PracticeNetwork, Served, Story
from demo.practice.scenario import BadScenario, Scenario, read_scenario
from demo.practice.story import STUDENTS
from demo.ticks import looks_of, ticks_of
from onboarding import Onboarding
from plnapi import clock, jobs
from plnapi.accounts import service as accounts
from plnapi.app import create_app
from plnapi.config import Settings
from plnapi.db import db, unit_of_work
from plnapi.harvest.run import run_all_due
from plnapi.harvest.service import run_due
from plnapi.web.app import App

ROOT = Path(__file__).parents[1]
SCENARIOS = Path(__file__).parent / "scenarios"
SCENARIO_DEADLINE = 3.0  # seconds: nobody wants to watch slow answers for longer
FIRST_DAYS = timedelta(days=4)  # by then every student who wants one has an account
WORKER_SECONDS = 5


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="print the table and end")
    parser.add_argument("--port", type=int, default=5000, help="where the site is served")
    parser.add_argument("--scenario", type=_scenario, help=f"what goes wrong then: {', '.join(_names())}, or a file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plnapi-demo-") as folder, PracticeNetwork().serving() as network:
        app = _app(Path(folder), network, options.port)
        with app.app_context():
            stage = _play(app, network)
            missing = _show(stage)
            if options.scenario:
                _play_scenario(app, stage, network, options.scenario)
            if options.once or missing:
                return 1 if missing else 0
            _serve(app, stage, network, options.port)
    return 0


def _app(folder: Path, network: Served, port: int) -> App:
    settings = Settings(
        secret_key=folder.name * 3,
        database_url=f"sqlite:///{folder / 'demo.db'}",
        instance=folder,
        base_url=f"http://127.0.0.1:{port}",
        loopback_peers=(network.domain,),
        look_every=1,
        site_name="plnapi demo",
        log_format="json",
    )
    app = create_app(settings)
    Onboarding().init_app(app)
    with app.app_context():
        flask_migrate.upgrade(str(ROOT / "migrations"))
    return app


def _play(app: App, network: Served) -> Stage:
    """The first weeks of the course. The network is read in between, as a worker would."""
    story = Story(datetime.now(UTC) - timedelta(days=14))
    with _telling("people open accounts, follow and post on the practice network"):
        story.play(network.world, until=story.start + FIRST_DAYS)
    with _telling("an instructor makes SUB101; five students enrol"), unit_of_work():
        stage = course.make(network, story.start.date())
    with _telling("students link their accounts and put a code on their pages"), unit_of_work():
        course.link_accounts(stage, network.world)
    with _telling("plnapi finds the codes"):
        run_due(app.settings)
    with _telling("two weeks go by"):
        story.play(network.world)
    with _telling("students give their word or a link; the instructor reviews"), unit_of_work():
        course.give_words_and_links(stage, network.world)
    with _telling("plnapi looks at the network"):
        run_all_due(app.settings)
    return stage


def _names() -> list[str]:
    return sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


def _scenario(text: str) -> Scenario:
    """A scenario by its name or path, as argparse asks for it."""
    try:
        return read_scenario(SCENARIOS / f"{text}.yaml" if text in _names() else Path(text))
    except (BadScenario, OSError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _play_scenario(app: App, stage: Stage, network: Served, scenario: Scenario) -> None:
    """Let it happen, look again as a worker would an hour later, and show the table and the looks."""
    print(f"\n{scenario.title}\n{scenario.look}\n")
    network.weather.play(scenario)
    with _telling("plnapi looks at the network again"):
        settings = replace(app.settings, fetch_deadline=min(app.settings.fetch_deadline, SCENARIO_DEADLINE))
        run_due(settings, now=clock.now() + timedelta(hours=2))
    with unit_of_work(write=False):
        ticks, looks = ticks_of(stage.course_id), looks_of(stage.students.values())
    print("\n".join(["", table.render(ticks), "", *looks]))


def _show(stage: Stage) -> list[str]:
    """Print the table, and what is missing of what was expected; return the latter."""
    with unit_of_work(write=False):
        ticks = ticks_of(stage.course_id)
    print("\nSUB101 Learning in networks\n")
    print(table.render(ticks))
    names = {student.name: student.key for student in STUDENTS}
    found: dict[str, list[str]] = {}
    for tick in ticks:
        found.setdefault(names[tick.student], []).append(tick.verdict)
    missing = [
        f"{key}: expected {' '.join(verdicts)}, found {' '.join(found.get(key, []))}"
        for key, verdicts in EXPECTED.items()
        if tuple(found.get(key, ())) != verdicts
    ]
    print("\n" + ("\n".join(["MISSING", *missing]) if missing else "Every expected tick is there, and no other."))
    return missing


def _serve(app: App, stage: Stage, network: Served, port: int) -> None:
    """Serve the site and work in the background, until interrupted."""
    print("\nSign in, each link once:")
    with unit_of_work():
        for name, person_id in {"Ada Okafor (instructor)": stage.instructor_id, **_students(stage)}.items():
            path = accounts.sign_in_link(accounts.get_person(person_id))
            print(f"  {name:<26} {app.settings.base_url}{path}")
    db.session.remove()
    print(
        f"\nThe practice network: {network.base_url}/\nThe site: {app.settings.base_url}/ (Ctrl-C ends it)", flush=True
    )
    ended = threading.Event()
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    threads = [threading.Thread(target=server.serve_forever), threading.Thread(target=_work, args=(app, ended))]
    for thread in threads:
        thread.start()
    try:
        ended.wait()
    except KeyboardInterrupt:
        print("\nended")
    ended.set()
    server.shutdown()
    for thread in threads:
        thread.join()


def _students(stage: Stage) -> dict[str, UUID]:
    return {student.name: stage.students[student.key] for student in STUDENTS}


def _work(app: App, ended: threading.Event) -> None:
    while not ended.wait(WORKER_SECONDS):
        jobs.run_due_once(app)


class _Quiet(WSGIRequestHandler):
    """The terminal is for the links."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Say what is being done, and that it is done."""
    print(f"  {what} …", end="", flush=True)
    yield
    print(" done", flush=True)


if __name__ == "__main__":
    sys.exit(main())
