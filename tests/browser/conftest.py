"""One Chromium for the run, the app on loopback, and a page that remembers what the browser complained about.

Playwright keeps an event loop running in the thread that it is used in, where `asyncio.run` of other tests would fail.
So everything that touches the browser, the tests of this folder included, runs in a thread of its own.
"""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from werkzeug.serving import make_server

from plnapi.accounts import service as accounts
from plnapi.accounts.models import Person
from plnapi.db import unit_of_work
from plnapi.web.app import App
from plnapi.web.limits import limiter
from tests.browser.gallery import WithGallery
from tests.browser.visitor import DESK, WATCH, Visit, Visitor
from tests.client import BrowserClient

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
_thread = ThreadPoolExecutor(1, "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    """Run a test of this folder in the browser's thread."""
    given = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    _thread.submit(pyfuncitem.obj, **given).result()
    return True


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser: starting it takes seconds, so it is started once."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed on this machine")
    playwright = _thread.submit(lambda: sync_playwright().start()).result()
    launch = playwright.chromium.launch
    browser = _thread.submit(launch, executable_path=CHROMIUM, args=ARGUMENTS).result()
    yield browser
    _thread.submit(browser.close).result()
    _thread.submit(playwright.stop).result()


@pytest.fixture(scope="session")
def server(shared_app: App) -> Iterator[str]:
    """The app and the gallery on a port of loopback; the address without a slash at the end."""
    server = make_server("127.0.0.1", 0, WithGallery(shared_app), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def window(chromium: Browser, server: str) -> Iterator[Page]:
    """One window for the run: a new one for each test would take a third of the time."""

    def opened() -> Page:
        context = chromium.new_context(base_url=server)
        context.add_init_script(WATCH)
        context.set_default_timeout(10_000)
        return context.new_page()

    page = _thread.submit(opened).result()
    yield page
    _thread.submit(page.context.close).result()


@pytest.fixture
def visit(window: Page, server: str, shared_app: App) -> Iterator[Visit]:
    """`visit(person=None, size=DESK, **media)`: somebody opens the window; `media` as in `Page.emulate_media`."""
    visitors: list[Visitor] = []
    limiter.reset()

    def opened(person: Person | None = None, size: ViewportSize = DESK, **media: Any) -> Visitor:
        window.context.clear_cookies()
        window.set_viewport_size(size)
        window.emulate_media(**{"color_scheme": "light", "reduced_motion": "no-preference", **media})
        if person is not None:
            name, value = _session(shared_app, person.id)
            window.context.add_cookies([{"name": name, "value": value, "url": server}])
        visitors.append(Visitor(window, server))
        return visitors[-1]

    yield opened
    for visitor in visitors:
        _thread.submit(visitor.leave).result()


@cache
def _session(app: App, person_id: UUID) -> tuple[str, str]:
    """Name and value of the cookie of somebody who just signed in."""
    with app.app_context(), unit_of_work():
        path = accounts.sign_in_link(accounts.get_person(person_id))
    client = BrowserClient(app, app.response_class, use_cookies=True)
    assert client.submit(path, {}).status_code == 303
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None, "signing in set no cookie"
    return cookie.key, cookie.value
