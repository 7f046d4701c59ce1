"""An account on a Mastodon-compatible server: found, and told from others."""

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from plnapi.http.types import FetchFailed
from plnapi.platforms.mastodon import MASTODON
from plnapi.platforms.types import Profile, Seen, Subject
from tests.platforms.answers import ADA, API, BOB, NEWEST, SIGNED, account, nodeinfo, server, status
from tests.platforms.contract import PlatformContract
from tests.platforms.drive import Network, drive

LOOKUP = f"{API}/lookup?acct=ada"
TYPED = Subject("@ada@example.social", "acct:ada@example.social", "https://example.social/@ada")
FINGER = "https://school.example/.well-known/webfinger?resource=acct%3Aada%40school.example"
SCHOOL = Subject("@ada@school.example", "acct:ada@school.example", "https://school.example/@ada")


class TestMastodon(PlatformContract):
    platform = MASTODON
    addresses = (
        "@ada@example.social",
        "@Ada_L@Example.Social:8443",
        "!plants@groups.example",
        "https://example.social/@ada",
        "https://example.social/users/ada",
        "@ada@127.0.0.1:9501",
    )
    exchanges = {
        "posts": (replace(ADA, known=("https://example.social/users/ada/statuses/2",)), server()),
        "follows": (ADA, server()),
        "reactions": (SIGNED, server()),
        "received": (replace(SIGNED, others=(BOB,)), server()),
        "proof": (ADA, nodeinfo(server(), "mastodon")),
    }


def proof(network: Network, subject: Subject = TYPED) -> Seen:
    return drive(MASTODON.look("proof", subject, {}), network)


def profile(seen: Seen) -> Profile:
    (item,) = seen.items
    assert isinstance(item, Profile)
    return item


def finger(href: str) -> dict[str, Any]:
    return {
        "subject": "acct:ada@school.example",
        "links": [
            {
                "rel": "http://webfinger.net/rel/profile-page",
                "type": "text/html",
                "href": "https://example.social/@ada",
            },
            {"rel": "self", "type": "application/activity+json", "href": href},
            "junk",
        ],
    }


def test_a_profile_has_the_note_the_fields_and_their_links() -> None:
    found = profile(proof(server()))
    for word in ("Ada", "PLN-ABCD", "Site", "ada.example"):
        assert word in found.text
    assert found.links == ("https://ada.example/",)
    assert (found.account.uri, found.account.url) == ("https://example.social/users/ada", "https://example.social/@ada")
    assert found.account.handle == "@ada@example.social"


def test_a_code_in_a_post_of_the_account_is_seen() -> None:
    network = server().put(NEWEST, [status(3, content="<p>My code is <b>PLN-WXYZ</b></p>"), status(2)])
    found = profile(seen := proof(network))
    assert "PLN-WXYZ" in found.text.split() and seen.coverage.state == "complete"


def test_a_code_that_somebody_else_wrote_or_that_not_all_may_see_is_not_seen() -> None:
    bob, words = account("bob"), "<p>PLN-WXYZ</p>"
    boost = status(5, content=words, reblog=status(4, by=bob, content=words))
    others = [status(6, by=bob, content=words), boost, status(3, content=words, visibility="private")]
    assert "PLN-WXYZ" not in profile(proof(server().put(NEWEST, others))).text


def test_the_posts_of_an_account_that_asks_not_to_be_indexed_are_not_searched() -> None:
    network = server().put(NEWEST, [status(3, by=account(noindex=True), content="<p>PLN-WXYZ</p>")])
    assert "PLN-WXYZ" not in profile(proof(network)).text


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        (401, "complete", ""),
        (422, "complete", ""),
        (500, "partial", "posts_not_read"),
        (404, "partial", "posts_not_read"),
    ],
)
def test_where_posts_are_hidden_or_do_not_come_the_profile_alone_decides(status: int, state: str, reason: str) -> None:
    seen = proof(server().put(NEWEST, {"error": "no"}, status=status))
    assert "PLN-ABCD" in profile(seen).text
    assert (seen.coverage.state, seen.coverage.reason) == (state, reason)
    assert "PLN-ABCD" in profile(proof(server().fail(NEWEST))).text


