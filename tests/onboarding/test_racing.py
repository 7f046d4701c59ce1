"""Two harvests of one person at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from onboarding import progress, service
from plnapi.activity import service as activity
from plnapi.activity.service import NewFact
from tests.onboarding.conftest import Story, post_of, way
from tests.onboarding.test_progress import states


def test_neither_of_two_harvests_misses_what_the_other_saw(story: Story, unit: Any) -> None:
    with unit():
        steps = list(service.view(story.course.id).steps)
        two = service.StepData(
            "Post twice",
            branches=(way("post", count=2), way("attest", by="link", prompt="")),
            step_key=steps[1].step_key,
        )
        service.save(story.course, "First steps", [steps[0], two, *steps[2:]], None, expected=1)
    together = Barrier(2)

    def harvest(fact: NewFact) -> None:
        together.wait(10)
        with unit():
            activity.record([fact])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(harvest, [post_of(story, 1), post_of(story, 2)]))
    with unit():
        assert states(story)["post"].verdict == "verified"
        assert progress.replay(story.course.id) == []
