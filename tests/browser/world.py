"""What the pages of these tests are about: people, and the words that stand in the paths of the table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from onboarding import answering, giving, messages, service, sharing
from onboarding.service import StepData
from plnapi.accounts import service as accounts
from plnapi.accounts.models import Person
from plnapi.activity import service as activity
from plnapi.activity.service import NewFact
from plnapi.clock import now
from plnapi.courses.models import Course
from plnapi.db import db
from plnapi.harvest.models import Health, Outage, Source
from plnapi.resources import service as resources
from tests import make

LONG = "A name that is longer than a phone is wide " + "W" * 60


@dataclass(slots=True)
class World:
    """`people` by the name used in the table of pages; `names` fills the {placeholders} of its paths."""

    people: dict[str, Person] = field(default_factory=dict)
    names: dict[str, object] = field(default_factory=dict)


def small() -> World:
    """To be called inside a unit: an open course whose steps stand in every state, one without anything, and links."""
    world = World()
    people = world.people
    people["admin"] = make.person("Grace Hopper", role="admin")
    people["instructor"] = make.person("Maria Montessori")
    people["student"] = make.person("Ada Lovelace")
    people["newcomer"] = make.person("Katherine Johnson")
    people["stranger"] = make.person("Mary Somerville")
    course = make.course(people["instructor"], code="SUB101")
    world.names["course"] = course.id
    world.names["bare"] = make.course(people["instructor"], code="SUB102", state="draft").id
    for name in ("student", "newcomer"):
        make.enrol(course, people[name], section="A")
    make.enrol(course, make.person(LONG))
    accounts.make_token(people["student"], "My notebook", ("me", "courses:read"), 30)
    world.names["invitation"] = accounts.invite(make.person("Dorothy Vaughan"))
    world.names["sign_in_link"] = accounts.sign_in_link(people["newcomer"])
    _steps(world, course)
    _done(world, course)
    _talked(world, course)
    _ended(world)
    _looked_at()
    world.names["newcomer"] = people["newcomer"].id
    return world


def _steps(world: World, course: Course) -> None:
    """A hashtag, a starter list, and a checklist with each kind of step."""
    make.hashtag(course, "#SUB101")
    items = [
        {"kind": "person", "title": "Ben Hall", "address": "@ben@people.example", "why": "Writes every day."},
        {"kind": "reading", "title": LONG, "address": "https://reading.example/" + "long/" * 30},
    ]
    list_ = make.resource_list(course, items)
    world.names["list"] = list_.id
    world.names["item"] = resources.latest_items(list_.id)[0].item_key
    word, link = _way("attest", by="word", prompt=""), _way("attest", by="link", prompt="Where can it be read?")
    steps = (
        StepData("Getting started", kind="heading", instructions="About an hour altogether."),
        StepData("Follow one", branches=(_way("follow", list=str(list_.id), count=1), link)),
        StepData("Post once", "step", "Say hello.", "Others find you.", True, (_way("post", count=1), link)),
        StepData("Write a plan", branches=(link,)),
        StepData("Read the rules", branches=(word,), required=False),
        StepData(
            "Look back", branches=(_way("reflect", words=5, review=True, prompts=["What did you find?", LONG]), link)
        ),
    )
    view = service.save(course, "First steps", steps, world.people["instructor"].id, expected=0)
    keys = [step.step_key for step in view.steps]
    world.names.update(zip(("heading", "followed", "open", "waiting", "word", "asked"), keys, strict=True))


def _done(world: World, course: Course) -> None:
    """The student agreed, has two accounts, followed one of the list, and handed in a link."""
    student = world.people["student"]
    account = make.identity(student, handle="@ada@social.example")
    make.identity(student, "blog", handle="https://ada.example/", proven=False)
    make.consent(student, course)
    ben = "https://people.example/users/ben"
    evidence = {"uri": "https://people.example/@ben", "adapter": "mastodon", "version": 1}
    follow = NewFact(
        student.id, account.id, account.uri, "Follow", ben, "mastodon", now(), now() - timedelta(days=1),
        frozenset({"acct:ben@people.example"}), evidence,
    )  # fmt: skip
    activity.record((follow,), looked_at=frozenset({student.id}))
    step = world.names["waiting"]
    assert isinstance(step, UUID)
    world.names["student"] = student.id
    giving.give_link(course, student.id, step, "https://ada.example/plan", "It is short.")


def _talked(world: World, course: Course) -> None:
    """Both wrote about the step that waits; the newcomer answered what a step asks; the steps are shared."""
    student, teacher, newcomer = (world.people[name].id for name in ("student", "instructor", "newcomer"))
    waiting, asked = world.names["waiting"], world.names["asked"]
    assert isinstance(waiting, UUID) and isinstance(asked, UUID)
    messages.write(course, student, waiting, student, "Is that enough? " + "W" * 60)
    messages.write(course, student, waiting, teacher, "Nearly: add a date.")
    said = {"answer_1": "Five words are enough here", "answer_2": "More than five words about it"}
    answering.give_answer(course, newcomer, asked, "reflect", said)
    world.names["shared"] = sharing.share(course, teacher, LONG, "For a week").id


def _ended(world: World) -> None:
    """A course in its grace time, and one that is frozen, with the same people."""
    today, people = now().date(), world.people
    for name, days in (("over", 3), ("frozen", 40)):
        begin, end = today - timedelta(days=90), today - timedelta(days=days)
        course = make.course(people["instructor"], code=f"OLD{days}", starts_on=begin, ends_on=end)
        make.enrol(course, people["student"])
        step = StepData("Write a plan", branches=(_way("attest", by="link", prompt=""),))
        service.adopt(course, "Last term", [step])
        world.names[name] = course.id


def _looked_at() -> None:
    """One look at the student's accounts saw all, the others not; their server is down, and an item leads to nobody."""
    hour_ago, problem = now() - timedelta(hours=1), "deadline_exceeded"
    shown = [("https://social.example/api/v1/accounts/1/statuses?limit=40&" + "x" * 60, 200, "", 210),
             ("https://social.example/api/v1/accounts/1/following", None, problem, 20_000)]  # fmt: skip
    requests = [dict(zip(("url", "status", "problem", "ms"), row, strict=True)) for row in shown]
    states = ("complete", "failed", "partial", "hidden")
    for source, state in zip(db.session.scalars(select(Source).order_by(Source.id)), states, strict=False):
        source.coverage, source.looked_at, source.seen_at, source.requests = state, now(), hour_ago, requests
    outage = Outage(host="social.example", began_at=hour_ago, failures=3)
    ben = Health(network="mastodon", address="@ben@people.example", gone_since=hour_ago)
    db.session.add_all((outage, ben))
    db.session.flush()


def _way(kind: str, **config: Any) -> Mapping[str, Any]:
    return {"kind": kind, "config": config}
