"""RSS, Atom and what hostile servers send in their place (THREATS.md findings 1 to 3, T7 to T9)."""

import io
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnapi.platforms.blog.rss import looks_like_feed, parse_feed, read_page
from plnapi.platforms.entries import ParsedFeed, posts_of
from plnapi.platforms.types import ParseFailed

URL = "https://ada.example/blog/feed.xml"


def rss(items: str, channel: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Ada</title>{channel}{items}</channel></rss>'.encode()
    )


def atom(entries: str) -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Ada</title>{entries}</feed>'.encode()


def parse(body: bytes) -> ParsedFeed:
    return parse_feed(body, "", URL)


def test_an_rss_item_becomes_a_post() -> None:
    body = rss(
        "<item><title>One</title><link>https://ada.example/1</link><guid isPermaLink='false'>g1</guid>"
        "<pubDate>Tue, 01 Sep 2026 12:00:00 +0200</pubDate><category>SUB101</category><category>Plants</category>"
        "<description>&lt;p&gt;Hi #inline&lt;/p&gt;</description></item>",
        "<link>https://ada.example/</link>",
    )
    (post,) = posts_of(parse(body))
    assert (post.uri, post.url, post.title, post.html) == ("g1", "https://ada.example/1", "One", "<p>Hi #inline</p>")
    assert post.tags == ("SUB101", "Plants", "inline")
    assert post.published_at == datetime(2026, 9, 1, 10, tzinfo=UTC)
    assert parse(body).link == "https://ada.example/"


