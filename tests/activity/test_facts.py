"""The ledger: recording twice is recording once, what was undone can be again, and what must go goes."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from plnapi import clock, signals
from plnapi.accounts.models import Identity
from plnapi.activity import service
from plnapi.activity.service import NewFact
from plnapi.web.app import App
from tests import make
from tests.conftest import Unit


@pytest.fixture
def identity(unit: Unit) -> Identity:
    with unit():
        return make.identity(make.person())


def follow(identity: Identity, whom: str = "https://host.example/users/teacher") -> NewFact:
    return NewFact(
        identity.person_id, identity.id, identity.uri, "Follow", whom, "mastodon", clock.now(), None, frozenset({"k"})
    )


def heard(app: App) -> tuple[list[frozenset[UUID]], Any]:
    told: list[frozenset[UUID]] = []

    def note(_app: object, person_ids: frozenset[UUID], **_: Any) -> None:
        told.append(person_ids)

    return told, signals.facts_recorded.connected_to(note, sender=app)


def test_recording_twice_is_recording_once(unit: Unit, identity: Identity) -> None:
    with unit():
        assert service.record([follow(identity), follow(identity)]) == 1
    with unit():
        assert service.record([replace(follow(identity), evidence={"uri": "another"})]) == 0
        (fact,) = service.facts_of([identity.person_id])[identity.person_id]
    assert (fact.object_keys, fact.evidence) == (["k"], {})


def test_an_act_of_another_account_is_another_fact(unit: Unit, identity: Identity) -> None:
    other = replace(follow(identity), subject_uri="https://else.example/users/ada")
    with unit():
        assert service.record([follow(identity), other]) == 2


def test_what_was_undone_can_be_again(unit: Unit, identity: Identity) -> None:
    with unit():
        service.record([follow(identity)])
        (fact,) = service.facts_of([identity.person_id])[identity.person_id]
        moment = clock.now()
        assert service.record((), undone={fact.id: moment}) == 1
        assert service.record((), undone={fact.id: clock.now()}) == 0
        assert fact.undone_at == moment
        assert service.record([follow(identity)]) == 1
        assert fact.undone_at is None


def test_only_people_of_whom_something_is_different_are_told_of(unit: Unit, app: App, identity: Identity) -> None:
    told, listening = heard(app)
    with listening, unit():
        service.record([follow(identity)])
        service.record([follow(identity)])
        service.record((), looked_at=frozenset({identity.person_id}))
    assert told == [frozenset({identity.person_id})] * 2


def test_a_receiver_that_refuses_undoes_the_recording(unit: Unit, app: App, identity: Identity) -> None:
    def refuse(_app: object, **_: Any) -> None:
        raise RuntimeError("no")

    with (
        pytest.raises(RuntimeError),
        signals.facts_recorded.connected_to(refuse, sender=app),
        unit(),
    ):
        service.record([follow(identity)])
    with unit():
        assert service.facts_of([identity.person_id]) == {}


def test_only_facts_of_that_person_are_forgotten(unit: Unit, identity: Identity) -> None:
    with unit():
        stranger = make.person("Bob")
        service.record([follow(identity)])
        (fact,) = service.facts_of([identity.person_id])[identity.person_id]
        service.forget(stranger.id, [fact.id])
        assert service.facts_of([identity.person_id])
        assert service.forget(identity.person_id, [fact.id]) == 1
        assert service.facts_of([identity.person_id]) == {}


def test_nothing_is_told_when_nothing_has_to_go(unit: Unit, app: App, identity: Identity) -> None:
    told, listening = heard(app)
    with listening, unit():
        assert service.forget(identity.person_id, []) == 0
    assert told == []
