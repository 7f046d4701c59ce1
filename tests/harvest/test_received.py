"""What others did towards an account of a course: follows turned round, with and without the account's own token."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from sqlalchemy import select

from demo.practice import network
from plnapi.accounts import grants, identities
from plnapi.accounts.models import Identity, Person
from plnapi.activity.models import Fact
from plnapi.consents import service as consents
from plnapi.courses import service as courses
from plnapi.db import db
from plnapi.harvest import received, service
from plnapi.harvest.models import Source
from plnapi.platforms.types import Act
from tests import make
from tests.client import BrowserClient, CheckedClient
from tests.harvest.conftest import Harvest, Scene

Sign = Callable[..., CheckedClient]


@dataclass
class Taught:
    """The scene, with `@teacher` the proven account of an instructor of the course."""

    scene: Scene
    teacher: Person
    identity: Identity

    @property
    def path(self) -> str:
        return f"/api/v1/courses/{self.scene.course.id}/course-accounts"

    def source(self) -> Source | None:
        with self.scene.unit() as session:
            return session.scalar(select(Source).where(Source.look == "received"))

    def sign_in_there(self, token: str = "") -> None:
        """The teacher gives plnapi a token of the account; one that the server knows, unless said otherwise."""
        world = self.scene.network.world
        with self.scene.unit() as session:
            identity = session.get_one(Identity, self.identity.id)
            grants.keep(identity, self.scene.network.base_url, token or world.account("teacher").token, "read")
            service.sync_sources([self.teacher.id])


@pytest.fixture
def taught(scene: Scene, harvest: Harvest) -> Taught:
    with scene.unit():
        teacher = make.person("Teacher")
        make.enrol(scene.course, teacher, "instructor")
        identity = identities.link(teacher.id, scene.network.world.handle("teacher"), "mastodon")
        code = identity.code
    scene.network.world.set_note("teacher", f"I teach. {code}")
    harvest()
    return Taught(scene, teacher, identity)


@pytest.fixture
def looking(taught: Taught, sign: Sign) -> Taught:
    """The course looks from the account, with its token."""
    taught.sign_in_there()
    assert sign(taught.teacher).put(f"{taught.path}/{taught.identity.id}").status_code == 200
    return taught


def test_a_follower_with_a_hidden_list_is_found_at_the_courses_account(looking: Taught, harvest: Harvest) -> None:
    scene, world = looking.scene, looking.scene.network.world
    world.set_hide_collections("ada", True)
    world.set_hide_collections("teacher", True)
    world.follow("ada", "teacher")
    harvest()
    (fact,) = scene.facts("Follow")
    assert (fact.person_id, fact.evidence["look"]) == (scene.person.id, "received")
    assert fact.object_uri == f"{scene.network.base_url}/users/teacher"
    assert f"acct:teacher@{scene.network.domain}" in fact.object_keys
    with scene.unit():
        (seen,) = service.received_of([scene.course.id])[scene.course.id]
    assert (seen.network, seen.coverage, seen.verbs) == ("mastodon", "complete", {"Follow"})
    assert seen.keys & set(fact.object_keys)


def test_an_unfollow_is_noticed_there_too(looking: Taught, harvest: Harvest) -> None:
    world = looking.scene.network.world
    world.set_hide_collections("ada", True)
    world.follow("ada", "teacher")
    harvest()
    world.unfollow("ada", "teacher")
    harvest(minutes=90)
    assert looking.scene.facts("Follow")[0].undone_at is not None
    world.follow("ada", "teacher")
    harvest(minutes=400)
    (fact,) = looking.scene.facts("Follow")
    assert fact.undone_at is None


def test_a_follow_seen_from_both_sides_is_one_fact_that_both_looks_show(looking: Taught, harvest: Harvest) -> None:
    world = looking.scene.network.world
    world.follow("ada", "teacher")
    harvest()
    (fact,) = looking.scene.facts("Follow")
    assert fact.evidence["looks"] == ["follows", "received"]


def test_a_follow_shown_on_one_side_is_not_undone_by_a_side_that_sees_nothing(
    looking: Taught, harvest: Harvest
) -> None:
    world = looking.scene.network.world
    world.follow("ada", "teacher")
    harvest()
    world.set_hide_collections("ada", True)
    harvest(minutes=90)
    (fact,) = looking.scene.facts("Follow")
    assert fact.undone_at is None
    world.unfollow("ada", "teacher")
    harvest(minutes=300)
    assert looking.scene.facts("Follow")[0].undone_at is not None, "the hidden list speaks for it no longer"


def test_a_complete_side_does_not_undo_what_the_other_shows_completely(looking: Taught, harvest: Harvest) -> None:
    """The two servers may tell different stories for a while; the next look at the other one decides."""
    scene, world = looking.scene, looking.scene.network.world
    world.follow("ada", "teacher")
    harvest()
    with scene.unit() as session:
        later = session.scalars(
            select(Source).where(Source.look == "follows", Source.person_id == scene.person.id)
        ).one()
        later.next_look_at = later.next_look_at.replace(year=later.next_look_at.year + 1)
    world.unfollow("ada", "teacher")
    harvest(minutes=90)
    (fact,) = scene.facts("Follow")
    assert (fact.undone_at, fact.evidence["looks"]) == (None, ["follows"])


def test_nothing_is_kept_of_followers_who_are_no_students_or_did_not_agree(looking: Taught, harvest: Harvest) -> None:
    scene, world = looking.scene, looking.scene.network.world
    world.open_account("stranger")
    world.open_account("bob")
    world.follow("stranger", "teacher")
    world.follow("bob", "teacher")
    with scene.unit() as session:
        bob = make.person("Bob")
        make.enrol(scene.course, bob)
        identity = identities.link(bob.id, world.handle("bob"), "mastodon")
        code = identity.code
    world.set_note("bob", code)
    harvest()
    harvest(minutes=90)
    assert scene.facts() == []
    with scene.unit() as session:
        assert session.scalars(select(Source).where(Source.person_id == bob.id)).all() == []
        consents.give(bob.id, courses.get(scene.course.id), "checks")
    harvest(minutes=200)
    with scene.unit() as session:
        found = session.scalars(select(Fact.verb).where(Fact.person_id == bob.id)).all()
    assert found == ["Follow"]


def test_its_looks_come_and_go_with_the_consents_and_the_course(looking: Taught, harvest: Harvest) -> None:
    scene = looking.scene
    assert looking.source() is not None
    with scene.unit():
        consents.withdraw(scene.person.id, scene.course.id, "checks")
    assert looking.source() is None, "there is nobody to look for"
    with scene.unit():
        consents.give(scene.person.id, courses.get(scene.course.id), "checks")
    assert looking.source() is not None
    with scene.unit():
        courses.close(courses.get(scene.course.id))
    assert looking.source() is None
    with scene.unit():
        courses.open_course(courses.get(scene.course.id))
    assert looking.source() is not None
    with scene.unit():
        make.enrol(scene.course, looking.teacher, "student")
    assert looking.source() is None, "its owner does not teach there any more"


def test_what_was_received_goes_with_the_consent(looking: Taught, harvest: Harvest) -> None:
    world = looking.scene.network.world
    world.set_hide_collections("ada", True)
    world.follow("ada", "teacher")
    harvest()
    assert len(looking.scene.facts()) == 1
    with looking.scene.unit():
        consents.withdraw(looking.scene.person.id, looking.scene.course.id, "checks")
    assert looking.scene.facts() == []


def test_a_refused_token_is_told_and_not_sent_again(taught: Taught, harvest: Harvest, sign: Sign) -> None:
    taught.sign_in_there("no token of that server")
    sign(taught.teacher).put(f"{taught.path}/{taught.identity.id}")
    harvest()
    source = taught.source()
    assert source is not None and (source.coverage, source.reason) == ("hidden", "token_refused")
    with taught.scene.unit():
        assert grants.token_of([taught.identity.id]) == {}
        (permission,) = grants.of_person(taught.teacher.id).values()
        assert permission.state == "refused"


# ---- choosing


def test_only_ones_own_proven_account_is_chosen(taught: Taught, sign: Sign) -> None:
    scene = taught.scene
    with scene.unit():
        unproven = make.identity(taught.teacher, proven=False)
        colleague = make.person("Colleague")
        make.enrol(scene.course, colleague, "instructor")
        theirs = make.identity(colleague)
    teacher = sign(taught.teacher)

    def code(identity_id: UUID) -> object:
        return teacher.put(f"{taught.path}/{identity_id}").json["code"]

    assert code(scene.identity.id) == "account_not_of_staff"
    assert code(theirs.id) == "account_of_another"
    assert code(unproven.id) == "account_not_proven"
    assert teacher.put(f"{taught.path}/{scene.course.id}").status_code == 404
    assert sign(scene.person).put(f"{taught.path}/{scene.identity.id}").status_code == 403


def test_chosen_accounts_are_listed_with_how_much_is_seen_and_left_out_again(
    looking: Taught, harvest: Harvest, sign: Sign
) -> None:
    teacher = sign(looking.teacher)
    (before,) = teacher.get(looking.path).json
    assert (before["coverage"], before["looked_at"], before["shows"]) == (None, None, ["Follow"])
    harvest()
    (after,) = teacher.get(looking.path).json
    assert after["seen_at"] and after["told"]
    assert teacher.delete(f"{looking.path}/{looking.identity.id}").status_code == 204
    assert teacher.get(looking.path).json == []
    assert looking.source() is None
    assert teacher.delete(f"{looking.path}/{looking.identity.id}").status_code == 404


def test_the_page_lets_an_instructor_choose(taught: Taught, browser: Callable[..., BrowserClient]) -> None:
    page = f"/courses/{taught.scene.course.id}/course-accounts"
    teacher = browser(taught.teacher)
    assert taught.identity.handle in teacher.get(page).text
    assert teacher.submit(f"{page}/{taught.identity.id}/choose", {}, page=page).status_code == 303
    assert "Do not look from it" in teacher.get(page).text
    assert teacher.submit(f"{page}/{taught.identity.id}/leave-out", {}, page=page).status_code == 303
    assert taught.source() is None
    assert page in teacher.get(f"/courses/{taught.scene.course.id}/manage").text


# ---- whose an act is


def test_a_comment_is_its_writers_by_code_else_by_the_one_address_that_it_names(scene: Scene) -> None:
    with scene.unit() as session:
        ada = session.get_one(Identity, scene.identity.id)
        blog = make.identity(make.person("Bob"), "blog", "https://bob.example/")
        other = make.identity(make.person("Cy"), "blog", "https://cy.example/")
        other.code = "pln-cccc-2222"
        subject = make.identity(make.person("Dee"), "blog", "https://dee.example/")
        comment = Act("Create", "https://dee.example/1#c1", "https://dee.example/1", text="Well said.")

        def whose(**given: object) -> list[tuple[UUID, bool]]:
            acts = [replace(comment, **given)]  # type: ignore[arg-type]
            found = received.attributed(subject, acts, [ada, blog, other, subject])
            return [(one.identity.id, one.by_code) for one in found]

        assert whose(text="I agree. PLN-cccc-2222", actor_keys=frozenset({"//bob.example"})) == [(other.id, True)]
        assert whose(actor_keys=frozenset({"//bob.example"})) == [(blog.id, False)]
        assert whose(actor_keys=frozenset({"//bob.example", "//cy.example"})) == []
        assert whose(actor_keys=frozenset({"//dee.example"})) == [], "nobody credits themselves on their own page"
        assert whose(actor_keys=frozenset({"//stranger.example"})) == [] == whose()


# ---- nobody is asked any more


ENDINGS: dict[str, Callable[[Taught], object]] = {
    "the only consent is withdrawn": lambda taught: consents.withdraw(
        taught.scene.person.id, taught.scene.course.id, "checks"
    ),
    "the course is closed": lambda taught: courses.close(courses.get(taught.scene.course.id)),
    "the account is unlinked": lambda taught: identities.unlink(db.session.get_one(Identity, taught.identity.id)),
    "its owner leaves": lambda taught: courses.leave(taught.scene.course.id, taught.teacher.id),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_network_is_not_asked_about_the_courses_account_once(
    ending: str, looking: Taught, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest()
    paths: list[str] = []
    monkeypatch.setattr(network._Quiet, "log_request", lambda handler, *_: paths.append(handler.path))
    teacher = looking.scene.network.world.account("teacher").id
    harvest(minutes=90)
    assert [path for path in paths if f"accounts/{teacher}" in path], "until then it is"
    with looking.scene.unit():
        ENDINGS[ending](looking)
    paths.clear()
    for day in range(1, 4):
        with looking.scene.unit():
            service.check_now(looking.scene.person.id)
            service.sync_sources(service.people_concerned())
        harvest(minutes=90 + day * 24 * 60)
    assert [path for path in paths if f"accounts/{teacher}" in path or "relationships" in path] == []
