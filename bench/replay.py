"""Replay: every state of a course derived again from its facts, and compared with what is kept."""

from sqlalchemy import func, insert, select

from bench.kit import Row, Size, in_turn
from bench.world import a_fact, a_world
from onboarding import progress
from plnapi.activity.models import Fact
from plnapi.db import db, unit_of_work

EACH = 200  # posts of each student, beside the three facts that all begin with


def run(size: Size) -> tuple[str, list[Row]]:
    """CPU of a replay, and what it comes to for a million facts."""
    with a_world(size.of(100)) as world, world.app.app_context():
        with unit_of_work() as session:
            rows = [a_fact(person, "Create", n) for person in world.students for n in range(1, EACH + 1)]
            session.execute(insert(Fact), rows)
            progress.refresh(world.students)
            facts = session.scalar(select(func.count()).select_from(Fact)) or 0
        differences: list[object] = []

        def replayed() -> None:
            with unit_of_work(write=False):
                differences[:] = progress.replay(world.course_id)
            db.session.remove()

        took = in_turn({"replay": replayed}, Size(min(size.rounds, 3)), 1)["replay"]
    return f"Replay of {facts} facts of {len(world.students)} students over 12 steps", [
        Row("plnapi", took / 1000, "s CPU"),
        Row("a million facts at this rate", took / facts * 1000, "s CPU", 60),
        Row("differences found", len(differences), "", 0),
    ]
