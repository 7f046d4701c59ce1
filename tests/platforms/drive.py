"""Drives a look with answers that are already there, as the harvest does with fetched ones."""

import json
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms.types import ParseFailed, Seen, Steps

MAX_STEPS = 200


def respond(
    url: str,
    body: bytes | str | Any = b"",
    *,
    status: int = 200,
    kind: str = "",
    links: Mapping[str, str] | None = None,
    **headers: str,
) -> Response:
    """An answer. A body that is not bytes or text is sent as JSON; header names are written with underscores."""
    kind = kind or ("text/html; charset=utf-8" if isinstance(body, bytes | str) else "application/json; charset=utf-8")
    data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, url, {"content-type": kind} | named, data, links or {})


@dataclass
class Network:
    """Answers by URL; what is not there is a 404. A list of answers is used up in turn. `asked` are the fetches."""

    answers: dict[str, Response | FetchFailed | list[Response | FetchFailed]] = field(default_factory=dict)
    asked: list[Fetch] = field(default_factory=list)

    def put(self, url: str, body: Any = b"", **more: Any) -> "Network":
        self.answers[url] = respond(more.pop("at", url), body, **more)
        return self

    def fail(self, url: str, code: str = "connection_failed", **more: Any) -> "Network":
        self.answers[url] = FetchFailed(code, url, "It failed.", **more)
        return self

    @property
    def urls(self) -> list[str]:
        return [fetch.url for fetch in self.asked]

    def answer(self, fetch: Fetch) -> Response:
        self.asked.append(fetch)
        found = self.answers.get(fetch.url) or respond(fetch.url, {"error": "Record not found"}, status=404)
        one = found.pop(0) if isinstance(found, list) else found
        if isinstance(one, FetchFailed):
            raise one
        return one


def drive(steps: Steps, network: Network, most: int = MAX_STEPS) -> Seen:
    """Run a look to its end, within `most` steps. What is parsed goes through pickle, as to a child process and back."""
    try:
        step = next(steps)
        for _ in range(most):
            try:
                value = network.answer(step) if isinstance(step, Fetch) else parse(step)
            except (FetchFailed, ParseFailed) as error:
                step = steps.throw(error)
            else:
                step = steps.send(value)
    except StopIteration as end:
        assert isinstance(end.value, Seen)
        json.dumps(dict(end.value.cursor))  # a cursor is kept as JSON
        return end.value
    raise AssertionError("the look does not end")


def parse(step: Any) -> Any:
    function, args = pickle.loads(pickle.dumps((step.function, step.args)))
    try:
        return pickle.loads(pickle.dumps(function(*args)))
    except ParseFailed as error:
        raise pickle.loads(pickle.dumps(error)) from error
