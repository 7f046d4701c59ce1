"""A self-assessment that stands twice shows the difference: what was said before beside what is said after."""

from collections.abc import Callable
from typing import Any

import pytest

from onboarding import service
from onboarding.service import StepData
from tests.onboarding.conftest import Story, way

Unit, Sign = Callable[[], Any], Callable[..., Any]
OWN = ["I know whom to ask.", "I give something back."]


@pytest.fixture
def twice(story: Story, unit: Unit) -> Story:
    """Asked before and after, and between them other statements."""
    with unit():
        same, other = way("assess", statements=OWN), way("assess", statements=["I read every day."])
        link = way("attest", by="link", prompt="")
        steps = [StepData("Before", branches=(same,)), StepData("Other", branches=(other,))]
        view = service.save(story.course, "Twice", [*steps, StepData("After", branches=(link, same))], None, expected=1)
        story.steps = {step.title: step.step_key for step in view.steps}  # type: ignore[misc]
    return story


def assess(client: Any, story: Story, step: str, *degrees: str) -> Any:
    data = {f"statement_{n}": degree for n, degree in enumerate(degrees, 1)}
    return client.post(f"{story.mine(step)}/answer", json={"kind": "assess", "data": data}).json["answers"][0]


def test_the_later_one_shows_both(twice: Story, sign: Sign) -> None:
    student = sign(twice.student)
    before = assess(student, twice, "Before", "1", "3")
    assert (before["earlier"], [one["before"] for one in before["fields"]]) == (None, [None, None])
    (open_,) = student.get(twice.mine("After")).json["answers"]
    assert (open_["earlier"], [one["before"] for one in open_["fields"]]) == (None, [None, None])
    after = assess(student, twice, "After", "4", "3")
    assert (after["earlier"]["step_key"], after["earlier"]["title"]) == (str(twice.steps["Before"]), "Before")
    assert after["earlier"]["answered_at"] == before["answered_at"]
    assert [(one["label"], one["before"], one["value"]) for one in after["fields"]] == [
        (OWN[0], "1", "4"),
        (OWN[1], "3", "3"),
    ]
    staff = sign(twice.instructor).get(f"{twice.url}/people/{twice.student.id}/steps/{twice.steps['After']}").json
    assert staff["answers"][0] == after


def test_other_statements_and_what_was_never_answered_are_not_compared(twice: Story, sign: Sign) -> None:
    student = sign(twice.student)
    assert assess(student, twice, "After", "4", "3")["earlier"] is None
    assert assess(student, twice, "Other", "2")["earlier"] is None
    (early,) = student.get(twice.mine("Before")).json["answers"]
    assert early["earlier"] is None


def test_the_page_has_both_columns_and_the_difference(twice: Story, sign: Sign, browser: Any) -> None:
    student, page = sign(twice.student), f"/courses/{twice.course.id}/steps"
    assess(student, twice, "Before", "1", "3")
    client = browser(twice.student)
    assert "Before and after" not in client.get(f"{page}/{twice.steps['Before']}").text
    assess(student, twice, "After", "4", "3")
    shown = client.get(f"{page}/{twice.steps['After']}").text
    row = shown[shown.index(OWN[0]) :].split("</tr>")[0]
    assert row.index("Not at all") < row.index("Mostly") < row.index("(+3)")
    same = shown[shown.index(OWN[1]) :].split("</tr>")[0]
    assert same.count("In part") == 2 and "(as before)" in same
    of_staff = f"/courses/{twice.course.id}/people/{twice.student.id}/steps/{twice.steps['After']}"
    assert "Before and after" in browser(twice.instructor).get(of_staff).text
