"""`flask onboarding`."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from onboarding import drafting, giving, service
from onboarding.models import StepState
from plnapi.activity import service as activity
from plnapi.db import db
from tests.onboarding.conftest import Story, follow_of, post_of


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


@pytest.fixture
def exported(story: Story, sign: Any, tmp_path: Path) -> Callable[..., Path]:
    """The checklist as a file; each argument is a change of what was read."""

    def written(*changes: Callable[[Any], Any]) -> Path:
        document = yaml.safe_load(sign(story.instructor).get(f"{story.url}/checklist.yaml").text)
        for change in changes:
            change(document["steps"])
        path = tmp_path / "checklist.yaml"
        path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        return path

    return written


def test_an_export_as_it_is_changes_nothing_for_anybody(app: Any, story: Story, exported: Any, unit: Any) -> None:
    with unit():
        activity.record([post_of(story, 1), follow_of(story, 0)])
        first, second, *rest = service.view(story.course.id).steps
        named = {**first.branches[0]["config"], "count": 1, "items": [str(story.items[0])]}
        first = replace(
            first, branches=({"kind": "follow", "config": named}, first.branches[1]), due_on=story.course.ends_on
        )
        second = replace(second, after=((str(first.step_key),),), keeps_credit=False, points=3, least_level="machine")
        service.save(story.course, "First steps", [first, second, *rest], None, expected=1)
    path = exported()
    said = run(app, "foresee", "SUB101", str(path))
    told = "SUB101: 1 student(s) judged, 0 step(s) change for somebody; nothing is saved.\n"
    assert (said.exit_code, said.output) == (0, told)
    with unit():
        assert list(drafting.draft(story.course, path.read_text(encoding="utf-8")).steps) == [first, second, *rest]


def test_a_stricter_step_a_laxer_one_and_one_taken_off_are_told_by_name_and_number(
    app: Any, story: Story, exported: Any, unit: Any
) -> None:
    with unit():
        activity.record([post_of(story, 1), follow_of(story, 0)])
        giving.give_word(story.course, story.student.id, story.steps["word"])

    def laxer(steps: Any) -> None:
        steps[0]["branches"][0]["config"]["count"] = 1

    def stricter(steps: Any) -> None:
        steps[1]["branches"][0]["config"]["count"] = 2

    def without_the_word(steps: Any) -> None:
        del steps[3]

    def another(steps: Any) -> None:
        steps.append({"key": "more", "title": "Post again", "branches": [{"kind": "post", "config": {"count": 1}}],
                      "required": False, "after": [["step-1"]]})  # fmt: skip

    path = str(exported(laxer, stricter, without_the_word, another))
    said = run(app, "foresee", "SUB101", path)
    assert said.exit_code == 0, said.output
    assert said.output.splitlines() == [
        "SUB101: 1 student(s) judged, 4 step(s) change for somebody; nothing is saved.",
        "“Follow two”", "  1 would have it done:", "    Sam Student",
        "“Post once”", "  1 would not have it done; credit is kept:", "    Sam Student",
        "“Post again” (added)", "  1 would have it done:", "    Sam Student",
        "“Read the rules” (taken off)", "  1 would not have it done; credit is kept:", "    Sam Student",
    ]  # fmt: skip
    told = json.loads(run(app, "foresee", "SUB101", path, "--json").output)
    assert [(one["title"], one["removed"]) for one in told["steps"]][3] == ("Read the rules", True)
    with unit():
        assert service.view(story.course.id).version == 1


def test_a_file_that_cannot_be_used_says_where_and_what_instead(app: Any, story: Story, exported: Any) -> None:
    def wrong(steps: Any) -> None:
        steps[0]["branches"][0]["config"]["count"] = 9

    said = run(app, "foresee", "SUB101", str(exported(wrong)))
    assert said.exit_code == 1
    assert "Step 1 “Follow two”, way 1, “How many”: 9 are asked for" in said.output
    assert run(app, "foresee", "NOPE", str(exported())).exit_code == 1