def test_an_atom_entry_becomes_a_post() -> None:
    (post,) = posts_of(
        parse(
            atom(
                "<entry><id>tag:ada.example,2026:1</id><title type='html'>&lt;i&gt;One&lt;/i&gt;</title><link href='../1'/>"
                "<updated>2026-09-01T10:00:00Z</updated><category term='sub101' label='SUB 101'/>"
                "<content type='text'>1 &lt; 2</content></entry>"
            )
        )
    )
    assert (post.uri, post.url, post.title) == ("tag:ada.example,2026:1", "https://ada.example/1", "<i>One</i>")
    assert post.tags == ("sub101", "SUB 101")
    assert post.html == "1 &lt; 2"
    assert post.published_at == datetime(2026, 9, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/1", "https://ada.example/1"),
        ("1", "https://ada.example/blog/1"),
        ("//cdn.example/1", "https://cdn.example/1"),
        ("https://ada.example/a b", "https://ada.example/a%20b"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_a_link_is_made_absolute_or_is_none(link: str, url: str) -> None:
    (entry,) = parse(rss(f"<item><guid>1</guid><link>{link}</link></item>")).entries
    assert entry.url == url


def test_entries_without_identity_get_one_that_stays() -> None:
    items = (
        "<item><title>A</title></item><item><title>A</title></item><item><link>https://ada.example/x</link></item>"
        "<item><guid>same</guid></item><item><guid>same</guid><link>https://ada.example/y</link></item>"
        f"<item><guid>{'g' * 2_000}</guid></item>"
    )
    uris = [post.uri for post in posts_of(parse(rss(items)))]
    assert len(set(uris)) == 6
    assert uris[2:5] == ["https://ada.example/x", "same", "https://ada.example/y"]
    assert uris == [post.uri for post in posts_of(parse(rss(items, "<link>https://ada.example/</link>")))]


def test_a_time_that_cannot_be_read_is_none() -> None:
    for text in ("soon", "Tue, 99 Foo 2026", ""):
        (entry,) = parse(rss(f"<item><guid>1</guid><pubDate>{text}</pubDate></item>")).entries
        assert entry.published is None


def test_a_feed_that_breaks_off_gives_the_entries_before() -> None:
    parsed = parse(rss("<item><guid>1</guid></item><item><guid>2</guid></item>")[:-30])
    assert [entry.id for entry in parsed.entries][:1] == ["1"]


def test_the_documents_own_encoding_is_believed_before_the_servers() -> None:
    body = "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><item><title>Ü</title></item></channel></rss>"
    (entry,) = parse_feed(body.encode(), "application/rss+xml; charset=iso-8859-1", URL).entries
    assert entry.title == "Ü"


def test_the_servers_encoding_is_used_when_the_document_names_none() -> None:
    body = "<rss version='2.0'><channel><item><title>Ü</title></item></channel></rss>".encode("iso-8859-1")
    (entry,) = parse_feed(body, "application/rss+xml; charset=iso-8859-1", URL).entries
    assert entry.title == "Ü"


@pytest.mark.parametrize(
    "body",
    [b"", b"   ", b"hello", b"<html><body>no</body></html>", b"\x00\x01\x02", b"<a/>", b"<<<<>>>>", b"\xff\xfe"],
)
def test_what_is_no_feed_is_told_as_such(body: bytes) -> None:
    with pytest.raises(ParseFailed) as error:
        parse(body)
    assert error.value.code == "not_a_feed"


def test_an_empty_feed_is_a_feed() -> None:
    assert parse(rss("")).entries == ()


PIECES = [
    b"<rss version='2.0'>", b"<channel>", b"<item>", b"</item>", b"<title>", b"<![CDATA[", b"]]>", b"&#0;", b"&#xD800;",
    b"<guid>", b"<link>", b"http://[", b"</channel></rss>", b"<feed xmlns='http://www.w3.org/2005/Atom'>", b"<entry>",
    b"<pubDate>0001-01-01", b"<category term=''>", b"\xff", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;",
    b"<content type='xhtml'>",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_broken_xml_ends_as_entries_or_as_one_error(parts: list[bytes]) -> None:
    body = b"".join(parts)
    try:
        parsed = parse(body)
    except ParseFailed as error:
        assert error.code in {"not_a_feed", "bad_document", "feed_too_complex"}
    else:
        posts = posts_of(parsed)
        assert len({post.uri for post in posts}) == len(posts)
        reference = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
        assert [entry.id for entry in parsed.entries] == [entry.get("id", "") for entry in reference.entries]


# ---- no file is opened and nobody is called, whatever the document says

_audited: list[tuple[str, object]] | None = None


def _audit(event: str, args: tuple[object, ...]) -> None:
    if _audited is not None and event in {
        "open",
        "socket.connect",
        "socket.getaddrinfo",
        "urllib.Request",
        "subprocess.Popen",
    }:
        _audited.append((event, args[0]))


sys.addaudithook(_audit)  # a hook cannot be taken away again, so it listens only while a test asks


@pytest.fixture
def audited() -> Iterator[list[tuple[str, object]]]:
    """What was opened or connected to while the test ran; lazy imports of the parser happen before."""
    global _audited
    parse(rss("<item><title>warm</title></item>"))
    _audited = []
    yield _audited
    _audited = None


def test_the_watch_on_files_hears_feedparser_open_one(tmp_path: Path, audited: list[object]) -> None:
    feedparser.parse(str(tmp_path / "missing").encode())
    assert audited != []


@pytest.mark.parametrize(
    "body",
    [b"/etc/hostname", b"/dev/zero", b"http://127.0.0.1/feed", b"file:///etc/hostname", b"feed:http://127.0.0.1/"],
)
def test_a_body_that_is_a_file_name_or_an_address_is_not_followed(body: bytes, audited: list[object]) -> None:
    with pytest.raises(ParseFailed) as error:
        parse(body)
    assert error.value.code == "not_a_feed"
    assert audited == []


def test_a_body_that_names_a_pipe_does_not_hang(tmp_path: Path, audited: list[object]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ParseFailed):
        parse(str(pipe).encode())
    assert audited == []


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1/evil.dtd">',
        '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1/evil.dtd"> %x;]>',
        '<!DOCTYPE rss [<!ENTITY x PUBLIC "a" "file:///etc/hostname">]>',
    ],
)
def test_an_external_entity_is_not_read(doctype: str, audited: list[object]) -> None:
    body = (
        f"<?xml version='1.0'?>{doctype}<rss version='2.0'><channel><item><title>a&x;b</title></item></channel></rss>"
    )
    titles = [entry.title for entry in parse(body.encode()).entries]
    assert audited == []
    assert all(Path("/etc/hostname").read_text().strip() not in title for title in titles)


def test_an_entity_bomb_does_not_grow() -> None:
    bomb = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    doctype = f"<!DOCTYPE rss [<!ENTITY a0 'ha'>{bomb}]>"
    body = f"{doctype}<rss version='2.0'><channel><item><title>&a11;</title></item></channel></rss>"
    (entry,) = parse(body.encode()).entries
    assert len(entry.title) < 1_000


# ---- pages

PAGE = b"""<!doctype html><html><head><title>Ada</title><base href="https://ada.example/base/">
<link rel="alternate" type="application/rss+xml" title="Ada" href="feed.xml"><link rel="alternate" hreflang="de" href="/de">
<link rel="alternate" type="application/json" href="/wp-json/"></head><body><p>Code: PLN-ABCD
<a rel="nofollow me" href="https://example.social/@ada">me</a> <a rel=me href="javascript:x">no</a></p>
<!-- <a rel="me" href="https://evil.example/1"> --><script>"<a rel=me href=https://evil.example/2>"</script>
<textarea><a rel="me" href="https://evil.example/3"></textarea></body></html>"""


def test_a_page_gives_its_text_its_own_links_and_its_feeds() -> None:
    page = read_page(PAGE, "text/html", "https://ada.example/")
    assert "Code: PLN-ABCD" in page.text
    assert page.me == ("https://example.social/@ada",)
    assert [feed.url for feed in page.feeds] == ["https://ada.example/base/feed.xml"]
    assert not page.is_feed


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<p>Grüße</p>".encode(), ""),
        ("<p>Grüße</p>".encode("iso-8859-1"), "text/html; charset=ISO-8859-1"),
        ("<meta charset='windows-1252'><p>Grüße</p>".encode("cp1252"), "text/html"),
        ("<p>Grüße</p>".encode("cp1252"), "text/html; charset=zip"),
        ("<p>Grüße</p>".encode("cp1252"), "text/html; charset=nonsense"),
    ],
)
def test_a_page_is_read_in_its_encoding(body: bytes, kind: str) -> None:
    assert read_page(body, kind, "https://ada.example/").text == "Grüße"


def test_a_feed_is_told_by_its_content_whatever_its_type() -> None:
    assert looks_like_feed(rss(""))
    assert looks_like_feed(atom(""))
    assert looks_like_feed(b'\xef\xbb\xbf\n {"version"')
    assert looks_like_feed(b"<?xml version='1.0'?><rdf:RDF xmlns:rdf='x'>")
    assert not looks_like_feed(PAGE)
    assert not looks_like_feed(b"<html><pre><rss></pre>")
    assert "One" in read_page(rss("<item><title>One</title></item>"), "text/html", URL).text


@given(st.binary(max_size=200), st.text(max_size=20))
def test_no_bytes_break_the_reading_of_a_page(body: bytes, kind: str) -> None:
    try:
        read_page(b"<html>" + body, kind, "https://ada.example/")
    except ParseFailed as error:
        assert looks_like_feed(b"<html>" + body), error
