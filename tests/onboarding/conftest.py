"""A course with a hashtag, a starter list and a checklist, and facts as the harvest would record them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from onboarding import service
from onboarding.service import StepData
from plnapi.accounts.models import Identity, Person
from plnapi.activity import service as activity
from plnapi.activity.service import NewFact
from plnapi.clock import now
from plnapi.courses.models import Course
from plnapi.db import db
from plnapi.harvest.models import Source
from plnapi.resources import service as resources
from tests import make

PEOPLE = ("Ada Field", "Ben Hall", "Cy Wood")


@dataclass
class Story:
    """What a test starts from. `steps` maps a short name to the step's key."""

    course: Course
    instructor: Person
    student: Person
    identity: Identity
    list_id: UUID
    items: list[UUID]
    steps: dict[str, UUID] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The course in the API."""
        return f"/api/v1/courses/{self.course.id}"

    def mine(self, step: str) -> str:
        """One of the student's own steps in the API."""
        return f"{self.url}/my/steps/{self.steps[step]}"


def follow_of(story: Story, number: int, **fields: Any) -> NewFact:
    """The student follows the `number`th person of the list."""
    name = f"person{number}"
    given: dict[str, Any] = {
        "person_id": story.student.id,
        "identity_id": story.identity.id,
        "subject_uri": story.identity.uri,
        "verb": "Follow",
        "object_uri": f"https://people.example/users/{name}",
        "network": "mastodon",
        "seen_at": now(),
        "object_keys": frozenset({f"acct:{name}@people.example"}),
        "evidence": {"uri": f"https://people.example/@{name}", "adapter": "mastodon", "version": 1},
    }
    return NewFact(**{**given, **fields})


def post_of(story: Story, number: int, *, tag: str = "sub101", at: datetime | None = None) -> NewFact:
    """The student published a post with a tag."""
    uri = f"{story.identity.uri}/statuses/{number}"
    evidence = {"uri": uri, "tags": [tag], "words": 12, "adapter": "mastodon", "version": 1, "title": ""}
    moment = at or now() - timedelta(days=1, hours=number)
    return NewFact(
        story.student.id, story.identity.id, story.identity.uri, "Create", uri, "mastodon", now(), moment,
        frozenset(), evidence,
    )  # fmt: skip


def looked(story: Story, look: str, coverage: str | None, reason: str = "") -> None:
    """Set how the last look ended, and tell of it as the harvest does."""
    source = db.session.query(Source).filter_by(identity_id=story.identity.id, look=look).one()
    source.coverage, source.reason, source.looked_at = coverage, reason, now()
    activity.record((), looked_at=frozenset({story.student.id}))


def way(kind: str, **config: Any) -> dict[str, Any]:
    """A branch."""
    return {"kind": kind, "config": config}


@pytest.fixture
def story(unit: Callable[[], Any]) -> Story:
    """An open course; one consenting student with a proven account; four steps, each with a way for everybody."""
    with unit():
        teacher, student = make.person("Ira Teacher"), make.person("Sam Student")
        course = make.course(teacher, code="SUB101")
        make.hashtag(course, "#SUB101")
        people = [
            {"kind": "person", "title": title, "address": f"@person{n}@people.example"}
            for n, title in enumerate(PEOPLE)
        ]
        group = {"kind": "space", "title": "Open group", "address": "@group@people.example"}
        list_ = make.resource_list(course, [*people, group])
        items = [item.item_key for item in resources.latest_items(list_.id)]
        make.enrol(course, student)
        identity = make.identity(student, handle="@sam@home.example")
        made = Story(course, teacher, student, identity, list_.id, items)
        view = service.save(course, "First steps", steps_of(made), teacher.id, expected=0)
        made.steps = dict(
            zip(("follow", "post", "join", "word", "link"), [s.step_key for s in view.steps], strict=True)
        )  # type: ignore[arg-type]
        make.consent(student, course)
        return made


def steps_of(story: Story) -> list[StepData]:
    """The checklist that most tests use."""
    list_ = str(story.list_id)
    word, link = way("attest", by="word", prompt=""), way("attest", by="link", prompt="")
    return [
        StepData("Follow two", branches=(way("follow", list=list_, count=2), link)),
        StepData("Post once", branches=(way("post", count=1), link)),
        StepData("Join", branches=(way("join_group", list=list_, count=1), word)),
        StepData("Read the rules", branches=(word,)),
        StepData("Write a plan", branches=(link,), required=False),
    ]
