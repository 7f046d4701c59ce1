"""No request to the outside while a transaction is open: a slow host must not hold locks. Fetch first, then store.

The database is on the same floor and neither knows the other: whoever puts the two together names here what tells
whether a transaction is open (`watch(db.in_unit_of_work)`), and the client asks before each request.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Follows the code into the tasks that `asyncio.run` starts, and keeps threads apart.
transaction_open: ContextVar[bool] = ContextVar("transaction_open", default=False)

_watched: set[Callable[[], bool]] = {transaction_open.get}


def watch(is_open: Callable[[], bool]) -> None:
    """Ask this function too, from here on; naming it twice changes nothing. It is called in the context of the fetch."""
    _watched.add(is_open)


@contextmanager
def forbid() -> Iterator[None]:
    """While this lasts, `check` raises. May be nested."""
    token = transaction_open.set(True)
    try:
        yield
    finally:
        transaction_open.reset(token)


def check() -> None:
    """Raise RuntimeError when a transaction is open: the caller has to fetch first, then store."""
    if any(is_open() for is_open in _watched):
        raise RuntimeError("A fetch was asked for inside a transaction: fetch first, then store.")
