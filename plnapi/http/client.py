"""The client: fetches and sends within a `Policy`, and nothing comes out of it but a `Response` or a `FetchFailed`."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from plnapi import clock
from plnapi.http import guard
from plnapi.http.addresses import Target, read_stand_ins, read_url, refusal
from plnapi.http.inflate import BadEncoding, TooLarge, inflate
from plnapi.http.links import parse_links
from plnapi.http.policy import Policy
from plnapi.http.types import Fetch, FetchFailed, Response, Send
from plnapi.http.waits import Blocks, Paces, busy_until, read_budget
from plnapi.http.wire import (
    Dropped,
    Resolver,
    SystemResolver,
    Visit,
    current_visit,
    look_up,
    make_connector,
    without_retry,
)

__all__ = ["Blocks", "Client", "Policy", "fetch_one", "send_one"]

T = TypeVar("T")

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})
MAX_HEADERS, MAX_HEADER_BYTES = 128, 32 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class _Redirect:
    """Where the next hop goes, and whether the old address is gone for good."""

    target: Target
    permanent: bool


class Client:
    """The door to the network, for one event loop: `async with Client(policy) as client: await client.fetch(…)`.

    `resolver` stands in for the system's name lookup; `blocks` remembers which hosts asked to wait beyond the life of
    this client.
    """

    def __init__(self, policy: Policy, *, resolver: Resolver | None = None, blocks: Blocks | None = None) -> None:
        self._policy = policy
        self._stand_ins = read_stand_ins(policy.stand_ins)
        self._blocks = Blocks() if blocks is None else blocks
        self._paces = Paces(policy.host_concurrency, policy.max_wait, self._blocks)
        self._all = asyncio.Semaphore(policy.concurrency)
        self._resolver: Resolver = resolver or SystemResolver()

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=make_connector(self._policy.concurrency),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # `_in_time` is the one clock
            auto_decompress=False,
            middlewares=(without_retry,),
            trust_env=False,
            max_headers=MAX_HEADERS,
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def fetch(self, fetch: Fetch) -> Response:
        """GET, following redirects; once more where a server drops the connection without an answer. Raises FetchFailed, and
        RuntimeError inside a transaction (see guard.py).

        A 429, or a 503 with Retry-After, is FetchFailed `host_busy`; until its `retry_at` every other fetch to that
        host fails likewise without a request. All other statuses are ordinary responses. A stand-in is asked without
        credentials: these are for the origin named, and for no other.
        """
        guard.check()
        target = self._read(fetch.url)
        headers = {name.lower(): value for name, value in fetch.headers.items()}
        headers = _without_credentials(headers) if target.stands_for else headers
        visit = self._visit(target)
        moved_to, all_permanent = None, True
        for _ in range(self._policy.max_redirects + 1):
            outcome = await self._once_more_if_dropped(visit, partial(self._get, visit, headers))
            if isinstance(outcome, Response):
                return replace(outcome, moved_to=moved_to)
            if outcome.target.origin != visit.target.origin:
                headers = _without_credentials(headers)
            all_permanent = all_permanent and outcome.permanent
            moved_to = str(outcome.target.asked) if all_permanent else moved_to
            visit.target, visit.answers = outcome.target, ()
        raise FetchFailed("too_many_redirects", fetch.url, "This address redirects too many times.")

    async def send(self, send: Send) -> Response:
        """POST, once: a redirect is not followed, nothing is repeated, and no stand-in is asked. Raises as `fetch` does,
        with one difference.

        Every status is an ordinary response, 3xx, 429 and 503 too; after these two a later request to that host fails
        as `host_busy` for as long as it asked to be left alone.
        """
        guard.check()
        visit = self._visit(self._read(send.url, {}))
        return await self._turn(visit, partial(self._post, visit, send))

    def _visit(self, target: Target) -> Visit:
        return Visit(target, self._policy.max_wire, self._policy.deadline)

    def _read(self, url: str, stand_ins: Mapping[str, URL] | None = None) -> Target:
        use = self._stand_ins if stand_ins is None else stand_ins
        return read_url(url, ports=self._policy.ports, loopback=self._policy.loopback, stand_ins=use)

    async def _once_more_if_dropped(self, visit: Visit, hop: Callable[[], Awaitable[T]]) -> T:
        """A hop that may be made twice, the second in a turn of its own: small servers close connections without a word."""
        try:
            return await self._turn(visit, hop)
        except FetchFailed as error:
            if error.code != "connection_failed" or not isinstance(error.__cause__, Dropped):
                raise
        return await self._turn(visit, hop)

    async def _turn(self, visit: Visit, hop: Callable[[], Awaitable[T]]) -> T:
        """One hop in its turn, within the seconds of the visit; what it took is taken from these."""
        key, url = visit.target.pace_key, str(visit.target.url)
        self._blocks.check(key, url)
        async with self._paces.turn(key, url, self._policy.interval(visit.target.loopback)), self._all:
            self._blocks.check(key, url)  # the host may have asked while this one waited
            clock_of = asyncio.get_running_loop().time
            began = clock_of()
            try:
                with _translated(visit):
                    async with asyncio.timeout(max(visit.seconds, 0)):
                        return await hop()
            finally:
                visit.seconds -= clock_of() - began

    async def _get(self, visit: Visit, headers: Mapping[str, str]) -> Response | _Redirect:
        async with self._asked(visit, "GET", headers) as answer:
            return await self._outcome(visit, answer)

    async def _post(self, visit: Visit, send: Send) -> Response:
        async with self._asked(visit, "POST", send.headers, send.body) as answer:
            headers = _plain(answer)
            self._heed(visit.target, answer.status, headers)
            return await self._response(visit, answer, headers)

    @asynccontextmanager
    async def _asked(
        self, visit: Visit, method: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        visit.answers = visit.answers or await look_up(visit.target, self._resolver)
        token = current_visit.set(visit)
        try:
            async with self._session.request(
                method, visit.target.url, data=body, headers=self._headers(headers), allow_redirects=False
            ) as answer:
                yield answer
        finally:
            current_visit.reset(token)

    def _headers(self, asked: Mapping[str, str]) -> dict[str, str]:
        ours = {"user-agent": self._policy.user_agent, "accept-encoding": "gzip, deflate"}
        return {name: _CONTROL.sub("", value) for name, value in asked.items()} | ours

    async def _outcome(self, visit: Visit, answer: aiohttp.ClientResponse) -> Response | _Redirect:
        headers = _plain(answer)
        until = self._heed(visit.target, answer.status, headers)
        if until and answer.status in (429, 503):
            host, url = visit.target.host, str(visit.target.url)
            raise FetchFailed("host_busy", url, f"{host} asked to wait.", retry_at=until)
        if answer.status in REDIRECTS and "location" in headers:
            return self._redirect(visit.target, answer.status, headers["location"])
        return await self._response(visit, answer, headers)

    async def _response(self, visit: Visit, answer: aiohttp.ClientResponse, headers: Mapping[str, str]) -> Response:
        url = str(visit.target.asked)
        body, links = await self._body(visit, answer, headers), _links(answer, url)
        named = {rel: visit.target.asked_form(link) for rel, link in links.items()}
        return Response(answer.status, url, headers, body, named)

    def _heed(self, target: Target, status: int, headers: Mapping[str, str]) -> datetime | None:
        """Remember how much more the host answers, and until when it wants to be left alone; None when it does not say so."""
        now = clock.now()
        budget, until = read_budget(headers, now), busy_until(status, headers, now)
        if budget:
            self._blocks.ration(target.pace_key, budget)
        if until:
            self._blocks.add(target.pace_key, until)
        return until

    def _redirect(self, old: Target, status: int, location: str) -> _Redirect:
        try:
            target = self._read(old.asked_form(urljoin(str(old.asked), location)))
        except ValueError as error:
            raise refusal(location, "the redirect leads to something that is no address") from error
        if old.asked.scheme == "https" and target.asked.scheme == "http":
            raise refusal(str(target.asked), "a redirect from https to http is not followed")
        return _Redirect(target, status in PERMANENT)

    async def _body(self, visit: Visit, answer: aiohttp.ClientResponse, headers: Mapping[str, str]) -> bytes:
        if (answer.content_length or 0) > self._policy.max_wire:
            raise TooLarge
        body = await answer.read()
        # aiohttp takes any end of the connection for the end of a body that has no other mark, errors included.
        if visit.too_large:
            raise TooLarge
        if visit.broken and answer.content_length is None and "transfer-encoding" not in headers:
            raise ConnectionResetError("the connection broke in the middle of the body")
        return inflate(body, headers.get("content-encoding", ""), self._policy.max_body)


def fetch_one(fetch: Fetch, policy: Policy, *, blocks: Blocks | None = None) -> Response:
    """A single fetch from synchronous code. Raises as `Client.fetch` does."""

    async def run() -> Response:
        async with Client(policy, blocks=blocks) as client:
            return await client.fetch(fetch)

    return asyncio.run(run())


def send_one(send: Send, policy: Policy, *, resolver: Resolver | None = None) -> Response:
    """A single POST from synchronous code. Raises as `Client.send` does."""

    async def run() -> Response:
        async with Client(policy, resolver=resolver) as client:
            return await client.send(send)

    return asyncio.run(run())


def _plain(answer: aiohttp.ClientResponse) -> dict[str, str]:
    """Lower-case names, the first value of each, as text that can be stored and sent back.

    aiohttp keeps bytes that are not UTF-8 as surrogates, which no database takes.
    """
    headers: dict[str, str] = {}
    for name, value in answer.headers.items():
        text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        headers.setdefault(name.lower(), _CONTROL.sub("", text))
    return headers


def _without_credentials(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in CREDENTIALS}


def _links(answer: aiohttp.ClientResponse, url: str) -> dict[str, str]:
    return parse_links(", ".join(answer.headers.getall("link", [])), url)


@contextmanager
def _translated(visit: Visit) -> Iterator[None]:
    """Whatever goes wrong on the way becomes a FetchFailed."""
    try:
        yield
    except FetchFailed:
        raise
    except Exception as error:
        failure = _failure(visit, error)
        if failure is None:
            raise
        raise failure from error


def _failure(visit: Visit, error: BaseException) -> FetchFailed | None:
    url, host = str(visit.target.url), visit.target.host
    if visit.refused:
        return refusal(url, f"{host} leads to a private or special address")
    if visit.too_large or isinstance(error, TooLarge):
        return FetchFailed("too_large", url, "The answer is larger than allowed.")
    if isinstance(error, TimeoutError):
        return FetchFailed("deadline_exceeded", url, f"{host} did not answer in time.")
    if visit.broken or isinstance(error, aiohttp.ClientConnectionError | OSError):
        return FetchFailed("connection_failed", url, f"The connection to {host} failed: {error}.")
    if isinstance(error, aiohttp.ClientError | BadEncoding):
        return FetchFailed("bad_response", url, f"{host} sent something that is not a valid answer.")
    return None
