"""Reading a roster, whatever a spreadsheet made of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnapi.courses.roster import Line, read
from plnapi.errors import Invalid


def test_the_header_names_the_columns_in_any_order() -> None:
    roster = read("Section,E-Mail,ignored,Name\nA,Ada@Example.edu,x,Ada Lovelace\n")
    assert roster.lines == (Line(2, "ada@example.edu", "Ada Lovelace", "", "A"),)
    assert roster.ignored == ("ignored",)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_byte_order_mark_delimiter_and_line_ends_do_not_matter(delimiter: str, newline: str) -> None:
    text = "\ufeff" + newline.join(["email,name,role", "ada@example.edu,Ada,Student", ""]).replace(",", delimiter)
    assert read(text).lines == (Line(2, "ada@example.edu", "Ada", "student", None),)


def test_every_wrong_line_is_named_as_a_spreadsheet_counts() -> None:
    text = 'email,name,role\nada@example.edu,Ada,\n\nnobody,,boss\n"bob@example.edu","B\x07b",\nADA@example.edu,Ada,\n'
    roster = read(text)
    assert [(e.pointer, e.code) for e in roster.errors] == [
        ("/lines/4/email", "invalid"),
        ("/lines/4/name", "invalid"),
        ("/lines/4/role", "invalid"),
        ("/lines/5/name", "invalid"),
        ("/lines/6/email", "duplicate"),
    ]
    assert [line.number for line in roster.lines] == [2]


def test_a_formula_becomes_harmless_text() -> None:
    roster = read("email,name,section\nada@example.edu,\"=HYPERLINK('x')\",@A\n=x@example.edu,Eve,B\n")
    assert roster.lines == (Line(2, "ada@example.edu", "HYPERLINK('x')", "", "A"),)
    assert [e.pointer for e in roster.errors] == ["/lines/3/email"]


@pytest.mark.parametrize(
    ("text", "code", "pointer"),
    [
        ("", "roster_header", "/lines/1/email"),
        ("name\nAda\n", "roster_header", "/lines/1/email"),
        ("email,mail,name\n", "roster_header", "/lines/1/email"),
        ('email,name\n"ada"x,Ada\n', "roster_not_csv", "/lines/2"),
        ("email,name\n" + "".join(f"p{n}@example.edu,P\n" for n in range(10_001)), "roster_too_long", "/lines"),
    ],
)
def test_what_is_no_roster_is_refused_as_a_whole(text: str, code: str, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(text)
    assert refused.value.code == code
    assert refused.value.errors[0].pointer == pointer


@given(st.text(st.one_of(st.sampled_from('email,name;\t"\r\n@=.'), st.characters()), max_size=200))
def test_no_text_makes_the_reader_fail_otherwise(text: str) -> None:
    for given_ in (text, "email,name,role,section\n" + text):
        try:
            roster = read(given_)
        except Invalid:
            continue
        assert all(line.email and line.name and not line.name.startswith(("=", "+", "-", "@")) for line in roster.lines)
