"""The state of the network: what it refuses, and that threads may share it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from demo.practice import Served, World
from demo.practice.records import Invalid, NotAllowed, NotFound

from .conftest import Client


@pytest.fixture
def world() -> World:
    world = World("http://127.0.0.1:1")
    world.open_account("ada")
    world.open_account("circle", group=True)
    return world


def test_names_are_taken_once_in_any_case(world: World) -> None:
    with pytest.raises(Invalid, match="already been taken"):
        world.open_account("ADA")
    with pytest.raises(Invalid, match="only letters"):
        world.open_account("a b")
    with pytest.raises(Invalid, match="address"):
        world.start_blog("A b", "Title", "Ada")


def test_only_groups_can_be_joined(world: World) -> None:
    world.open_account("maya")
    world.join("maya", "circle")
    assert world.is_following(world.account("maya"), world.account("circle"))
    with pytest.raises(Invalid, match="not a group"):
        world.join("maya", "ada")


def test_who_is_not_there_cannot_act(world: World) -> None:
    for act in (lambda: world.post("nobody", "x"), lambda: world.follow("ada", "nobody"), lambda: world.status("x1")):
        with pytest.raises(NotFound):
            act()


def test_private_posts_cannot_be_boosted(world: World) -> None:
    hidden = world.post("ada", "x", visibility="private")
    with pytest.raises(NotAllowed):
        world.boost("ada", hidden.id)


def test_a_time_needs_its_zone_and_gives_the_id_its_place(world: World) -> None:
    later = world.post("ada", "later")
    earlier = world.post("ada", "earlier", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert earlier.id < later.id
    with pytest.raises(Invalid, match="zone"):
        world.post("ada", "x", at=datetime(2026, 1, 1))


def test_a_reply_outlives_what_it_answers(world: World) -> None:
    parent = world.post("ada", "question")
    reply = world.post("ada", "answer", in_reply_to_id=parent.id)
    world.delete_status(parent.id)
    assert (reply.in_reply_to_id, reply.in_reply_to_account) == (None, world.account("ada"))


def test_threads_post_and_read_at_once(network: Served, client: Client) -> None:
    network.world.open_account("ada")
    path = f"/api/v1/accounts/{client.account('ada')['id']}/statuses?limit=40"
    with ThreadPoolExecutor(4) as pool:
        posts = [pool.submit(network.world.post, "ada", f"Post {number} #SUB101") for number in range(40)]
        reads = [pool.submit(client.ask, path) for _ in range(8)]
    assert {read.result().status for read in reads} == {200}
    assert {status["id"] for status in client.ask(path).json} == {str(post.result().id) for post in posts}
