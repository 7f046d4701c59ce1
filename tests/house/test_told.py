"""What programs elsewhere hear of: every published topic is put by what it speaks of, once."""

from sqlalchemy import select

from onboarding import giving, reviewing
from onboarding import service as onboarding
from onboarding.service import StepData
from plnapi.courses import service as courses
from plnapi.outbox.models import Message
from plnapi.webhooks.topics import TOPICS
from tests import make

WORD, LINK = ({"kind": "attest", "config": {"by": by}} for by in ("word", "link"))


def test_a_course_that_opens_and_closes_and_a_step_that_is_done_and_undone_are_told_once(unit):
    with unit() as session:
        course, student = make.course(teacher := make.person("Ira"), state="draft"), make.person()
        steps = [StepData("Say it", branches=[WORD]), StepData("Show it", branches=[LINK, WORD])]
        onboarding.save(course, "Steps", steps, None, expected=0)
        courses.open_course(course)
        make.enrol(course, student)
        said, shown = onboarding.view(course.id).steps
        giving.give_word(course, student.id, said.step_key, "Done.")
        onboarding.save(course, "Steps, again", [said, shown], None, expected=1)
        given = giving.give_link(course, student.id, shown.step_key, "https://docs.example/1")
        approved = reviewing.decide(course, given.id, teacher.id, "approved")
        reviewing.undo(course, approved.id, teacher.id)
        courses.close(course)
        told = [(message.topic, message.payload.get("step_key")) for message in session.scalars(select(Message))]
        payload = session.scalars(select(Message.payload).where(Message.topic == "step.undone")).one()
    assert {topic for topic, _ in told} == set(TOPICS)
    assert sorted(told, key=str) == [
        ("course.closed", None),
        ("course.opened", None),
        *sorted([("step.done", str(said.step_key)), ("step.done", str(shown.step_key))]),
        ("step.undone", str(shown.step_key)),
    ]
    assert payload == {
        "course_id": str(course.id),
        "person_id": str(student.id),
        "step_key": str(shown.step_key),
    }
