"""The Link header, as servers write it."""

import time
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnapi.http.links import parse_links

BASE = "https://example.social/api/v1/accounts/1/following?limit=80"
SIBLING = "https://example.social/api/v1/accounts/1/a"


@pytest.mark.parametrize(
    ("value", "links"),
    [
        ("", {}),
        ('<https://a.example/>; rel="next"', {"next": "https://a.example/"}),
        ("<?max_id=1>; rel=next", {"next": "https://example.social/api/v1/accounts/1/following?max_id=1"}),
        ('<//b.example/x>;REL="Next"', {"next": "https://b.example/x"}),
        ('<a>; rel="next last"; title="x, <y>; rel=no"', dict.fromkeys(("next", "last"), SIBLING)),
        ('</1>; rel="next", </2>; rel="next"', {"next": "https://example.social/1"}),
        ('</1>; rel="next"; rel="prev"', {"next": "https://example.social/1"}),
        ('</1,2>; title="\\"quoted\\", comma" ; rel=self', {"self": "https://example.social/1,2"}),
        ('</a>; anchor="#part"; rel="next", </b>; rel=prev', {"prev": "https://example.social/b"}),
        ("</a>; rel", {}),
        ("</a>", {}),
        ('</a; rel="next"', {}),
        ("<http://[>; rel=next, </b>; rel=prev", {"prev": "https://example.social/b"}),
        ('junk, </b>; rel=prev; =x, <c', {"prev": "https://example.social/b"}),
    ],
)  # fmt: skip
def test_links_are_read(value: str, links: dict[str, str]) -> None:
    assert parse_links(value, BASE) == links


@given(st.text('<>;,="\\ abrel/', max_size=60))
def test_any_text_gives_absolute_links_or_none(value: str) -> None:
    assert all(urlsplit(target).scheme for target in parse_links(value, BASE).values())


@pytest.mark.parametrize("piece", ["<", ";", '"', '<a>;x="', "<a>; ", "<a>;a=", "\\", ' ;a="\\'])
def test_a_hostile_header_costs_next_to_nothing(piece: str) -> None:
    began = time.process_time()
    parse_links((piece * 32768)[:32768], BASE)
    assert time.process_time() - began < 0.2
