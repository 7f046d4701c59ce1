"""A course that comes to its end: pages say what still counts, and offer nothing that would be refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from onboarding import giving
from plnapi.clock import now
from plnapi.courses import service as courses
from tests.onboarding.conftest import Story
from tests.onboarding.test_pages import page

Unit, Browser = Callable[[], Any], Callable[..., Any]
STILL_COUNTS, FROZEN, CLOSED = (
    "still counts; then nothing",
    "nothing changes any more. What was done",
    "is closed: nothing more",
)


@pytest.fixture
def end(story: Story, unit: Unit) -> Callable[[int], None]:
    """Let the last day of the course be so many days ago; a link waits for a review."""

    def ended(days: int) -> None:
        with unit():
            giving.give_link(story.course, story.student.id, story.steps["link"], "https://docs.example/plan")
            course = courses.get(story.course.id)
            course.starts_on, course.ends_on = (
                (now() - timedelta(days=90)).date(),
                (now() - timedelta(days=days)).date(),
            )

    return ended


def test_in_the_grace_time_a_student_reads_what_still_counts(story: Story, browser: Browser, end: Any) -> None:
    end(3)
    student, here = browser(story.student), f"/courses/{story.course.id}"
    text = page(student, f"{here}/steps")
    assert STILL_COUNTS in text
    assert "Check now" not in text
    text = page(student, f"{here}/steps/{story.steps['word']}")
    assert STILL_COUNTS in text
    assert "It is done</button>" in text
    done = student.submit(f"{here}/steps/{story.steps['word']}/word", {}, page=f"{here}/steps/{story.steps['word']}")
    assert done.status_code == 303


def test_when_it_is_frozen_nothing_is_offered_and_all_can_be_read(story: Story, browser: Browser, end: Any) -> None:
    end(30)
    here, step = f"/courses/{story.course.id}", story.steps["link"]
    for path in ("steps", f"steps/{story.steps['word']}", f"steps/{step}", "my/seen"):
        text = page(browser(story.student), f"{here}/{path}")
        assert FROZEN in text
        assert "<textarea" not in text
        assert "A longer grace time" not in text
    for path in ("checklist", "grid", "reviews", f"people/{story.student.id}/steps/{step}"):
        text = page(browser(story.instructor), f"{here}/{path}")
        assert FROZEN in text
        assert "A longer grace time" in text
        assert "<textarea" not in text
        assert ">Edit" not in text
    assert "https://docs.example/plan" in text


def test_a_closed_course_takes_nothing_and_is_still_reviewed(story: Story, browser: Browser, unit: Unit) -> None:
    with unit():
        giving.give_link(story.course, story.student.id, story.steps["link"], "https://docs.example/plan")
        courses.close(courses.get(story.course.id))
    here = f"/courses/{story.course.id}"
    text = page(browser(story.student), f"{here}/steps/{story.steps['word']}")
    assert CLOSED in text
    assert "It is done</button>" not in text
    assert "Approve</button>" in page(browser(story.instructor), f"{here}/reviews")


def test_while_a_course_runs_nothing_is_said_of_its_end(story: Story, browser: Browser) -> None:
    text = page(browser(story.student), f"/courses/{story.course.id}/steps")
    assert "nothing changes any more" not in text
    assert "Check now" in text
