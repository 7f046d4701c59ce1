"""Where a page may send somebody."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnapi.web.pages import safe_path

HERE = "https://here.example/sign-in"
ELSEWHERE = (
    "//evil.example", "///evil.example", "https://evil.example", "https:evil.example", "/\\evil.example", "\\\\evil.example",
    "/\t/evil.example", "/\n/evil.example", "\t//evil.example", "javascript:alert(1)", "data:text/html,x", "evil.example",
    "/\x00/evil.example", "/path\\..\\evil", "",
)  # fmt: skip


def lands_on(target: str) -> str:
    """The host that a browser goes to: it leaves out tabs and line breaks, and takes `\\` for `/` (WHATWG URL)."""
    read = "".join(c for c in target.strip() if c not in "\t\r\n").replace("\\", "/")
    return urlsplit(urljoin(HERE, read)).netloc


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere(target: str) -> None:
    assert safe_path(target) == "/"


@pytest.mark.parametrize(
    "target", ["/me", "/courses/1?page=2#end", "/a/b%2f%2fevil.example", "/?next=https://evil.example"]
)
def test_a_path_of_ours_is_kept(target: str) -> None:
    assert safe_path(target) == target


@given(st.text(alphabet="/\\:.@?#%\t\r\n aehtpsx", max_size=20))
def test_whatever_is_asked_for_the_browser_stays_here(target: str) -> None:
    assert lands_on(safe_path(target)) == "here.example"
