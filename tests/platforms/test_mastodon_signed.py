"""Looks with an account's own token, what it likes, and servers of which it is known that they need one."""

from dataclasses import replace
from typing import Any

import pytest

from plnapi.platforms.mastodon import MASTODON
from plnapi.platforms.types import Act, Follow, Post, Profile, Seen, Subject
from tests.platforms.answers import (
    ADA,
    API,
    BASE,
    BOB,
    FAVOURITES,
    FOLLOWERS,
    FOLLOWING,
    SIGNED,
    STATUSES,
    account,
    server,
    status,
)
from tests.platforms.drive import Network, drive, respond

EVE = account("eve", "other.example")
LOOKUP = f"{API}/lookup?acct=ada"
FIRST = {"posts": STATUSES, "follows": FOLLOWING, "reactions": FAVOURITES, "received": FOLLOWERS, "proof": LOOKUP}


def look(what: Any, network: Network, subject: Subject = SIGNED, cursor: Any = None) -> Seen:
    return drive(MASTODON.look(what, replace(subject, others=(BOB,)), cursor or {}), network)


def running(software: str, subject: Subject = ADA) -> Subject:
    return replace(subject, data={**subject.data, "software": software})


def tokens(network: Network) -> list[str]:
    return [dict(fetch.headers).get("Authorization", "") for fetch in network.asked]


# ---- where a token goes


@pytest.mark.parametrize("what", sorted(FIRST))
def test_every_request_to_the_accounts_own_server_bears_its_token(what: str) -> None:
    network = server()
    assert look(what, network, running("mastodon", SIGNED)).coverage.state == "complete"
    assert network.asked and set(tokens(network)) == {"Bearer the-token-of-ada"}


@pytest.mark.parametrize("what", ["posts", "follows", "received", "proof"])
def test_without_a_token_no_request_bears_one(what: str) -> None:
    network = server()
    look(what, network, ADA)
    assert network.asked and not any(tokens(network))


def test_a_token_goes_to_no_other_server_than_that_of_the_account() -> None:
    """The handle's domain is asked first, without it; the server to which WebFinger leads is the account's own."""
    finger = {"links": [{"rel": "self", "type": "application/activity+json", "href": f"{BASE}/users/ada"}]}
    network = server().put("https://school.example/.well-known/webfinger?resource=acct%3Aada%40school.example", finger)
    subject = replace(SIGNED, handle="@ada@school.example", data={})
    assert drive(MASTODON.look("posts", subject, {}), network).coverage.state == "complete"
    for fetch in network.asked:
        assert ("Authorization" in fetch.headers) == fetch.url.startswith(BASE), fetch.url


@pytest.mark.parametrize("what", ["posts", "follows", "received", "proof"])
def test_an_account_that_somebody_only_typed_has_no_server_to_which_a_token_may_go(what: str) -> None:
    typed = replace(SIGNED, uri="acct:ada@example.social", data={})
    network = server()
    look(what, network, typed)
    assert network.asked and not any(tokens(network))


def test_a_cursor_that_leads_elsewhere_does_not_take_the_token_along() -> None:
    network = Network().put("https://evil.example/api/v1/accounts/7/statuses?limit=40", [])
    look("posts", network, SIGNED, {"id": "7", "host": "evil.example"})
    assert network.asked and not any(tokens(network))


@pytest.mark.parametrize("link", ["https://evil.example/api", "http://example.social/api/v1/favourites"])
@pytest.mark.parametrize("what", ["posts", "follows", "reactions"])
def test_a_link_to_another_server_is_not_followed_with_it(what: str, link: str) -> None:
    network = server()
    network.answers[FIRST[what]] = replace(network.answers[FIRST[what]], links={"next": link})  # type: ignore[type-var]
    assert look(what, network).coverage.reason == "foreign_page"
    assert link not in network.urls


def test_a_token_is_shown_by_nothing_that_is_printed() -> None:
    network = server()
    seen = look("reactions", network)
    assert "the-token-of-ada" not in f"{SIGNED!r} {network.asked!r} {seen!r}"


@pytest.mark.parametrize("status", [401, 403, 422])
@pytest.mark.parametrize("what", sorted(FIRST))
def test_a_token_that_is_refused_hides_what_it_would_have_shown(what: str, status: int) -> None:
    seen = look(what, server().put(FIRST[what], {"error": "The access token was revoked"}, status=status))
    assert (seen.coverage.state, seen.coverage.reason, seen.items) == ("hidden", "token_refused", ())


