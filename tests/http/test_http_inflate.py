"""Bodies are inflated within a limit, whatever they are."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnapi.http.inflate import MAX_MEMBERS, BadEncoding, TooLarge, inflate


def _packed(data: bytes, encoding: str) -> bytes:
    bare = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return {
        "gzip": gzip.compress(data),
        "deflate": zlib.compress(data),
        "bare": bare.compress(data) + bare.flush(),
        "identity": data,
    }[encoding]


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "bare", "identity"]))
def test_what_was_packed_comes_out_up_to_the_limit(data: bytes, encoding: str) -> None:
    name = "deflate" if encoding == "bare" else encoding
    packed = _packed(data, encoding)
    assert inflate(packed, name, len(data)) == data
    if data:
        with pytest.raises(TooLarge):
            inflate(packed, name, len(data) - 1)


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=5))
def test_gzip_members_are_one_body_under_one_limit(parts: list[bytes]) -> None:
    packed = b"".join(gzip.compress(part) for part in parts)
    whole = b"".join(parts)
    assert inflate(packed, "X-GZip ", len(whole)) == whole
    if whole:
        with pytest.raises(TooLarge):
            inflate(packed, "gzip", len(whole) - 1)


def test_padding_after_a_gzip_body_is_ignored() -> None:
    assert inflate(gzip.compress(b"fine") + b"\0" * 512, "gzip", 100) == b"fine"


def test_thousands_of_members_are_an_attack() -> None:
    assert inflate(gzip.compress(b"x") * MAX_MEMBERS, "gzip", 1000) == b"x" * MAX_MEMBERS
    with pytest.raises(BadEncoding):
        inflate(gzip.compress(b"") * 5000, "gzip", 1000)


@given(st.binary(max_size=100), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, gzip", "\x00"]))
def test_any_bytes_come_out_or_are_refused(body: bytes, encoding: str) -> None:
    try:
        assert len(inflate(body, encoding, 1000)) <= 1000
    except BadEncoding:
        assert body


@given(st.binary(min_size=1, max_size=100), st.sampled_from(["gzip", "deflate", "bare"]), st.data())
def test_a_cut_body_is_never_taken_for_a_whole_one(data: bytes, encoding: str, draw: st.DataObject) -> None:
    packed = _packed(data, encoding)
    end = draw.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(BadEncoding):
        inflate(packed[:end], "gzip" if encoding == "gzip" else "deflate", 1000)
