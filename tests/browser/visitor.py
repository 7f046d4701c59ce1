"""Somebody in front of a browser, and what can be asked about the page that they see."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import ConsoleMessage, Dialog, Page, Request, Response, ViewportSize

PHONE: ViewportSize = {"width": 320, "height": 640}
DESK: ViewportSize = {"width": 1100, "height": 800}
Rules = dict[str, Any]
WCAG: Rules = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# What a colour scheme can change.
COLOURS: Rules = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# Runs before anything of a page: what the page's policy refused, and whether a smuggled script ran (it sets `pwned`).
# With it comes axe: sent once with every page, it costs less than sent anew for each look.
WATCH = (
    Axe().axe_script
    + """;
window.refused = [];
addEventListener("securitypolicyviolation", e => refused.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
"""
)
LOOK = """([context, rules]) => axe.run(context, {runOnly: rules, resultTypes: ["violations"], preload: false})
  .then(found => found.violations.map(one => `${one.id} (${one.nodes.length}): ` + one.nodes.slice(0, 3)
    .map(node => `${node.target} ${node.failureSummary}`).join("; ")))"""
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const shown = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].some(([right, down]) => {
    const over = document.elementFromPoint(box.x + right * box.width, box.y + down * box.height);
    return over && (one.contains(over) || over.contains(one) && over !== document.body && over !== document.documentElement);
  });
  return {
    name: (one.labels?.[0] || one).innerText?.trim() || one.getAttribute("aria-label") || one.id || one.tagName,
    tag: one.tagName, id: one.id,
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    in_sight: shown,
  };
}"""

SMALL = """() => [...document.querySelectorAll("button, select, textarea, input:not([type=hidden]), summary, .button")]
  .filter(e => !e.closest("#swagger-ui")).map(e => [e, e.getBoundingClientRect()])
  .filter(([e, b]) => b.width && Math.min(b.width, b.height) < 24)
  .map(([e, b]) => `${e.outerHTML.slice(0, 80)} ${b.width}x${b.height}`)"""


class Visitor:
    """A page of the browser. `complaints` are errors on the console and answers of 500; `asked` the hosts that were asked."""

    def __init__(self, page: Page, server: str) -> None:
        self.page, self.server = page, server
        self.complaints: list[str] = []
        self.dialogs: list[str] = []
        self.asked: set[str] = set()
        self._watching: dict[Any, Any] = {
            "console": self._on_console,
            "pageerror": lambda error: self.complaints.append(str(error)),
            "dialog": self._on_dialog,
            "request": self._on_request,
        }
        for event, heard in self._watching.items():
            page.on(event, heard)

    def leave(self) -> None:
        """Leave the page and stop listening."""
        self.page.goto("about:blank")
        for event, heard in self._watching.items():
            self.page.remove_listener(event, heard)

    def go(self, path: str, *, status: int = 200) -> "Visitor":
        """Open a path and wait until it stands. AssertionError when it answers with another status."""
        answer: Response | None = self.page.goto(path)
        assert answer is not None and answer.status == status, f"{path}: {answer and answer.status}, not {status}"
        return self

    def violations(self, rules: Rules = WCAG, *, exclude: tuple[str, ...] = ()) -> list[str]:
        """What axe finds against `rules`, leaving out the elements `exclude`: rule, first places, and why."""
        found = self.page.evaluate(LOOK, [{"exclude": [[one] for one in exclude]}, rules])
        return [str(violation) for violation in found]

    def overflow(self) -> int:
        """By how many CSS pixels the document is wider than the window."""
        return int(self.page.evaluate("() => document.documentElement.scrollWidth - innerWidth"))

    def small_targets(self) -> list[str]:
        """Our buttons and fields whose smaller side is under 24 CSS pixels (WCAG 2.5.8)."""
        return list(self.page.evaluate(SMALL))

    def press(self, key: str) -> dict[str, Any]:
        """Press a key; returns what has the focus then: name, tag, id, outlined, in_sight."""
        self.page.keyboard.press(key)
        return self.focused()

    def enter(self) -> None:
        """Press Enter where it leads to another page, or to a place on this one, and wait until that stands."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def focused(self) -> dict[str, Any]:
        """What has the focus."""
        return dict(self.page.evaluate(FOCUSED))

    def tab_to(self, name: str, *, limit: int = 60) -> dict[str, Any]:
        """Press Tab until something of this name has the focus. Every stop must be outlined and in sight (2.4.7, 2.4.11)."""
        passed = []
        for _ in range(limit):
            stop = self.press("Tab")
            passed.append(stop["name"])
            if stop["tag"] != "BODY":
                assert stop["outlined"] and stop["in_sight"], f"focus cannot be seen: {stop}"
            if name in stop["name"]:
                return stop
        raise AssertionError(f"Tab never reaches {name!r}, only {passed}")

    def refused(self) -> list[str]:
        """What the Content-Security-Policy of this page refused."""
        return list(self.page.evaluate("() => window.refused"))

    def pwned(self) -> bool:
        """Whether a smuggled script ran."""
        return bool(self.page.evaluate("() => 'pwned' in window")) or bool(self.dialogs)

    def foreign(self) -> set[str]:
        """Hosts other than the server that were asked for anything."""
        return self.asked - {urlsplit(self.server).netloc, ""}

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _on_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _on_request(self, request: Request) -> None:
        self.asked.add(urlsplit(request.url).netloc)


Visit = Callable[..., Visitor]