@pytest.mark.parametrize("software", ["snac", "takahe"])
def test_posts_that_the_software_shows_to_no_stranger_are_not_asked_for_at_a_proof(software: str) -> None:
    network = nodeinfo(server(), software)
    assert proof(network).coverage.state == "complete" and NEWEST not in network.urls


def test_the_proof_remembers_the_server_and_the_id_there() -> None:
    assert proof(server()).cursor == {"id": "7", "host": "example.social"}


@pytest.mark.parametrize(
    "text",
    [
        "@ADA@Example.Social", "acct:ada@example.social", "ada@example.social", "https://example.social/@Ada",
        "https://example.social/users/ada", "https://example.social/users/ada/", "https://other.example/@ada@example.social",
    ],
)  # fmt: skip
def test_all_forms_of_an_account_meet_in_a_key(text: str) -> None:
    assert MASTODON.address_keys(text) & profile(proof(server())).account.keys


@pytest.mark.parametrize(
    "text", ["@ada@other.example", "@adam@example.social", "https://example.social/@bob", "ada", ""]
)
def test_other_accounts_share_no_key(text: str) -> None:
    assert not MASTODON.address_keys(text) & profile(proof(server())).account.keys


def test_a_group_address_and_the_page_of_the_group_share_a_key() -> None:
    assert MASTODON.address_keys("!plants@groups.example") & MASTODON.address_keys("https://groups.example/c/plants")
    assert MASTODON.address_keys("!plants@groups.example") & MASTODON.address_keys("@plants@groups.example")


def test_an_account_that_a_server_calls_by_name_alone_or_in_full_is_the_same_and_known_by_its_address() -> None:
    """`acct` of a local user is `ada` on one server and `ada@host` on another."""
    short, long = (profile(proof(server().put(LOOKUP, account(acct=acct)))) for acct in ("ada", "ada@example.social"))
    assert short.account == long.account


# ---- where the handle's domain is not the server's


def test_a_handle_whose_domain_only_has_webfinger_leads_to_its_server() -> None:
    network = server().put(FINGER, finger("https://example.social/users/ada"), kind="application/jrd+json")
    found = profile(seen := proof(network, SCHOOL))
    assert found.account.handle == "@ada@school.example"
    assert found.account.keys >= MASTODON.address_keys("@ada@school.example") | MASTODON.address_keys(
        "@ada@example.social"
    )
    assert seen.cursor["host"] == "example.social"


def test_a_domain_that_answers_the_lookup_with_a_page_is_asked_by_webfinger() -> None:
    network = server().put(FINGER, finger("https://example.social/users/ada"))
    network.put("https://school.example/api/v1/accounts/lookup?acct=ada", "<html>School</html>")
    assert proof(network, SCHOOL).coverage.state == "complete"


def test_a_domain_whose_webfinger_names_another_account_than_the_server_does_proves_nothing() -> None:
    network = server().put(FINGER, finger("https://example.social/users/bob") | {"links": [
        {"rel": "self", "type": "application/activity+json", "href": "https://example.social/users/bob"}]})  # fmt: skip
    seen = proof(network, SCHOOL)
    assert (seen.coverage.state, seen.coverage.reason, seen.items) == ("failed", "bad_answer", ())


def test_a_server_that_passes_for_an_account_of_another_server_is_not_believed() -> None:
    for lie in ({"uri": "https://famous.example/users/ada"}, {"url": "https://famous.example/@ada"}):
        seen = proof(Network().put(LOOKUP, account(**lie)))
        assert (seen.coverage.reason, seen.items) == ("bad_answer", ())


