"""The harvest's periodic work."""

from dataclasses import asdict

from plnapi.db import unit_of_work
from plnapi.harvest import health, service
from plnapi.jobs import register_periodic
from plnapi.web.app import App, current_app

EVERY_SECONDS = 10
SYNC_SECONDS = 15 * 60
LISTS_SECONDS = 5 * 60
PEOPLE = 200  # of one unit of work


def harvest() -> dict[str, int]:
    """Look at everything that is due."""
    return asdict(service.run_all_due(current_app().settings))


def sync() -> dict[str, int]:
    """Begin and end looks where a course began or ended by its dates alone, which nobody tells."""
    with unit_of_work(write=False):
        people = sorted(service.people_concerned())
    for start in range(0, len(people), PEOPLE):
        with unit_of_work():
            service.sync_sources(people[start : start + PEOPLE])
    return {"people": len(people)}


def lists() -> dict[str, int]:
    """Look at the addresses of starter lists that are due, a few at a time."""
    return health.look_at_lists(current_app().settings)


def init_app(app: App) -> None:
    """Register the jobs; the sources come first, so that one run does all."""
    register_periodic(app, "harvest.sources", SYNC_SECONDS, sync)
    register_periodic(app, "harvest", EVERY_SECONDS, harvest)
    register_periodic(app, "harvest.lists", LISTS_SECONDS, lists)
