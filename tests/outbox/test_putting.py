"""Putting a message, and whom it becomes a delivery for."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from plnapi.clock import now
from plnapi.db import db
from plnapi.outbox import jobs, service
from plnapi.outbox.models import Delivery, Message
from plnapi.outbox.tellers import Told, register_teller
from tests.outbox.kit import Outside


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_what_is_put_is_told_to_every_target_of_the_topic(app, unit, outside):
    world = outside("a", "b")
    with unit():
        message_id = service.put("step.done", "step 1 of Ada", {"step": 1})
    assert jobs.run_due(app) == {"done": 2}
    assert sorted(letter.target for letter in world.letters) == ["a", "b"]
    assert {(letter.id, letter.topic, letter.payload["step"]) for letter in world.letters} == {
        (message_id, "step.done", 1)
    }
    assert jobs.run_due(app) == {}


def test_the_same_thing_put_twice_is_told_once(app, unit, outside):
    world = outside("a")
    with unit():
        first = service.put("step.done", "same", {"n": 1})
        assert service.put("step.done", "same", {"n": 2}) == first
        assert service.put("step.done", "other", {}) != first
    with unit():
        assert service.put("step.done", "same", {"n": 3}) == first
    jobs.run_due(app)
    assert [letter.payload for letter in world.letters] == [{"n": 1}, {}]


def test_what_was_rolled_back_is_not_told(app, unit, outside):
    world = outside("a")
    with pytest.raises(ZeroDivisionError), unit():
        service.put("step.done", "1", {})
        raise ZeroDivisionError
    jobs.run_due(app)
    assert world.letters == []


def test_a_topic_that_nobody_wants_is_not_looked_at_again(app, unit, outside):
    outside("a", topics=("course.opened",))
    with unit():
        service.put("step.done", "1", {})
    assert jobs.run_due(app) == {}
    with unit():
        assert not service.unspread()
        assert count(Delivery) == 0


def test_more_messages_than_one_unit_of_work_spreads(app, unit, outside):
    world = outside("a")
    number = service.AT_ONCE + 3
    with unit():
        for key in range(number):
            service.put("step.done", str(key), {"key": key})
    assert jobs.run_due(app) == {"done": number}
    assert [letter.payload["key"] for letter in world.letters] == list(range(number))


def test_two_tellers_have_their_own_deliveries(app, unit, monkeypatch):
    mail, hook = Outside("teacher"), Outside("hook")
    monkeypatch.setitem(app.extensions, "plnapi.outbox", {"mail": mail.teller(), "hook": hook.teller()})
    mail.answers["teacher"] = [Told("failed", "no")]
    with unit():
        service.put("step.done", "1", {})
    assert jobs.run_due(app) == {"done": 1, "failed": 1}
    assert (len(mail.letters), len(hook.letters)) == (1, 1)


def test_one_target_can_be_told_something_of_its_own(app, unit, outside):
    world = outside("a", "b")
    with unit():
        made = service.put_for("test", "b", "test.topic", "1", {"hello": True})
        assert made.message.topic == "test.topic"
    assert jobs.run_due(app) == {"done": 1}
    assert world.told("a") == []


def test_a_payload_that_is_too_large_is_refused(app, unit):
    with unit(), pytest.raises(ValueError, match="bytes"):
        service.put("step.done", "1", {"text": "x" * service.MAX_PAYLOAD})


def test_a_teller_registers_its_name_once(app, monkeypatch):
    monkeypatch.setitem(app.extensions, "plnapi.outbox", {})
    register_teller(app, "mail", lambda letter: Told("done"))
    with pytest.raises(ValueError, match="mail"):
        register_teller(app, "mail", lambda letter: Told("done"))


def test_a_worker_leaves_alone_what_it_has_no_teller_for(app, unit, outside, monkeypatch):
    outside("a")
    with unit():
        service.put("step.done", "1", {})
        service.put_for("newer", "x", "step.done", "2", {})
    assert jobs.run_due(app) == {"done": 1}
    newer = Outside("x")
    monkeypatch.setitem(app.extensions, "plnapi.outbox", {"newer": newer.teller()})
    assert jobs.run_due(app) == {"done": 1}


def test_what_was_told_long_ago_is_forgotten_and_what_waits_is_kept(app, unit, outside):
    world = outside("a")
    world.answers["a"] = [Told("done"), Told("failed", "no", retry_at=now() + timedelta(days=60))]
    with unit():
        service.put("step.done", "told", {})
        service.put("step.done", "waits", {})
    jobs.run_due(app)
    with app.app_context():
        assert jobs.forget() == 0
    with app.app_context(), time_machine.travel(now() + service.KEPT + timedelta(hours=1)):
        assert jobs.forget() == 1
    with unit():
        assert db.session.scalars(select(Message.key)).all() == ["waits"]
        assert count(Delivery) == 1


def test_nothing_due_costs_two_statements(app, outside, statements):
    outside("a")
    with statements() as seen:
        assert jobs.run_due(app) == {}
    assert len(seen) == 2, seen
