"""What the tests of this folder work with: an ear on the interpreter, a name server, and one fetch in a line."""

import asyncio
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from plnapi.http.client import Client, Policy, fetch_one
from plnapi.http.types import Fetch, FetchFailed, Response
from tests.faultd import Faultd

DEADLINE = 0.5  # seconds, for what is expected to take too long
GRACE = 0.2  # seconds, THREATS T5


class Audit:
    """What the interpreter itself says while it listens (PEP 578): sockets made and connected, files opened.

    `sockets` are families: one that is made but not connected counts, since pytest-socket may be what held it back.
    """

    EVENTS = frozenset({"socket.__new__", "socket.connect", "open"})

    def __init__(self) -> None:
        self.listening = False
        self.sockets: list[int] = []
        self.connected: list[Any] = []
        self.opened: list[str] = []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.listening or event not in self.EVENTS:
            return
        if event == "open":
            self.opened.append(str(args[0]))
        elif event == "socket.__new__":
            self.sockets += [args[1]] if args[1] in (socket.AF_INET, socket.AF_INET6) else []
        else:
            self.connected.append(args[1])


class Names:
    """A name server: each lookup of a name gets its next answer, the last one again and again."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self._answers = {name.replace("_", "."): list(rounds) for name, rounds in answers.items()}
        self.lookups: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.lookups.append(host)
        rounds = self._answers[host]
        return rounds.pop(0) if len(rounds) > 1 else rounds[0]


class Door:
    """What the tests do at the door: one fetch of a path or URL, in a client of its own."""

    def __init__(self, server: Faultd, policy: Policy) -> None:
        self.server, self.policy = server, policy

    def get(self, path: str, headers: dict[str, str] | None = None, **changes: Any) -> Response:
        """`changes` are fields of the policy."""
        url = self.server.url(path) if path.startswith("/") else path
        return fetch_one(Fetch(url, headers or {}), replace(self.policy, **changes))

    def fail(self, path: str, headers: dict[str, str] | None = None, **changes: Any) -> FetchFailed:
        with pytest.raises(FetchFailed) as caught:
            self.get(path, headers, **changes)
        return caught.value

    def timed_fail(self, path: str, **changes: Any) -> str:
        """The code of the failure under a short deadline, once it took no longer than that and a little.

        A machine with other work may hold one try up; what is too slow by itself is so every time.
        """
        took = []
        for _ in range(3):
            began = time.monotonic()
            code = self.fail(path, deadline=DEADLINE, **changes).code
            took.append(time.monotonic() - began)
            if took[-1] <= DEADLINE + GRACE:
                return code
        raise AssertionError(f"{path} took {took} seconds under a deadline of {DEADLINE}")

    def through(self, names: Names, url: str, **changes: Any) -> Response:
        """One fetch with names answered by `names`."""

        async def run() -> Response:
            async with Client(replace(self.policy, **changes), resolver=names) as client:
                return await client.fetch(Fetch(url))

        return asyncio.run(run())
