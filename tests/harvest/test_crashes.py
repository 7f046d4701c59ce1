"""A worker that is killed in the middle loses nothing and doubles nothing; two workers do not do the same work."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from plnapi.accounts import identities
from plnapi.config import Settings
from plnapi.harvest import run
from plnapi.posts.models import Post
from tests import make
from tests.harvest.conftest import Harvest, Scene
from tests.harvest.crashing import POINTS

ROOT = Path(__file__).parents[2]
LEASE_MINUTES = run.LEASE.total_seconds() / 60


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(
    scene: Scene, harvest: Harvest, settings: Settings, point: str
) -> None:
    scene.network.world.follow("ada", "teacher")
    scene.network.world.post("ada", "An entry #sub101")
    script = [sys.executable, "-m", "tests.harvest.crashing", point]
    place = [settings.database_url, str(settings.instance), scene.network.domain]
    dead = subprocess.run([*script, *place], cwd=ROOT, capture_output=True)
    assert dead.returncode == -signal.SIGKILL, dead.stderr.decode()[-2000:]
    stored = 1 if point == "one stored" else 0
    assert len(scene.facts()) == stored
    assert harvest(minutes=1).looked == 0, "the lease of the dead worker still holds"
    assert harvest(minutes=LEASE_MINUTES + 1).looked == 2 - stored
    assert sorted(fact.verb for fact in scene.facts()) == ["Create", "Follow"]
    with scene.unit() as session:
        assert session.scalar(select(func.count()).select_from(Post)) == 1
    assert all(source.leased_until is None for source in scene.sources().values())


def test_two_workers_at_once_look_at_everything_once(scene: Scene, harvest: Harvest) -> None:
    with scene.unit():
        for number in range(6):
            person = make.person(f"Person{number}")
            make.enrol(scene.course, person)
            make.consent(person, scene.course)
            scene.network.world.open_account(f"p{number}")
            identities.link(person.id, f"@p{number}@{scene.network.domain}", "mastodon")
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: harvest(limit=5), range(2)))
    assert sum(report.looked for report in reports) + harvest(limit=50).looked == 2 + 6
    assert sum(report.dropped for report in reports) == 0
