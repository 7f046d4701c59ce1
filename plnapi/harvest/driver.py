"""Drives looks: fetches what they yield through the door to the network, has documents parsed, and sends the answers.

The looks of a batch run at once on one asyncio loop, in a thread of its own, while the caller stores what has ended.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from plnapi.config import Settings
from plnapi.db import in_unit_of_work
from plnapi.harvest.sandbox import Sandbox
from plnapi.http.client import Blocks, Client
from plnapi.http.policy import Policy
from plnapi.http.types import Fetch, FetchFailed
from plnapi.platforms.types import Coverage, ParseFailed, Seen, Steps

LOOK_SECONDS = 600  # one look, its turns at busy hosts included
MAX_WAIT = 120.0  # seconds for one turn at a host
TOO_SLOW = Coverage("failed", "deadline_exceeded", "The server answers too slowly.")
BROKEN = Coverage("failed", "internal_error", "Something is wrong on our side; it has been written to the log.")

log = structlog.get_logger()
# Hosts that asked to wait are left alone by every later batch of this process too.
_blocks = Blocks()


@dataclass(frozen=True, slots=True)
class Task:
    """One look to be done. `begin` starts the generator; `cursor` is kept when the look fails; `key` is the caller's."""

    key: Any
    begin: Callable[[], Steps]
    cursor: Mapping[str, Any]


def policy_of(settings: Settings) -> Policy:
    """The limits of every fetch that these settings ask for."""
    return Policy(
        deadline=settings.fetch_deadline,
        extra_ports=frozenset(settings.extra_ports),
        loopback=frozenset(settings.loopback_peers),
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
            return await _drive(task.begin(), client, sandbox)
    except FetchFailed as error:
        return Seen((), Coverage("failed", error.code, str(error), error.retry_at), task.cursor)
    except ParseFailed as error:
        return Seen((), Coverage("failed", error.code, str(error)), task.cursor)
    except TimeoutError:
        return Seen((), TOO_SLOW, task.cursor)
    except Exception:  # a fault of an adapter must not end the other looks
        log.exception("look_broke", key=str(task.key))
        return Seen((), BROKEN, task.cursor)


async def _drive(steps: Steps, client: Client, sandbox: Sandbox) -> Seen:
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
            answer = await (client.fetch(step) if isinstance(step, Fetch) else sandbox.parse(step))
        except (FetchFailed, ParseFailed) as error:
            failure = error


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
