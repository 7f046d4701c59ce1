"""A course that ceases to keep the credit of a step says so for what is earned later; what was earned until then stays."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from onboarding import foreseeing, giving, progress, service
from onboarding.service import StepData
from plnapi.activity import service as activity
from plnapi.clock import now
from tests import make
from tests.onboarding.conftest import Story, follow_of, looked, post_of
from tests.onboarding.test_progress import credits_of, states, verdicts

Unit = Callable[[], Any]


def set_keeps(story: Story, name: str, keeps: bool) -> list[StepData]:
    """The steps with this one keeping its credit or not."""
    steps = service.view(story.course.id).steps
    return [replace(one, keeps_credit=keeps) if one.step_key == story.steps[name] else one for one in steps]


def save(story: Story, steps: list[StepData]) -> None:
    view = service.view(story.course.id)
    service.save(story.course, view.title, steps, None, expected=view.version)


def delete(story: Story) -> None:
    """The student deletes what is recorded of them."""
    facts = activity.facts_of([story.student.id])[story.student.id]
    activity.record((), undone={fact.id: now() for fact in facts})


def test_what_was_deleted_before_the_rule_keeps_its_credit_and_is_foreseen(story: Story, unit: Unit) -> None:
    with unit():
        looked(story, "posts", "complete")
        activity.record([post_of(story, 1)])
        done_at = states(story)["post"].done_at
        delete(story)
        stricter = set_keeps(story, "post", False)
        (change,) = foreseeing.foresee(story.course, stricter, expected=1).steps
        assert (change.title, [one.name for one in change.loses]) == ("Post once", ["Sam Student"])
        assert credits_of(story) == []
        save(story, stricter)
        assert (states(story)["post"].verdict, states(story)["post"].done_at) == ("verified", done_at)
        assert len(credits_of(story)) == 1
        assert progress.replay(story.course.id) == []


def test_what_was_earned_before_the_rule_outlasts_a_later_deletion(story: Story, unit: Unit) -> None:
    with unit():
        looked(story, "posts", "complete")
        activity.record([post_of(story, 1)])
        stricter = set_keeps(story, "post", False)
        assert foreseeing.foresee(story.course, stricter, expected=1).steps == []
        save(story, stricter)
        assert (len(states(story)["post"].evidence), len(credits_of(story))) == (1, 1)
        assert progress.replay(story.course.id) == []
        delete(story)
        assert verdicts(story)["post"] == "verified"
        assert progress.replay(story.course.id) == []


def test_what_is_earned_after_the_rule_falls(story: Story, unit: Unit) -> None:
    with unit():
        looked(story, "posts", "complete")
        save(story, set_keeps(story, "post", False))
        activity.record([post_of(story, 1)])
        save(story, [replace(one, points=1) for one in service.view(story.course.id).steps])
        delete(story)
        assert verdicts(story)["post"] == "not_yet"
        assert credits_of(story) == []


def test_credit_is_written_once_and_only_for_the_step_that_ceases(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1), follow_of(story, 0), follow_of(story, 1)])
        for keeps in (False, True, False):
            save(story, set_keeps(story, "post", keeps))
        assert [said.step_key for said in credits_of(story)] == [story.steps["post"]]


def test_a_better_level_since_then_is_held_too(story: Story, unit: Unit) -> None:
    with unit():
        steps = set_keeps(story, "post", True)
        steps[1] = replace(steps[1], branches=(steps[1].branches[0], *steps[3].branches))
        save(story, steps)
        giving.give_word(story.course, story.student.id, story.steps["post"])
        save(story, set_keeps(story, "post", False))
        save(story, set_keeps(story, "post", True))
        activity.record([post_of(story, 1)])
        save(story, set_keeps(story, "post", False))
        assert [said.level for said in credits_of(story)] == ["declared", "machine"]
        delete(story)
        assert (states(story)["post"].verdict, states(story)["post"].level) == ("verified", "machine")
        assert progress.replay(story.course.id) == []


def test_others_who_have_not_earned_it_get_nothing(story: Story, unit: Unit) -> None:
    with unit():
        quiet = make.person("Quiet")
        make.enrol(story.course, quiet)
        activity.record([post_of(story, 1)])
        save(story, set_keeps(story, "post", False))
        assert verdicts(story, quiet.id)["post"] != "verified"
        assert {said.person_id for said in credits_of(story)} == {story.student.id}
