"""What a look gets through the door: answers as they are, and one kind of error for everything else."""

import asyncio
import json
from contextvars import ContextVar
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plnapi.http import guard
from plnapi.http.client import Client, Policy, fetch_one
from plnapi.http.types import Fetch, FetchFailed, Response
from tests.faultd import Canary, Faultd
from tests.http.kit import Audit, Door, Names


def test_an_answer_arrives_with_its_body_and_lower_case_headers(door: Door, server: Faultd) -> None:
    response = door.get("/status?code=404&X_Some=thing#part")
    assert (response.status, response.body, response.headers["x-some"]) == (404, b"body of the answer", "thing")
    assert response.url == server.url("/status?code=404&X_Some=thing")


def test_it_says_who_asks_and_passes_on_what_the_look_wants(door: Door) -> None:
    response = door.get("/echo", {"Accept": "application/json"}, contact="https://pln.example.edu/about")
    sent = json.loads(response.body)
    assert sent["user-agent"] == "plnapi (+https://pln.example.edu/about)"
    assert sent["accept"] == "application/json"


def test_a_conditional_request_gets_its_304(door: Door) -> None:
    first = door.get("/etag")
    second = door.get("/etag", {"If-None-Match": first.headers["etag"]})
    assert (first.status, second.status, second.body) == (200, 304, b"")


@pytest.mark.parametrize("value", [b"caf\xe9", b"\xff\xfe", "ü".encode()])
def test_headers_are_text_that_can_be_stored_and_sent_back(value: bytes, door: Door, server: Faultd) -> None:
    server.raw = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\netag: " + value + b"\r\n\r\n"
    etag = door.get("/raw").headers["etag"]
    assert etag.encode("utf-8")
    assert door.get("/echo", {"If-None-Match": etag}).status == 200


def test_the_links_of_all_link_headers_are_absolute(door: Door, server: Faultd) -> None:
    server.raw = (
        b'HTTP/1.1 200 OK\r\ncontent-length: 0\r\nlink: <?max_id=7>; rel="next"\r\n'
        b'link: </api>; rel="prev", <https://hub.example/>; rel=hub\r\n\r\n'
    )
    assert door.get("/raw").links == {
        "next": server.url("/raw?max_id=7"),
        "prev": server.url("/api"),
        "hub": "https://hub.example/",
    }


def test_an_html_page_in_place_of_a_feed_is_an_answer_that_says_so(door: Door) -> None:
    assert door.get("/html-200").content_type == "text/html"


@pytest.mark.parametrize("text", ["/etc/hostname", "/dev/zero", "http://127.0.0.1/", "file:///etc/hostname"])
def test_a_body_that_names_a_file_is_only_a_body(text: str, door: Door, audit: Audit, server: Faultd) -> None:
    assert door.get(f"/file-name-body?text={text}").body == text.encode()
    assert text not in audit.opened
    assert audit.connected == [("127.0.0.2", server.port)]


@pytest.mark.parametrize("path", ["/reset-then-ok?n=1", "/closed-then-ok?n=1"])
def test_a_connection_dropped_without_an_answer_is_tried_once_more(path: str, door: Door, server: Faultd) -> None:
    """Quirk 8: snac closes connections without saying so."""
    assert door.get(path).body == b"fine"
    assert len(server.calls) == 2


def test_the_second_try_keeps_its_distance_from_the_first(door: Door, server: Faultd) -> None:
    assert door.get("/reset-then-ok?n=1", loopback_interval=0.2).body == b"fine"
    first, second = (call.at for call in server.calls)
    assert second - first > 0.15


def test_both_tries_share_one_deadline(door: Door) -> None:
    assert door.fail("/slow-reset?seconds=0.3", deadline=2.0).code == "connection_failed"
    assert door.timed_fail("/slow-reset?seconds=0.3") == "deadline_exceeded"


def test_a_reset_that_was_made_good_does_not_spoil_the_second_answer(door: Door) -> None:
    assert door.get("/reset-then-open-body").body == b"fine"


@pytest.mark.parametrize("path", ["/reset", "/closed-then-ok?n=9"])
def test_a_server_that_always_drops_the_connection_is_asked_twice(path: str, door: Door, server: Faultd) -> None:
    assert door.fail(path).code == "connection_failed"
    assert len(server.calls) == 2


