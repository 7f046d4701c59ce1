"""An account on Bluesky: found by any form of its address, and told from others."""

import json
import subprocess
import sys
from typing import Any

import pytest

from plnapi.http.types import FetchFailed
from plnapi.platforms import read_address
from plnapi.platforms.bluesky import BLUESKY
from plnapi.platforms.bluesky.adapter import Bluesky
from plnapi.platforms.bluesky.services import Services
from plnapi.platforms.types import Profile, Seen, Subject
from tests.platforms.bluesky_answers import (
    ADA,
    BOB,
    COURSE,
    DID,
    DOCUMENT,
    GET_PROFILE,
    NEWEST,
    PROFILE_RECORD,
    RESOLVE,
    TYPED,
    WELL_KNOWN,
    document,
    page,
    profile,
    record,
    refused,
    services,
)
from tests.platforms.contract import PlatformContract
from tests.platforms.drive import Network, drive

BY_DID = Subject(DID, DID, f"https://bsky.app/profile/{DID}")


class TestBluesky(PlatformContract):
    platform = BLUESKY
    addresses = (
        "@ada.bsky.social",
        "@Ada.Example-School.EDU",
        "@bücher.de",
        DID,
        "did:web:ada.example.org",
        "at://ada.bsky.social",
        f"at://{DID}",
        "https://bsky.app/profile/ada.bsky.social",
        f"https://bsky.app/profile/{DID}",
        f"http://BSKY.app/profile/{DID}/?from=mail#posts",
    )
    exchanges = {
        **{what: (TYPED, services()) for what in ("posts", "follows", "reactions", "proof")},
        "received": (COURSE, services()),
    }


def proof(network: Network, subject: Subject = TYPED) -> Seen:
    return drive(BLUESKY.look("proof", subject, {}), network)


def found(seen: Seen) -> Profile:
    (item,) = seen.items
    assert isinstance(item, Profile)
    return item


def outcome(seen: Seen) -> tuple[str, str, int]:
    return seen.coverage.state, seen.coverage.reason, len(seen.items)


# ---- addresses


@pytest.mark.parametrize(
    "text",
    [
        "ada.example.org", "ada@bsky.social", "@ada@bsky.social", "@ada", "@ada.local", "@handle.invalid", "@1.2.3.4",
        "did:key:z6Mk", "did:plc:short", "did:plc:" + "A" * 24, "did:web:", "did:web:host:path", "did:web:a.example%3A80",
        "https://bsky.app/", f"https://bsky.app/profile/{DID}/lists/3l1", "https://bsky.example/profile/ada.bsky.social",
        "bsky.social", "https://ada.bsky.social/page", "x.ada.bsky.social",
        f"at://{DID}/app.bsky.feed.post/3l1", "",
    ],
)  # fmt: skip
def test_what_is_no_account_of_this_network_is_not_read(text: str) -> None:
    assert BLUESKY.read_address(text) is None


def test_the_network_is_told_from_the_form_and_the_sign_may_be_missing_where_it_is_asked_for() -> None:
    for text, network, handle in [
        ("@ada.bsky.social", None, "@ada.bsky.social"),
        ("https://bsky.app/profile/ada.bsky.social", None, "@ada.bsky.social"),
        (DID, None, DID),
        ("ada.bsky.social", "bluesky", "@ada.bsky.social"),
        ("ada.bsky.social", None, "@ada.bsky.social"),
        ("https://Ada.bsky.social/", None, "@ada.bsky.social"),
        ("bsky.app/profile/ada.bsky.social", None, "@ada.bsky.social"),
        ("https://bsky.app/profile/ada.bsky.social/post/3l1", None, "@ada.bsky.social"),
        (f"bsky.app/profile/{DID}/post/3l1/", None, DID),
    ]:
        address = read_address(text, network)
        assert address is not None and (address.network, address.handle) == ("bluesky", handle)
    mastodon = read_address("@ada@bsky.social")
    assert mastodon is not None and mastodon.network == "mastodon"


@pytest.mark.parametrize(
    "text", ["@ada.bsky.social", "ADA.bsky.social", "https://bsky.app/profile/ada.bsky.social", DID, f"at://{DID}"]
)
def test_all_forms_of_an_account_meet_in_a_key(text: str) -> None:
    assert BLUESKY.address_keys(text) & found(proof(services())).account.keys


