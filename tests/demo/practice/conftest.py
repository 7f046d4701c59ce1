"""A practice network per test, and a plain HTTP client for it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

import pytest

from demo.practice import PracticeNetwork, Served, Story

START = datetime(2026, 9, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def link(self, rel: str) -> str | None:
        match = re.search(rf'<([^>]*)>; rel="{rel}"', self.headers.get("Link", ""))
        return match[1] if match else None


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True)
class Client:
    """Asks the network over HTTP as a stranger, or with `token` as somebody."""

    base_url: str

    def ask(
        self, path: str, *, method: str = "GET", token: str | None = None, data: Any = None, **headers: str
    ) -> Answer:
        body = urlencode(data).encode() if data is not None else None
        return self.ask_raw(path, body, method=method, token=token, **headers)

    def ask_raw(
        self, path: str, body: bytes | None, *, method: str = "POST", token: str | None = None, **headers: str
    ) -> Answer:
        url = path if path.startswith("http") else self.base_url + path
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        request = Request(url, body, sent, method=method)
        try:
            with build_opener(ProxyHandler({}), _NoRedirect()).open(request, timeout=5) as response:
                return Answer(response.status, response.headers, response.read())
        except HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def all_pages(self, path: str) -> list[dict[str, Any]]:
        """Everything on the pages that rel=next leads to; stops on an empty page."""
        found: list[dict[str, Any]] = []
        following: str | None = path
        while following:
            answer = self.ask(following)
            assert answer.status == 200
            found += answer.json
            following = answer.link("next") if answer.json else None
        return found

    def account(self, username: str) -> dict[str, Any]:
        answer = self.ask(f"/api/v1/accounts/lookup?acct={username}")
        assert answer.status == 200
        found: dict[str, Any] = answer.json
        return found


@pytest.fixture
def network() -> Iterator[Served]:
    """An empty network that is up."""
    with PracticeNetwork().serving() as served:
        yield served


@pytest.fixture
def client(network: Served) -> Client:
    return Client(network.base_url)


@pytest.fixture
def played(network: Served) -> Story:
    """The story, played to its end on the network."""
    story = Story(START)
    story.play(network.world)
    return story
