"""What a withdrawn consent and an unlinked account leave behind: nothing but what was secured before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from demo.practice import network
from plnapi import clock, signals
from plnapi.accounts import identities
from plnapi.accounts.models import Identity
from plnapi.activity import service as activity
from plnapi.consents import service as consents
from plnapi.courses import service as courses
from plnapi.courses.access import Place
from plnapi.db import db
from plnapi.harvest import accounts, received, service
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


def leave_out(scene: Scene, *networks: str) -> None:
    """In the scene's course."""
    consents.give(scene.person.id, courses.get(scene.course.id), "checks", networks)


def test_a_network_left_out_is_let_go_of_and_found_again_when_taken_in(seen: Scene, harvest: Harvest) -> None:
    with seen.unit() as session:
        leave_out(seen, "mastodon")
        assert session.scalars(select(Post)).all() == []
    assert (seen.facts(), seen.sources()) == ([], {})
    with seen.unit():
        leave_out(seen)
    assert sorted(seen.sources()) == ["follows", "posts"]
    harvest(minutes=1)
    assert len(seen.facts()) == 2


def test_before_the_evidence_of_a_network_goes_it_is_told_and_the_consent_stands(seen: Scene, app: App) -> None:
    told: list[tuple[UUID | None, int, int]] = []

    def secure(_app: object, person_id: UUID, fact_ids: frozenset[UUID], course_id: UUID | None, **_: Any) -> None:
        told.append((course_id, len(fact_ids), len(activity.facts_of([person_id])[person_id])))

    with signals.evidence_leaving.connected_to(secure, sender=app), seen.unit():
        leave_out(seen, "mastodon")
    assert told == [(None, 2, 2)]
    with seen.unit():
        assert consents.has(seen.person.id, seen.course.id, "checks")


def test_leaving_another_network_out_ends_no_look(seen: Scene) -> None:
    before = {look: source.wanted for look, source in seen.sources().items()}
    with seen.unit():
        leave_out(seen, "bluesky")
    assert len(seen.facts()) == 2
    assert {look: source.wanted for look, source in seen.sources().items()} == before


def test_a_course_that_does_not_leave_the_network_out_keeps_what_it_asks_for(seen: Scene) -> None:
    with seen.unit():
        other = make.course()
        make.enrol(other, seen.person)
        make.hashtag(other, "#SUB101")
        make.consent(seen.person, other)
        leave_out(seen, "mastodon")
    assert [fact.verb for fact in seen.facts()] == ["Create"]
    assert list(seen.sources()) == ["posts"]
    with seen.unit() as session:
        here, there = (session.execute(service.looks_of_course(one.id)).all() for one in (seen.course, other))
        kept = [accounts.kept_for(one.id, seen.person.id) for one in (seen.course, other)]
        assert (len(here), len(there)) == (0, 1)
        assert [len(facts) for facts in kept] == [0, 1]
        assert received.people_of([seen.course.id]) == []
        assert [one.id for one in received.people_of([other.id])] == [seen.identity.id]


def test_who_leaves_every_network_out_is_shown_to_the_course_as_who_has_not_agreed(seen: Scene) -> None:
    with seen.unit():
        teacher = make.person("Ira")
        place = Place(seen.course.id, "instructor", teacher.id, "")
        assert accounts.student(place, seen.person.id).state == "ok"
        leave_out(seen, "mastodon")
        student = accounts.student(place, seen.person.id)
        assert (student.state, student.accounts, student.kept) == ("no_consent", (), ())
        assert accounts.check_student(place, seen.person.id).linked is None


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


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that the network is asked for."""
    paths: list[str] = []
    monkeypatch.setattr(network._Quiet, "log_request", lambda handler, *_: paths.append(handler.path))
    return paths


def test_a_network_left_out_is_not_asked_while_others_are(seen: Scene, harvest: Harvest, asked: list[str]) -> None:
    world = seen.network.world
    with seen.unit() as session:
        world.start_blog("adas", "Notes", "Ada")
        identity = identities.link(seen.person.id, world.blog_url("adas"), "blog")
        identity.proven_at, identity.proof = clock.now(), "code"
        session.flush()
        leave_out(seen, "mastodon")
        service.sync_sources([seen.person.id])
    asked.clear()
    a_week(seen, harvest)
    assert [path for path in asked if "/api/" in path or "/users/" in path] == []
    assert len(asked) > 0, "the blog is read"
    with seen.unit():
        leave_out(seen)
    asked.clear()
    harvest(minutes=5 * 24 * 60)
    assert [path for path in asked if "/api/" in path] != []


def a_week(scene: Scene, harvest: Harvest) -> None:
    """Days pass, the student asks for a look, and the job that brings looks up to date runs too."""
    for day in range(4):
        with scene.unit():
            service.check_now(scene.person.id)
        with scene.unit():
            service.sync_sources(service.people_concerned())
        harvest(minutes=day * 24 * 60)


def test_without_consent_the_network_is_asked_for_the_proof_and_then_never(
    linked: Scene, harvest: Harvest, asked: list[str]
) -> None:
    with linked.unit():
        consents.withdraw(linked.person.id, linked.course.id, "checks")
    linked.network.world.set_note("ada", linked.code())
    linked.network.world.post("ada", "An entry #sub101")
    harvest()
    lists = [path.rsplit("/", 1)[-1] for path in asked if "statuses" in path or "following" in path]
    assert lists == ["statuses?limit=20"], "the newest posts too, for the code may stand in one"
    asked.clear()
    a_week(linked, harvest)
    assert (asked, linked.facts()) == ([], [])


ENDINGS: dict[str, Callable[[Scene], object]] = {
    "the consent is withdrawn": lambda scene: consents.withdraw(scene.person.id, scene.course.id, "checks"),
    "the student leaves": lambda scene: courses.leave(scene.course.id, scene.person.id),
    "the student becomes an assistant": lambda scene: make.enrol(scene.course, scene.person, "assistant"),
    "the course is closed": lambda scene: courses.close(courses.get(scene.course.id)),
    "the course ended yesterday": lambda scene: courses.change(
        courses.get(scene.course.id), ends_on=scene.course.starts_on + timedelta(days=29)
    ),
    "the course has not begun": lambda scene: courses.change(
        courses.get(scene.course.id), starts_on=scene.course.ends_on - timedelta(days=1)
    ),
    "the account is unlinked": lambda scene: identities.unlink(db.session.get_one(Identity, scene.identity.id)),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_nobody_is_asked_any_more_once(ending: str, seen: Scene, harvest: Harvest, asked: list[str]) -> None:
    with seen.unit():
        ENDINGS[ending](seen)
    asked.clear()
    a_week(seen, harvest)
    assert asked == []
