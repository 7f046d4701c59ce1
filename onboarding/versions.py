"""Versions of checklists and lists never change once they stand, so what was made of one is kept by its id."""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar
from uuid import UUID

T = TypeVar("T")


class Kept(Generic[T]):
    """What `read` makes of versions (a value for each id that it is given), read once in this process.

    At most `most` are kept, those made last. What is kept is shared: nobody may change it.
    """

    def __init__(self, read: Callable[[list[UUID]], Mapping[UUID, T]], most: int = 500) -> None:
        self._read, self._most = read, most
        self._found: dict[UUID, T] = {}
        self._lock = threading.Lock()

    def of(self, ids: Iterable[UUID]) -> dict[UUID, T]:
        """The values by id. One statement for those that are not kept yet, none when all are."""
        wanted = set(ids)
        found = {id_: self._found[id_] for id_ in wanted if id_ in self._found}
        missing = sorted(wanted - found.keys())
        if missing:
            found.update(read := self._read(missing))
            self._keep(read)
        return found

    def _keep(self, read: Mapping[UUID, T]) -> None:
        with self._lock:
            together = [*self._found.items(), *read.items()]
            self._found = dict(together[-self._most :])
