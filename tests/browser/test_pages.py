"""Every page: no violation of WCAG 2.2 AA that axe finds in light and dark, nothing wider than a phone, nothing refused."""

from typing import Any, NamedTuple

import pytest

from plnapi.db import unit_of_work
from plnapi.web.app import App
from tests import database
from tests.browser import world
from tests.browser.visitor import COLOURS, PHONE, WCAG, Visit


class Page(NamedTuple):
    """A row of the table: `path` with {names} of the world, who looks, and the status that it answers with."""

    path: str
    who: str = ""
    status: int = 200


# Add a page here when a room gets one; what its path names is made in world.py.
PAGES = (
    Page("/sign-in"),
    Page("{invitation}"),
    Page("{sign_in_link}"),
    Page("/sign-in/no-such-link", status=404),
    Page("/no-such-page", status=404),
    Page("/me", status=401),
    Page("/me", "student"),
    Page("/networks", "student"),
    Page("/me/looks", "student"),
    Page("/me/looks", "newcomer"),
    Page("/", "student"),
    Page("/", "stranger"),
    Page("/join", "stranger"),
    Page("/courses/new", "stranger"),
    Page("/courses/{course}", "stranger", status=404),
    Page("/courses/{course}", "student"),
    Page("/courses/{course}/about", "student"),
    Page("/courses/{course}/manage", "student", status=403),
    Page("/courses/{course}/manage", "instructor"),
    Page("/courses/{bare}/manage", "instructor"),
    Page("/courses/{course}/people", "instructor"),
    Page("/courses/{course}/roster", "instructor"),
    Page("/courses/{course}/consents", "student"),
    Page("/courses/{course}/hashtags", "instructor"),
    Page("/courses/{course}/lists", "instructor"),
    Page("/courses/{course}/lists/{list}", "student"),
    Page("/courses/{course}/lists/{list}", "instructor"),
    Page("/courses/{course}/lists/{list}/items/{item}", "instructor"),
    Page("/courses/{course}/steps", "student"),
    Page("/courses/{course}/steps", "newcomer"),
    Page("/courses/{course}/steps/{followed}", "student"),
    Page("/courses/{course}/steps/{open}", "student"),
    Page("/courses/{course}/steps/{waiting}", "student"),
    Page("/courses/{course}/steps/{asked}", "student"),
    Page("/courses/{course}/steps/{asked}", "newcomer"),
    Page("/courses/{course}/checklist", "instructor"),
    Page("/courses/{bare}/checklist", "instructor"),
    Page("/courses/{course}/checklist/{open}", "instructor"),
    Page("/courses/{course}/checklist/{open}/ways/0", "instructor"),
    Page("/courses/{course}/checklist/{open}/ways/0/also/reflect", "instructor"),
    Page("/courses/{course}/checklist/new/follow", "instructor"),
    Page("/courses/{course}/checklist/new/heading", "instructor"),
    Page("/courses/{course}/checklist/preview", "instructor"),
    Page("/courses/{course}/checklist/preview/{open}", "instructor"),
    Page("/courses/{course}/templates", "instructor"),
    Page("/courses/{course}/templates/four-weeks", "instructor"),
    Page("/courses/{bare}/templates/four-weeks", "instructor"),
    Page("/courses/{bare}/templates/hashtag/preview", "instructor"),
    Page("/courses/{course}/templates/{shared}", "instructor"),
    Page("/courses/{course}/templates/{shared}/preview", "instructor"),
    Page("/courses/{course}/templates/import", "instructor"),
    Page("/courses/{course}/copy", "instructor"),
    Page("/courses/{course}/grid", "instructor"),
    Page("/courses/{course}/grid?sort=behind&state=not_yet", "instructor"),
    Page("/courses/{course}/my/seen", "student"),
    Page("/courses/{course}/progress", "instructor"),
    Page("/courses/{over}/steps", "student"),
    Page("/courses/{frozen}/steps", "student"),
    Page("/courses/{frozen}/checklist", "instructor"),
    Page("/courses/{frozen}/grid", "instructor"),
    Page("/courses/{course}/people/{student}/steps/{followed}", "instructor"),
    Page("/courses/{course}/people/{student}/steps/{waiting}", "instructor"),
    Page("/courses/{course}/reviews", "instructor"),
    Page("/courses/{course}/accounts", "instructor"),
    Page("/courses/{course}/accounts?state=hidden", "instructor"),
    Page("/courses/{course}/accounts/{student}", "instructor"),
    Page("/courses/{course}/accounts/{newcomer}", "instructor"),
    Page("/courses/{course}/gone-items", "instructor"),
    Page("/courses/{course}/course-accounts", "instructor"),
    Page("/docs", "student"),
    Page("/gallery"),
    Page("/gallery?wrong=1&text=What+was+typed"),
)


