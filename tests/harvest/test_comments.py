"""Comments below what a classmate publishes: known by the code that somebody writes, or by the address that they give."""

from dataclasses import dataclass

import pytest

from plnapi.accounts import identities
from plnapi.consents import service as consents
from tests import make
from tests.harvest.conftest import Harvest, Scene


@dataclass
class Blogged:
    """The scene with Bob's proven blog, on which entry `number` carries the course's tag."""

    scene: Scene
    number: int


@pytest.fixture
def blogged(scene: Scene, harvest: Harvest) -> Blogged:
    world = scene.network.world
    world.start_blog("bobs", "Bob's blog", "Bob", rest=True)
    with scene.unit():
        bob = make.person("Bob")
        make.enrol(scene.course, bob)
        make.consent(bob, scene.course)
        code = identities.link(bob.id, world.blog_url("bobs"), "blog").code
    world.set_about("bobs", f"This is mine: {code}")
    entry = world.publish("bobs", "On networks", "<p>Text</p>", categories=["SUB101"])
    harvest()
    harvest(minutes=1)
    return Blogged(scene, entry.number)


def test_a_comment_is_its_writers_by_code_or_address_and_of_strangers_nothing_is_kept(
    blogged: Blogged, harvest: Harvest
) -> None:
    scene, world = blogged.scene, blogged.scene.network.world
    world.comment("bobs", blogged.number, "A.", f"I agree. {scene.code()}")
    world.comment("bobs", blogged.number, "Ada", "And one thing more.", author_url=f"{scene.network.base_url}/@ada")
    world.comment("bobs", blogged.number, "Eve", "Buy this!", author_url="https://eve.example/")
    harvest(minutes=120)
    facts = scene.facts("Create")
    assert sorted(fact.evidence["by"] for fact in facts) == ["address", "code"]
    assert all(fact.evidence["comment"] and fact.evidence["in_reply_to"] and fact.network == "blog" for fact in facts)
    assert not any("agree" in str(fact.evidence) for fact in facts), "what a comment says is not kept"
    with scene.unit():
        consents.withdraw(scene.person.id, scene.course.id, "checks")
    assert scene.facts() == []
