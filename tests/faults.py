"""The faults of the fault server, one function each: see faultd.py."""

import gzip
import json
import socket
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faultd import Faultd

MB = 2**20


@dataclass
class Call:
    """One request being served. `query` holds the parameters of the URL, `header` the request's, in lower case."""

    server: "Faultd"
    conn: socket.socket
    path: str
    query: dict[str, str]
    header: dict[str, str]
    at: float

    @property
    def count(self) -> int:
        """How often this address has been asked for, this time included."""
        return self.server.paths[self.path]

    def send(self, data: bytes) -> None:
        self.conn.sendall(data)

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """A whole, well-formed answer; `content_type="text/plain"` becomes `content-type: text/plain`."""
        lines = [f"HTTP/1.1 {status} Status", f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the server."""
        self.server.stopping.wait(seconds)

    def reset(self) -> None:
        """Close so that the peer sees ECONNRESET."""
        self.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.conn.close()


Fault = Callable[[Call], None]
FAULTS: dict[str, Fault] = {}


def fault(function: Fault) -> Fault:
    FAULTS[function.__name__.rstrip("_").replace("_", "-")] = function
    return function


def unknown(call: Call) -> None:
    """For a path that names no fault."""
    call.answer(404)


@fault
def ok(call: Call) -> None:
    call.answer(body=b"fine", content_type="text/plain")


@fault
def echo(call: Call) -> None:
    """The request's headers as JSON."""
    call.answer(body=json.dumps(call.header).encode(), content_type="application/json")


@fault
def status(call: Call) -> None:
    """?code=: a well-formed answer with that status; every other parameter becomes a header."""
    call.answer(int(call.query.pop("code", "200")), b"body of the answer", **call.query)


@fault
def etag(call: Call) -> None:
    """304 for `If-None-Match: "v1"`."""
    if call.header.get("if-none-match") == '"v1"':
        call.send(b'HTTP/1.1 304 Not Modified\r\netag: "v1"\r\n\r\n')
    else:
        call.answer(body=b"version 1", etag='"v1"')


@fault
def drip_head(call: Call) -> None:
    """A header every 50 ms, for ever: a timeout per read never fires."""
    call.send(b"HTTP/1.1 200 OK\r\n")
    while not call.server.stopping.is_set():
        call.send(b"x-drip: drop\r\n")
        call.pause(0.05)


@fault
def drip_body(call: Call) -> None:
    """A byte every 50 ms, for ever."""
    call.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while not call.server.stopping.is_set():
        call.send(b"x")
        call.pause(0.05)


@fault
def stall(call: Call) -> None:
    """No answer at all."""
    call.pause(60)


@fault
def slow(call: Call) -> None:
    """?seconds=: a good answer, late; counts for the server's `peak`."""
    with call.server.busy():  # ends before the peer can know that the answer is whole
        call.pause(float(call.query["seconds"]))
    ok(call)


@fault
def bomb_gzip(call: Call) -> None:
    """?mb=: that many megabytes of zeros, less than a hundredth of that on the wire."""
    call.answer(body=_bomb(int(call.query.get("mb", "100"))), content_encoding="gzip")


def _bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return b"".join(packer.compress(bytes(MB)) for _ in range(megabytes)) + packer.flush()


@fault
def many_members(call: Call) -> None:
    """A gzip body of 100,000 empty members."""
    call.answer(body=gzip.compress(b"") * 100_000, content_encoding="gzip")


@fault
def encoding(call: Call) -> None:
    """?name=&cut=: the text `fine` in that encoding, without its last `cut` bytes; bare in one that is not known."""
    name = call.query["name"]
    bare = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = {
        "gzip": gzip.compress(b"fine"),
        "deflate": zlib.compress(b"fine"),
        "bare-deflate": bare.compress(b"fine") + bare.flush(),
    }
    body = packed.get(name, b"fine")
    body = body[: len(body) - int(call.query.get("cut", "0"))]
    call.answer(body=body, content_encoding=name.removeprefix("bare-"))


@fault
def inf(call: Call) -> None:
    """A body without an end."""
    call.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while not call.server.stopping.is_set():
        call.send(b"x" * 65536)


@fault
def inf_chunked(call: Call) -> None:
    """Chunks of one byte behind long extensions: much on the wire, next to nothing in the body."""
    call.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while not call.server.stopping.is_set():
        call.send((b"1;" + b"e" * 4000 + b"\r\nx\r\n") * 16)


@fault
def size(call: Call) -> None:
    """?bytes=: a body of that size."""
    call.answer(body=b"x" * int(call.query["bytes"]))


@fault
def huge_length(call: Call) -> None:
    """Announces a terabyte and sends nothing."""
    call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1099511627776\r\n\r\n")
    call.pause(60)


@fault
def lie_length(call: Call) -> None:
    """Announces 100 bytes, sends 5 and closes."""
    call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort")


@fault
def redirect(call: Call) -> None:
    """?to=&status="""
    call.answer(int(call.query.get("status", "302")), location=call.query.get("to", "/ok"))


@fault
def slow_redirect(call: Call) -> None:
    """?to=&seconds="""
    call.pause(float(call.query["seconds"]))
    redirect(call)


@fault
def chain(call: Call) -> None:
    """?n=: so many redirects until a good answer."""
    left = int(call.query["n"])
    call.answer(302, location=f"/chain?n={left - 1}") if left else ok(call)


def answer_429(call: Call) -> None:
    """?after=: 429 with that Retry-After; without, no header."""
    after = call.query.get("after")
    call.answer(429, retry_after=after) if after else call.answer(429)


FAULTS["429"] = answer_429


def answer_503_then_ok(call: Call) -> None:
    """?n=&after=: n times 503 with that Retry-After, then good."""
    call.answer(503, retry_after=call.query.get("after", "1")) if call.count <= int(call.query["n"]) else ok(call)


FAULTS["503-then-ok"] = answer_503_then_ok


@fault
def reset(call: Call) -> None:
    call.reset()


@fault
def slow_reset(call: Call) -> None:
    """?seconds=: a reset, late."""
    call.pause(float(call.query["seconds"]))
    call.reset()


@fault
def closed_then_ok(call: Call) -> None:
    """?n=: n times the connection ends properly, but without a byte; then good."""
    if call.count > int(call.query["n"]):
        ok(call)


@fault
def reset_then_ok(call: Call) -> None:
    """?n=: n resets, then good."""
    call.reset() if call.count <= int(call.query["n"]) else ok(call)


@fault
def reset_then_open_body(call: Call) -> None:
    """A reset, then a good body that only the end of the connection ends."""
    call.reset() if call.count == 1 else call.send(b"HTTP/1.1 200 OK\r\n\r\nfine")


@fault
def reset_body(call: Call) -> None:
    """A reset in the middle of the body."""
    call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort")
    call.pause(0.05)
    call.reset()


@fault
def reset_open_body(call: Call) -> None:
    """A reset in a body that only the end of the connection ends."""
    call.send(b"HTTP/1.1 200 OK\r\n\r\nshort")
    call.pause(0.05)
    call.reset()


@fault
def many_headers(call: Call) -> None:
    """?n=: so many headers."""
    call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n" + b"x: y\r\n" * int(call.query["n"]) + b"\r\nfine")


@fault
def long_header(call: Call) -> None:
    """?kb=: one header of that size."""
    call.answer(x_long="y" * (int(call.query["kb"]) * 1024))


@fault
def raw(call: Call) -> None:
    """`server.raw`, byte for byte."""
    call.send(call.server.raw)


@fault
def html_200(call: Call) -> None:
    """What a server's error page looks like that forgets its status."""
    call.answer(body=b"<!doctype html><title>Oops</title><p>Not found", content_type="text/html; charset=utf-8")


@fault
def file_name_body(call: Call) -> None:
    """?text=: a body that a careless parser opens as a file or fetches as a URL."""
    call.answer(body=call.query["text"].encode(), content_type="application/rss+xml")
