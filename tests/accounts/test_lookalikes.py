"""Handles that look like another's, and who is told."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnapi.accounts import lookalikes
from plnapi.accounts.lookalikes import skeleton
from tests import make


@pytest.mark.parametrize(
    "other",
    [
        "@ADA_LOVELACE@example.social",
        "@ada.lovelace@example.social",
        "@ada-lovelace@exarnple.social",  # rn for m
        "@ada_1ove1ace@example.social",
        "@ada_Iovelace@example.social",
        "@ada_l0velace@example.social",
        "@аda_lovelace@example.social",  # Cyrillic a
        "@ａda_lovelace@example.social",  # full width
        "@ada_lo\u200bvelace@example.social",  # zero width
        "@ada_lovelace@examplе.social",  # Cyrillic e in the host
        "@ada_lovelace@xn--exampl-8of.social",  # the same, as DNS has it
        "@ada_lovelace@éxample.social",
    ],
)
def test_what_looks_the_same_has_the_same_skeleton(other):
    assert skeleton(other) == skeleton("@ada_lovelace@example.social")


def test_two_letters_that_look_like_one_are_one():
    assert skeleton("@vvalt@a.example") == skeleton("@walt@a.example")
    assert skeleton("https://www.ada.example/") == skeleton("http://ada.example")


@pytest.mark.parametrize(
    "other", ["@eve@example.social", "@ada@example.org", "@adam@example.social", "https://ada.example"]
)
def test_what_does_not_look_the_same_has_another(other):
    assert skeleton(other) != skeleton("@ada@example.social")


@given(st.text(max_size=60))
def test_any_text_has_a_skeleton_without_signs_that_are_overlooked(text):
    shown = skeleton(text)
    assert not set(shown) & set("01il|.-_@ ") - {"l"} and "rn" not in shown and "vv" not in shown


@given(st.from_regex(r"@[a-zA-Z0-9_]{1,20}@[a-zA-Z0-9-]{1,20}\.example", fullmatch=True))
def test_case_makes_no_difference(handle):
    assert skeleton(handle.upper()) == skeleton(handle)


def test_a_very_long_handle_costs_no_time():
    began = time.perf_counter()
    skeleton("rnvv1@xn--" * 10_000)
    assert time.perf_counter() - began < 0.05


def test_staff_learn_who_looks_like_whom_in_one_statement(unit, statements):
    with unit():
        ada, eve, joe = make.person("Ada"), make.person("Eve"), make.person("Joe")
        real = make.identity(ada, handle="@ada@example.social")
        make.identity(ada, handle="@a_da@example.social")  # her own second account is nobody else's
        fake = make.identity(eve, handle="@аda@example.social", proven=False)
        make.identity(joe, handle="@joe@example.social")
        people = [ada.id, eve.id, joe.id]
        with statements() as seen:
            found = lookalikes.of_people(people)
        assert found[real.id] == ("@аda@example.social",)
        assert found[fake.id] == ("@a_da@example.social", "@ada@example.social")
        assert len(found) == 3 and len(seen) == 1
        assert lookalikes.of_people([ada.id, joe.id]) == {}  # bounded to those who are asked for


def test_the_same_account_claimed_by_two_is_no_lookalike(unit):
    with unit():
        ada, eve = make.person("Ada"), make.person("Eve")
        make.identity(ada, handle="@ada@example.social")
        make.identity(eve, handle="@ada@example.social", proven=False)
        assert lookalikes.of_people([ada.id, eve.id]) == {}
