"""No request to the outside while a transaction is open: a slow host must not hold locks. Fetch first, then store.

Whoever opens transactions says so here; the client asks before each fetch. A `ContextVar` follows the code into the
tasks that `asyncio.run` starts, and keeps threads apart.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token

transaction_open: ContextVar[bool] = ContextVar("transaction_open", default=False)


def enter() -> Token[bool]:
    """A transaction begins. Hand the token to `leave`, in the same context."""
    return transaction_open.set(True)


def leave(token: Token[bool]) -> None:
    """The transaction that `enter` gave this token for has ended."""
    transaction_open.reset(token)


@contextmanager
def forbid() -> Iterator[None]:
    """While this lasts, `check` raises. May be nested."""
    token = enter()
    try:
        yield
    finally:
        leave(token)


def check() -> None:
    """Raise RuntimeError when a transaction is open: the caller has to fetch first, then store."""
    if transaction_open.get():
        raise RuntimeError("A fetch was asked for inside a transaction: fetch first, then store.")
