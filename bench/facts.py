"""One new fact: recorded, matched with the open steps of its person, and the state stored."""

import itertools
from collections.abc import Callable
from uuid import UUID

from bench.kit import Row, Size, in_turn
from bench.world import HOST, TAG, a_world, statements
from plnapi.activity import service as activity
from plnapi.activity.service import NewFact
from plnapi.clock import now
from plnapi.db import unit_of_work


def run(size: Size) -> tuple[str, list[Row]]:
    """CPU from the fact to the commit, for a fact that ticks or moves a step, and for one that is known."""
    many = size.of(100)
    with a_world(8 * many) as world, world.app.app_context():
        posting, following = _stories(world.students, "Create"), _stories(world.students[::-1], "Follow")
        known = posting()
        with statements(world.app) as seen:
            _record(posting())
        sides = {
            "post": lambda: _record(posting()),
            "follow": lambda: _record(following()),
            "known": lambda: _record(known),
        }
        took = in_turn(sides, size, many)
    return "A fact recorded → steps matched → state stored (12 steps, SQLite)", [
        Row("a post that moves steps", took["post"], "ms CPU", 3),
        Row("a follow that moves steps", took["follow"], "ms CPU", 3),
        Row("a fact that is known", took["known"], "ms CPU", 3),
        Row("statements of the first", len(seen), ""),
    ]


def _record(fact: NewFact) -> None:
    with unit_of_work():
        activity.record([fact])


def _stories(people: list[UUID], verb: str) -> Callable[[], NewFact]:
    """A function that gives the second post, or the third follow, of one student after the other."""
    numbers = itertools.count()

    def one() -> NewFact:
        number, at = divmod(next(numbers), len(people))
        return _fact(people[at], verb, number + 2)

    return one


def _fact(person_id: UUID, verb: str, number: int) -> NewFact:
    acting = f"https://home.example/users/{person_id.hex}"
    uri = f"https://{HOST}/users/p{number}" if verb == "Follow" else f"{acting}/statuses/{number}"
    keys = frozenset({f"acct:p{number}@{HOST}"}) if verb == "Follow" else frozenset[str]()
    evidence = {"uri": uri, "tags": [TAG.lower()], "words": 40, "adapter": "mastodon", "version": 1, "title": ""}
    return NewFact(person_id, None, acting, verb, uri, "mastodon", now(), now(), keys, evidence)