def test_a_token_revoked_in_the_middle_keeps_what_was_read() -> None:
    network = server().put(FAVOURITES, [status(9, by=EVE)], links={"next": f"{FAVOURITES}&max_id=1"})
    network.put(f"{FAVOURITES}&max_id=1", {}, status=401)
    seen = look("reactions", network)
    assert (seen.coverage.state, seen.coverage.reason, len(seen.items)) == ("partial", "token_refused", 1)


# ---- whom it follows


def test_quirk_1_the_list_of_follows_is_asked_for_with_the_accounts_own_token_or_with_none() -> None:
    """snac answers `/accounts/ANY/following` with the list of whoever holds the token."""
    for subject in (ADA, SIGNED):
        network = server()
        look("follows", network, subject)
        assert FOLLOWING in network.urls
        assert set(tokens(network)) == ({"Bearer the-token-of-ada"} if subject.token else {""})


def test_the_owner_of_a_hidden_list_sees_it() -> None:
    network = server().put(f"{API}/7", account(hide_collections=True))
    assert look("follows", network, ADA).coverage.reason == "hidden_by_owner"
    seen = look("follows", network)
    assert seen.coverage.state == "complete"
    assert next(item.account.handle for item in seen.items if isinstance(item, Follow)) == "@bob@other.example"


def test_an_empty_list_is_believed_when_its_owner_is_shown_it_and_the_count_agrees() -> None:
    network = server().put(FOLLOWING, []).put(f"{API}/7", account(following_count=0))
    seen = look("follows", network)
    assert (seen.coverage.state, seen.coverage.reason) == ("complete", "no_follows")
    network.put(f"{API}/7", account(following_count=2))
    assert look("follows", network).coverage.reason == "empty_list_proves_nothing"


# ---- what it likes


def test_a_like_names_the_post_its_author_and_its_tags() -> None:
    liked = status(9, by=EVE, tags=[{"name": "SUB101"}], content="<p>#leaves</p>")
    (act,) = look("reactions", server().put(FAVOURITES, [liked])).items
    assert isinstance(act, Act)
    assert (act.verb, act.object_uri) == ("Like", "https://other.example/users/eve/statuses/9")
    assert act.uri == act.object_url == "https://other.example/@eve/9"
    assert act.object_keys >= MASTODON.address_keys("@eve@other.example")
    assert act.tags == ("SUB101", "leaves") and act.happened_at is None and not act.actor_keys


def test_likes_are_asked_of_no_server_without_a_token() -> None:
    network = server()
    seen = look("reactions", network, ADA)
    assert (seen.coverage.state, seen.coverage.reason) == ("hidden", "needs_sign_in")
    assert network.asked == []


def test_likes_of_what_was_not_meant_for_all_are_left_alone() -> None:
    liked = [status(n, by=EVE, visibility=shown) for n, shown in enumerate(["public", "private", "direct", "unlisted"])]
    seen = look("reactions", server().put(FAVOURITES, liked))
    assert [item.uri[-1] for item in seen.items if isinstance(item, Act)] == ["0", "3"]
    assert seen.coverage.state == "complete"


def test_a_later_look_at_likes_stops_at_what_is_known_also_when_the_newest_was_taken_back() -> None:
    onward = f"{FAVOURITES}&max_id=1"
    network = server().put(FAVOURITES, [status(n, by=EVE) for n in (9, 30, 2)], links={"next": onward})
    network.put(onward, [status(n, by=EVE) for n in (7, 8)])
    first = look("reactions", network)
    assert len(first.items) == 5 and first.coverage.state == "complete"
    network.asked.clear()
    network.put(FAVOURITES, [status(n, by=EVE) for n in (11, 30, 2)], links={"next": onward})
    second = look("reactions", network, cursor=first.cursor)
    assert network.urls == [FAVOURITES]
    assert second.coverage.state == "complete" and second.cursor["heads"] == ["11", "30", "2"]


def likes(network: Network, *ids: int, cursor: Any = None, more: bool = True) -> Seen:
    """A look at a list of likes that begins with these, newest first; with `more` it goes on."""
    links = {"next": f"{FAVOURITES}&max_id=1"} if more else {}
    network.put(FAVOURITES, [status(n, by=EVE) for n in ids], links=links)
    return look("reactions", network, cursor=cursor)


def test_likes_that_are_taken_back_are_missed_among_the_newest_ones() -> None:
    network = server().put(f"{FAVOURITES}&max_id=1", [])
    first = likes(network, 9, 30, 2, 5)
    assert first.removed == ()
    second = likes(network, 11, 30, 5, cursor=first.cursor)
    assert second.removed == ("https://other.example/@eve/9", "https://other.example/@eve/2")
    assert likes(network, 11, 30, 5, cursor=second.cursor).removed == ()


