"""Drives looks: fetches what they yield through the door to the network, has documents parsed, and sends the answers.

The looks of a batch run at once on one asyncio loop, in a thread of its own, while the caller stores what has ended.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import structlog

from plnapi.config import Settings
from plnapi.db import in_unit_of_work
from plnapi.harvest.sandbox import Sandbox
from plnapi.http.client import Blocks, Client
from plnapi.http.policy import Policy
from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms.types import Coverage, ParseFailed, Seen, Steps

LOOK_SECONDS = 600  # one look, its turns at busy hosts included
MAX_WAIT = 120.0  # seconds for one turn at a host
TOO_SLOW = Coverage("failed", "deadline_exceeded", "The server answers too slowly.")
BROKEN = Coverage("failed", "internal_error", "Something is wrong on our side; it has been written to the log.")

log = structlog.get_logger()
# Hosts that asked to wait are left alone by every later batch of this process too.
_blocks = Blocks()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that a look made: `status` and `size` (bytes of the body, unpacked) of the answer, or `problem`, a code of
    FetchFailed. `ms` are from the wish to its end, the turn at the host and redirects included."""

    url: str
    ms: int
    status: int | None = None
    size: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One look to be done. `begin` starts the generator; `cursor` is kept when the look fails; `key` is the caller's.

    `observe` is told of each request when it has ended, in the thread of the looks.
    """

    key: Any
    begin: Callable[[], Steps]
    cursor: Mapping[str, Any]
    observe: Callable[[Asked], None] | None = None


def policy_of(settings: Settings) -> Policy:
    """The limits of every fetch that these settings ask for."""
    return Policy(
        deadline=settings.fetch_deadline,
        extra_ports=frozenset(settings.extra_ports),
        loopback=frozenset(settings.loopback_peers),
        stand_ins=settings.stand_ins,
        contact=settings.contact or settings.base_url,
        max_wait=MAX_WAIT,
    )


def look_all(tasks: Sequence[Task], policy: Policy, sandbox: Sandbox) -> Iterator[tuple[Task, Seen]]:
    """Each task with what was seen, in the order in which they end. Every task comes back, whatever happens to it.

    Raises RuntimeError inside a unit of work: fetch first, then store.
    """
    if in_unit_of_work():
        raise RuntimeError("a look was asked for inside a unit of work: fetch first, then store")
    done: queue.SimpleQueue[tuple[Task, Seen] | BaseException] = queue.SimpleQueue()
    thread = threading.Thread(target=_work, args=(tasks, policy, sandbox, done), name="looks", daemon=True)
    thread.start()
    for _ in tasks:
        outcome = done.get()
        if isinstance(outcome, BaseException):
            raise outcome
        yield outcome
    thread.join()


async def drive(task: Task, client: Client, sandbox: Sandbox) -> Seen:
    """One look from its first step to what it returns. A failure that the look does not handle is its coverage."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return await _drive(task, client, sandbox)
    except FetchFailed as error:
        return Seen((), Coverage("failed", error.code, str(error), error.retry_at), task.cursor)
    except ParseFailed as error:
        return Seen((), Coverage("failed", error.code, str(error)), task.cursor)
    except TimeoutError:
        return Seen((), TOO_SLOW, task.cursor)
    except Exception:  # a fault of an adapter must not end the other looks
        log.exception("look_broke", key=str(task.key))
        return Seen((), BROKEN, task.cursor)


async def _drive(task: Task, client: Client, sandbox: Sandbox) -> Seen:
    steps = task.begin()
    answer: Any = None
    failure: FetchFailed | ParseFailed | None = None
    while True:
        try:
            step = steps.send(answer) if failure is None else steps.throw(failure)
        except StopIteration as end:
            seen: Seen = end.value
            return seen
        answer = failure = None
        try:
            answer = await (_fetch(step, client, task) if isinstance(step, Fetch) else sandbox.parse(step))
        except (FetchFailed, ParseFailed) as error:
            failure = error


async def _fetch(step: Fetch, client: Client, task: Task) -> Response:
    began = monotonic()
    try:
        response = await client.fetch(step)
    except FetchFailed as error:
        _tell(task, step.url, began, problem=error.code)
        raise
    _tell(task, step.url, began, status=response.status, size=len(response.body))
    return response


def _tell(task: Task, url: str, began: float, **outcome: Any) -> None:
    if task.observe:
        task.observe(Asked(url, round((monotonic() - began) * 1000), **outcome))


def _work(tasks: Sequence[Task], policy: Policy, sandbox: Sandbox, done: "queue.SimpleQueue[Any]") -> None:
    try:
        asyncio.run(_look_all(tasks, policy, sandbox, done))
    except BaseException as error:  # the waiting caller has to hear of it
        done.put(error)


async def _look_all(tasks: Sequence[Task], policy: Policy, sandbox: Sandbox, done: "queue.SimpleQueue[Any]") -> None:
    async def look(task: Task) -> None:
        done.put((task, await drive(task, client, sandbox)))

    async with Client(policy, blocks=_blocks) as client:
        await asyncio.gather(*(look(task) for task in tasks))
