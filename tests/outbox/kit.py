"""A teller that can be told what to answer, and remembers what it was told."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from plnapi.clock import now
from plnapi.outbox.tellers import Letter, Teller, Told

DONE = Told("done")


class Outside:
    """Stands for everybody outside: `answers[target]` holds what the next tries come to, done when it is empty."""

    def __init__(self, *targets: str, topics: tuple[str, ...] = ("step.done",)) -> None:
        self.targets, self.topics = targets, topics
        self.answers: dict[str, list[Told | Exception]] = defaultdict(list)
        self.letters: list[Letter] = []
        self.times: list[object] = []
        self.during: Callable[[Letter], None] = lambda letter: None
        self.peak = 0
        self._at_once: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()

    def teller(self) -> Teller:
        return Teller(self.tell, lambda topic: self.targets if topic in self.topics else ())

    def tell(self, letter: Letter) -> Told:
        with self._lock:
            self.letters.append(letter)
            self.times.append(now())
            self._at_once[letter.target] += 1
            self.peak = max(self.peak, *self._at_once.values())
            answer = self.answers[letter.target].pop(0) if self.answers[letter.target] else DONE
        try:
            self.during(letter)
        finally:
            with self._lock:
                self._at_once[letter.target] -= 1
        if isinstance(answer, Exception):
            raise answer
        return answer

    def told(self, target: str) -> list[str]:
        return [str(letter.id) for letter in self.letters if letter.target == target]


@contextmanager
def timed() -> Iterator[Callable[[], float]]:
    began = time.monotonic()
    yield lambda: time.monotonic() - began
