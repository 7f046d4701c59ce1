"""What a withdrawn consent and an unlinked account leave behind: nothing but what was secured before."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from plnapi import signals
from plnapi.accounts import identities
from plnapi.accounts.models import Identity
from plnapi.activity import service as activity
from plnapi.consents import service as consents
from plnapi.courses import service as courses
from plnapi.posts.models import Post
from plnapi.web.app import App
from tests import make
from tests.harvest.conftest import Harvest, Scene


@pytest.fixture
def seen(scene: Scene, harvest: Harvest) -> Scene:
    """A follow and a post are recorded."""
    scene.network.world.follow("ada", "teacher")
    scene.network.world.post("ada", "An entry #sub101")
    harvest()
    assert len(scene.facts()) == 2
    return scene


def test_withdrawing_lets_everything_go_and_ends_the_looks(seen: Scene) -> None:
    with seen.unit() as session:
        consents.withdraw(seen.person.id, seen.course.id, "checks")
        assert session.scalars(select(Post)).all() == []
    assert (seen.facts(), seen.sources()) == ([], {})


def test_credit_can_be_secured_before_the_evidence_goes(seen: Scene, app: App) -> None:
    told: list[tuple[UUID | None, int, int]] = []

    def secure(_app: object, person_id: UUID, fact_ids: frozenset[UUID], course_id: UUID | None, **_: Any) -> None:
        told.append((course_id, len(fact_ids), len(activity.facts_of([person_id])[person_id])))

    with signals.evidence_leaving.connected_to(secure, sender=app), seen.unit():
        consents.withdraw(seen.person.id, seen.course.id, "checks")
    assert told == [(seen.course.id, 2, 2)]


def test_what_another_course_asks_for_stays(seen: Scene) -> None:
    with seen.unit():
        other = make.course()
        make.enrol(other, seen.person)
        make.hashtag(other, "#SUB101")
        make.consent(seen.person, other)
        consents.withdraw(seen.person.id, seen.course.id, "checks")
    assert [fact.verb for fact in seen.facts()] == ["Create"]
    assert list(seen.sources()) == ["posts"]


def test_withdrawing_the_river_alone_ends_no_look(seen: Scene) -> None:
    with seen.unit():
        consents.give(seen.person.id, courses.get(seen.course.id), "river")
        consents.withdraw(seen.person.id, seen.course.id, "river")
    assert len(seen.facts()) == len(seen.sources()) == 2


def test_consent_given_again_finds_everything_again(seen: Scene, harvest: Harvest) -> None:
    with seen.unit():
        consents.withdraw(seen.person.id, seen.course.id, "checks")
        consents.give(seen.person.id, courses.get(seen.course.id), "checks")
    harvest(minutes=1)
    assert len(seen.facts()) == 2


def test_an_unlinked_account_takes_what_was_seen_there_with_it(seen: Scene) -> None:
    with seen.unit() as session:
        identities.unlink(session.get_one(Identity, seen.identity.id))
        assert session.scalars(select(Post)).all() == []
    assert (seen.facts(), seen.sources()) == ([], {})


def test_nobody_is_looked_at_without_consent_or_outside_of_the_course(linked: Scene, harvest: Harvest) -> None:
    with linked.unit():
        consents.withdraw(linked.person.id, linked.course.id, "checks")
    linked.network.world.set_note("ada", linked.code())
    harvest()
    assert linked.sources() == {}, "proving an account asks for no looks by itself"
    with linked.unit():
        consents.give(linked.person.id, courses.get(linked.course.id), "checks")
    assert sorted(linked.sources()) == ["follows", "posts"]
    with linked.unit():
        courses.close(courses.get(linked.course.id))
    assert linked.sources() == {}
    with linked.unit():
        courses.open_course(courses.get(linked.course.id))
    assert sorted(linked.sources()) == ["follows", "posts"]


def test_looks_end_on_the_day_the_course_ends_though_nobody_tells(seen: Scene, harvest: Harvest) -> None:
    assert harvest(minutes=61 * 24 * 60).looked == 0
    assert seen.sources() == {}
