"""Workers that die, and workers that meet."""

import subprocess
import sys
import threading
from datetime import timedelta

import time_machine
from sqlalchemy import select, update

from plnapi.clock import now
from plnapi.db import db
from plnapi.outbox import jobs, service
from plnapi.outbox.backoff import MAX_ATTEMPTS
from plnapi.outbox.models import Delivery
from plnapi.outbox.tellers import Told
from tests.conftest import ROOT


def test_a_worker_killed_between_telling_and_storing_is_made_up_for_with_the_same_id(
    app, unit, outside, settings, tmp_path
):
    world = outside("a")
    with unit():
        message_id = str(service.put("step.done", "1", {}))
    command = [sys.executable, "-m", "tests.outbox.dying", settings.database_url, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout.readline().strip() == message_id
        worker.kill()
    assert jobs.run_due(app) == {}, "its lease has not run out"
    with time_machine.travel(now() + service.LEASE + timedelta(seconds=1)):
        assert jobs.run_due(app) == {"done": 1}
    assert world.told("a") == [message_id]


def test_a_message_that_kills_every_worker_ends_as_a_dead_letter(app, unit, outside):
    world = outside("a")
    with unit():
        service.put("step.done", "1", {})
        service.spread({"test": world.teller()})
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(MAX_ATTEMPTS):
            with unit():
                assert service.claim(["test"]) is not None
            clock.shift(61)
        with unit():
            assert service.claim(["test"]) is None
            service.put("step.done", "2", {})
        assert jobs.run_due(app) == {"done": 1}
    with unit():
        first, second = db.session.scalars(select(Delivery).order_by(Delivery.id)).all()
        assert (first.status, first.attempts, second.status) == ("dead", MAX_ATTEMPTS, "done")
        assert "last try" in first.last_error


def test_two_workers_at_once_tell_everything_once(app, unit, outside):
    world = outside("a", "b", "c", "d")
    with unit():
        ids = {str(service.put("step.done", str(n), {})) for n in range(12)}
    start, reports = threading.Barrier(2), []

    def work():
        start.wait()
        reports.append(jobs.run_due(app))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    jobs.run_due(app)
    for target in "abcd":
        assert len(world.told(target)) == 12
        assert set(world.told(target)) == ids
    assert len(reports) == 2


def test_a_worker_that_overslept_its_lease_stores_nothing(app, unit, outside):
    outside("a")
    with unit():
        service.put("step.done", "1", {})
    with unit():
        service.spread(app.extensions["plnapi.outbox"])
        slow = service.claim(["test"])
    with time_machine.travel(now() + service.LEASE * 2):
        assert jobs.run_due(app) == {"done": 1}
        with unit():
            assert not service.settle(slow, Told("failed", "late"))
    with unit():
        assert db.session.scalars(select(Delivery.last_error)).all() == [None]


def test_sending_again_while_it_is_told_wins(app, unit, outside):
    world = outside("a")

    def resend(letter):
        if len(world.letters) == 1:
            with unit():
                found = db.session.scalars(select(Delivery.id)).one()
                service.send_again(service.delivery("test", "a", found))

    world.during = resend
    with unit():
        service.put("step.done", "1", {})
    assert jobs.run_due(app) == {"overtaken": 1, "done": 1}
    assert len(set(world.told("a"))) == 1


def test_a_target_that_was_deleted_while_it_was_told_is_no_error(app, unit, outside):
    world = outside("a")

    def delete(letter):
        with unit():
            service.forget_target("test", "a")

    world.during = delete
    with unit():
        service.put("step.done", "1", {})
    assert jobs.run_due(app) == {"overtaken": 1}


def test_a_lease_from_a_clock_ahead_ends_all_the_same(app, unit, outside):
    outside("a")
    with unit():
        service.put("step.done", "1", {})
        service.spread(app.extensions["plnapi.outbox"])
        db.session.execute(update(Delivery).values(leased_until=now() + timedelta(minutes=10)))
    assert jobs.run_due(app) == {}
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert jobs.run_due(app) == {"done": 1}
