"""The table of outcomes: what a look counts for, and what is missing."""

from typing import Any

import pytest

from plnapi.platforms import PLATFORMS
from plnapi.platforms.types import Account, Act, Coverage, CoverageState, Follow, Item, Post, Profile, Seen
from tests.platforms import outcomes
from tests.platforms.answers import ADA
from tests.platforms.drive import Network, drive

BOB = Account("https://b.example/users/bob", "https://b.example/@bob", "@bob@b.example")
POST, LIKE = Post("urn:1", ""), Act("Like", "urn:2", "urn:1")


def noted(look: str, state: CoverageState, *items: Item, **more: Any) -> set[tuple[str, ...]]:
    record = outcomes.Record()
    record.note("mastodon", look, Seen(items, Coverage(state, "x"), **more))
    return {row[2:] for row in record.seen}


@pytest.mark.parametrize(
    ("state", "about_others"),
    [("complete", "not_yet"), ("partial", "unknown"), ("hidden", "unknown"), ("failed", "error")],
)
def test_what_is_shown_is_verified_and_coverage_decides_about_the_rest(state: CoverageState, about_others: str) -> None:
    assert noted("follows", state) == {("Follow", about_others)}
    assert noted("follows", state, Follow(BOB)) == {("Follow", "verified"), ("Follow", about_others)}
    assert ("Announce", "verified") not in noted("posts", state, POST)
    assert ("Like", "verified") in noted("reactions", state, LIKE)
    assert ("Profile", "verified") in noted("proof", state, Profile(BOB, ""))


def test_a_look_that_says_unchanged_counts_for_nothing() -> None:
    assert not noted("follows", "complete", unchanged=True)


def test_every_look_in_a_test_is_noted_also_one_that_ends_in_an_error() -> None:
    with outcomes.recorded() as record:
        drive(PLATFORMS["mastodon"].look("follows", ADA, {}), Network())
    assert {row[:3] for row in record.seen} == {("mastodon", "follows", "Follow")}


def test_what_was_never_exercised_is_named() -> None:
    everything: set[tuple[str, ...]] = {(*case, one) for case in outcomes.declared() for one in outcomes.OUTCOMES}
    assert not outcomes.missing(everything)
    lacking = {row for row in everything if row != ("mastodon", "follows", "Follow", "unknown")}
    assert outcomes.missing(lacking) == [("mastodon", "follows", "Follow", "unknown")]
    assert sum("NEVER" in line for line in outcomes.table(lacking)) == 1
    assert len(outcomes.table(everything)) == len(outcomes.declared()) + 1
