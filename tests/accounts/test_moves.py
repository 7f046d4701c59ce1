"""An account moved to another server, or has another handle."""

from types import SimpleNamespace

import pytest

from plnapi.accounts import grants, identities
from plnapi.platforms.types import Account
from tests import make

NEW = Account("https://new.example/users/ada", "https://new.example/@ada", "@ada@new.example")
THIRD = Account("https://third.example/users/ada", "https://third.example/@ada", "@ada@third.example")
DATA = {"host": "new.example", "id": "5"}


def owner_of(identity):
    return SimpleNamespace(id=identity.person_id)


@pytest.fixture
def moved(unit):
    """A proven account with a token, that moved."""
    with unit():
        identity = make.identity(make.person("Ada"), handle="@ada@old.example")
        grants.keep(identity, "https://old.example", "token", "")
        assert identities.move(identity, NEW, DATA)
        return identity


def test_a_move_is_followed_told_and_has_to_be_proven_there(unit, moved, browser):
    assert (moved.uri, moved.url, moved.handle, moved.data) == (NEW.uri, NEW.url, NEW.handle, DATA)
    assert (moved.moved_from, moved.proven_at, moved.proof) == ("@ada@old.example", None, None)
    with unit():
        assert grants.token_of([moved.id]) == {}  # the old server's
    page = browser(owner_of(moved)).get("/me").text
    assert "@ada@old.example moved to @ada@new.example" in page and "Not proven yet" in page


def test_one_server_alone_cannot_give_away_the_account_of_another(unit):
    with unit():
        thief = make.identity(make.person("Eve"), handle="@eve@own.example")
        assert identities.move(thief, NEW, DATA)
        owner = identities.link(make.person("Ada").id, "@ada@new.example")
        identities.record_proof(owner, account=NEW, data={})  # nobody is in her way
        assert owner.proven_at and thief.proven_at is None


def test_a_chain_or_a_circle_is_not_followed_until_the_person_has_read_of_the_first_move(unit, moved, browser):
    back = Account("https://old.example/users/ada", "https://old.example/@ada", "@ada@old.example")
    for further in (THIRD, back):
        with unit() as session:
            assert not identities.move(session.merge(moved), further, {})
    mine = browser(owner_of(moved))
    assert mine.submit(f"/me/identities/{moved.id}/moved", {}, page="/me").status_code == 303
    assert "moved to" not in mine.get("/me").text
    with unit() as session:
        assert identities.move(session.merge(identities.get(moved.person_id, moved.id)), THIRD, {})


def test_an_account_that_somebody_else_proved_is_not_taken_by_a_move(unit, browser):
    with unit():
        identity = make.identity(make.person("Ada"), handle="@ada@old.example")
        make.identity(make.person("Eve"), handle="@ada@new.example")
        assert not identities.move(identity, NEW, DATA)
        assert (identity.handle, identity.problem) == ("@ada@old.example", "identity_taken")
        assert identity.proven_at and identity.moved_at is None
    assert "Somebody else here has proven" in browser(owner_of(identity)).get("/me").text


def test_a_move_to_an_account_that_the_person_has_linked_already_changes_nothing(unit):
    with unit():
        person = make.person()
        identity = make.identity(person, handle="@ada@old.example")
        make.identity(person, handle="@ada@new.example")
        assert not identities.move(identity, NEW, DATA)
        assert identity.handle == "@ada@old.example" and identity.problem is None


def test_the_api_tells_of_a_move(sign, moved):
    (shown,) = sign(owner_of(moved)).get("/api/v1/me/identities").json
    assert shown["moved_from"] == "@ada@old.example" and shown["moved_at"]


def test_nobody_reads_away_the_move_of_another(unit, moved, browser):
    with unit():
        eve = make.person("Eve")
    answer = browser(eve).submit(f"/me/identities/{moved.id}/moved", {}, page="/me")
    assert answer.status_code == 404


def test_another_handle_of_the_same_account_is_taken_over(unit):
    with unit():
        identity = make.identity(make.person(), handle="@ada.bsky.social")
        identities.rename(identity, "@ada.example", "https://bsky.app/profile/ada.example")
        assert identity.handle == "@ada.example" and identity.proven_at and identity.moved_from is None