def test_an_account_that_nobody_knows_is_gone() -> None:
    assert proof(Network()).coverage.reason == "gone"


def test_a_redirect_of_the_lookup_leads_to_the_server() -> None:
    network = Network().put("https://school.example/api/v1/accounts/lookup?acct=ada", account(), at=LOOKUP)
    assert proof(network, SCHOOL).cursor["host"] == "example.social"


# ---- answers of no use


@pytest.mark.parametrize("status", [401, 403, 422])
def test_a_server_that_asks_for_a_sign_in_hides_the_account(status: int) -> None:
    seen = proof(Network().put(LOOKUP, {"error": "This method requires an authenticated user"}, status=status))
    assert (seen.coverage.state, seen.coverage.reason) == ("hidden", "needs_sign_in")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, "<html>Sorry</html>", "text/html"),
        (200, "<html>Sorry</html>", "application/json"),
        (200, b"", "application/json"),
        (200, [], ""),
        (200, "x", "application/json"),
        (200, {"id": "7"}, ""),
        (200, account(id="../../x"), ""),
        (200, account(id=None), ""),
        (500, "<html>Sorry</html>", "text/html"),
        (503, {}, ""),
        (302, "", "text/html"),
    ],
)
def test_an_answer_is_only_read_when_status_and_type_say_that_it_is_one(status: int, body: Any, kind: str) -> None:
    seen = proof(Network().put(LOOKUP, body, status=status, kind=kind))
    assert (seen.coverage.state, seen.coverage.reason) == ("failed", "bad_answer")


def test_a_fetch_that_fails_is_told_as_it_is() -> None:
    with pytest.raises(FetchFailed):
        proof(Network().fail(LOOKUP, "name_not_found"))


def test_a_loopback_server_is_asked_without_encryption() -> None:
    network = Network()
    proof(network, Subject("@ada@127.0.0.1:9501", "", ""))
    assert network.urls[0] == "http://127.0.0.1:9501/api/v1/accounts/lookup?acct=ada"


def test_what_is_no_handle_fails_without_a_fetch() -> None:
    network = Network()
    assert proof(network, Subject("ada", "", "")).coverage.reason == "bad_address"
    assert network.asked == []


WITHOUT_FILES = """
import encodings.punycode  # the child that parses loads all codecs
import json, resource, sys
from plnapi.platforms.mastodon.json import read_account
resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
print(read_account(sys.stdin.buffer.read(), "example.social").profile.account.handle)
"""


def test_an_account_is_read_by_a_process_that_can_open_no_file() -> None:
    body = json.dumps(account("ada", "b\u00fccher.example")).encode()
    done = subprocess.run([sys.executable, "-c", WITHOUT_FILES], input=body, capture_output=True, check=False)
    assert done.stdout.strip() == b"@ada@xn--bcher-kva.example", done.stderr.decode()


def test_only_the_link_of_a_field_that_the_server_verified_is_told_as_such() -> None:
    link = '<a href="{}" rel="me">x</a>'
    verified = "2026-10-01T12:00:00.000+00:00"
    values = [
        (link.format("https://ada.example/"), verified),
        (link.format("https://other.example/"), None),
        (link.format("https://odd.example/"), True),
        (link.format("https://one.example/") + link.format("https://two.example/"), verified),
        ("no link", verified),
    ]
    fields = [{"name": "Site", "value": value, "verified_at": at} for value, at in values]
    found = profile(proof(server().put(LOOKUP, account(fields=fields))))
    assert found.verified == ("https://ada.example/",) and found.me == ()
    assert "https://other.example/" in found.links


def test_fields_of_any_type_leave_an_account() -> None:
    odd = account(
        fields=[None, 3, {"name": [], "value": {}}], display_name=None, note=7, acct={}, username=[], group="yes"
    )
    found = profile(proof(Network().put(LOOKUP, odd)))
    assert not found.account.is_group
    assert found.account.keys & MASTODON.address_keys("@ada@example.social")
