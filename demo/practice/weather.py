"""A scenario being played on the practice network: bad answers for a while, changes when their time has come."""

import threading
import time
from collections.abc import Callable

from flask import Response, request

from demo.practice.api import answer as json_answer
from demo.practice.records import NotFound
from demo.practice.scenario import Change, Fault, Scenario
from demo.practice.world import World

_PAGE = "<!doctype html><title>{0}</title><h1>{0}</h1><p>The practice network plays this."


class Weather:
    """Fair until a scenario is played."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._began, self._faults, self._left = 0.0, tuple[Fault, ...](), list[Change]()

    def play(self, scenario: Scenario | None) -> None:
        """Begin a scenario in place of the one before; None: fair weather."""
        with self._lock:
            self._began = self._clock()
            self._faults = scenario.faults if scenario else ()
            self._left = sorted(scenario.changes, key=lambda change: change.after) if scenario else []

    def change(self, world: World) -> None:
        """Let happen what is due. Raises NotFound for somebody who is not there."""
        with self._lock:
            due = [change for change in self._left if change.after <= self._elapsed]
            self._left = self._left[len(due) :]
        for change in due:
            with world.lock:
                _CHANGES[change.kind](world, change)

    def answer(self, path: str) -> Response | None:
        """The bad answer to a request for this path, after the wait that belongs to it; None for a good one."""
        with self._lock:
            fault = next((fault for fault in self._faults if fault.rules(path, self._elapsed)), None)
        return _ANSWERS[fault.kind](fault) if fault else None

    def finish(self, path: str, response: Response) -> Response:
        """A good answer as it leaves: in a circle its next page is itself."""
        with self._lock:
            circle = any(fault.kind == "circle" and fault.rules(path, self._elapsed) for fault in self._faults)
        if circle:
            response.headers["Link"] = f'<{request.url}>; rel="next"'
        return response

    @property
    def _elapsed(self) -> float:
        return self._clock() - self._began


def _page(status: int, title: str) -> Response:
    return Response(_PAGE.format(title), status, content_type="text/html; charset=utf-8")


def _slow(fault: Fault) -> None:
    time.sleep(fault.seconds)


def _busy(fault: Fault) -> Response:
    response = json_answer({"error": "Too many requests"}, 429)
    response.headers["Retry-After"] = str(round(fault.seconds))
    return response


def _cut(fault: Fault) -> Response:
    response = Response(b'[{"id": "1', content_type="application/json; charset=utf-8")
    response.headers["Content-Length"] = "100000"
    return response


def _redirect(fault: Fault) -> Response:
    return Response(status=302, headers={"Location": "http://10.0.0.1/api/v1/accounts/lookup"})


def _json(body: bytes) -> Response:
    return Response(body, content_type="application/json; charset=utf-8")


_HUGE = b"[" + b",".join([b'{"id": "1"}'] * 900_000) + b"]"
_NESTED = b"[" * 100_000 + b"]" * 100_000
_NONSENSE = b'[[], 7, null, "x", {"id": {}, "uri": [], "url": 7, "account": "x", "tags": {"a": 1}, "content": true}]'

_ANSWERS: dict[str, Callable[[Fault], Response | None]] = {
    "outage": lambda fault: _page(503, "Service unavailable"),
    "slow": _slow,
    "busy": _busy,
    "web_page": lambda fault: _page(200, "We will be back soon"),
    "sign_in": lambda fault: json_answer({"error": "This method requires an authenticated user"}, 401),
    "cut": _cut,
    "huge": lambda fault: _json(_HUGE),
    "nested": lambda fault: _json(_NESTED),
    "nonsense": lambda fault: _json(_NONSENSE),
    "redirect": _redirect,
    "circle": lambda fault: None,  # see `finish`
}


def _delete_posts(world: World, change: Change) -> None:
    account, tag = world.account(change.who), change.tag.lstrip("#").lower()
    for status in list(world.statuses.values()):
        if status.account is account and (not tag or tag in status.tags) and status.id in world.statuses:
            world.delete_status(status.id)


def _unpublish(world: World, change: Change) -> None:
    entries = world.blog(change.blog).entries
    if not entries:
        raise NotFound(f"nothing is on {change.blog!r}")
    world.unpublish(change.blog, max(entry.number for entry in entries))


def _boosts_replace_posts(world: World, change: Change) -> None:
    world.boosts_replace_posts = True


_CHANGES: dict[str, Callable[[World, Change], None]] = {
    "hide_lists": lambda world, change: world.set_hide_collections(change.who, True),
    "close_account": lambda world, change: world.close_account(change.who),
    "delete_posts": _delete_posts,
    "move": lambda world, change: world.move(change.who, change.to),
    "unpublish": _unpublish,
    "boosts_replace_posts": _boosts_replace_posts,
}
