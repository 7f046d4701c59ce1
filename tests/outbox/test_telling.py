"""Tries, back-off, dead letters, and a target that does not answer."""

import time
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from plnapi.clock import now
from plnapi.db import db, in_unit_of_work, unit_of_work
from plnapi.outbox import jobs, service
from plnapi.outbox.backoff import DELAYS, JITTER, MAX_ATTEMPTS, next_try
from plnapi.outbox.models import Delivery
from plnapi.outbox.tellers import Told
from tests.outbox.kit import timed

FAILED = Told("failed", "500", status=500)


def put(unit, *keys):
    with unit():
        return [str(service.put("step.done", key, {})) for key in keys or ("1",)]


def only(unit):
    with unit():
        return db.session.scalars(select(Delivery)).one()


def test_a_failed_try_is_repeated_with_the_same_id_and_not_early(app, unit, outside):
    world = outside("a")
    world.answers["a"] = [FAILED] * 3
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        [message_id] = put(unit)
        for delay in DELAYS[:3]:
            assert sum(jobs.run_due(app).values()) == 1
            clock.shift(delay - 0.01)
            assert jobs.run_due(app) == {}, f"told again before {delay} s were over"
            clock.shift(delay * JITTER + 0.02)
        assert jobs.run_due(app) == {"done": 1}
    assert world.told("a") == [message_id] * 4


def test_after_twelve_tries_it_is_a_dead_letter_that_can_be_sent_again(app, unit, outside):
    world = outside("a")
    world.answers["a"] = [FAILED] * 12
    with time_machine.travel(now(), tick=False) as clock:
        [message_id] = put(unit)
        for _ in range(20):
            jobs.run_due(app)
            clock.shift(11 * 3600)
        assert len(world.letters) == MAX_ATTEMPTS == 12
        dead = only(unit)
        assert (dead.status, dead.attempts, dead.last_status, dead.last_error) == ("dead", 12, 500, "500")
        with unit():
            service.send_again(service.delivery("test", "a", dead.id))
        assert jobs.run_due(app) == {"done": 1}
    assert world.told("a") == [message_id] * 13
    assert (only(unit).status, only(unit).attempts, only(unit).last_error) == ("done", 1, None)


def test_the_time_that_a_receiver_asks_for_is_kept(app, unit, outside):
    world = outside("a")
    with time_machine.travel(now(), tick=False) as clock:
        world.answers["a"] = [Told("failed", "429", 429, retry_at=now() + timedelta(hours=2))]
        put(unit)
        jobs.run_due(app)
        clock.shift(2 * 3600 - 1)
        assert jobs.run_due(app) == {}
        clock.shift(1)
        assert jobs.run_due(app) == {"done": 1}


def test_a_postponed_one_is_no_try(app, unit, outside):
    world = outside("a")
    with time_machine.travel(now(), tick=False) as clock:
        world.answers["a"] = [Told("postponed", retry_at=now() + timedelta(hours=1))]
        put(unit)
        assert jobs.run_due(app) == {"postponed": 1}
        assert only(unit).attempts == 0
        clock.shift(3600)
        assert jobs.run_due(app) == {"done": 1}
    assert only(unit).attempts == 1


def test_nobody_there_ends_it_at_once(app, unit, outside):
    outside("a").answers["a"] = [Told("gone", "410", status=410)]
    put(unit)
    assert jobs.run_due(app) == {"gone": 1}
    assert only(unit).status == "dead"


def test_a_teller_that_breaks_is_tried_again_and_holds_nothing_up(app, unit, outside):
    world = outside("a", "b")
    world.answers["a"] = [KeyError("a fault of ours with a secret in it")]
    put(unit)
    assert jobs.run_due(app) == {"failed": 1, "done": 1}
    with unit():
        failed = db.session.scalars(select(Delivery).where(Delivery.target == "a")).one()
        assert (failed.status, failed.last_error) == ("waiting", "Something is wrong on our side: KeyError.")


def test_nothing_is_told_inside_a_transaction(app, unit, outside):
    world = outside("a")
    world.during = lambda letter: seen.append(in_unit_of_work())
    seen = []
    put(unit)
    jobs.run_due(app)
    assert seen == [False]
    with app.app_context(), unit_of_work(), pytest.raises(RuntimeError):
        jobs.run_due(app)


def test_a_silent_target_does_not_hold_the_others(app, unit, outside):
    world = outside("silent", "b", "c")
    ends = {}

    def during(letter):
        if letter.target == "silent":
            time.sleep(0.4)
        ends[letter.target] = time.monotonic()

    world.during = during
    world.answers["silent"] = [FAILED] * 3
    put(unit, "1", "2", "3")
    began = time.monotonic()
    assert jobs.run_due(app) == {"failed": 3, "done": 6}
    assert max(ends["b"], ends["c"]) - began < 0.4 < ends["silent"] - began
    assert (len(world.told("b")), len(world.told("c")), world.peak) == (3, 3, 1)


def test_a_run_ends_when_its_time_is_over(app, unit, outside):
    world = outside("a")
    world.during = lambda letter: time.sleep(0.1)
    put(unit, *map(str, range(20)))
    with timed() as seconds:
        jobs.run_due(app, seconds=0.25)
    assert seconds() < 2
    assert 0 < len(world.letters) < 20
    world.during = lambda letter: None
    jobs.run_due(app)
    assert len(set(world.told("a"))) == len(world.letters) == 20


@given(st.integers(1, MAX_ATTEMPTS + 1), st.none() | st.timedeltas(timedelta(0), timedelta(hours=24)))
def test_back_off_grows_from_five_seconds_to_ten_hours(attempts, asked):
    at = now()
    moment = next_try(attempts, at, asked and at + asked)
    if attempts >= MAX_ATTEMPTS:
        assert moment is None
        return
    least = timedelta(seconds=DELAYS[attempts - 1])
    assert moment - at >= max(least, asked or least)
    assert moment - at <= max(least * (1 + JITTER), asked or least)
    assert timedelta(seconds=5) <= least * (1 + JITTER) <= timedelta(hours=10)
