"""A student's own steps on a phone, by keyboard alone; and two answers side by side."""

from onboarding import answering, private, service
from onboarding.service import StepData
from tests import make
from tests.browser.visitor import PHONE, Visit
from tests.conftest import Unit

STATEMENTS = ["When I am stuck, I know whom to ask outside of this course.", "I give others something."]
LONG = "Read " + "W" * 195


def test_own_steps_are_added_ticked_and_deleted_by_keyboard_alone(visit: Visit, unit: Unit) -> None:
    with unit():
        student, course = make.person("Ada Lovelace"), make.course()
        make.enrol(course, student)
        private.add(course, student.id, LONG)
    visitor = visit(student, size=PHONE).go(f"/courses/{course.id}/steps")
    visitor.tab_to("What you want to do")
    visitor.page.keyboard.type("Write to Grace")
    visitor.tab_to("Add")
    visitor.enter()
    visitor.tab_to("It is done\nWrite to Grace")
    visitor.enter()
    ticked = visitor.page.get_by_role("listitem").filter(has_text="Write to Grace")
    assert ticked.locator(".badge.verified").inner_text() == "Done"
    assert (visitor.overflow(), visitor.small_targets(), visitor.violations()) == (0, [], [])
    visitor.tab_to("Not done yet\nWrite to Grace")
    visitor.enter()
    assert visitor.page.locator(".badge.verified").count() == 0
    visitor.tab_to("Delete\nWrite to Grace")
    visitor.enter()
    assert "Write to Grace" not in visitor.page.inner_text("main")
    visitor.tab_to("Add")
    visitor.enter()
    visitor.page.wait_for_selector(".errors:focus")


def test_before_and_after_stand_side_by_side_on_a_phone(visit: Visit, unit: Unit) -> None:
    with unit():
        student, course = make.person("Ada Lovelace"), make.course()
        make.enrol(course, student)
        ways = [{"kind": "assess", "config": {"statements": STATEMENTS}}]
        view = service.save(
            course, "C", [StepData(title, branches=ways) for title in ("Before", "After")], None, expected=0
        )
        keys = [step.step_key for step in view.steps]
        for key, degree in zip(keys, "14", strict=True):
            answering.give_answer(course, student.id, key, "assess", {"statement_1": degree, "statement_2": "3"})
    visitor = visit(student, size=PHONE).go(f"/courses/{course.id}/steps/{keys[1]}")
    row = visitor.page.get_by_role("row").filter(has_text=STATEMENTS[0])
    assert row.get_by_role("cell").all_inner_texts() == ["Not at all", "Mostly (+3)"]
    assert (visitor.overflow(), visitor.violations()) == (0, [])
