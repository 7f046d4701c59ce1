"""Sending: one POST through the door, under the same guards as a fetch."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plnapi.http import guard
from plnapi.http.client import Client, Policy, send_one
from plnapi.http.types import Fetch, FetchFailed, Response, Send
from tests.faultd import Canary, Faultd
from tests.http.kit import Audit, Names
from tests.receiver import Receiver


@pytest.fixture
def post(server: Faultd, policy: Policy) -> Any:
    """`post(path)`: one POST to the fault server; `changes` are fields of the policy."""

    def sent(path: str, body: bytes = b"{}", headers: dict[str, str] | None = None, **changes: Any) -> Response:
        url = server.url(path) if path.startswith("/") else path
        return send_one(Send(url, body, headers or {}), replace(policy, **changes))

    return sent


def refused(post: Any, path: str, **changes: Any) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        post(path, **changes)
    error: FetchFailed = caught.value
    return error


@pytest.fixture
def receiver(policy: Policy) -> Iterator[tuple[Receiver, Policy]]:
    with Receiver() as receiver:
        yield receiver, replace(policy, loopback=frozenset({receiver.pair}))


def test_the_body_arrives_byte_for_byte_with_its_headers(receiver: tuple[Receiver, Policy]) -> None:
    there, policy = receiver
    body = b'{"a":  "\xc3\xa4"}\n'
    send = Send(there.url, body, {"Content-Type": "application/json", "webhook-id": "1"})
    assert send_one(send, replace(policy, contact="https://pln.example")).status == 204
    [post] = there.posts
    assert (post.method, post.path, post.body) == ("POST", "/hook", body)
    assert post.headers["content-type"] == "application/json"
    assert post.headers["webhook-id"] == "1"
    assert post.headers["user-agent"] == "plnapi (+https://pln.example)"
    assert "cookie" not in post.headers


def test_a_header_cannot_smuggle_another(receiver: tuple[Receiver, Policy]) -> None:
    there, policy = receiver
    send_one(Send(there.url, b"", {"x-name": "a\r\nx-more: b"}), policy)
    assert there.posts[0].headers["x-name"] == "ax-more: b"
    assert "x-more" not in there.posts[0].headers


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(code: int, server: Faultd, canary: Canary, post: Any) -> None:
    answer = post(f"/status?code={code}&location=http%3A%2F%2F127.0.0.1%3A{canary.port}%2F")
    assert answer.status == code
    assert len(server.calls) == 1


@pytest.mark.parametrize("code", [200, 202, 400, 404, 410, 500, 503])
def test_every_status_is_an_answer(code: int, post: Any) -> None:
    assert post(f"/status?code={code}").status == code


@pytest.mark.parametrize("path", ["/429?after=30", "/503-then-ok?n=9&after=30"])
def test_a_host_that_asks_to_wait_says_so_once_and_is_left_alone(path: str, server: Faultd, policy: Policy) -> None:
    async def run() -> tuple[Response, BaseException, BaseException]:
        async with Client(policy) as client:
            first = await client.send(Send(server.url(path), b""))
            more = (client.send(Send(server.url("/ok"), b"")), client.fetch(Fetch(server.url("/ok"))))
            second, third = await asyncio.gather(*more, return_exceptions=True)
            assert isinstance(second, BaseException)
            assert isinstance(third, BaseException)
            return first, second, third

    first, *later = asyncio.run(run())
    assert first.headers["retry-after"] == "30"
    assert len(server.calls) == 1
    for error in later:
        assert isinstance(error, FetchFailed)
        assert error.code == "host_busy"
        assert error.retry_at is not None
        assert timedelta(seconds=28) < error.retry_at - datetime.now(UTC) <= timedelta(seconds=30)


@pytest.mark.parametrize("path", ["/reset", "/reset-body", "/reset-then-ok?n=1", "/closed-then-ok?n=1"])
def test_a_broken_connection_is_not_tried_again(path: str, server: Faultd, post: Any) -> None:
    assert refused(post, path).code == "connection_failed"
    assert len(server.calls) == 1


@pytest.mark.parametrize("path", ["/drip-head", "/drip-body"])
def test_a_dripping_answer_ends_at_the_deadline(path: str, post: Any) -> None:
    assert refused(post, path, deadline=0.4).code == "deadline_exceeded"


@pytest.mark.parametrize("path", ["/inf", "/bomb-gzip?mb=64"])
def test_an_answer_over_the_cap_is_refused(path: str, post: Any) -> None:
    assert refused(post, path, max_wire=2**20, max_body=2**20).code == "too_large"


def test_a_private_address_gets_nothing(canary: Canary, audit: Audit, post: Any) -> None:
    for host in ("127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.1", "[::ffff:127.0.0.1]"):
        assert refused(post, f"http://{host}:{canary.port}/").code == "address_not_allowed"
    assert audit.sockets == []


def test_a_name_that_leads_to_a_private_address_gets_nothing(canary: Canary, policy: Policy) -> None:
    names = Names(hook_example=[["93.184.216.34", "127.0.0.1"]])
    with pytest.raises(FetchFailed) as caught:
        send_one(Send(f"http://hook.example:{canary.port}/", b""), policy, resolver=names)
    assert caught.value.code == "address_not_allowed"
    assert names.lookups == ["hook.example"]


def test_nothing_is_sent_inside_a_transaction(server: Faultd, post: Any) -> None:
    with guard.forbid(), pytest.raises(RuntimeError, match="transaction"):
        post("/ok")
    assert server.calls == []


def test_what_is_sent_stays_out_of_its_repr() -> None:
    assert "secret" not in repr(Send("https://hook.example/", b"secret", {"authorization": "secret"}))
