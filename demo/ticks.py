"""The places of all students with all steps, and how much of them is seen, as the demonstration prints them."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from demo.table import Tick
from onboarding import service as onboarding
from onboarding import showing
from onboarding.explaining import explain
from plnapi.accounts.models import Person
from plnapi.courses import service as courses
from plnapi.harvest import service as harvest
from plnapi.harvest.sentences import tell


def ticks_of(course_id: UUID) -> list[Tick]:
    """Students in the order in which they came, steps in their own. Inside a unit of work."""
    steps = [step for step in onboarding.view(course_id).steps if step.step_key]
    people = sorted(courses.students(course_id), key=lambda enrolment: enrolment.person_id)
    return [_tick(course_id, enrolment.person, step.step_key) for enrolment in people for step in steps]


def _told(piece: Mapping[str, Any]) -> str:
    gone = f" (gone since {piece['undone_at'][:16]})" if piece["undone_at"] else ""
    return f"{piece['verb']}: {piece['uri']}{gone}"


def looks_of(person_ids: Collection[UUID]) -> list[str]:
    """A line for each look at these people: whose, which, what came of it. Inside a unit of work."""
    states = [state for found in harvest.coverage_of(person_ids).values() for state in found]
    return [f"{state.handle}  {state.look}: {tell(state.look, state.coverage, state.detail)}" for state in states]


def _tick(course_id: UUID, person: Person, step_key: UUID | None) -> Tick:
    assert step_key is not None
    shown = showing.explanation(explain(course_id, person.id, step_key))
    evidence = tuple(map(_told, (piece for piece in shown["evidence"] if piece["uri"])))
    because = " ".join(note["text"] for note in shown["explanation"])
    return Tick(person.name, shown["title"], shown["verdict"], shown["level"], evidence, because)
