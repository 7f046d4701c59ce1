"""Replies, boosts and likes of students: recorded where they concern what a course asks for, and nothing else."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from plnapi import clock
from plnapi.accounts import grants, identities
from plnapi.accounts.models import Identity, Person
from plnapi.activity import service as activity
from plnapi.consents import service as consents
from plnapi.courses import service as courses
from plnapi.harvest import accounts, driver, service
from plnapi.harvest.models import Source
from plnapi.harvest.rolls import keys_of
from plnapi.platforms.types import Account, Profile
from plnapi.posts.models import Post
from tests import make
from tests.harvest.conftest import Harvest, Scene


@dataclass
class Class:
    """The scene with a classmate `@bob`, proven and agreed, and `@stranger`, who is nobody here."""

    scene: Scene
    bob: Person


@pytest.fixture
def both(scene: Scene, harvest: Harvest) -> Class:
    world = scene.network.world
    world.open_account("bob")
    world.open_account("stranger")
    with scene.unit():
        bob = make.person("Bob")
        make.enrol(scene.course, bob)
        make.consent(bob, scene.course)
        code = identities.link(bob.id, world.handle("bob"), "mastodon").code
    world.set_note("bob", code)
    harvest()
    return Class(scene, bob)


def test_a_reply_to_a_classmate_is_kept_without_a_tag_and_says_whom_it_answers(both: Class, harvest: Harvest) -> None:
    scene, world = both.scene, both.scene.network.world
    first = world.post("bob", "What do you think?")
    strange = world.post("stranger", "Buy this!")
    world.post("ada", "@bob I agree with you", in_reply_to_id=first.id)
    world.post("ada", "@stranger no", in_reply_to_id=strange.id)
    harvest(minutes=60)
    (fact,) = scene.facts("Create")
    assert f"acct:bob@{scene.network.domain}" in fact.object_keys
    assert (fact.evidence["tags"], fact.evidence["words"]) == ([], 5)
    with scene.unit() as session:
        assert [post.person_id for post in session.scalars(select(Post))] == [scene.person.id]


def test_a_reply_to_a_listed_account_is_kept_too(both: Class, harvest: Harvest) -> None:
    world = both.scene.network.world
    world.post("ada", "@teacher thanks", in_reply_to_id=world.post("teacher", "Hello").id)
    harvest(minutes=60)
    assert len(both.scene.facts("Create")) == 1


def test_boosts_are_recorded_where_they_concern_the_course(both: Class, harvest: Harvest) -> None:
    scene, world = both.scene, both.scene.network.world
    of_bob = world.post("bob", "An entry #sub101")
    tagged = world.post("stranger", "Also about #Sub101 and #lunch")
    world.boost("ada", of_bob.id)
    world.boost("ada", tagged.id)
    world.boost("ada", world.post("stranger", "Buy this!").id)
    harvest(minutes=60)
    facts = {fact.object_uri.rsplit("/", 1)[-1]: fact for fact in scene.facts("Announce")}
    assert facts.keys() == {str(of_bob.id), str(tagged.id)}
    assert f"acct:bob@{scene.network.domain}" in facts[str(of_bob.id)].object_keys
    assert facts[str(tagged.id)].evidence["tags"] == ["sub101"], "other tags of somebody else's post are not kept"
    with scene.unit() as session:
        owners = set(session.scalars(select(Post.person_id)))
    assert owners == {both.bob.id}, "nobody is credited with what they boosted"


def test_likes_are_looked_at_once_their_owner_has_signed_in_there(both: Class, harvest: Harvest) -> None:
    scene, world = both.scene, both.scene.network.world
    world.favourite("ada", world.post("bob", "An entry #sub101").id)
    world.favourite("ada", world.post("stranger", "Buy this!").id)
    assert "reactions" not in scene.sources()
    with scene.unit() as session:
        identity = session.get_one(Identity, scene.identity.id)
        grants.keep(identity, scene.network.base_url, world.account("ada").token, "read")
        service.sync_sources([scene.person.id])
    harvest(minutes=60)
    (fact,) = scene.facts("Like")
    assert (fact.evidence["look"], fact.evidence["tags"]) == ("reactions", ["sub101"])


def test_a_like_taken_back_is_noticed_within_one_look_and_the_liked_post_stays(both: Class, harvest: Harvest) -> None:
    scene, world = both.scene, both.scene.network.world
    own = world.post("ada", "Mine #sub101")
    for liked in (own, world.post("bob", "An entry #sub101"), world.post("bob", "One more #sub101")):
        world.favourite("ada", liked.id)
    with scene.unit() as session:
        identity = session.get_one(Identity, scene.identity.id)
        grants.keep(identity, scene.network.base_url, world.account("ada").token, "read")
        service.sync_sources([scene.person.id])
    harvest(minutes=60)
    assert [fact.undone_at for fact in scene.facts("Like")] == [None] * 3
    world.favourites[:] = world.favourites[2:]
    harvest(minutes=200)
    assert [fact.undone_at is None for fact in scene.facts("Like")].count(True) == 1
    world.favourites.clear()
    harvest(minutes=400)
    assert all(fact.undone_at for fact in scene.facts("Like"))
    assert [fact.undone_at for fact in scene.facts("Create")] == [None]
    with scene.unit() as session:
        assert not any(post.gone_at for post in session.scalars(select(Post)))


def test_a_classmate_who_comes_later_is_found_in_earlier_replies_within_a_day(scene: Scene, harvest: Harvest) -> None:
    world = scene.network.world
    world.open_account("bob")
    world.post("ada", "@bob welcome", in_reply_to_id=world.post("bob", "Hello").id)
    harvest()
    with scene.unit():
        bob = make.person("Bob")
        make.enrol(scene.course, bob)
        code = identities.link(bob.id, world.handle("bob"), "mastodon").code
    world.set_note("bob", code)
    harvest()
    assert scene.facts("Create") == []
    for hours in range(0, 30, 3):
        harvest(minutes=60 * hours)
    assert len(scene.facts("Create")) == 1


def test_a_class_that_links_its_accounts_does_not_make_looks_begin_again_each_time(
    scene: Scene, harvest: Harvest
) -> None:
    harvest()
    seen = {source.wanted for source in scene.sources().values()}
    at = clock.now()
    wanted = set(seen)
    for step in range(8):
        with scene.unit():
            other = make.person(f"Student {step}")
            make.enrol(scene.course, other)
            make.identity(other).proven_at = at + timedelta(hours=step)
            service.sync_sources([scene.person.id], at + timedelta(hours=step))
        wanted |= {source.wanted for source in scene.sources().values()}
    assert len(wanted) <= len(seen) + 1


def test_an_account_that_is_gone_takes_its_acts_back_until_it_is_there_again(both: Class, harvest: Harvest) -> None:
    scene, world = both.scene, both.scene.network.world
    world.follow("ada", "teacher")
    world.post("ada", "An entry #sub101")
    world.boost("ada", world.post("bob", "Mine #sub101").id)
    harvest(minutes=60)
    assert len([fact for fact in scene.facts() if fact.undone_at is None]) == 3
    account = world.accounts.pop("ada")
    harvest(minutes=200)
    assert scene.states()["posts"].reason == "gone"
    assert all(fact.undone_at for fact in scene.facts())
    with scene.unit() as session:
        mine = select(Post).where(Post.person_id == scene.person.id)
        assert all(post.gone_at for post in session.scalars(mine))
    world.accounts["ada"] = account
    harvest(minutes=200 + 60 * 30)
    assert not any(fact.undone_at for fact in scene.facts())


def test_a_deleted_post_is_noted_within_one_look(both: Class, harvest: Harvest) -> None:
    world = both.scene.network.world
    post = world.post("ada", "An entry #sub101")
    world.post("ada", "Another one #sub101")
    harvest(minutes=60)
    world.delete_status(post.id)
    harvest(minutes=200)
    undone = {fact.object_uri.rsplit("/", 1)[-1]: fact.undone_at is not None for fact in both.scene.facts("Create")}
    assert undone[str(post.id)] and len(undone) == 2 and not all(undone.values())


@pytest.mark.parametrize("hidden", [False, True])
def test_an_account_that_moved_is_followed_within_one_look(hidden: bool, both: Class, harvest: Harvest) -> None:
    scene, world = both.scene, both.scene.network.world
    world.post("ada", "Bye #sub101")
    world.open_account("lovelace")
    world.set_hide_collections("ada", hidden)
    harvest(minutes=60)
    world.move("ada", "lovelace")
    harvest(minutes=200)
    there = f"{scene.network.base_url}/users/lovelace"
    with scene.unit() as session:
        identity = session.get_one(Identity, scene.identity.id)
        looks = session.scalars(select(Source.look).where(Source.identity_id == identity.id)).all()
    assert (identity.handle, identity.uri) == (world.handle("lovelace"), there)
    assert identity.moved_from == world.handle("ada"), "its owner is told"
    assert (identity.proven_at, looks) == (None, ["proof"]), "it is looked at again when it is proven there"


def test_a_boost_taken_back_is_noticed_within_one_look(both: Class, harvest: Harvest) -> None:
    world = both.scene.network.world
    first, second = (world.boost("ada", world.post("bob", f"Entry {n} #sub101").id) for n in (1, 2))
    harvest(minutes=60)
    world.delete_status(first.id)
    harvest(minutes=200)
    undone = {fact.evidence["act"].split("/")[-2]: fact.undone_at is not None for fact in both.scene.facts("Announce")}
    assert undone == {str(first.id): True, str(second.id): False}


def test_another_handle_of_the_same_account_is_taken_over_and_it_stays_proven(
    both: Class, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, look_all = both.scene, driver.look_all
    here = f"{scene.network.base_url}/users/ada"
    profile = Profile(Account(here, f"{here}/new", "@lovelace.example.org"), "")

    def with_profile(*args: Any) -> Any:
        for task, seen in look_all(*args):
            shown = task.key.look == "posts" and task.key.subject.uri == here
            yield task, replace(seen, items=(*seen.items, profile)) if shown else seen

    monkeypatch.setattr(driver, "look_all", with_profile)
    harvest(minutes=60)
    with scene.unit() as session:
        identity = session.get_one(Identity, scene.identity.id)
        looks = sorted(session.scalars(select(Source.look).where(Source.identity_id == identity.id)))
    assert (identity.handle, identity.url, identity.uri) == ("@lovelace.example.org", f"{here}/new", here)
    assert (identity.moved_at, looks) == (None, ["follows", "posts"]) and identity.proven_at


def test_those_who_teach_see_what_was_kept_for_what_it_concerns(both: Class, harvest: Harvest) -> None:
    scene, world = both.scene, both.scene.network.world
    first = world.post("bob", "An entry #sub101")
    world.post("ada", "@bob yes", in_reply_to_id=first.id)
    world.boost("ada", first.id)
    world.post("ada", "Elsewhere #sub202")
    with scene.unit():
        other = make.course()
        make.enrol(other, scene.person)
        make.hashtag(other, "#SUB202")
        make.consent(scene.person, other)
    harvest(minutes=60)
    with scene.unit():
        here, there = (accounts.kept_for(course.id, scene.person.id) for course in (scene.course, other))
    assert {fact.verb: bool(fact.evidence.get("in_reply_to")) for fact in here} == {"Announce": False, "Create": True}
    assert [fact.evidence["tags"] for fact in there] == [["sub202"]]


def test_everything_goes_with_the_consent_and_of_others_what_no_course_asks_for(both: Class, harvest: Harvest) -> None:
    scene, world = both.scene, both.scene.network.world
    first = world.post("bob", "An entry #sub101")
    world.post("ada", "@bob yes", in_reply_to_id=first.id)
    world.boost("ada", first.id)
    harvest(minutes=60)
    assert {fact.verb for fact in scene.facts()} == {"Create", "Announce"}
    with scene.unit():
        other = make.course()
        make.enrol(other, scene.person)
        make.hashtag(other, "#SUB101")
        make.consent(scene.person, other)
        consents.withdraw(scene.person.id, scene.course.id, "checks")
    assert [fact.verb for fact in scene.facts()] == ["Announce"], "the tag is the other course's too, Bob is not in it"
    with scene.unit() as session:
        mine = select(Post).where(Post.person_id == scene.person.id)
        assert session.scalars(mine).all() == []
        consents.withdraw(scene.person.id, other.id, "checks")
    assert (scene.facts(), scene.sources()) == ([], {})


def test_who_did_something_towards_somebody_is_known_by_any_form_of_the_address(both: Class, harvest: Harvest) -> None:
    scene, world = both.scene, both.scene.network.world
    world.boost("ada", world.post("bob", "An entry #sub101").id)
    harvest(minutes=60)
    with scene.unit():
        keys = keys_of("mastodon", world.handle("bob"), "", "")
        people = [scene.person.id, both.bob.id]
        assert activity.people_touching(keys, people) == {scene.person.id}
        assert activity.people_touching(frozenset({"acct:nobody@example.social"}), people) == frozenset()
        courses.close(courses.get(scene.course.id))
