"""Whole looks against a server that speaks the Mastodon API: what is proven, seen, undone, hidden, and what fails."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import select

from demo.practice import Served
from plnapi.accounts import identities
from plnapi.accounts.models import Identity
from plnapi.activity.models import Fact
from plnapi.consents import service as consents
from plnapi.courses import service as courses
from plnapi.harvest import driver
from plnapi.harvest.models import Source
from plnapi.posts.models import Post
from tests import make
from tests.conftest import Unit
from tests.harvest.conftest import NOBODY_LISTENS, Harvest, Scene


def test_an_account_is_proven_by_the_code_in_its_profile(linked: Scene, harvest: Harvest) -> None:
    harvest()
    with linked.unit() as session:
        before = session.get_one(Identity, linked.identity.id)
    assert (before.proven_at, before.problem) == (None, "code_not_found")
    linked.network.world.set_note("ada", f"I study. {linked.code()}")
    harvest(minutes=2)
    with linked.unit() as session:
        after = session.get_one(Identity, linked.identity.id)
    assert after.proven_at and after.problem is None
    assert after.uri == f"{linked.network.base_url}/users/ada"
    assert sorted(linked.sources()) == ["follows", "posts"]


def test_somebody_elses_code_proves_nothing(linked: Scene, harvest: Harvest) -> None:
    linked.network.world.set_note("ada", f"x{linked.code()}x")
    harvest()
    assert list(linked.sources()) == ["proof"]


def test_an_account_that_is_not_there_says_so(linked: Scene, harvest: Harvest) -> None:
    with linked.unit():
        other = identities.link(linked.person.id, f"@nobody@{linked.network.domain}", "mastodon")
    harvest()
    with linked.unit() as session:
        assert session.get_one(Identity, other.id).problem == "account_not_found"


def test_only_tagged_posts_are_kept_and_they_become_facts(scene: Scene, harvest: Harvest) -> None:
    world = scene.network.world
    world.post("ada", "My first entry #sub101 #Networks")
    world.post("ada", "What I had for lunch #food")
    report = harvest()
    (fact,) = scene.facts("Create")
    assert report.facts == 1
    assert fact.evidence["tags"] == ["networks", "sub101"] and fact.evidence["words"] == 5
    with scene.unit() as session:
        posts = session.scalars(select(Post)).all()
    assert [post.excerpt for post in posts] == ["My first entry #sub101 #Networks"]


def test_a_follow_of_somebody_on_the_list_becomes_a_fact_and_others_do_not(scene: Scene, harvest: Harvest) -> None:
    world = scene.network.world
    world.open_account("friend")
    world.follow("ada", "teacher")
    world.follow("ada", "friend")
    harvest()
    (fact,) = scene.facts("Follow")
    assert fact.object_uri == f"{scene.network.base_url}/users/teacher"
    assert f"acct:teacher@{scene.network.domain}" in fact.object_keys
    assert scene.states()["follows"].coverage == "complete"


def test_an_unfollow_is_noticed_and_a_second_follow_too(scene: Scene, harvest: Harvest) -> None:
    world = scene.network.world
    world.open_account("friend")
    world.follow("ada", "friend")
    world.follow("ada", "teacher")
    harvest()
    world.unfollow("ada", "teacher")
    harvest(minutes=60)
    assert scene.facts("Follow")[0].undone_at is not None
    world.follow("ada", "teacher")
    harvest(minutes=300)
    assert scene.facts("Follow")[0].undone_at is None


def test_a_hidden_list_takes_nothing_back(scene: Scene, harvest: Harvest) -> None:
    world = scene.network.world
    world.follow("ada", "teacher")
    harvest()
    world.set_hide_collections("ada", True)
    harvest(minutes=60)
    assert scene.states()["follows"].coverage == "hidden"
    assert scene.facts("Follow")[0].undone_at is None


def test_a_hidden_list_gives_no_fact(scene: Scene, harvest: Harvest) -> None:
    scene.network.world.set_hide_collections("ada", True)
    scene.network.world.follow("ada", "teacher")
    harvest()
    assert (scene.states()["follows"].coverage, scene.facts("Follow")) == ("hidden", [])


def test_harvesting_again_changes_nothing(scene: Scene, harvest: Harvest) -> None:
    scene.network.world.follow("ada", "teacher")
    scene.network.world.post("ada", "An entry #sub101")
    harvest()
    before = [(fact.id, fact.seen_at) for fact in scene.facts()]
    report = harvest(minutes=60)
    assert (report.looked, report.facts) == (2, 0)
    assert [(fact.id, fact.seen_at) for fact in scene.facts()] == before


def test_a_tag_added_later_finds_earlier_posts(scene: Scene, harvest: Harvest) -> None:
    scene.network.world.post("ada", "Long ago #Essay2")
    harvest()
    assert scene.facts("Create") == []
    with scene.unit():
        make.hashtag(courses.get(scene.course.id), "#Essay2")
    harvest(minutes=1)
    assert [fact.evidence["tags"] for fact in scene.facts("Create")] == [["essay2"]]


def test_a_host_that_is_down_is_told_and_asked_ever_more_rarely(scene: Scene, harvest: Harvest) -> None:
    with scene.unit() as session:
        for source in session.scalars(select(Source)):
            source.cursor = {"id": "1", "host": NOBODY_LISTENS}
    waits = []
    minutes = 0.0
    for _ in range(3):
        harvest(minutes)
        state = scene.states()["posts"]
        assert state.coverage == "failed" and state.seen_at is None and state.looked_at
        waits.append((state.next_look_at - state.looked_at) / timedelta(minutes=1))
        minutes += max(waits) + 60
    assert state.reason == "connection_failed"
    assert waits[0] < waits[1] < waits[2]


def test_a_blog_is_proven_by_its_page_and_its_tagged_entries_are_found(linked: Scene, harvest: Harvest) -> None:
    _blog(linked, harvest)
    linked.network.world.publish("adas", "Cooking", "<p>Soup</p>", categories=["Food"])
    linked.network.world.publish("adas", "On networks", "<p>Text with <b>words</b></p>", categories=["SUB101"])
    harvest(minutes=0.5)
    (fact,) = linked.facts("Create")
    assert (fact.network, fact.evidence["title"], fact.evidence["words"]) == ("blog", "On networks", 3)
    assert linked.states()["posts"].reason == "newest_entries_only"


def test_nothing_new_asks_for_no_posts_and_no_facts(
    linked: Scene, harvest: Harvest, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    _blog(linked, harvest)
    linked.network.world.publish("adas", "On networks", "<p>Text</p>", categories=["SUB101"])
    harvest(minutes=0.5)
    harvest(minutes=60)  # the comments below what is kept are looked at for the first time
    with statements() as seen:
        report = harvest(minutes=240)
    assert (report.looked, report.unchanged) == (2, 1)  # that blog shows no comments to anybody
    assert not [statement for statement in seen if "facts" in statement]
    posts = [statement for statement in seen if "posts" in statement]
    assert len(posts) == 1, posts  # once a batch: which are known
    assert len(seen) <= 28, seen  # once a batch: 16 to claim; once a source: 4, and 4 more for who others are


def _blog(linked: Scene, harvest: Harvest) -> None:
    """The student has proven a blog; the account on the network stays unproven."""
    world = linked.network.world
    world.start_blog("adas", "Ada's blog", "Ada")
    with linked.unit() as session:
        blog = identities.link(linked.person.id, world.blog_url("adas"), "blog")
        session.delete(session.get_one(Identity, linked.identity.id))
    world.set_about("adas", f"This is mine: {blog.code}")
    harvest()


@pytest.mark.parametrize("purpose", ["left", "closed", "withdrawn"])
def test_nothing_is_stored_when_permission_ends_while_somebody_is_looked_at(
    scene: Scene, harvest: Harvest, unit: Unit, purpose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.network.world.follow("ada", "teacher")
    look_all = driver.look_all

    def then(*args: object) -> object:
        outcomes = list(look_all(*args))  # type: ignore[arg-type]
        with unit():
            if purpose == "left":
                courses.leave(scene.course.id, scene.person.id)
            elif purpose == "closed":
                courses.close(courses.get(scene.course.id))
            else:
                consents.withdraw(scene.person.id, scene.course.id, "checks")
        return iter(outcomes)

    monkeypatch.setattr(driver, "look_all", then)
    report = harvest()
    assert (report.looked, report.dropped) == (2, 2)
    assert (scene.facts(), scene.sources()) == ([], {})


def test_a_course_with_lists_alone_looks_at_posts_for_what_concerns_its_lists(
    unit: Unit, network: Served, harvest: Harvest
) -> None:
    """Replies to the people on a list, and boosts of theirs, count without any hashtag."""
    network.world.open_account("ada")
    with unit():
        course, person = make.course(), make.person("Ada")
        make.enrol(course, person)
        make.resource_list(course, [{"kind": "person", "title": "T", "address": network.world.handle("teacher")}])
        make.consent(person, course)
        identity = identities.link(person.id, network.world.handle("ada"), "mastodon")
    network.world.set_note("ada", identity.code)
    harvest()
    network.world.boost("ada", network.world.post("teacher", "Worth passing on").id)
    harvest(60)
    with unit() as session:
        facts = session.scalars(select(Fact).where(Fact.person_id == person.id)).all()
    assert [fact.verb for fact in facts] == ["Announce"]