def test_a_like_that_newer_ones_pushed_off_the_page_is_not_taken_back() -> None:
    network = server().put(f"{FAVOURITES}&max_id=1", [])
    first = likes(network, 9, 30, 2)
    assert likes(network, 11, 12, 9, 30, cursor=first.cursor).removed == ()
    assert likes(network, 11, 12, 9, 30, cursor=first.cursor, more=False).removed == ("https://other.example/@eve/2",)


def test_a_list_that_cannot_be_read_whole_takes_no_like_back() -> None:
    network = server().put(f"{FAVOURITES}&max_id=1", [])
    first = likes(network, 9, 30, 2)
    odd = [status(9, by=EVE), None, status(2, by=EVE)]
    assert look("reactions", network.put(FAVOURITES, odd), cursor=first.cursor).removed == ()


@pytest.mark.parametrize(("software", "gone"), [("mastodon", 3), ("snac", 0)])
def test_an_empty_list_takes_all_likes_back_where_it_means_that_there_are_none(software: str, gone: int) -> None:
    network = server().put(f"{FAVOURITES}&max_id=1", [])
    first = likes(network, 9, 30, 2)
    empty = likes(network, cursor={**first.cursor, "software": software}, more=False)
    assert len(empty.removed) == gone
    assert ("acts" in empty.cursor) == (gone == 0)


def test_many_likes_are_read_over_several_looks() -> None:
    network = server()
    for number in range(13):
        url = FAVOURITES if number == 0 else f"{FAVOURITES}&max_id={number}"
        body = [status(100 - number, by=EVE)] if number < 12 else []
        network.put(url, body, links={"next": f"{FAVOURITES}&max_id={number + 1}"})
    first = look("reactions", network)
    assert (len(first.items), first.coverage.reason) == (10, "more_pages")
    second = look("reactions", network, cursor=first.cursor)
    assert {item.object_uri[-2:] for item in second.items if isinstance(item, Act)} == {"00", "90", "89"}
    assert second.coverage.state == "complete" and "next" not in second.cursor


def test_whoever_likes_nothing_is_believed() -> None:
    assert look("reactions", server().put(FAVOURITES, [])).coverage.state == "complete"


def test_likes_that_cannot_be_read_are_left_out_and_told() -> None:
    seen = look("reactions", server().put(FAVOURITES, [None, [], status(1, account={}), status(2, by=EVE)]))
    assert len(seen.items) == 1 and seen.coverage.reason == "malformed_items"


# ---- posts with a token


def test_with_a_token_only_what_is_meant_for_all_is_taken() -> None:
    network = server().put(STATUSES, [status(2, visibility="private"), status(1, visibility="direct"), status(0)])
    assert [item.uri[-1] for item in look("posts", network).items if isinstance(item, Post)] == ["0"]


# ---- identity


def test_an_account_that_moved_says_where_to() -> None:
    there = account("ada", "new.example")
    (found,) = look("proof", server().put(LOOKUP, account(moved=there)), ADA).items
    assert isinstance(found, Profile) and found.moved_to
    assert found.moved_to.uri == "https://new.example/users/ada"
    assert found.moved_to.handle == "@ada@new.example"


@pytest.mark.parametrize("hides", [False, True])
def test_looks_at_lists_and_at_posts_see_a_move_too(hides: bool) -> None:
    ada = account(moved=account("ada", "new.example"), hide_collections=hides)
    network = server().put(f"{API}/7", ada).put(STATUSES, [status(2, by=ada), status(1, by=ada)])
    for what in ("follows", "posts"):
        *_, found = look(what, network, ADA).items
        assert isinstance(found, Profile) and found.moved_to and found.account.uri == ADA.uri
        assert found.moved_to.uri == "https://new.example/users/ada"


def test_a_move_on_a_page_of_posts_that_is_otherwise_as_before_is_new() -> None:
    before = look("posts", server().put(STATUSES, [status(1)]), ADA)
    network = server().put(STATUSES, [status(1, by=account(moved=account("ada", "new.example")))])
    after = look("posts", network, ADA, before.cursor)
    assert not after.unchanged and isinstance(after.items[-1], Profile)
    assert look("posts", network, ADA, after.cursor).unchanged


def test_that_somebody_else_moved_is_not_said_of_her() -> None:
    bob = account("bob", moved=account("bob", "new.example"))
    wrapper = status(3, by=bob, reblog=status(1))
    boost = status(2, reblog=status(9, by=bob))
    seen = look("posts", server().put(STATUSES, [wrapper, boost]), ADA)
    assert seen.items and not any(isinstance(item, Profile) for item in seen.items)


