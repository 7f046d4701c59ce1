"""Signing in on one's own server, against one that is as strict as a real one."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from sqlalchemy import select

from plnapi.accounts import grants, identities
from plnapi.accounts.models import Grant, Identity, OAuthAttempt, OAuthClient, Revocation
from plnapi.clock import now
from plnapi.db import Base
from plnapi.jobs import run_due_once
from tests.oauthd import Oauthd

WHOSE = "/api/v1/accounts/verify_credentials"


@pytest.mark.parametrize("keep", ["no", "yes"])
def test_an_account_is_linked_and_proven_by_signing_in_on_its_server(scene, keep):
    assert "@ada@" in scene.sign_in(keep=keep)
    (identity,) = scene.linked
    assert (identity.proof, identity.uri) == ("oauth", f"{scene.server.origin}/users/ada")
    assert identity.handle == f"@ada@{scene.server.pair}"
    assert identity.data == {"host": scene.server.pair, "id": "17"} and identity.proven_at
    assert identities.PROOFS["oauth"] in scene.mine.get("/me").text
    assert scene.rows(OAuthAttempt) == 0


def test_who_only_proves_gives_no_more_than_that_and_no_token_is_kept(scene):
    url = scene.begin(keep="no")
    assert dict(parse_qsl(urlsplit(url).query))["scope"] == "profile"
    scene.come_back(scene.server.consent(url, "ada"))
    assert scene.rows(Grant) == 0 and scene.token == ""
    assert len(scene.server.grants) == 1
    run_due_once(scene.app)
    assert scene.server.grants == {} and scene.rows(Revocation) == 0


def test_who_lends_their_eyes_gives_reading_and_the_token_is_kept_sealed(scene):
    url = scene.begin(keep="yes")
    assert dict(parse_qsl(urlsplit(url).query))["scope"] == "read:accounts read:follows read:statuses read:favourites"
    scene.come_back(scene.server.consent(url, "ada"))
    (token,) = scene.server.grants
    assert scene.token == token
    with scene.unit() as session:
        grant = session.scalars(select(Grant)).one()
        assert (grant.origin, grant.scopes) == (scene.server.origin, scene.server.grants[token][1])
        assert token not in grant.sealed_token and token not in repr(grant)
    assert "with your eyes" in scene.mine.get("/me").text


def test_the_page_says_in_words_what_is_asked_before_anybody_goes_there(scene):
    page = scene.mine.submit("/me/oauth", {"server": scene.server.pair, "keep": "yes"}, page="/me").text
    assert "your favourites" in page and "whom you follow" in page and "cannot write" in page


def test_an_account_that_waits_for_its_code_is_proven_rather_than_linked_twice(scene):
    with scene.unit():
        identities.link(scene.ada.id, f"@Ada@{scene.server.pair}", "mastodon")
    scene.sign_in(f"@ada@{scene.server.pair}")
    assert [one.proof for one in scene.linked] == ["oauth"]


def test_an_account_that_a_code_proved_still_vouches_and_gets_the_token(scene):
    scene.sign_in()
    with scene.unit() as session:
        session.scalars(select(Identity)).one().proof = "code"
    scene.sign_in(keep="yes")
    assert [one.proof for one in scene.linked] == ["code"] and scene.token


def test_plnapi_is_registered_once_at_a_server(scene):
    scene.sign_in()
    scene.sign_in(keep="yes")
    assert scene.server.asked.count("POST /api/v1/apps") == 1 and scene.rows(OAuthClient) == 1


def test_a_server_without_metadata_has_the_classic_paths(scene):
    scene.server.metadata = False
    scene.sign_in(keep="yes")
    assert scene.token


def test_a_server_that_knows_only_broad_scopes_is_asked_for_reading_in_plain_words(scene):
    scene.server.more = {"scopes_supported": ["read", "write", "follow"]}
    page = scene.mine.submit("/me/oauth", {"server": scene.server.pair, "keep": "yes"}, page="/me").text
    assert "scope=read&amp;" in page and "does not let us ask for less" in page


def test_a_handle_leads_to_the_server_that_its_domain_names(scene):
    with Oauthd() as other:
        actor = {"rel": "self", "type": "application/activity+json", "href": f"{scene.server.origin}/users/ada"}
        other.faults["/.well-known/webfinger"] = 200, "application/jrd+json", json.dumps({"links": [actor]}).encode()
        peers = (scene.server.pair, other.pair)
        scene.app.settings = replace(scene.app.settings, loopback_peers=peers)
        with scene.unit():
            identities.link(scene.ada.id, f"@ada@{other.pair}", "mastodon")
        assert "@ada@" in scene.sign_in(f"@ada@{other.pair}")
    assert [(one.proof, one.handle) for one in scene.linked] == [("oauth", f"@ada@{scene.server.pair}")]


def test_unlinking_forgets_the_token_at_once_and_the_server_hears_of_it_soon(scene):
    scene.sign_in(keep="yes")
    (identity,) = scene.linked
    scene.server.faults["/oauth/revoke"] = 503, "text/html", b"down"
    assert scene.mine.submit(f"/me/identities/{identity.id}/unlink", {}, page="/me").status_code == 303
    assert scene.rows(Identity, Grant) == 0
    run_due_once(scene.app)
    assert scene.rows(Revocation) == 1 and len(scene.server.grants) == 1
    scene.server.faults.clear()
    with time_machine.travel(now().timestamp() + 60):
        run_due_once(scene.app)
    assert scene.rows(Revocation) == 0 and scene.server.grants == {}


def test_a_server_that_never_answers_does_not_make_us_keep_the_token(scene):
    scene.sign_in(keep="yes")
    scene.server.faults["/oauth/revoke"] = 503, "text/html", b"down"
    scene.mine.submit(f"/me/identities/{scene.linked[0].id}/unlink", {}, page="/me")
    with time_machine.travel(now().timestamp() + 49 * 3600):
        run_due_once(scene.app)
    assert scene.rows(Revocation) == 0


def test_a_permission_can_be_taken_back_and_the_account_stays_proven(scene):
    scene.sign_in(keep="yes")
    (identity,) = scene.linked
    assert scene.mine.submit(f"/me/identities/{identity.id}/permission/end", {}, page="/me").status_code == 303
    assert scene.token == "" and scene.linked[0].proven_at
    run_due_once(scene.app)
    assert scene.server.grants == {}


def test_a_token_that_its_server_refuses_is_not_used_again_and_the_person_is_asked_to_sign_in(scene):
    scene.sign_in(keep="yes")
    (identity,) = scene.linked
    with scene.unit():
        grants.refuse(identity.id)
    assert scene.token == ""
    page = scene.mine.get("/me").text
    assert "takes our permission no longer" in page and "Sign in there again" in page
    scene.sign_in(identity.handle, keep="yes")
    assert scene.token and "Sign in there again" not in scene.mine.get("/me").text


def test_what_opens_a_door_is_nowhere_but_where_it_belongs(scene, capsys, caplog):
    caplog.set_level("DEBUG")
    url = scene.begin(keep="yes")
    back = scene.server.consent(url, "ada")
    scene.come_back(back)
    (token,) = scene.server.grants
    scene.server.faults[WHOSE] = 500, "text/html", b"down"
    scene.sign_in(keep="yes")
    with scene.unit():
        assert token not in repr(grants.of_person(scene.ada.id))
    pages = scene.mine.get("/me").text + scene.mine.get("/api/v1/me/identities").text
    scene.mine.submit(f"/me/identities/{scene.linked[0].id}/unlink", {}, page="/me")
    run_due_once(scene.app)
    (client,) = scene.server.clients.values()
    written = capsys.readouterr().err + caplog.text
    state = dict(parse_qsl(urlsplit(url).query))["state"]
    code = dict(parse_qsl(urlsplit(back).query))["code"]
    doors = [token, *scene.server.grants, client["client_secret"], state, code]
    assert "request" in written and [door for door in doors if door in written or door in pages] == []
    with scene.unit() as session:
        rows = [str(row) for table in Base.metadata.sorted_tables for row in session.execute(table.select())]
    assert rows and [door for door in doors if any(door in row for row in rows)] == []
