"""One form for every hashtag."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnapi.errors import Invalid
from plnapi.hashtags.canonical import LONGEST, canonical, key_of

TYPED = st.text(st.one_of(st.sampled_from("aAbZß#_-019 .\u0301ЅВΩ日ア\u200b\u202eﬁİ"), st.characters()), max_size=80)


@pytest.mark.parametrize(
    ("typed", "key", "display"),
    [
        ("#SUB101", "sub101", "SUB101"),
        ("  ##sub101 ", "sub101", "sub101"),
        ("＃ＳＵＢ１０１", "sub101", "SUB101"),
        ("SUB\u200b1\u202e01\ufeff", "sub101", "SUB101"),
        ("Straße", "strasse", "Straße"),
        ("E\u0301te\u0301", "été", "Été"),
        ("Привет", "привет", "Привет"),
        ("学习ネットワークPLN", "学习ネットワークpln", "学习ネットワークPLN"),
        ("शिक्षा2026", "शिक्षा2026", "शिक्षा2026"),
        ("digitalliteracies", "digitalliteracies", "digitalliteracies"),
    ],
)
def test_what_is_typed_differently_is_the_same_hashtag(typed: str, key: str, display: str) -> None:
    tag = canonical(typed)
    assert (tag.key, tag.display) == (unicodedata.normalize("NFKC", key), unicodedata.normalize("NFKC", display))
    assert key_of(typed) == tag.key


@pytest.mark.parametrize(
    ("typed", "code", "suggestion"),
    [
        ("sub-101", "hashtag_character", "sub101"),
        ("digital literacies", "hashtag_character", "DigitalLiteracies"),
        ("C++", "hashtag_character", "C"),
        ("50%", "hashtag_character", "course50"),
        ("\u0301abc", "hashtag_character", "abc"),
        ("101", "hashtag_no_letter", "course101"),
        ("_", "hashtag_no_letter", "course_"),
        ("x" * 65, "hashtag_too_long", "x" * 64),
        ("ß" * 40, "hashtag_too_long", "ß" * 32),
        ("ЅUВ101", "hashtag_scripts", "SUB101"),
        ("SUBΩ", "hashtag_scripts", ""),
        ("", "hashtag_empty", ""),
        ("#", "hashtag_empty", ""),
        ("\u200b", "hashtag_empty", ""),
    ],
)
def test_what_no_network_accepts_is_refused_with_a_way_out(typed: str, code: str, suggestion: str) -> None:
    with pytest.raises(Invalid) as refused:
        canonical(typed)
    assert (refused.value.code, refused.value.params["suggestion"]) == (code, suggestion)
    assert refused.value.errors[0].pointer == "/tag"
    assert (f"#{suggestion}." in str(refused.value)) == bool(suggestion)


@given(TYPED)
def test_the_canonical_form_of_a_canonical_form_is_itself(typed: str) -> None:
    try:
        tag = canonical(typed)
    except Invalid as refused:
        suggestion = refused.params["suggestion"]
        assert not suggestion or canonical(suggestion).display == suggestion
        return
    assert canonical(tag.key).key == tag.key == canonical(tag.display).key == key_of(typed)
    assert len(tag.key) <= LONGEST
    assert not any(unicodedata.category(c) == "Cf" for c in tag.display)


@given(TYPED)
def test_tags_in_the_wild_never_fail_and_are_stable(typed: str) -> None:
    assert key_of(key_of(typed)) == key_of(typed)


def test_a_category_of_a_blog_means_the_hashtag() -> None:
    assert key_of("Open Education") == canonical("#OpenEducation").key
    assert key_of("2026") == key_of("…") == ""
