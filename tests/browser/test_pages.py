"""Every page: no violation of WCAG 2.2 AA that axe finds in light and dark, nothing wider than a phone, nothing refused."""

from typing import Any, NamedTuple

import pytest

from tests.browser import world
from tests.browser.visitor import COLOURS, PHONE, WCAG, Visit
from tests.conftest import Unit


class Page(NamedTuple):
    """A row of the table: `path` with {names} of the world, who looks, and the status that it answers with."""

    path: str
    who: str = ""
    status: int = 200


# Add a page here when a room gets one; what its path names is made in world.py.
PAGES = (
    Page("/sign-in"),
    Page("/sign-in?next=/me"),
    Page("{invitation}"),
    Page("{sign_in_link}"),
    Page("/sign-in/no-such-link", status=404),
    Page("/no-such-page", status=404),
    Page("/no-such-page", "student", status=404),
    Page("/me", status=401),
    Page("/me", "student"),
    Page("/", "student"),
    Page("/", "newcomer"),
    Page("/join", "student"),
    Page("/courses/new", "student"),
    Page("/courses/{course}", "student"),
    Page("/courses/{course}", "newcomer", status=404),
    Page("/courses/{course}/manage", "student", status=403),
    Page("/courses/{course}/manage", "instructor"),
    Page("/courses/{course}/people", "instructor"),
    Page("/courses/{course}/roster", "instructor"),
    Page("/docs"),
    Page("/docs", "student"),
    Page("/gallery"),
    Page("/gallery?wrong=1&text=What+was+typed"),
)
# Swagger UI is not ours to change: axe finds its contrast and nested controls wanting. The same is in the OpenAPI document.
NOT_OURS = ("#swagger-ui",)


@pytest.mark.parametrize("row", PAGES, ids=lambda row: f"{row.path} {row.who}".strip())
def test_a_page_can_be_used_by_everybody(row: Page, visit: Visit, unit: Unit) -> None:
    with unit():
        made = world.small()
    visitor = visit(made.people.get(row.who))
    visitor.go(row.path.format(**made.names), status=row.status)
    assert visitor.refused() == []
    assert visitor.foreign() == set()
    assert visitor.page.locator("h1:visible:not(#swagger-ui *)").count() == 1
    assert visitor.small_targets() == []
    assert visitor.violations(WCAG, exclude=NOT_OURS) == []
    visitor.page.emulate_media(color_scheme="dark")
    assert visitor.violations(COLOURS, exclude=NOT_OURS) == []
    visitor.page.set_viewport_size(PHONE)
    assert visitor.overflow() <= 0
    assert [said for said in visitor.complaints if str(row.status) not in said] == []


@pytest.mark.parametrize("path", ["/sign-in", "/gallery?wrong=1"])
def test_a_page_fits_a_phone_when_letters_are_twice_as_large(path: str, visit: Visit) -> None:
    visitor = visit(size={"width": 640, "height": 900}).go(path)
    visitor.page.evaluate("() => { document.documentElement.style.setProperty('font-size', '200%') }")
    assert visitor.overflow() <= 0


def test_a_page_from_right_to_left_has_nothing_outside_the_window(visit: Visit) -> None:
    visitor = visit(size=PHONE).go("/gallery")
    visitor.page.evaluate("() => { document.documentElement.dir = 'rtl' }")
    assert visitor.overflow() <= 0
    box: Any = visitor.page.locator(".field label").first.bounding_box()
    field: Any = visitor.page.locator(".field input").first.bounding_box()
    assert abs((box["x"] + box["width"]) - (field["x"] + field["width"])) <= 1


def test_a_wide_table_scrolls_by_itself_and_by_keyboard(visit: Visit) -> None:
    visitor = visit(size=PHONE).go("/gallery")
    table = visitor.page.locator(".grid-wrap")
    table.focus()
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.wait_for_function("() => document.querySelector('.grid-wrap').scrollLeft > 0", timeout=2000)
    assert visitor.overflow() <= 0


def test_nothing_moves_for_those_who_asked_for_less_motion(visit: Visit) -> None:
    visitor = visit(reduced_motion="reduce").go("/gallery")
    moving = """() => [...document.querySelectorAll("*")].filter(e => {
      const s = getComputedStyle(e); return s.animationName !== "none" || parseFloat(s.transitionDuration) > 0 })"""
    assert visitor.page.evaluate(moving) == []
