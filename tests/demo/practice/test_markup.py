"""From what a person types to HTML: nothing is lost, nothing of it becomes markup."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.practice import markup

BASE = "http://127.0.0.1:5000"
TYPED = st.text(st.sampled_from("ab1_#@/:.<>&\"'é \n") | st.characters(codec="utf-8"), max_size=60)


@given(TYPED)
def test_the_text_of_the_html_is_what_was_typed(typed: str) -> None:
    made = markup.render(typed, BASE, lambda name: None)
    shown = html.unescape(re.sub(r"<[^>]*>", "", made))
    assert shown.replace("\n", "") == typed.strip().replace("\n", "")


@given(TYPED)
def test_only_the_elements_that_mastodon_writes_occur(typed: str) -> None:
    made = markup.render(f"x {typed} https://example.org/{typed} #x{typed}", BASE, lambda name: None)
    assert set(re.findall(r"<(/?\w+)", made)) <= {"p", "/p", "br", "a", "/a", "span", "/span"}


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("#SUB101 and #sub101", ("sub101",)),
        ("(#SUB101), #Été2026!", ("sub101", "été2026")),
        ("#101 is a number; a#b and https://example.org/#c are none; &#x41; neither", ()),
    ],
)
def test_what_counts_as_a_hashtag(typed: str, tags: tuple[str, ...]) -> None:
    assert markup.hashtags(typed) == tags