@pytest.mark.parametrize("text", ["@ada.example.org", "@adam.bsky.social", BOB, "https://bsky.app/", "ada", ""])
def test_other_accounts_share_no_key(text: str) -> None:
    assert not BLUESKY.address_keys(text) & found(proof(services())).account.keys


# ---- the proof


def test_an_account_is_its_did_and_its_profile_and_newest_posts_are_searched() -> None:
    network = services().put(NEWEST, page(record(2, "My code is\nPLN-WXYZ <b> & so on"), record(1)))
    seen = proof(network)
    item = found(seen)
    assert (item.account.uri, item.account.handle) == (DID, "@ada.bsky.social")
    assert (item.account.url, item.account.name) == ("https://bsky.app/profile/ada.bsky.social", "Ada")
    for words in ("Ada", "PLN-ABCD", "PLN-WXYZ <b> & so on"):
        assert words in item.text
    assert item.links == ("https://ada.example/",)
    assert seen.cursor == {"did": DID, "pds": "pds.example"}
    assert outcome(seen) == ("complete", "", 1)


def test_services_are_asked_with_the_did_because_some_do_not_find_handles() -> None:
    network = services()
    proof(network)
    asked = [url for url in network.urls if "xrpc" in url]
    assert asked[0] == RESOLVE
    assert all(DID in url for url in asked[1:])


def test_a_handle_that_the_index_does_not_know_is_read_from_its_own_site() -> None:
    network = services().put(RESOLVE, refused(message="Unable to resolve handle"), status=400)
    network.put(WELL_KNOWN, f"{DID}\r\nmore", kind="text/plain")
    assert found(proof(network)).account.uri == DID


@pytest.mark.parametrize(
    ("status", "body"), [(404, DID), (200, "<html>"), (200, "did:key:z6"), (200, b"\xff\x00"), (200, "")]
)
def test_a_site_that_names_no_account_leaves_the_handle_unknown(status: int, body: Any) -> None:
    network = services().put(RESOLVE, refused(message="Unable to resolve handle"), status=400)
    assert outcome(proof(network.put(WELL_KNOWN, body, status=status))) == ("failed", "gone", 0)


def test_a_handle_that_the_account_does_not_claim_proves_nothing() -> None:
    for names in (["at://other.test"], ["at://other.test", "at://ada.bsky.social"], [], ["ada.bsky.social"], "x", None):
        network = services().put(DOCUMENT, document(alsoKnownAs=names))
        assert outcome(proof(network)) == ("failed", "bad_answer", 0)


def test_a_document_of_another_account_or_without_a_server_proves_nothing() -> None:
    wrong = [
        document(BOB),
        document(service=[]),
        document(
            service=[{"id": "#atproto_labeler", "type": "AtprotoLabeler", "serviceEndpoint": "https://x.example"}]
        ),
        document(service=[{"id": "#atproto_pds", "type": "Other", "serviceEndpoint": "https://x.example"}]),
        document(pds="http://pds.example"),
        document(pds="ftp://pds.example"),
    ]
    for body in wrong:
        assert outcome(proof(services().put(DOCUMENT, body))) == ("failed", "bad_answer", 0)


def test_a_service_named_in_full_is_the_server() -> None:
    service = {
        "id": f"{DID}#atproto_pds",
        "type": "AtprotoPersonalDataServer",
        "serviceEndpoint": "https://pds.example/",
    }
    assert proof(services().put(DOCUMENT, document(service=[service]))).coverage.state == "complete"


def test_a_profile_of_another_account_is_not_believed() -> None:
    network = services().put(GET_PROFILE, profile(BOB)).put(PROFILE_RECORD, page())
    assert "PLN-ABCD" not in found(proof(network)).text


@pytest.mark.parametrize("name", ["handle.invalid", "mallory.test", ""])
def test_an_account_named_by_its_did_is_shown_by_it_unless_the_index_vouches_for_its_handle(name: str) -> None:
    by_did = found(proof(services(), BY_DID)).account
    assert by_did.handle == "@ada.bsky.social"
    unvouched = found(proof(services().put(GET_PROFILE, profile(handle=name)), BY_DID)).account
    assert (unvouched.handle, unvouched.url) == (DID, f"https://bsky.app/profile/{DID}")
    assert unvouched.keys == {DID}


