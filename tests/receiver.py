"""Somebody on loopback to whom things are posted: remembers each request, and answers what it is told to.

with Receiver() as receiver:
    receiver.answers.append((500, {"retry-after": "3"}))   # of the next request; 204 when there is none
    receiver.url, receiver.pair                            # http://127.0.0.2:PORT/hook, 127.0.0.2:PORT
    receiver.posts[0].headers["webhook-id"], receiver.posts[0].body
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


@dataclass(frozen=True, slots=True)
class Post:
    """One request; `headers` have lower-case names, `at` is of the monotonic clock."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


class Receiver:
    """See above. It answers on 127.0.0.2, so that 127.0.0.1 stays an address that must not be reached."""

    def __init__(self, host: str = "127.0.0.2") -> None:
        self.posts: list[Post] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.during: Callable[[Post], None] = lambda post: None
        self._server = ThreadingHTTPServer((host, 0), self._handler())
        self._server.daemon_threads = True
        self.pair = f"{host}:{self._server.server_port}"
        self.url = f"http://{self.pair}/hook"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(receiver) -> type[BaseHTTPRequestHandler]:  # `self` is the request's
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                post = Post(self.command, self.path, headers, body, time.monotonic())
                receiver.posts.append(post)
                receiver.during(post)
                status, more = receiver.answers.pop(0) if receiver.answers else (204, {})
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

        return Handler
