"""Addresses of items, of every kind of network."""

import pytest

from plnapi.resources.items import NewItem, is_address

DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"


@pytest.mark.parametrize(
    "text", [DID, f"at://{DID}", "at://ada.bsky.social", "@ada.bsky.social", "@ada@example.social"]
)
def test_whoever_a_network_knows_by_name_can_be_on_a_list(text: str) -> None:
    assert is_address(text, "person") and is_address(text, "space")
    assert not is_address(text, "tool")
    assert NewItem("person", "Ada", text).network


@pytest.mark.parametrize(
    "text", ["did:plc:short", "at://", "javascript:alert(1)", "mailto:ada@example.org", "did:key:z6Mk"]
)
def test_other_schemes_are_no_addresses(text: str) -> None:
    assert not is_address(text, "person")


@pytest.mark.parametrize("text", ["#plants:example.org", "!r1:example.org", "#plants"])
def test_a_room_is_no_person(text: str) -> None:
    assert not is_address(text, "person")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("!plants@lemmy.example", "mastodon"),
        ("https://lemmy.example/c/plants", "mastodon"),
        ("https://a.gup.pe/u/plants", "mastodon"),
        ("https://forum.example/g/plants", "discourse"),
        ("#plants:example.org", "matrix"),
        ("!r1:example.org", "matrix"),
        ("https://matrix.to/#/#plants:example.org", "matrix"),
        ("https://ada.example/", "blog"),
    ],
)
def test_a_space_that_is_a_group_is_of_the_network_where_it_is_joined(address: str, network: str) -> None:
    assert NewItem("space", "Plants", address).network == network
    assert is_address(address, "space")