@pytest.mark.parametrize("moved", [None, {}, [], "https://new.example/@ada", {"uri": "javascript:alert(1)"}])
def test_an_account_that_did_not_move_says_nothing(moved: Any) -> None:
    (found,) = look("proof", server().put(LOOKUP, account(moved=moved)), ADA).items
    assert isinstance(found, Profile) and found.moved_to is None


def test_a_suspended_account_shows_nothing() -> None:
    network = server().put(LOOKUP, account(suspended=True)).put(f"{API}/7", account(suspended=True))
    for what in ("proof", "follows", "received"):
        seen = look(what, network, ADA)
        assert (seen.coverage.state, seen.coverage.reason) == ("hidden", "suspended")


@pytest.mark.parametrize("flags", [{"limited": True}, {"locked": True}, {"suspended": False}, {"suspended": "yes"}])
def test_an_account_that_is_limited_or_locked_is_looked_at_as_others_are(flags: dict[str, Any]) -> None:
    network = server().put(LOOKUP, account(**flags)).put(f"{API}/7", account(**flags))
    for what in ("proof", "follows", "posts"):
        assert look(what, network, ADA).coverage.state == "complete"


def test_quirk_6_an_account_is_told_by_its_address_and_never_by_acct() -> None:
    """`acct` of a local user is `ada` on one server and `ada@host` on another; upper case is answered differently."""
    for acct in ("ada", "ada@example.social", "ADA@Example.Social", "bob"):
        network = server().put(STATUSES, [status(2, by=account(acct=acct))])
        assert len(look("posts", network, ADA).items) == 1
    stranger = account("ada", "other.example", acct="ada")
    assert look("posts", server().put(STATUSES, [status(2, by=stranger)]), ADA).items == ()


# ---- answers of real servers


@pytest.mark.parametrize("what", ["posts", "follows", "received", "proof"])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"body": "<html>Unprocessable", "status": 422}, "needs_sign_in"),
        ({"body": {"error": "identity_token_required"}, "status": 401}, "needs_sign_in"),
        ({"body": "<h1>Server Error (500)</h1>", "status": 500}, "bad_answer"),
        ({"body": "<html>Welcome</html>", "status": 200}, "bad_answer"),
        ({"body": "<h1>Not Found</h1>", "status": 404}, "gone"),
    ],
)
def test_quirk_7_status_and_type_are_looked_at_before_the_body(what: str, answer: dict[str, Any], reason: str) -> None:
    """snac: a bad token is 422, bodies of errors are HTML. Takahe: HTML with 404 and 500, 401 with a word of its own."""
    network = server()
    network.answers[FIRST[what]] = respond(FIRST[what], answer["body"], status=answer["status"])
    seen = look(what, network, ADA)
    assert (seen.coverage.reason, seen.items) == (reason, ())


def test_quirk_9_an_empty_page_ends_a_list_that_links_onward() -> None:
    """Takahe sends `Link rel=next` on the last page too."""
    for what in ("posts", "follows", "reactions", "received"):
        network, url = server(), FIRST[what]
        network.answers[url] = replace(network.answers[url], links={"next": f"{url}&max_id=1"})  # type: ignore[type-var]
        network.put(f"{url}&max_id=1", [], links={"next": f"{url}&max_id=2"})
        assert look(what, network).coverage.state == "complete"
        assert f"{url}&max_id=2" not in network.urls


def test_quirk_10_what_was_not_there_yet_is_seen_by_a_later_look() -> None:
    """Follows, boosts and likes are applied some time after they are made: no look remembers an absence."""
    network = server().put(FOLLOWERS, []).put(FAVOURITES, []).put(f"{API}/7", account(followers_count=0))
    cursors = {what: look(what, network).cursor for what in ("received", "reactions")}
    network = server()
    assert look("received", network, cursor=cursors["received"]).items
    assert look("reactions", network, cursor=cursors["reactions"]).items


@pytest.mark.parametrize("reset", ["2026-11-22T10:05:00.123456Z", "1795341900"])
@pytest.mark.parametrize("what", sorted(FIRST))
def test_quirk_14_a_busy_server_says_when_to_come_back_as_iso_text_or_as_a_number(what: str, reset: str) -> None:
    seen = look(what, server().put(FIRST[what], {}, status=429, x_ratelimit_reset=reset))
    assert seen.coverage.reason == "host_busy" and seen.coverage.retry_at
    assert seen.coverage.retry_at.isoformat().startswith("2026-11-22T10:05:00")
