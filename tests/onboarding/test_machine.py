"""Whatever happens in whatever order: state follows from what is stored, nothing falls without an event, and what is done
is told once. Two students live the same, and what one of them did is seen of the other in another order."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import time_machine
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from onboarding import answering, dues, giving, progress, reviewing, service
from onboarding.judging import level_rank
from onboarding.models import StepState
from onboarding.service import StepData
from plnapi import signals
from plnapi.accounts import identities
from plnapi.accounts.models import Identity, Person
from plnapi.activity import service as activity
from plnapi.activity.models import Fact
from plnapi.activity.service import NewFact
from plnapi.consents import service as consents
from plnapi.db import db
from plnapi.errors import PlnapiError
from plnapi.harvest.models import Health, Outage, Source
from plnapi.hashtags import service as hashtags
from plnapi.outbox.models import Message
from plnapi.resources import service as resources
from tests import make
from tests.onboarding.conftest import Story, way

KIM, STRANGER = "acct:kim@friends.example", "acct:stranger@far.example"
WORD, LINK = way("attest", by="word", prompt=""), way("attest", by="link", prompt="")
REFLECT = way("reflect", prompts=["Why?"], words=1, review=True)
# What one may do: verb, object, whom it concerns, the hashtag, and days before the story begins (None: it is not told).
ACTS: tuple[tuple[str, str, str, str, float | None], ...] = (
    ("Follow", "https://people.example/users/person0", "acct:person0@people.example", "", None),
    ("Follow", "https://people.example/users/person1", "acct:person1@people.example", "", None),
    ("Follow", "https://people.example/users/person2", "acct:person2@people.example", "", None),
    ("Follow", "https://people.example/g", "acct:group@people.example", "", None),
    ("Create", "posts/1", "", "sub101", 1.1),
    ("Create", "posts/2", "", "sub101", 9.2),
    ("Create", "posts/3", "", "sub101", 9.3),
    ("Create", "posts/4", "", "later", 4.4),
    ("Create", "posts/5", KIM, "sub101", 2.5),
    ("Create", "posts/6", STRANGER, "sub101", 6.6),
    ("Like", "https://friends.example/1", KIM, "", 3.7),
    ("Like", "https://far.example/1", STRANGER, "", 7.8),
    ("Announce", "https://friends.example/1", KIM, "", 5.9),
)
NAMES = ("follow", "post", "days", "reply", "react", "join", "link", "answer")
some_acts = st.lists(st.integers(0, len(ACTS) - 1), min_size=1, max_size=5)
some_step = st.sampled_from(NAMES)


def steps_of(list_id: UUID) -> dict[str, StepData]:
    """One of each sort: some do not keep their credit, some ask for more than was seen, one waits for others."""
    list_ = str(list_id)
    return {
        "follow": StepData("Follow", branches=(way("follow", list=list_, count=2), LINK)),
        "post": StepData("Post", branches=(way("post", count=1), LINK)),
        "days": StepData("On two days", branches=(way("post", count=2, days=2), WORD), keeps_credit=False),
        "reply": StepData("Reply", branches=(WORD, way("reply", count=1, whom="classmates"))),
        "react": StepData("React", branches=(way("react", what="either", count=2), WORD), keeps_credit=False),
        "join": StepData("Join", branches=(way("join_group", list=list_, count=1), WORD), least_level="person"),
        "link": StepData("Plan", branches=(LINK,), least_level="person"),
        "answer": StepData("Reflect", branches=(REFLECT,)),
    }


class Progress(RuleBasedStateMachine):
    """What happens to the two students; `story` and `unit` are set by the test."""

    story: ClassVar[Story]
    unit: ClassVar[Callable[[], Any]]

    @initialize()
    def begin(self) -> None:
        """Two students alike, and a classmate whose account is not proven yet."""
        self.stack = ExitStack()
        session = self.stack.enter_context(self.unit())
        self.stack.callback(session.rollback)
        self.clock = self.stack.enter_context(time_machine.travel(datetime.now(UTC), tick=False))
        self.started = datetime.now(UTC)
        story = self.story
        twin, kim = make.person("Tam Student"), make.person("Kim Friend")
        for person in (twin, kim):
            make.enrol(story.course, person)
        other = make.identity(twin, handle="@tam@away.example")
        make.consent(twin, story.course)
        self.people = (story.student, twin)
        self.handles = (story.identity.handle, other.handle)
        self.kim = make.identity(kim, handle="@kim@friends.example", proven=False).id
        self.steps = steps_of(story.list_id)
        self.save("The first")
        keys = {one.title: one.step_key for one in service.view(story.course.id).steps}
        self.steps = {name: replace(one, step_key=keys[one.title]) for name, one in self.steps.items()}
        self.away: set[str] = set()
        self.levels: dict[tuple[UUID, UUID], int] = {}
        self.told: Counter[tuple[str, UUID, UUID]] = Counter()
        self.may_fall: set[UUID | None] = set()

    def teardown(self) -> None:
        """Nothing of this example stays."""
        if hasattr(self, "stack"):
            db.session.rollback()
            self.stack.close()

    # ---- what happens

    @rule(acts=some_acts, doubled=some_acts, order=st.randoms(use_true_random=False))
    def something_is_seen(self, acts: list[int], doubled: list[int], order: Any) -> None:
        """Of one student at once and in order; of the other one by one, doubled, in any order."""
        self.tick()
        activity.record([self.fact(0, number) for number in dict.fromkeys(acts)])
        late = [*acts, *(number for number in doubled if number in acts)]
        order.shuffle(late)
        for number in late:
            activity.record([self.fact(1, number)])

    @rule(acts=some_acts)
    def something_is_undone(self, acts: list[int]) -> None:
        """Unfollowed, deleted, unliked; it may be there again later."""
        self.tick()
        self.may_fall = {one.step_key for one in self.steps.values() if not one.keeps_credit}
        for who in (0, 1):
            keys = [self.fact(who, number).key for number in acts]
            known = db.session.scalars(select(Fact.id).where(Fact.key.in_(keys)))
            activity.record([], undone=dict.fromkeys(known, datetime.now(UTC)))

    @rule(
        look=st.sampled_from(("posts", "follows", "reactions")),
        coverage=st.sampled_from(("complete", "partial", "hidden", "failed")),
    )
    def a_look_ends(self, look: str, coverage: str) -> None:
        """With more or less to be seen than before."""
        self.tick()
        for person in self.people:
            for source in db.session.scalars(select(Source).filter_by(person_id=person.id, look=look)):
                source.coverage, source.looked_at = coverage, datetime.now(UTC)
            activity.record((), looked_at=frozenset({person.id}))

    @rule(name=some_step, how=st.sampled_from(("word", "link", "answer")), number=st.integers(1, 2))
    def something_is_given(self, name: str, how: str, number: int) -> None:
        """A word, a link or an answer, where the step takes one."""
        key, course = self.steps[name].step_key, self.story.course
        hosts = {one.id: handle.rpartition("@")[2] for one, handle in zip(self.people, self.handles, strict=True)}
        self.both(
            lambda who: {
                "word": lambda: giving.give_word(course, who, key),
                "link": lambda: giving.give_link(course, who, key, f"https://docs.{hosts[who]}/{name}/{number}"),
                "answer": lambda: answering.give_answer(course, who, key, "reflect", {"answer_1": f"So {number}"}),
            }[how]()
        )

    @rule(name=some_step, decision=st.sampled_from(("approved", "returned")))
    def a_reviewer_answers(self, name: str, decision: Any) -> None:
        """The last link or answer of the step."""
        key, course, by = self.steps[name].step_key, self.story.course, self.story.instructor.id

        def decide(who: UUID) -> None:
            given = [one for one in reviewing.of_step(course.id, who, key) if one.kind in reviewing.GIVEN]
            if given:
                reviewing.decide(course, given[-1].id, by, decision, "Thus")

        self.both(decide)

    @rule(name=some_step, decision=st.sampled_from(("confirmed", "returned")))
    def a_reviewer_confirms(self, name: str, decision: Any) -> None:
        """What is below the least level, or returns it."""
        key, by = self.steps[name].step_key, self.story.instructor.id
        self.both(lambda who: reviewing.confirm(self.story.course, who, key, by, "Thus", decision))

    @rule(name=some_step)
    def a_decision_is_taken_back(self, name: str) -> None:
        """The one that nothing came after; its step may fall."""
        key, course, by = self.steps[name].step_key, self.story.course, self.story.instructor.id

        def undo(who: UUID) -> None:
            said = reviewing.of_step(course.id, who, key)
            tips = reviewing.undoable(said)
            for one in [one for one in said if one.id in tips][:1]:
                reviewing.undo(course, one.id, by)

        self.both(undo)
        self.may_fall = {key}

    @rule(given=st.booleans())
    def consent_is_another(self, given: bool) -> None:
        """What was seen goes with it."""
        self.tick()
        for person in self.people:
            if given:
                make.consent(person, self.story.course)
            else:
                consents.withdraw(person.id, self.story.course.id, "checks")

    @rule()
    def accounts_are_unlinked_or_linked_again(self) -> None:
        """Their evidence goes."""
        self.tick()
        for person, handle in zip(self.people, self.handles, strict=True):
            linked = identities.of_person(person.id)
            if linked:
                identities.unlink(linked[0])
            else:
                made = make.identity(person, handle=handle)
                signals.tell(signals.identity_changed, person_id=person.id, identity_id=made.id)

    @rule()
    def the_classmate_proves_an_account_or_unlinks_it(self) -> None:
        """Who acted towards it acted towards a classmate."""
        self.tick()
        known = db.session.get(Identity, self.kim)
        if known is None:
            kim = db.session.scalars(select(Person).where(Person.name == "Kim Friend")).one()
            self.kim = make.identity(kim, handle="@kim@friends.example", proven=False).id
            signals.tell(signals.identity_changed, person_id=kim.id, identity_id=self.kim)
        elif known.proven_at is None:
            known.proven_at, known.proof = datetime.now(UTC), "code"
            identities.renew(known)
        else:
            identities.unlink(known)

    @rule(name=some_step)
    def a_step_is_removed_or_put_back(self, name: str) -> None:
        """What was done of it meanwhile counts."""
        self.away ^= {name}
        self.save("Other steps")

    @rule(name=st.sampled_from(("follow", "post", "days", "react")), count=st.integers(1, 3))
    def a_step_asks_for_more_or_less(self, name: str, count: int) -> None:
        """Of those that count."""
        first, *others = self.steps[name].branches
        config = {**first["config"], "count": max(count, first["config"].get("days", 1))}
        self.change(name, branches=({**first, "config": config}, *others))

    @rule(name=some_step, level=st.sampled_from((None, "machine", "person")))
    def a_step_asks_for_other_evidence(self, name: str, level: Any) -> None:
        """Stricter or looser."""
        self.change(name, least_level=level)

    @rule(name=some_step, keeps=st.booleans())
    def a_step_keeps_its_credit_or_not(self, name: str, keeps: bool) -> None:
        """A rule for later: what was undone before keeps what was earned."""
        self.change(name, keeps_credit=keeps)

    @rule(name=st.sampled_from(NAMES[2:]), before=st.sampled_from((None, *NAMES[:2])))
    def a_step_waits_for_another_or_not(self, name: str, before: str | None) -> None:
        """Of the first two."""
        self.change(name, after=((str(self.steps[before].step_key),),) if before else ())

    @rule(number=st.integers(0, 2))
    def the_list_is_another(self, number: int) -> None:
        """With somebody else at one place."""
        self.tick()
        list_ = resources.get_list(self.story.course.id, self.story.list_id)
        items = [
            {"kind": "person", "title": f"P{n}", "address": f"@{'else' if n == number else 'person'}{n}@people.example"}
            for n in range(3)
        ]
        group = {"kind": "space", "title": "Open group", "address": "@group@people.example"}
        resources.replace_items(list_, [*items, group], None)

    @rule()
    def a_hashtag_is_attached_or_detached(self) -> None:
        """Earlier posts with it count."""
        self.tick()
        mine = [one for one in hashtags.of_course(self.story.course.id) if one.key == "later"]
        if mine:
            hashtags.detach(self.story.course, mine[0].id)
        else:
            hashtags.attach(self.story.course, "#later")

    @rule()
    def an_address_is_gone_or_back(self) -> None:
        """An item of the list leads to nobody."""
        self.tick()
        item = resources.latest_items(self.story.list_id)[2]
        known = db.session.get(Health, (item.network, item.address))
        if known is None:
            known = Health(network=item.network, address=item.address)
            db.session.add(known)
        known.gone_since = None if known.gone_since else datetime.now(UTC)
        db.session.flush()
        signals.tell(signals.resource_changed, course_id=self.story.course.id, list_id=self.story.list_id)

    @rule(name=some_step, days=st.integers(1, 9))
    def there_is_more_time(self, name: str, days: int) -> None:
        """An extension, for a step that is due."""
        if self.steps[name].due_on is None:
            self.change(name, due_on=self.started.date())
        key, by = self.steps[name].step_key, self.story.instructor.id
        later = self.started.date() + timedelta(days=days)
        self.both(lambda who: dues.extend(self.story.course, who, key, later, by))

    @rule()
    def an_outage_begins_or_ends(self) -> None:
        """Of the servers of both."""
        self.tick()
        for handle in self.handles:
            host = handle.rpartition("@")[2]
            known = db.session.scalars(select(Outage).filter_by(host=host, ended_at=None)).one_or_none()
            if known is None:
                db.session.add(Outage(host=host, began_at=datetime.now(UTC), failures=2))
            else:
                known.ended_at = datetime.now(UTC)
        activity.record((), looked_at=frozenset(person.id for person in self.people))

    # ---- what holds

    @invariant()
    def holds(self) -> None:
        """After each rule. Derived again, state is what is kept; both stand alike, in whatever order it was seen."""
        if hasattr(self, "levels"):
            assert progress.replay(self.story.course.id) == []
            assert self.standing(0) == self.standing(1)
            self.nothing_falls_without_an_event()
            assert self.messages() == +self.told

    def nothing_falls_without_an_event(self) -> None:
        """A level falls only when a decision was taken back, or something undone where that was said beforehand."""
        rows = self.rows([person.id for person in self.people])
        for (person, step), level in self.found(rows).items():
            before = self.levels.get((person, step), 0)
            assert level >= before or step in self.may_fall, f"{self.name(step)} fell from {before} to {level}"
            self.told["step.done", person, step] += before == 0 < level
            self.told["step.undone", person, step] += level == 0 < before
            self.levels[person, step] = level
        self.may_fall = set()

    # ---- how

    def tick(self) -> None:
        """Everything of one rule happens at one moment."""
        self.clock.shift(60)

    def save(self, title: str) -> None:
        """The steps that are there, as the newest version."""
        self.tick()
        there = {str(one.step_key) for name, one in self.steps.items() if name not in getattr(self, "away", ())}
        steps = [
            replace(one, after=tuple(group for group in one.after if set(group) <= there))
            for one in self.steps.values()
            if one.step_key is None or str(one.step_key) in there
        ]
        version = service.view(self.story.course.id).version
        service.save(self.story.course, title, steps, None, expected=version)

    def change(self, name: str, **fields: Any) -> None:
        """Another version with another step."""
        self.steps[name] = replace(self.steps[name], **fields)
        self.save("Another step")

    def both(self, do: Callable[[UUID], Any]) -> None:
        """The same of both, or the same refusal."""
        self.tick()
        said: list[str] = []
        for person in self.people:
            try:
                do(person.id)
                said.append("")
            except PlnapiError as error:
                said.append(error.code)
        assert said[0] == said[1]

    def fact(self, who: int, number: int) -> NewFact:
        """What a student did, as it is seen at this moment."""
        verb, what, whom, tag, days = ACTS[number]
        handle = self.handles[who]
        own = f"https://{handle.rpartition('@')[2]}/"
        uri = own + what if verb == "Create" else what
        return NewFact(
            self.people[who].id, self.identity_of(who), own, verb, uri, "mastodon",
            datetime.now(UTC) + timedelta(milliseconds=number),
            None if days is None else self.started - timedelta(days=days),
            frozenset({whom} - {""}),
            {
                "uri": uri, "tags": [tag] if tag else [], "words": 9, "adapter": "mastodon", "version": 1, "title": "",
                "in_reply_to": "https://there.example/1" if verb == "Create" and whom else None,
            },
        )  # fmt: skip

    def identity_of(self, who: int) -> UUID | None:
        """The account that is linked."""
        return next((one.id for one in identities.of_person(self.people[who].id)), None)

    def rows(self, people: list[UUID]) -> Sequence[StepState]:
        """The kept states."""
        mine = select(StepState).where(StepState.person_id.in_(people)).order_by(StepState.step_key)
        return db.session.scalars(mine.execution_options(populate_existing=True)).all()

    def found(self, rows: Sequence[StepState]) -> dict[tuple[UUID, UUID], int]:
        """The level of what is done, 0 for what is not. Of a step that is away it is what it was."""
        return {
            (row.person_id, row.step_key): level_rank(row.level) if row.verdict == "verified" else 0 for row in rows
        }

    def standing(self, who: int) -> list[Any]:
        """All of a student's states, with the other's handle."""
        fields = ("step_key", "verdict", "level", "branch", "evidence", "explanation", "done_at")
        rows = [
            {"step": self.name(row.step_key), **{name: getattr(row, name) for name in fields}}
            for row in self.rows([self.people[who].id])
        ]
        mine, _, host = self.handles[who].lstrip("@").partition("@")
        text = json.dumps(rows, default=str).replace(host, "HOST").replace(f"@{mine}@", "@NAME@")
        return list(json.loads(text))

    def messages(self) -> Counter[tuple[str, UUID, UUID]]:
        """What the outside is told of both, by topic, person and step."""
        told = [one for one in db.session.scalars(select(Message)) if one.topic.startswith("step.")]
        named = [(one.topic, UUID(one.payload["person_id"]), UUID(one.payload["step_key"])) for one in told]
        return Counter(one for one in named if one[1] in {person.id for person in self.people})

    def name(self, step: UUID) -> str:
        """For the reader of a failure."""
        return next((name for name, one in self.steps.items() if one.step_key == step), str(step))


def test_whatever_happens_state_follows_from_what_is_stored(story: Story, unit: Callable[[], Any]) -> None:
    class Bound(Progress):
        pass

    Bound.story, Bound.unit = story, staticmethod(unit)  # type: ignore[assignment]
    phases = [phase for phase in Phase if phase is not Phase.explain]  # it traces every line
    run_state_machine_as_test(Bound, settings=settings(max_examples=8, stateful_step_count=20, phases=phases))
