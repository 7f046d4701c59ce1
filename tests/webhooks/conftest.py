"""An administrator, a receiver on loopback that the app may reach, and one run of the outbox."""

from dataclasses import replace
from functools import partial

import pytest

from plnapi.outbox import jobs, service
from plnapi.outbox.tellers import Teller
from plnapi.webhooks import sending
from plnapi.webhooks import service as webhooks
from tests import make
from tests.receiver import Receiver


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


@pytest.fixture
def other():
    with Receiver() as running:
        yield running


@pytest.fixture
def admin(app, unit, sign, receiver, other, monkeypatch):
    """The API as an administrator's program sees it; the app may reach the two receivers."""
    settings = replace(app.settings, loopback_peers=(receiver.pair, other.pair))
    monkeypatch.setattr(app, "settings", settings)
    teller = Teller(partial(sending.tell, settings), webhooks.targets)
    monkeypatch.setitem(app.extensions, "plnapi.outbox", {webhooks.TELLER: teller})
    with unit():
        person = make.person("Grace", role="admin")
    return sign(person)


@pytest.fixture
def hook(admin, receiver):
    """A webhook of the receiver, as the API answered it, its secret included."""
    made = admin.post("/api/v1/webhooks", json={"url": receiver.url, "topics": ["step.done"]})
    assert made.status_code == 201, made.text
    return made.json


@pytest.fixture
def happen(app, unit):
    """`happen("1", "2")`: two steps become done and the outbox runs; what came of it."""

    def happened(*keys, topic="step.done", payload=None):
        with unit():
            for key in keys:
                service.put(topic, key, payload or {"step_key": key})
        return jobs.run_due(app)

    return happened


@pytest.fixture
def run(app):
    return lambda: jobs.run_due(app)


@pytest.fixture
def log(admin, hook):
    """`log()`: the webhook's deliveries, the newest first."""

    def read(webhook=hook, **query):
        answer = admin.get(f"/api/v1/webhooks/{webhook['id']}/deliveries", query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.json["items"]

    return read
