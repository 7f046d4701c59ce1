"""Parsing of strangers' documents in child processes with limits of time and memory (`child.py`)."""

import asyncio
import atexit
import functools
import pickle
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from plnapi.platforms.types import Parse, ParseFailed

WALL_SECONDS = 10.0
START_SECONDS = 60.0
READY = b"plnapi\r\n"  # see child.py
MOST_BYTES = 64 * 2**20  # of one answer
ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-P", "-s", str(Path(__file__).with_name("child.py"))]


class ChildDied(Exception):
    """The child was killed, by a limit or by the clock, or closed its pipe."""


class Child:
    """One child process, warm as soon as it has loaded its modules (about 0.4 s)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 # our own file, no input of others in the command
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "random", "LC_ALL": "C.UTF-8"},
            cwd="/",
        )
        assert self._process.stdin and self._process.stdout
        self._requests: IO[bytes] = self._process.stdin
        self._answers: IO[bytes] = self._process.stdout
        self._ready = False

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def await_start(self) -> None:
        """Wait until it has loaded its modules. Raises RuntimeError when it cannot: that is no document's fault."""
        with _killing(self._process, START_SECONDS):
            if not self._ready and self._answers.read(len(READY)) != READY:
                raise RuntimeError("the process for parsing does not start")
        self._ready = True

    def ask(self, request: bytes, seconds: float) -> bytes:
        """Send one request and wait for its answer. Raises ChildDied; the child is then of no more use."""
        with _killing(self._process, seconds):
            try:
                self._requests.write(struct.pack(">Q", len(request)) + request)
                self._requests.flush()
            except OSError as error:
                raise ChildDied from error
            size = struct.unpack(">Q", self._exactly(8))[0]
            if size > MOST_BYTES:
                raise ChildDied
            return self._exactly(size)

    def end(self) -> None:
        """Stop the process and wait for it."""
        self._process.kill()
        self._process.wait()
        self._answers.close()
        try:
            self._requests.close()
        except OSError:  # what was not sent to a dead child cannot be flushed
            pass

    def _exactly(self, count: int) -> bytes:
        data = self._answers.read(count)
        if len(data) < count:
            raise ChildDied
        return data


@contextmanager
def _killing(process: "subprocess.Popen[bytes]", seconds: float) -> Iterator[None]:
    """Kill the process if this takes longer."""
    clock = threading.Timer(seconds, process.kill)
    clock.start()
    try:
        yield
    finally:
        clock.cancel()


class Sandbox:
    """A small pool of warm children. Begins none before the first document; usable from several threads and loops."""

    def __init__(self, size: int = 2, wall_seconds: float = WALL_SECONDS) -> None:
        self._wall = wall_seconds
        self._children: queue.LifoQueue[Child | None] = queue.LifoQueue()
        for _ in range(size):
            self._children.put(None)
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="sandbox")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def parse(self, parse: Parse) -> Any:
        """What the function returns. Raises ParseFailed: its own, `feed_too_complex` when the child had to be killed,
        `bad_document` for any other exception. Raises RuntimeError when no child starts, or one of another
        version of the program does."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.parse_now, parse)

    def parse_now(self, parse: Parse) -> Any:
        """As `parse`, from synchronous code."""
        outcome, *rest = pickle.loads(self._ask(pickle.dumps((parse.function, parse.args))))  # noqa: S301 # our child's
        if outcome == "ok":
            return rest[0]
        if outcome == "broken":
            raise RuntimeError(f"the process for parsing does not understand us: {rest[0]}")
        raise ParseFailed(rest[1], code=rest[0])

    def close(self) -> None:
        """End the children."""
        self._threads.shutdown()
        while not self._children.empty():
            child = self._children.get()
            if child:
                child.end()

    def _ask(self, request: bytes) -> bytes:
        child = self._children.get() or Child()
        try:
            child.await_start()
            return child.ask(request, self._wall)
        except ChildDied as error:
            child.end()
            child = Child()  # warm by the time that the next document comes
            raise ParseFailed(
                "The document is too large or too complex to be read.", code="feed_too_complex"
            ) from error
        except RuntimeError:
            child.end()
            child = Child()
            raise
        finally:
            self._children.put(child)


@functools.cache
def shared() -> Sandbox:
    """The pool of this process."""
    sandbox = Sandbox()
    atexit.register(sandbox.close)
    return sandbox
