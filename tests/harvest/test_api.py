"""What people are told of looks, and asking for another one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import select, update

from plnapi import clock
from plnapi.consents import service as consents
from plnapi.harvest.models import Source
from plnapi.harvest.sentences import NEVER, SENTENCES
from plnapi.web.app import App
from tests import make
from tests.client import CheckedClient
from tests.harvest.conftest import Harvest, Scene

Sign = Callable[..., CheckedClient]


def test_my_looks_tell_how_much_was_seen(scene: Scene, harvest: Harvest, sign: Sign) -> None:
    me = sign(scene.person)
    before = me.get("/api/v1/me/looks").json
    assert [(look["look"], look["told"]) for look in before] == [("follows", NEVER), ("posts", NEVER)]
    scene.network.world.set_hide_collections("ada", True)
    harvest()
    follows, posts = me.get("/api/v1/me/looks").json
    assert follows["coverage"] == "hidden"
    assert follows["told"].startswith(SENTENCES["follows", "hidden"])
    assert posts["coverage"] == "complete"


def test_check_now_makes_looks_due(scene: Scene, harvest: Harvest, sign: Sign) -> None:
    harvest()
    with scene.unit() as session:
        session.execute(update(Source).values(looked_at=clock.now() - timedelta(seconds=40)))
    answer = sign(scene.person).post("/api/v1/me/check-now")
    assert (answer.status_code, answer.json) == (202, {"due": 2})
    assert harvest().looked == 2


def test_check_now_right_after_a_look_is_kept_for_half_a_minute(scene: Scene, harvest: Harvest, sign: Sign) -> None:
    me = sign(scene.person)
    harvest()
    assert me.post("/api/v1/me/check-now").json == {"due": 2}
    assert harvest().looked == 0
    with scene.unit() as session:
        soonest = min(session.scalars(select(Source.next_look_at)))
    assert timedelta(seconds=0) < soonest - clock.now() <= timedelta(seconds=30)
    assert me.post("/api/v1/me/check-now").json == {"due": 0}


def test_check_now_does_not_disturb_a_host_that_asked_to_wait(scene: Scene, harvest: Harvest, sign: Sign) -> None:
    with scene.unit() as session:
        session.execute(update(Source).values(not_before=clock.now() + timedelta(hours=1)))
    assert sign(scene.person).post("/api/v1/me/check-now").json == {"due": 0}


def test_instructors_see_looks_at_students_who_agreed(scene: Scene, harvest: Harvest, sign: Sign) -> None:
    harvest()
    with scene.unit():
        teacher = make.person("Teacher")
        make.enrol(scene.course, teacher, "instructor")
        proving = make.person("Bob")
        make.enrol(scene.course, proving)
        make.consent(proving, scene.course)
        make.identity(proving, proven=False)
    looks = sign(teacher).get(f"/api/v1/courses/{scene.course.id}/looks?per_page=1").json
    assert looks["items"][0]["name"] == "Ada" and looks["page"]["next"]
    rest = sign(teacher).get(f"/api/v1/courses/{scene.course.id}/looks?cursor={looks['page']['next']}").json
    assert [look["look"] for look in looks["items"] + rest["items"]] == ["follows", "posts"]
    with scene.unit():
        consents.withdraw(scene.person.id, scene.course.id, "checks")
    assert sign(teacher).get(f"/api/v1/courses/{scene.course.id}/looks").json["items"] == []


def test_students_do_not_see_the_looks_of_a_course(scene: Scene, sign: Sign) -> None:
    assert sign(scene.person).get(f"/api/v1/courses/{scene.course.id}/looks").status_code == 403


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_command_line_harvests_and_counts(app: App, scene: Scene, options: list[str]) -> None:
    runner: FlaskCliRunner = app.test_cli_runner()
    status = runner.invoke(args=["harvest", "status", *options])
    assert (status.exit_code, "posts not yet" in status.output) == (0, True)
    run = runner.invoke(args=["harvest", "run", *options])
    assert run.exit_code == 0 and "looked" in run.output, run.output
