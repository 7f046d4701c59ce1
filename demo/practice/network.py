"""The practice network as a running server: one process, a thread for each request, on 127.0.0.1 alone."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from demo.practice.api import RateLimit
from demo.practice.application import Application
from demo.practice.bluesky import Bluesky
from demo.practice.weather import Weather
from demo.practice.world import World
from demo.practice.xrpc import serve_bluesky

HOST = "127.0.0.1"
REQUESTS = 300
_POLL_SECONDS = 0.02  # how long leaving the block may take


@dataclass(frozen=True)
class Served:
    """A network that is up: its address (`http://127.0.0.1:5000`), its `host:port` and what is in it, on either side."""

    base_url: str
    domain: str
    world: World
    bluesky: Bluesky
    weather: Weather


@dataclass(frozen=True)
class PracticeNetwork:
    """A network to be served; port 0 takes any free one. `rate_limit` is per address or token in five minutes."""

    port: int = 0
    rate_limit: int = REQUESTS

    @contextmanager
    def serving(self) -> Iterator[Served]:
        """Serve an empty world until the block is left. Raises OSError where the port is taken."""
        with socket.create_server((HOST, self.port)) as listener:
            port = listener.getsockname()[1]
            world = World(f"http://{HOST}:{port}")
            app = Application(world, RateLimit(self.rate_limit))
            serve_bluesky(app, bluesky := Bluesky(world.base_url, world.lock))
            server = make_server(HOST, port, app, threaded=True, request_handler=_Quiet, fd=listener.fileno())
        with _running(server):
            yield Served(world.base_url, world.domain, world, bluesky, app.weather)


@contextmanager
def _running(server: BaseWSGIServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), name="practice-network", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    """Writes no line for each request; errors are still written."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing to write."""
