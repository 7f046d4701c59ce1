"""OPML: what others write is read, what we write is read by us again, and hostile documents are refused."""

import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnapi.errors import Invalid
from plnapi.resources import outlines, repair
from plnapi.resources.items import KINDS, NewItem, folders, joined

OPML = '<opml version="2.0"><head><title>T</title></head><body>{}</body></opml>'


def _read(body: str) -> outlines.Outline:
    return outlines.read(OPML.format(body).encode())


def test_a_subscription_list_of_a_reader_becomes_feeds_in_folders() -> None:
    read = _read(
        '<outline text="Books/Novels"><outline text="Deep">'
        '<outline type="rss" text="A blog" title="Other" xmlUrl="https://a.example/feed" htmlUrl="https://a.example/"'
        ' description="Why" language="en"/></outline></outline>'
    )
    assert read.title == "T"
    assert read.items == (
        NewItem("feed", "A blog", "https://a.example/feed", "Why", "en", "https://a.example/", "Books~1Novels/Deep"),
    )
    assert read.errors == ()


def test_links_become_readings_and_our_categories_say_more() -> None:
    read = _read(
        '<outline text="A" type="link" url="https://a.example/"/>'
        '<outline text="B" htmlUrl="https://b.example/"/>'
        '<outline text="C" type="link" url="@ada@c.example" category="/news,/plnapi/person"/>'
        '<outline text="D" type="link" url="https://d.example/" category="/plnapi/nonsense"/>'
    )
    assert [(item.kind, item.address, item.site_url) for item in read.items] == [
        ("reading", "https://a.example/", ""),
        ("reading", "https://b.example/", ""),
        ("person", "@ada@c.example", ""),
        ("reading", "https://d.example/", ""),
    ]


def test_an_outline_can_be_an_item_and_a_folder() -> None:
    read = _read('<outline text="A" url="https://a.example/"><outline text="B" url="https://b.example/"/></outline>')
    assert [(item.title, item.group_path) for item in read.items] == [("A", ""), ("B", "A")]


def test_wrong_outlines_are_named_by_their_number() -> None:
    read = _read(
        '<outline text="F"><outline text="note"/><outline text="X" url="javascript:alert(1)"/></outline>'
        '<outline xmlUrl="feed://x.example"/><outline text="L" url="https://l.example/" language="klingon!"/>'
    )
    assert [error.pointer for error in read.errors] == [
        "/outlines/2/address",
        "/outlines/3/address",
        "/outlines/4/address",
        "/outlines/5/language",
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "opml_not_xml"),
        (b"no xml", "opml_not_xml"),
        (b"<opml><body>", "opml_not_xml"),
        (b'<?xml version="1.0" encoding="klingon"?><opml/>', "opml_not_xml"),
        (b"<rss><channel/></rss>", "opml_not_opml"),
        (b"<opml><head/></opml>", "opml_not_opml"),
        (b'<!DOCTYPE opml SYSTEM "http://127.0.0.1/x.dtd"><opml><body/></opml>', "opml_dtd"),
        (b'<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml><body>&b;</body></opml>', "opml_dtd"),
        (OPML.format('<outline text="x">' * 21 + "</outline>" * 21).encode(), "opml_too_deep"),
        (OPML.format('<outline text="x">' * 50_000 + "</outline>" * 50_000).encode(), "opml_too_deep"),
        (OPML.format('<outline text="x" url="https://x.example/"/>' * 5001).encode(), "opml_too_many"),
        (b" " * 2_000_001, "opml_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_and_broken_documents_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        outlines.read(data)
    assert refused.value.code == code


def test_no_file_is_opened_and_no_connection_made_for_a_document() -> None:
    seen: list[str] = []
    watching = [True]

    def watch(event: str, _args: Any) -> None:
        if watching[0] and event in {"open", "socket.connect", "socket.getaddrinfo"}:
            seen.append(event)

    sys.addaudithook(watch)
    try:
        for entity in ("file:///etc/hostname", "http://127.0.0.1:9/x"):
            document = f'<!DOCTYPE o [<!ENTITY x SYSTEM "{entity}">]><opml><body><outline text="&x;"/></body></opml>'
            with pytest.raises(Invalid):
                outlines.read(document.encode())
    finally:
        watching[0] = False
    assert seen == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Science & Environment", "Science & Environment"),
        ("R&amp;D &copy; &nosuch; &#233;", "R&D © &nosuch; é"),
        ('By <a href="https://x.example" target="_blank">X</a>. Since 1999.', None),
        ("a < b", None),
    ],
)
def test_values_that_exporters_left_unescaped_are_read_as_meant(written: str, meant: str | None) -> None:
    read = _read(f'<outline text="A" description="{written}" xmlUrl="https://a.example/feed" type="rss"/>')
    assert read.items[0].why == (meant or written)
    assert read.items[0].address == "https://a.example/feed"


def test_the_line_of_a_fault_is_told() -> None:
    with pytest.raises(Invalid) as refused:
        outlines.read(b"<opml>\n<body>\n<outline text='x'></body></opml>")
    assert refused.value.errors[0].pointer == "/lines/3"


@pytest.mark.parametrize("hostile", [' text="a', ' text="', '" ', "&", "&a", '"   ', ' text="" >', "\n\t "])
def test_putting_right_takes_time_in_proportion(hostile: str) -> None:
    data = hostile.encode() * (1_000_000 // len(hostile))
    began = time.process_time()
    repair.references(data)
    repair.attributes(data)
    assert time.process_time() - began < 10  # a quadratic step would take minutes


LINE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=20
).map(lambda text: " ".join(text.split()))
NAMES = LINE.filter(bool)
ITEMS = st.builds(
    NewItem,
    kind=st.sampled_from(KINDS),
    title=NAMES,
    address=st.sampled_from(["https://a.example/feed", "http://b.example/?x=1&y=<2>", "https://ü.example/ñ"]),
    why=st.text(st.sampled_from("ab &<>\"'\n\té漢🎉"), max_size=20).map(str.strip),
    language=st.sampled_from(["", "en", "pt-BR"]),
    site_url=st.sampled_from(["", "https://site.example/"]),
    group_path=st.lists(NAMES, max_size=3).map(joined),
)


@given(NAMES, st.lists(ITEMS, max_size=8))
def test_what_is_written_is_read_again_and_written_the_same(title: str, items: list[NewItem]) -> None:
    written = outlines.write(title, items)
    read = outlines.read(written)
    assert (read.title, list(read.items), read.errors) == (title, items, ())
    assert outlines.write(read.title, read.items) == written


@given(st.lists(st.text(min_size=1), max_size=4))
def test_folder_names_keep_their_slashes(names: list[str]) -> None:
    assert folders(joined(names)) == names


@given(st.binary(max_size=300))
def test_any_bytes_end_as_items_or_as_one_clear_error(data: bytes) -> None:
    for document in (data, b"<opml><body><outline " + data + b"/></body></opml>"):
        try:
            outlines.read(document)
        except Invalid as refused:
            assert refused.code.startswith("opml_")
