"""A server of one page that answers only so many requests in a window, and says so in its headers."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time


class Budgeted(ThreadingHTTPServer):
    """`limit` answers in each window of `seconds`; then 429. `down`: everything is answered with that status instead.

    `windows` counts the requests of each window, `refused` those that were too many.
    """

    daemon_threads = True

    def __init__(self, limit: int = 1_000_000, seconds: float = 300.0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.limit, self.seconds, self.down = limit, seconds, 0
        self.windows: Counter[int] = Counter()
        self.refused = 0
        self.lock = threading.Lock()

    @property
    def pair(self) -> str:
        """`host:port`."""
        return f"127.0.0.1:{self.server_address[1]}"

    def take(self) -> tuple[int, int, float]:
        """Count a request: its status, how many are left in the window, and when the next one begins."""
        with self.lock:
            window = int(time() // self.seconds)
            self.windows[window] += 1
            left = self.limit - self.windows[window]
            self.refused += left < 0
        return self.down or (429 if left < 0 else 200), max(0, left), (window + 1) * self.seconds

    @contextmanager
    def serving(self) -> "Iterator[Budgeted]":
        """Until the block is left."""
        thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Budgeted

    def do_GET(self) -> None:
        status, left, reset = self.server.take()
        self.send_response(status)
        self.send_header("X-RateLimit-Limit", str(self.server.limit))
        self.send_header("X-RateLimit-Remaining", str(left))
        self.send_header("X-RateLimit-Reset", str(reset))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_: object) -> None:
        """Silent."""
