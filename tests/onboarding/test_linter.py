"""Nobody is shut out who has no public account: not by the ways of a required step, nor by what opens it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from onboarding import linter, service
from onboarding.service import StepData
from plnapi.courses import service as courses
from plnapi.errors import Conflict
from tests import make
from tests.onboarding.conftest import Story, way
from tests.onboarding.test_checklist import pointers, put

Unit, Sign = Callable[[], Any], Callable[..., Any]
POST, WORD = way("post", count=1), way("attest", by="word", prompt="")


def made(title: str, *ways: Any, after: tuple[str, ...] = (), required: bool = True) -> StepData:
    """A step whose title is one letter, and its key with it; `after` names groups of letters."""
    groups = tuple(tuple(str(key(letter)) for letter in group) for group in after)
    return StepData(title, branches=ways, required=required, step_key=key(title), after=groups)


def key(letter: str) -> UUID:
    return UUID(int=ord(letter))


A = made("A", POST, required=False)
B = made("B", WORD, required=False)


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([A, made("C", WORD)], []),
        ([A, made("C", POST)], [("C", "")]),
        ([A, made("C", WORD, after=("A",))], [("C", "A")]),
        ([made("C", WORD, after=("A",)), A], [("C", "A")]),
        # of a group one is enough, and of each group one is needed
        ([A, B, made("C", WORD, after=("AB",))], []),
        ([A, B, made("C", WORD, after=("A", "B"))], [("C", "A")]),
        ([A, made("D", POST, required=False), made("C", WORD, after=("AD",))], [("C", "AD")]),
        # what is not required shuts nobody out, and is named where it stands between
        ([A, made("E", WORD, after=("A",), required=False)], []),
        ([A, made("E", WORD, after=("A",), required=False), made("C", WORD, after=("E",))], [("C", "A")]),
        ([A, made("E", WORD, after=("A",), required=False), made("C", WORD, after=("BE",)), B], []),
        # each that is shut is named
        ([made("A", POST), made("C", WORD, after=("A",))], [("A", ""), ("C", "A")]),
    ],
)
def test_a_required_step_opens_without_a_public_account(steps: list[StepData], found: list[tuple[str, str]]) -> None:
    told = [(one.step.title, "".join(by.title for by in one.behind)) for one in linter.excluding(steps)]
    assert told == found


def test_many_ways_through_many_steps_are_judged_once_each() -> None:
    letters = [chr(n) for n in range(100, 300)]
    steps = [made(letters[0], POST), made(letters[1], POST)]
    for first, second, letter in zip(letters, letters[1:], letters[2:], strict=False):
        steps.append(made(letter, WORD, after=(first + second, second)))
    assert len(linter.excluding(steps)) == 200


def test_an_open_course_refuses_a_step_behind_a_public_account_and_names_both(
    story: Story, sign: Sign, unit: Unit
) -> None:
    teacher = sign(story.instructor)
    steps = teacher.get(f"{story.url}/checklist").json["steps"]
    steps[1] = {**steps[1], "branches": [POST], "required": False}
    steps[3] = {**steps[3], "after": [[steps[1]["step_key"]]]}
    answer = put(teacher, story, steps)
    assert pointers(answer) == {"/steps/3/after": "needs_public_account"}
    assert answer.json["errors"][0]["detail"].startswith(
        "“Read the rules” opens only after what needs a public account: “Post once”."
    )


def test_a_course_does_not_open_with_a_step_behind_a_public_account(unit: Unit) -> None:
    with unit():
        course = make.course(state="draft")
        make.hashtag(course, "#SUB101")
        view = service.save(course, "One", [StepData("Post", branches=(POST,), required=False)], None, expected=0)
        after = ((str(view.steps[0].step_key),),)
        service.save(course, "One", [*view.steps, StepData("Rules", branches=(WORD,), after=after)], None, expected=1)
        with pytest.raises(Conflict) as refused:
            courses.open_course(course)
        assert refused.value.code == "steps_need_account"
        assert refused.value.params == {"steps": "“Post”"}
        assert [error.pointer for error in refused.value.errors] == ["/steps/1/after"]
