"""Everything by Tab and Enter, and the focus always in sight."""

import pytest

from plnapi.accounts import service as accounts
from tests import make
from tests.browser import world
from tests.browser.visitor import PHONE, Visit
from tests.conftest import Unit

PASSWORD = "a few words in a row"


def test_an_invited_person_signs_in_by_keyboard_alone(visit: Visit, unit: Unit) -> None:
    with unit():
        person = make.person("Ada Lovelace", email="ada@example.edu")
        path = accounts.invite(person)
    visitor = visit(size=PHONE).go(path)
    visitor.tab_to("New password")
    visitor.page.keyboard.type(PASSWORD)
    visitor.enter()
    visitor.tab_to("Sign out")
    visitor.enter()
    visitor.page.wait_for_url("**/sign-in")
    visitor.tab_to("E-mail address")
    visitor.page.keyboard.type("ada@example.edu")
    visitor.tab_to("Password")
    visitor.page.keyboard.type("not that one, for a start")
    visitor.enter()
    visitor.page.wait_for_selector(".errors:focus")
    assert visitor.page.get_by_label("E-mail address").input_value() == "ada@example.edu"
    visitor.tab_to("Password")
    visitor.page.keyboard.type(PASSWORD)
    visitor.enter()
    visitor.page.wait_for_url("**/")
    assert visitor.page.get_by_role("link", name="Ada Lovelace").is_visible()


def test_a_student_ticks_a_step_by_keyboard_alone(visit: Visit, unit: Unit) -> None:
    with unit():
        made = world.small()
    visitor = visit(made.people["newcomer"], size=PHONE).go(f"/courses/{made.names['course']}/steps")
    visitor.tab_to("Read the rules")
    visitor.enter()
    visitor.tab_to("What you want to say about it")
    visitor.page.keyboard.type("I read them twice.")
    visitor.tab_to("It is done")
    visitor.enter()
    assert "Your word is noted" in visitor.page.get_by_role("status").inner_text()
    ticked = visitor.page.get_by_role("article").filter(has_text="Read the rules")
    assert ticked.locator(".badge.verified").inner_text() == "Done"


@pytest.mark.parametrize("width", [320, 1100])
def test_every_stop_of_tab_is_outlined_and_in_sight(width: int, visit: Visit) -> None:
    visitor = visit(size={"width": width, "height": 500}).go("/gallery")
    visitor.tab_to("API reference", limit=90)


def test_the_first_stop_skips_to_the_content(visit: Visit) -> None:
    visitor = visit().go("/gallery")
    first = visitor.press("Tab")
    assert first["name"] == "Skip to the content" and first["in_sight"] and first["outlined"]
    visitor.enter()
    assert visitor.focused()["tag"] == "MAIN"
    assert visitor.press("Tab")["name"] == "a link"