@pytest.mark.parametrize("path", ["/reset-body", "/inf", "/many-headers?n=200"])
def test_an_answer_that_began_is_not_asked_for_again(path: str, door: Door, server: Faultd) -> None:
    door.fail(path)
    assert len(server.calls) == 1


def test_a_refused_connection_is_a_failed_one(door: Door, server: Faultd) -> None:
    with Faultd() as gone:
        pass
    assert door.fail(gone.url("/ok"), loopback={gone.pair}).code == "connection_failed"


def test_an_unknown_name_is_not_found(door: Door) -> None:
    assert door.fail("http://does-not-exist.invalid/").code == "name_not_found"
    with pytest.raises(FetchFailed) as caught:
        door.through(Names(nothing_example=[[]]), "http://nothing.example/")
    assert caught.value.code == "name_not_found"


def test_cookies_are_not_kept(server: Faultd, policy: Policy) -> None:
    async def run() -> Response:
        async with Client(policy) as client:
            await client.fetch(Fetch(server.url("/status?set_cookie=session%3D1")))
            return await client.fetch(Fetch(server.url("/echo")))

    assert "cookie" not in json.loads(asyncio.run(run()).body)


def test_proxies_of_the_environment_are_ignored(
    door: Door, server: Faultd, canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    assert door.get("/ok").body == b"fine"


def test_no_fetch_inside_a_transaction(door: Door, server: Faultd) -> None:
    with guard.forbid():
        with guard.forbid():
            pass
        with pytest.raises(RuntimeError, match="transaction"):
            door.get("/ok")
    assert server.calls == []
    assert door.get("/ok").status == 200


def test_what_is_watched_is_asked_in_the_context_of_the_fetch(door: Door, server: Faultd) -> None:
    unit: ContextVar[bool] = ContextVar("unit", default=False)
    guard.watch(unit.get)
    token = unit.set(True)
    with pytest.raises(RuntimeError, match="transaction"):
        door.get("/ok")
    unit.reset(token)
    assert server.calls == []
    assert door.get("/ok").status == 200


def test_one_failed_fetch_leaves_the_client_usable(server: Faultd, policy: Policy) -> None:
    async def run() -> tuple[BaseException | Response, ...]:
        async with Client(replace(policy, deadline=1.0)) as client:
            paths = ("/reset", "/inf", "/drip-head", "/ok")
            fetches = (client.fetch(Fetch(server.url(path))) for path in paths)
            return tuple(await asyncio.gather(*fetches, return_exceptions=True))

    *failed, fine = asyncio.run(run())
    assert [getattr(error, "code", "") for error in failed] == ["connection_failed", "too_large", "deadline_exceeded"]
    assert isinstance(fine, Response)


def test_a_cancelled_fetch_ends_as_cancelled(server: Faultd, policy: Policy) -> None:
    async def run() -> None:
        async with Client(policy) as client:
            task = asyncio.create_task(client.fetch(Fetch(server.url("/stall"))))
            await asyncio.sleep(0.1)
            task.cancel()
            await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run())


_HEAD = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 404 \r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n",
        b"HTTP/1.1 302 Found\r\n",
        b"",
    ]
)
_LINE = st.sampled_from(
    [
        b"content-length: 3\r\n", b"content-length: -1\r\n", b"content-length: x\r\n", b"connection: upgrade\r\n",
        b"transfer-encoding: chunked\r\n", b"content-encoding: gzip\r\n", b"location: http://[\r\n", b"link: <\r\n",
        b"location: \xff\r\n", b"retry-after: soon\r\n", b"upgrade: websocket\r\n", b"set-cookie: \x00\r\n", b" fold\r\n",
        b"x-ratelimit-remaining: 0\r\nx-ratelimit-reset: never\r\n", b"\r\n", b"3\r\nabc\r\n", b"0\r\n", b"zz\r\n",
    ]
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(_HEAD, st.lists(_LINE, max_size=6).map(b"".join), st.binary(max_size=30)).map(b"".join))
def test_whatever_a_server_sends_ends_as_an_answer_or_a_known_failure(
    server: Faultd, policy: Policy, sent: bytes
) -> None:
    server.raw = sent
    try:
        response = fetch_one(Fetch(server.url("/raw")), policy)
    except FetchFailed as error:
        assert error.code in FetchFailed.CODES
    else:
        assert response.status >= 100
