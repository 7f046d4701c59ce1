"""Below the HTTP client: one lookup of a name, addresses checked where the socket is made, bytes counted on arrival."""

import asyncio
import errno
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from aiohappyeyeballs import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

from plnapi.http.addresses import Target, refusal
from plnapi.http.types import FetchFailed

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# Given a host and a port, all its addresses as text. Raises OSError when there are none.
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


@dataclass(slots=True)
class Visit:
    """One fetch on its way: where it is, how many bytes may still arrive, headers and TLS included, in how many seconds."""

    target: Target
    left: int
    seconds: float
    answers: Sequence[str] = ()
    refused: bool = False
    too_large: bool = False
    broken: bool = False  # the connection ended by an error rather than by being closed


# Tells the connector's callbacks, which know only an address, on whose behalf they run.
current_visit: ContextVar[Visit] = ContextVar("current_visit")


class Dropped(aiohttp.ClientConnectionError):
    """A connection that was made ended before the head of an answer had come."""


async def without_retry(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Raise Dropped where aiohttp would ask once more by itself: at once, without a pause for the host."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise Dropped(str(error)) from error


class SystemResolver:
    """`getaddrinfo` in daemon threads: one that hangs holds up neither the deadline nor the end of the loop."""

    def __init__(self, at_once: int = 32) -> None:
        self._slots = asyncio.Semaphore(at_once)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        await self._slots.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Sequence[str]] = loop.create_future()
        threading.Thread(target=self._ask, args=(loop, answer, host, port), daemon=True).start()
        return await answer

    def _ask(
        self, loop: asyncio.AbstractEventLoop, answer: "asyncio.Future[Sequence[str]]", host: str, port: int
    ) -> None:
        outcome: Sequence[str] | OSError
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            outcome = list(dict.fromkeys(str(info[4][0]) for info in infos))
        except OSError as error:
            outcome = error
        except UnicodeError as error:  # a label that no DNS message can carry
            outcome = socket.gaierror(socket.EAI_NONAME, str(error))
        with suppress(RuntimeError):  # the loop was closed meanwhile; nobody waits
            loop.call_soon_threadsafe(self._settle, answer, outcome)

    def _settle(self, answer: "asyncio.Future[Sequence[str]]", outcome: Sequence[str] | OSError) -> None:
        self._slots.release()
        if answer.done():
            return
        if isinstance(outcome, OSError):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)


async def look_up(target: Target, resolver: Resolver) -> Sequence[str]:
    """All addresses of the target's name. One that is not allowed refuses them all.

    Raises FetchFailed `name_not_found` or `address_not_allowed`.
    """
    if target.is_literal:
        return (target.host,)
    url = str(target.url)
    try:
        answers = await resolver(target.host, target.port)
    except OSError as error:
        raise FetchFailed("name_not_found", url, f"There is no address for the name {target.host}.") from error
    if not answers:
        raise FetchFailed("name_not_found", url, f"There is no address for the name {target.host}.")
    if not all(target.allows(answer) for answer in answers):
        raise refusal(url, f"the name {target.host} leads to a private or special address")
    return answers


class _Answered(AbstractResolver):
    """Hands aiohttp the answers that `look_up` checked, so that a connection never looks up by itself."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        answers = current_visit.get().answers
        return [ResolveResult(hostname=host, host=a, port=port, family=family, proto=0, flags=0) for a in answers]

    async def close(self) -> None:
        """Nothing is held."""


class _Metered(socket.socket):
    """A socket that counts what arrives for its visit and fails at the cap.

    aiohttp shows only the payload: the framing of a chunked body, headers and trailers would go uncounted.
    """

    def __init__(self, visit: Visit, family: int, kind: int, proto: int) -> None:
        super().__init__(family, kind, proto)
        self._visit = visit

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        with self._noting_errors():
            data = super().recv(min(bufsize, self._visit.left + 1), flags)
        self._count(len(data))
        return data

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int = 0, flags: int = 0, /) -> int:
        room = nbytes or memoryview(buffer).nbytes
        with self._noting_errors():
            count = super().recv_into(buffer, min(room, self._visit.left + 1), flags)
        self._count(count)
        return count

    @contextmanager
    def _noting_errors(self) -> Iterator[None]:
        try:
            yield
        except (BlockingIOError, InterruptedError):
            raise
        except OSError:
            self._visit.broken = True
            raise

    def _count(self, count: int) -> None:
        self._visit.left -= count
        if self._visit.left < 0:
            self._visit.left, self._visit.too_large = 0, True
            raise OSError(errno.EMSGSIZE, "more bytes than allowed")


def _make_socket(info: AddrInfoType) -> socket.socket:
    """The last word on an address: `info` is exactly what is about to be connected."""
    visit = current_visit.get()
    family, kind, proto, _, address = info
    if not visit.target.allows(str(address[0])):
        visit.refused = True
        raise OSError(errno.EACCES, "address not allowed")
    visit.broken = False  # of the connection before, when this is a retry
    return _Metered(visit, family, kind, proto)


def make_connector(limit: int) -> aiohttp.TCPConnector:
    """A connector for `limit` connections at once, each for one request, so that each request's address was checked."""
    return aiohttp.TCPConnector(
        resolver=_Answered(), use_dns_cache=False, socket_factory=_make_socket, force_close=True, limit=limit
    )
