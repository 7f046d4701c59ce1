"""What programs elsewhere hear of: every published topic is put by what it speaks of, once."""

from sqlalchemy import select

from onboarding import giving
from onboarding import service as onboarding
from onboarding.service import StepData
from plnapi.courses import service as courses
from plnapi.outbox.models import Message
from plnapi.webhooks.topics import TOPICS
from tests import make

WORD = {"kind": "attest", "config": {"by": "word"}}


def test_a_course_that_opens_and_closes_and_a_step_that_is_done_are_told_once(unit):
    with unit() as session:
        course, student = make.course(state="draft"), make.person()
        onboarding.save(course, "Steps", [StepData("Say it", branches=[WORD])], None, expected=0)
        courses.open_course(course)
        make.enrol(course, student)
        (step,) = onboarding.view(course.id).steps
        giving.give_word(course, student.id, step.step_key, "Done.")
        onboarding.save(course, "Steps, again", [step], None, expected=1)
        courses.close(course)
        told = {message.topic: message.payload for message in session.scalars(select(Message))}
        count = len(session.scalars(select(Message)).all())
    assert set(told) == set(TOPICS) - {"step.undone"} and count == 3  # nobody took anything back
    assert told["step.done"] == {
        "course_id": str(course.id),
        "person_id": str(student.id),
        "step_key": str(step.step_key),
    }