class Form(NamedTuple):
    """A form sent empty: the page it stands on, who sends it, and the words of its button."""

    path: str
    who: str
    button: str


# Add a form here when a room gets one.
FORMS = (
    Form("/sign-in", "", "Sign in"),
    Form("{invitation}", "", "Set the password and sign in"),
    Form("/me", "student", "Link it"),
    Form("/join", "stranger", "Join"),
    Form("/courses/new", "stranger", "Make the course"),
    Form("/courses/{course}/roster", "instructor", "Check the file"),
    Form("/courses/{course}/hashtags", "instructor", "Attach"),
    Form("/courses/{course}/lists", "instructor", "Make the list"),
    Form("/courses/{course}/lists/{list}", "instructor", "Add"),
    Form("/courses/{course}/steps/{open}", "student", "Hand in the link"),
    Form("/courses/{course}/checklist/new/post", "instructor", "Add the step"),
    Form("/courses/{course}/templates/import", "instructor", "Check it"),
    Form("/courses/{course}/reviews", "instructor", "Return"),
)
# Swagger UI is not ours to change: axe finds its contrast and nested controls wanting. The same is in the OpenAPI document.
NOT_OURS = ("#swagger-ui",)


@pytest.fixture(scope="module")
def made(shared_app: App) -> world.World:
    """One world for all pages, which change nothing: making it anew takes as long as looking at a page."""
    with shared_app.app_context():
        database.empty()
        with unit_of_work() as session:
            session.expire_on_commit = False
            return world.small()


@pytest.mark.parametrize("row", PAGES, ids=lambda row: f"{row.path} {row.who}".strip())
def test_a_page_can_be_used_by_everybody(row: Page, visit: Visit, made: world.World) -> None:
    visitor = visit(made.people.get(row.who)).go(row.path.format(**made.names), status=row.status)
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


@pytest.mark.parametrize("row", FORMS, ids=lambda row: f"{row.path} {row.button}")
def test_a_form_sent_empty_says_what_is_missing_and_where(row: Form, visit: Visit, made: world.World) -> None:
    visitor = visit(made.people.get(row.who)).go(row.path.format(**made.names))
    visitor.page.get_by_role("main").get_by_role(
        "button", name=row.button, exact=row.button != "Set the password"
    ).first.click()
    visitor.page.wait_for_selector(".errors:focus")
    links = visitor.page.locator(".errors a")
    assert links.count() > 0
    for link in links.all():
        link.click()
        assert visitor.page.evaluate("() => document.activeElement.ariaInvalid") == "true", link.inner_text()
    assert visitor.violations() == []
    visitor.page.set_viewport_size(PHONE)
    assert visitor.overflow() <= 0


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


def test_what_is_wrong_with_a_page_would_be_noticed(visit: Visit) -> None:
    visitor = visit(size=PHONE).go("/gallery")
    visitor.page.evaluate(
        """() => {
          const main = document.querySelector("main");
          main.insertAdjacentHTML("beforeend", "<p id=faint>Faint</p><input id=nameless>");
          main.insertAdjacentHTML("beforeend", "<p id=wide>Wide</p><button id=small>x</button>");
          document.querySelector("#faint").style.color = "#999";
          document.querySelector("#wide").style.width = "400px";
          document.querySelector("#small").style.cssText = "min-block-size: 0; padding: 0; block-size: 10px";
        }"""
    )
    found = " ".join(visitor.violations())
    assert "color-contrast" in found and "label" in found
    assert visitor.overflow() > 0
    assert len(visitor.small_targets()) == 1
