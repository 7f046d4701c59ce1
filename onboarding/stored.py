"""What is stored of people: acts, accounts, decisions, and what of it counts in a course where networks are left out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from onboarding import queries, rows
from onboarding.checks.base import Account, Act, Look, Said
from onboarding.judging import Acts
from onboarding.queries import run

Place = tuple[UUID, UUID]  # course, person


class Placed(Protocol):
    """What is read of a student here."""

    @property
    def course_id(self) -> UUID:
        """Where."""

    @property
    def person_id(self) -> UUID:
        """Who."""

    @property
    def without(self) -> frozenset[str]:
        """The networks that the student leaves out there."""


def facts(
    people: Sequence[UUID], verbs: frozenset[str], leaving: frozenset[UUID], *, accounts: bool = False
) -> Sequence[Any]:
    """The rows of facts of these verbs but those `leaving`; with `accounts` they name their identities."""
    statement = queries.FACTS_WITH_ID if leaving or accounts else queries.FACTS
    found = run(statement, people=list(people), verbs=sorted(verbs)) if verbs else ()
    return [fact for fact in found if fact.id not in leaving] if leaving else found


def acts(found: Iterable[Any]) -> dict[UUID, Acts]:
    """Person → the acts that these rows of facts tell of."""
    several: dict[UUID, list[Act]] = defaultdict(list)
    for fact in found:
        several[fact.person_id].append(rows.act(fact))
    return {person: Acts(some) for person, some in several.items()}


def apart(
    students: Iterable[Placed],
    found: Iterable[Any],
    looks: Mapping[UUID, Sequence[Look]],
    linked: Mapping[UUID, Sequence[Account]],
) -> dict[Place, tuple[Acts, Sequence[Look]]]:
    """The acts and looks that count for those who leave networks out. What was done on a site is of the account by which
    its author was known, so `found` has to name identities."""
    several: dict[Place, tuple[Acts, Sequence[Look]]] = {}
    for student in students:
        person = student.person_id
        left = {UUID(one.id) for one in linked.get(person, ()) if one.network in student.without}
        mine = (fact for fact in found if fact.person_id == person and fact.identity_id not in left)
        seen = [look for look in looks.get(person, ()) if look.network not in student.without]
        several[student.course_id, person] = Acts(map(rows.act, mine)), seen
    return several


def accounts(people: Sequence[UUID]) -> dict[UUID, tuple[Account, ...]]:
    """Person → the identities, oldest first."""
    found: dict[UUID, tuple[Account, ...]] = {}
    for row in run(queries.ACCOUNTS, people=list(people)):
        found[row.person_id] = (*found.get(row.person_id, ()), rows.account(row))
    return found


def said(people: Sequence[UUID], courses: Sequence[UUID]) -> dict[Place, dict[UUID, list[Said]]]:
    """Place → step → the decisions, oldest first."""
    found: dict[Place, dict[UUID, list[Said]]] = defaultdict(lambda: defaultdict(list))
    for course, person, step_key, *rest in run(queries.SAID, people=list(people), courses=list(courses)):
        found[course, person][step_key].append(Said(*rest))
    return found
