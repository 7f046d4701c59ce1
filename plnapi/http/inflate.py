"""Content-Encoding undone within a limit (RFC 9110, section 8.4.1). Pure."""

import zlib

# Concatenated gzip members are one body (RFC 1952, section 2.2); a body of thousands of them is an attack on the CPU.
MAX_MEMBERS = 100


class TooLarge(Exception):
    """The body would be larger than allowed."""


class BadEncoding(Exception):
    """The encoding is not one that was asked for, or the body is not in it."""


def inflate(body: bytes, encoding: str, limit: int) -> bytes:
    """Undo `encoding` (the header's value; empty for none). At most `limit` bytes are ever produced.

    Raises TooLarge, or BadEncoding for anything but one layer of gzip or deflate, and for a damaged or cut stream.
    """
    name = encoding.strip().lower()
    if name in ("", "identity") or not body:
        return _within(body, limit)
    if name in ("gzip", "x-gzip"):
        return _members(body, limit)
    if name == "deflate":
        return _one(body, _deflate_window(body), limit)[0]
    raise BadEncoding(f"the encoding {name!r} was not asked for")


def _within(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise TooLarge
    return body


def _deflate_window(body: bytes) -> int:
    """Zlib's header as the standard asks for, or the bare stream that some servers send."""
    has_header = len(body) > 1 and body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS


def _members(body: bytes, limit: int) -> bytes:
    whole, rest = _one(body, 16 + zlib.MAX_WBITS, limit)
    for _ in range(MAX_MEMBERS):
        if not rest.startswith(b"\x1f\x8b"):  # nothing more, or padding, which gzip itself ignores
            return whole
        part, rest = _one(rest, 16 + zlib.MAX_WBITS, limit - len(whole))
        whole += part
    raise BadEncoding("the body has too many gzip members")


def _one(body: bytes, window: int, limit: int) -> tuple[bytes, bytes]:
    """One compressed stream at the front of `body`: what it holds, and what follows it."""
    stream = zlib.decompressobj(window)
    try:
        data = stream.decompress(body, limit + 1)
    except zlib.error as error:
        raise BadEncoding(str(error)) from error
    if len(data) > limit:
        raise TooLarge
    if not stream.eof:
        raise BadEncoding("the compressed body is cut off")
    return data, stream.unused_data
