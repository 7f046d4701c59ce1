"""Forms as people without a mouse, without sight or without a clear day meet them; shown by the gallery."""

from typing import Any

import pytest
from playwright.sync_api import Locator

from tests.browser.visitor import Visit

LABELS = ("Name", "E-mail address", "Password", "First day", "Why", "Kind", "I agree")


def described(field: Locator) -> str:
    """The words that `aria-describedby` of a field leads to."""
    said = """e => (e.getAttribute("aria-describedby") || "").split(" ").filter(Boolean)
      .map(id => document.getElementById(id).innerText).join(" ")"""
    return str(field.evaluate(said))


@pytest.mark.parametrize("label", LABELS)
def test_a_refused_field_says_so_and_why(label: str, visit: Visit) -> None:
    field = visit().go("/gallery?wrong=1&text=Told").page.get_by_label(label).first
    assert field.get_attribute("aria-invalid") == "true"
    assert "Error: Told" in described(field)


def test_a_field_that_is_right_is_not_called_wrong(visit: Visit) -> None:
    page = visit().go("/gallery").page
    assert page.locator("[aria-invalid]").count() == 0
    assert page.locator(".errors").count() == 0
    assert described(page.get_by_label("Name").first) == "Plain words"


def test_the_summary_has_the_focus_and_each_link_leads_to_its_field(visit: Visit) -> None:
    visitor = visit().go("/gallery?wrong=1")
    assert visitor.page.title().startswith("Error:")
    visitor.page.wait_for_selector(".errors:focus")
    links = visitor.page.locator(".errors a")
    assert links.count() == 8
    for link in links.all():
        name = str(link.get_attribute("href")).removeprefix("#f-")
        link.click()
        assert visitor.page.evaluate("() => document.activeElement.name") == name


def test_what_was_typed_stands_there_again_but_not_a_password(visit: Visit) -> None:
    page = visit().go("/gallery?wrong=1&text=typed+%3Cb%3E+%26+%22quoted%22").page
    for label in ("Name", "E-mail address", "Why"):
        assert page.get_by_label(label).first.input_value() == 'typed <b> & "quoted"'
    assert page.get_by_label("Password").input_value() == ""
    assert "typed" in page.content() and page.locator("input[type=password][value]").count() == 0
    assert not page.get_by_label("I agree").is_checked()


def test_two_forms_with_a_field_of_one_name_keep_their_labels(visit: Visit) -> None:
    page = visit().go("/gallery").page
    assert page.get_by_label("Another name").get_attribute("id") != page.get_by_label("Name").first.get_attribute("id")
    doubled: Any = page.evaluate(
        "() => [...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i)"
    )
    assert doubled == []


def test_a_choice_whose_value_needs_escaping_is_chosen_again(visit: Visit) -> None:
    assert visit().go("/gallery?wrong=1&text=tool+%26+die").page.get_by_label("Kind").input_value() == "tool & die"


def test_what_is_hidden_stays_hidden(visit: Visit) -> None:
    page = visit().go("/gallery").page
    page.evaluate("() => document.querySelectorAll('textarea, .button').forEach(e => { e.hidden = true })")
    assert page.locator("textarea:visible, .button:visible").count() == 0
