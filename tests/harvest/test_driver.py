"""Looks in a batch: each comes back, whatever the network, the parser or the adapter does."""

import asyncio
import math
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from plnapi.config import Settings
from plnapi.harvest import driver
from plnapi.harvest.driver import Task, look_all
from plnapi.harvest.sandbox import Sandbox
from plnapi.http.policy import Policy
from plnapi.http.types import Fetch, FetchFailed
from plnapi.platforms.types import Coverage, Parse, ParseFailed, Seen, Steps
from tests.conftest import Unit

CLOSED = "127.0.0.1:9"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        busy = self.path == "/busy"
        self.send_response(429 if busy else 200)
        self.send_header("Retry-After", "120")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def peer() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(size=1) as made:
        yield made


@pytest.fixture
def look(peer: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Seen]]:
    monkeypatch.setattr(driver, "_blocks", driver.Blocks())
    policy = Policy(loopback=frozenset({peer, CLOSED}), host_interval=0.0, deadline=3.0)

    def looked(*begins: Callable[[], Steps]) -> list[Seen]:
        tasks = [Task(number, begin, {"kept": number}) for number, begin in enumerate(begins)]
        outcomes = {task.key: seen for task, seen in look_all(tasks, policy, sandbox)}
        return [outcomes[number] for number in range(len(begins))]

    return looked


def test_a_look_is_sent_what_it_asked_for(peer: str, look: Callable[..., list[Seen]]) -> None:
    def steps() -> Steps:
        response = yield Fetch(f"http://{peer}/")
        size = yield Parse(len, (response.body,))
        return Seen((), Coverage("complete", str(size)))

    assert look(steps)[0].coverage.reason == "5"


def test_a_look_may_handle_its_failures(look: Callable[..., list[Seen]]) -> None:
    def steps() -> Steps:
        codes = []
        for step in (Fetch(f"http://{CLOSED}/"), Fetch("http://10.0.0.1/"), Parse(math.sqrt, (-1,))):
            try:
                yield step
            except (FetchFailed, ParseFailed) as error:
                codes.append(error.code)
        return Seen((), Coverage("complete", " ".join(codes)))

    assert look(steps)[0].coverage.reason == "connection_failed address_not_allowed bad_document"


def test_what_a_look_does_not_handle_is_its_coverage(peer: str, look: Callable[..., list[Seen]]) -> None:
    def fetching(url: str) -> Callable[[], Steps]:
        def steps() -> Steps:
            yield Fetch(url)
            return Seen((), Coverage("complete"))

        return steps

    def parsing() -> Steps:
        yield Parse(math.sqrt, (-1,))
        return Seen((), Coverage("complete"))

    def broken() -> Steps:
        yield Fetch(f"http://{peer}/")
        raise KeyError("a fault of the adapter")

    def not_begun() -> Steps:
        raise KeyError("no such look")

    seen = look(
        fetching(f"http://{CLOSED}/"),
        fetching(f"http://{peer}/busy"),
        parsing,
        broken,
        not_begun,
        fetching(f"http://{peer}/"),
    )
    reasons = [(one.coverage.state, one.coverage.reason) for one in seen]
    assert reasons[0] == ("failed", "connection_failed")
    assert reasons[2:5] == [("failed", "bad_document"), ("failed", "internal_error"), ("failed", "internal_error")]
    assert reasons[1] == ("failed", "host_busy") and seen[1].coverage.retry_at is not None
    assert seen[0].cursor == {"kept": 0}


def test_a_host_that_asked_to_wait_is_left_alone_by_the_next_batch(peer: str, look: Callable[..., list[Seen]]) -> None:
    def steps(path: str) -> Steps:
        yield Fetch(f"http://{peer}{path}")
        return Seen((), Coverage("complete"))

    look(lambda: steps("/busy"))
    assert look(lambda: steps("/"))[0].coverage.reason == "host_busy"


def test_a_look_that_takes_too_long_is_given_up(
    look: Callable[..., list[Seen]], monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    async def slow(_parse: Parse) -> None:
        await asyncio.sleep(30)

    monkeypatch.setattr(driver, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(sandbox, "parse", slow)

    def steps() -> Steps:
        yield Parse(len, ("",))
        return Seen((), Coverage("complete"))

    assert look(steps)[0].coverage == driver.TOO_SLOW


def test_nothing_is_fetched_inside_a_transaction(unit: Unit, sandbox: Sandbox) -> None:
    with unit(), pytest.raises(RuntimeError, match="fetch first"):
        list(look_all([], Policy(), sandbox))


def test_settings_become_the_policy_in_one_place(settings: Settings) -> None:
    policy = driver.policy_of(settings)
    assert (policy.deadline, policy.loopback, policy.contact) == (5.0, frozenset(), settings.base_url)
