"""`flask onboarding`."""

import json
from typing import Any

from onboarding.models import StepState
from plnapi.activity import service as activity
from plnapi.db import db
from tests.onboarding.conftest import Story, post_of


def run(app: Any, *args: str) -> Any:
    return app.test_cli_runner().invoke(args=["onboarding", *args])


def test_replay_finds_no_difference_after_a_story(app: Any, story: Story, unit: Any) -> None:
    with unit():
        activity.record([post_of(story, 1)])
    done = run(app, "replay")
    assert (done.exit_code, done.output) == (0, "1 course(s), 0 difference(s)\n")


def test_replay_ends_with_one_and_names_the_difference(app: Any, story: Story, unit: Any) -> None:
    with unit():
        db.session.get_one(StepState, (story.course.id, story.student.id, story.steps["post"])).verdict = "verified"
    said = run(app, "replay", "--course", "SUB101")
    assert said.exit_code == 1
    assert f"step {story.steps['post']}: kept verified, derived unknown" in said.output
    (one,) = json.loads(run(app, "replay", "--json").output)["differences"]
    assert one["kept"]["verdict"] == "verified"


def test_explain_says_why_and_what_next(app: Any, story: Story) -> None:
    said = run(app, "explain", "SUB101", story.student.email, "post")
    assert said.exit_code == 0, said.output
    assert said.output.splitlines()[0] == "? Post once: Cannot be seen"
    assert "0 of 1 posts seen with #SUB101." in said.output
    assert "next: Wait: plnapi looks again" in said.output


def test_explain_says_which_steps_there_are(app: Any, story: Story) -> None:
    said = run(app, "explain", "SUB101", story.student.email, "nothing like it")
    assert said.exit_code == 1
    assert "Follow two; Post once; Join" in said.output
    assert run(app, "explain", "NOPE", story.student.email, "post").exit_code == 1
