"""What the outside hears of a step, by turns."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, select

from onboarding import service
from plnapi.activity import service as activity
from plnapi.activity.models import Fact
from plnapi.clock import now
from plnapi.outbox.models import Message
from tests.onboarding.conftest import Story, post_of

Unit = Callable[[], Any]


def test_a_step_that_does_not_keep_its_credit_is_told_of_each_time_that_it_is_done_or_falls(
    story: Story, unit: Unit
) -> None:
    with unit() as session:
        post = post_of(story, 1)
        view = service.view(story.course.id)
        steps = [replace(one, keeps_credit=False) for one in view.steps]
        service.save(story.course, view.title, steps, None, expected=1)
        for _ in range(2):
            activity.record([post])
            activity.record([post])
            fact_id = session.scalars(select(Fact.id)).one()
            for _ in range(2):
                activity.record([], undone={fact_id: now()})
        activity.record([post])
        for left in (steps[:1], steps, steps[:1], steps):  # removed and put back: it is the same step
            service.save(story.course, "Again", left, None, expected=service.view(story.course.id).version)
        topics = session.scalars(select(Message.topic).order_by(Message.id)).all()
    assert topics == ["step.done", "step.undone", "step.done", "step.undone", "step.done"]


def test_a_step_that_is_put_back_long_after_it_was_done_is_not_told_of_again(story: Story, unit: Unit) -> None:
    with unit() as session:
        activity.record([post_of(story, 1)])
        session.execute(delete(Message))  # as after the time for which messages are kept
        steps = service.view(story.course.id).steps
        service.save(story.course, "Fewer", steps[:1], None, expected=1)
        service.save(story.course, "All", steps, None, expected=2)
        assert session.scalars(select(Message.topic)).all() == []
