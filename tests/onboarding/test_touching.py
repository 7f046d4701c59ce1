"""Something new touches only the steps to which it can make a difference, and what is kept is what replay gives."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from onboarding import progress, service
from onboarding.checks import CHECKS
from onboarding.loading import StepRow
from onboarding.service import StepData
from plnapi.activity import service as activity
from plnapi.activity.models import Fact
from plnapi.clock import now
from plnapi.db import db
from tests.onboarding.conftest import Story, follow_of, looked, post_of, way
from tests.onboarding.test_checks import CONTEXT, LIST, follow, looks, post

Unit = Callable[[], Any]


@contextmanager
def judged(story: Story) -> Iterator[list[str]]:
    """The short names of the steps that are judged meanwhile."""
    names = {key: name for name, key in story.steps.items()}
    seen: list[str] = []
    real = progress._judge

    def note(inputs: Any, student: Any, step: StepRow, *rest: Any) -> Any:
        seen.append(names[step.step_key])
        return real(inputs, student, step, *rest)

    with mock.patch.object(progress, "_judge", note):
        yield seen


def test_a_post_touches_no_step_that_does_not_read_posts(story: Story, unit: Unit) -> None:
    with unit(), judged(story) as seen:
        activity.record([post_of(story, 1)])
        assert seen == ["post"]


def test_a_later_post_leaves_a_step_alone_that_is_done(story: Story, unit: Unit, statements: Any) -> None:
    with unit():
        activity.record([post_of(story, 5)])
        with judged(story) as seen, statements() as sent:
            activity.record([post_of(story, 1)])
        assert seen == []
        assert len([one for one in sent if one.startswith("SELECT")]) <= 4
        assert progress.replay(story.course.id) == []


def test_an_earlier_post_that_comes_late_becomes_the_evidence(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1)])
        with judged(story) as seen:
            activity.record([post_of(story, 5)])
        assert seen == ["post"]
        assert progress.replay(story.course.id) == []


def test_an_act_undone_touches_the_step_that_it_was_evidence_of(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1)])
        fact = db.session.scalars(select(Fact)).one()
        with judged(story) as seen:
            activity.record([], undone={fact.id: now()})
        assert seen == ["post"]


def test_a_step_that_does_not_keep_credit_is_judged_at_every_act(story: Story, unit: Unit) -> None:
    with unit():
        view = service.view(story.course.id)
        service.save(
            story.course, view.title, [replace(s, keeps_credit=False) for s in view.steps], None, expected=view.version
        )
        activity.record([post_of(story, 5)])
        with judged(story) as seen:
            activity.record([post_of(story, 1)])
        assert set(seen) == {"post"}


def test_a_look_touches_open_steps_that_are_seen_on_a_network(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1)])
        with judged(story) as seen:
            looked(story, "follows", "complete")
        assert seen == ["follow", "join"]


def test_a_step_that_waits_for_a_touched_one_is_judged_with_it(story: Story, unit: Unit) -> None:
    with unit():
        view = service.view(story.course.id)
        steps = list(view.steps)
        steps[3] = replace(steps[3], after=((str(steps[1].step_key),),))
        service.save(story.course, view.title, steps, None, expected=view.version)
        with judged(story) as seen:
            activity.record([post_of(story, 1)])
        assert seen == ["post", "word"]
        assert progress.replay(story.course.id) == []


def test_no_kind_is_judged_by_acts_of_verbs_that_it_does_not_read() -> None:
    acts = [post(1, "sub101"), follow("ann", 1)]
    for check in (CHECKS["post"], CHECKS["follow"]):
        config = {"list": LIST, "count": 1}
        read = [act for act in acts if act.verb in check.reads(config).verbs]
        assert len(read) == 1
        with_all = check.judge(config, acts, looks("complete"), [], CONTEXT)
        assert with_all.verdict == "verified"
        assert check.judge(config, read, looks("complete"), [], CONTEXT) == with_all


# ---- whatever comes, in whatever order

WAYS = (
    lambda list_: (way("post", count=2), way("attest", by="link", prompt="")),
    lambda list_: (way("follow", list=list_, count=2), way("post", count=3)),
    lambda list_: (way("public_account"), way("post", count=1)),
    lambda list_: (way("post", count=2, days=2), way("attest", by="word", prompt="")),
    lambda list_: (way("all_of", of=[way("post", count=1), way("follow", list=list_, count=1)]),),
    lambda list_: (way("post", count=1, every="week", weeks=2), way("follow", list=list_, count=1)),
)
HAPPENS = st.tuples(st.sampled_from(("post", "follow", "undo", "again", "posts", "follows")), st.integers(0, 5))


def happen(story: Story, what: str, number: int) -> None:
    """One thing that the harvest may see; numbers make acts earlier or later than each other."""
    at = story.identity.created_at - timedelta(days=3 * number)
    facts = db.session.scalars(select(Fact).order_by(Fact.id)).all()
    if what == "post":
        activity.record([post_of(story, number, at=at)])
    elif what == "follow":
        activity.record([follow_of(story, number % 3, happened_at=at)])
    elif what == "undo" and facts:
        activity.record([], undone={facts[number % len(facts)].id: now()})
    elif what == "again":
        activity.record([post_of(story, n, at=story.identity.created_at - timedelta(days=3 * n)) for n in range(2)])
    elif what in {"posts", "follows"}:
        looked(story, what, ("complete", "hidden", "partial", "failed", "complete", "partial")[number])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(things=st.lists(HAPPENS, min_size=2, max_size=9), keeps=st.booleans(), chained=st.booleans())
def test_what_is_left_alone_is_what_replay_gives(
    story: Story, unit: Unit, things: list[tuple[str, int]], keeps: bool, chained: bool
) -> None:
    with unit() as session:
        made = [ways(str(story.list_id)) for ways in WAYS]
        steps = [StepData("Step", branches=ways, required=False, keeps_credit=keeps) for ways in made]
        view = service.save(story.course, "Many", steps, None, expected=1)
        if chained:
            after = ((str(view.steps[2].step_key),),)
            changed = [replace(one, after=after if n == 3 else ()) for n, one in enumerate(view.steps)]
            service.save(story.course, "Many", changed, None, expected=2)
        for what, number in things:
            happen(story, what, number)
            assert progress.replay(story.course.id) == [], (what, number)
        session.rollback()
