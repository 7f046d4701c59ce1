"""A server on loopback whose path names the fault, and a canary that nobody may reach.

    with Faultd() as server, Canary() as canary:
        server.url("/drip-head")           # http://127.0.0.2:PORT/drip-head
        server.pair                        # 127.0.0.2:PORT, for Policy(loopback=…)
        server.paths, server.peak          # what was asked for, and the most slow requests served at once
        assert canary.hits == 0

It answers on 127.0.0.2, so that 127.0.0.1 stays an address that must not be reached. A connection serves one request.
"""

import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from tests.faults import FAULTS, Call, unknown


class _Listener:
    """Accepts connections on loopback and hands each to `serve` in a thread of its own."""

    def __init__(self, host: str, port: int = 0) -> None:
        self._socket = socket.create_server((host, port), backlog=128)
        self.peers: list[object] = []  # who connected, in order
        self.stopping = threading.Event()
        self.host, self.port = host, int(self._socket.getsockname()[1])
        self.pair = f"{host}:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self.close()

    def close(self) -> None:
        """Give the port back, of a listener that was never entered too."""
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                conn, peer = self._socket.accept()
                self.peers.append(peer)
                threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def serve(self, conn: socket.socket) -> None:
        raise NotImplementedError


class Faultd(_Listener):
    """The fault server. With `tls`, it speaks that over every connection; without, it lets a TLS handshake stall."""

    def __init__(self, host: str = "127.0.0.2", port: int = 0, *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(host, port)
        self._tls, self._lock, self._now = tls, threading.Lock(), 0
        self.calls: list[Call] = []
        self.paths: Counter[str] = Counter()
        self.peak = 0
        self.raw = b""

    def url(self, path: str, *, scheme: str = "", host: str = "") -> str:
        return f"{scheme or ('https' if self._tls else 'http')}://{host or self.host}:{self.port}{path}"

    def serve(self, conn: socket.socket) -> None:
        with suppress(OSError), conn:
            if not self._tls and conn.recv(1, socket.MSG_PEEK) == b"\x16":  # a TLS handshake begins
                self.stopping.wait(60)
            self._answer(self._tls.wrap_socket(conn, server_side=True) if self._tls else conn)

    def _answer(self, conn: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (data := conn.recv(65536)):
                return
            head += data
        call = self._note(conn, head.decode("latin-1"))
        FAULTS.get(urlsplit(call.path).path.strip("/"), unknown)(call)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Count this request among those that are served at once, while it lasts."""
        with self._lock:
            self._now += 1
            self.peak = max(self.peak, self._now)
        yield
        with self._lock:
            self._now -= 1

    def _note(self, conn: socket.socket, head: str) -> Call:
        request, *lines = head.split("\r\n\r\n")[0].split("\r\n")
        path = request.split(" ")[1]
        header = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        call = Call(self, conn, path, dict(parse_qsl(urlsplit(path).query)), header, time.monotonic())
        with self._lock:
            self.calls.append(call)
            self.paths[path] += 1
        return call


class Canary(_Listener):
    """Listens where nobody may connect."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(host, port)
        self._probes = 0

    @property
    def hits(self) -> int:
        """Connections so far. Connects once itself, so that everybody who came before has been counted."""
        self._probes += 1
        with socket.create_connection((self.host, self.port)) as probe:
            while probe.getsockname() not in self.peers:
                time.sleep(0.001)
        return len(self.peers) - self._probes

    def serve(self, conn: socket.socket) -> None:
        conn.close()


@contextmanager
def black_hole(host: str = "127.0.0.2") -> Iterator[str]:
    """The host:port of a listener with a full backlog: connecting neither succeeds nor fails."""
    with socket.create_server((host, 0), backlog=0) as listener:
        pair = listener.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(pair)
        try:
            yield f"{pair[0]}:{pair[1]}"
        finally:
            for filler in fillers:
                filler.close()