def test_a_handle_given_up_since_the_proof_does_not_matter() -> None:
    network = (
        services().put(DOCUMENT, document(handle="ada.example.org")).put(GET_PROFILE, profile(handle="ada.example.org"))
    )
    assert found(proof(network, ADA)).account.handle == "@ada.example.org"


def test_an_account_of_did_web_is_found_at_its_own_host() -> None:
    network = Network()
    proof(network, Subject("did:web:ada.example.org", "did:web:ada.example.org", ""))
    assert network.urls == ["https://ada.example.org/.well-known/did.json"]


# ---- accounts that are not there


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("InvalidRequest", "Profile not found"),
        ("AccountTakedown", "Account has been suspended"),
        ("AccountDeactivated", "Account is deactivated"),
    ],
)
def test_an_account_that_the_index_answers_with_400_is_gone(name: str, message: str) -> None:
    """An unknown actor is a 400, not a 404."""
    seen = proof(services().put(GET_PROFILE, refused(name, message), status=400))
    assert outcome(seen) == ("failed", "gone", 0)


@pytest.mark.parametrize("status", [404, 410])
def test_a_did_that_the_directory_does_not_know_or_has_closed_is_gone(status: int) -> None:
    seen = proof(services().put(DOCUMENT, {"message": "DID not registered"}, status=status))
    assert outcome(seen) == ("failed", "gone", 0)


def test_a_400_that_says_something_else_is_a_bad_answer() -> None:
    bodies: tuple[Any, ...] = (refused("InvalidRequest", "Error: Params must have the property"), {}, [], "x")
    for body in bodies:
        network = services().put(DOCUMENT, body, status=400, kind="application/json")
        assert outcome(proof(network)) == ("failed", "bad_answer", 0)


def test_what_is_no_address_fails_without_a_fetch() -> None:
    network = Network()
    assert proof(network, Subject("ada", "", "")).coverage.reason == "bad_address"
    assert network.asked == []


# ---- services that fail


def test_without_the_index_the_profile_is_read_from_the_accounts_own_server() -> None:
    own = {"uri": f"at://{DID}/app.bsky.actor.profile/self", "value": {"description": "PLN-SELF"}}
    for network in (services().fail(GET_PROFILE), services().put(GET_PROFILE, "<html>", status=502)):
        seen = proof(network.put(PROFILE_RECORD, page(own)))
        assert "PLN-SELF" in found(seen).text
        assert seen.coverage.state == "complete"


def test_a_profile_is_shown_where_posts_cannot_be_read() -> None:
    seen = proof(services().fail(NEWEST, "deadline_exceeded"))
    assert "PLN-ABCD" in found(seen).text
    assert (seen.coverage.state, seen.coverage.reason) == ("partial", "deadline_exceeded")


def test_a_fetch_that_fails_is_told_as_it_is() -> None:
    with pytest.raises(FetchFailed):
        proof(services().fail(DOCUMENT, "connection_failed"))


@pytest.mark.parametrize("status", [401, 403])
def test_a_service_that_asks_for_a_sign_in_hides_the_account(status: int) -> None:
    assert outcome(proof(services().put(DOCUMENT, {}, status=status))) == ("hidden", "needs_sign_in", 0)


def test_other_services_can_stand_in_and_loopback_is_asked_without_encryption() -> None:
    local = Bluesky(Services("http://127.0.0.1:2584", "http://127.0.0.1:2582"))
    network = Network().put(f"http://127.0.0.1:2582/{DID}", document(pds="http://localhost:2583"))
    drive(local.look("proof", BY_DID, {}), network)
    assert [url.partition("/xrpc")[0] for url in network.urls] == [
        f"http://127.0.0.1:2582/{DID}",
        "http://127.0.0.1:2584",
        "http://localhost:2583",
    ]


WITHOUT_FILES = """
import encodings.punycode  # the child that parses loads all codecs
import json, resource, sys
from plnapi.platforms.bluesky.json import read_document
resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
print(read_document(sys.stdin.buffer.read(), sys.argv[1]).pds)
"""


def test_a_document_is_read_by_a_process_that_can_open_no_file() -> None:
    body = json.dumps(document(pds="https://b\u00fccher.example")).encode()
    done = subprocess.run([sys.executable, "-c", WITHOUT_FILES, DID], input=body, capture_output=True, check=False)
    assert done.stdout.strip() == b"xn--bcher-kva.example", done.stderr.decode()
