"""Accounts that are proven without a code, by links in both directions; and everything that must not prove anything."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from demo.practice.records import ProfileField
from plnapi import clock
from plnapi.accounts import identities
from plnapi.accounts.models import Identity
from plnapi.harvest import proof
from plnapi.harvest.models import Source
from plnapi.platforms.types import Account, Coverage, Profile, Seen
from tests import make
from tests.harvest.conftest import Harvest, Scene


@pytest.fixture
def blog(scene: Scene) -> Identity:
    """A blog that the student says is theirs; the account `@ada` is proven by its code."""
    scene.network.world.start_blog("adas", "Ada's blog", "Ada")
    return linked_as(scene, scene.network.world.blog_url("adas"), "blog")


def linked_as(scene: Scene, address: str, network: str) -> Identity:
    with scene.unit():
        return identities.link(scene.person.id, address, network)


def now_of(scene: Scene, identity: Identity) -> Identity:
    with scene.unit() as session:
        return session.get_one(Identity, identity.id)


def proofs_looked_for(scene: Scene) -> set[str]:
    """The handles at which a proof is still looked for."""
    with scene.unit() as session:
        sources = session.query(Source).where(Source.look == "proof").all()
        return {session.get_one(Identity, source.identity_id).handle for source in sources}


def link_from_blog(scene: Scene, *addresses: str) -> None:
    scene.network.world.set_rel_me("adas", addresses or [scene.network.world.profile_url("ada")])


def link_from_profile(scene: Scene, address: str = "", verified: bool = False) -> None:
    field = ProfileField("Blog", address or scene.network.world.blog_url("adas"), clock.now() if verified else None)
    scene.network.world.set_fields("ada", [field])


def look_for_an_hour(harvest: Harvest) -> None:
    """Enough runs for both sides to be looked at, and the claim again after that."""
    for minutes in (0, 1, 2, 65):
        harvest(minutes=minutes)


def test_a_blog_is_proven_when_it_and_a_proven_account_link_to_each_other(
    scene: Scene, harvest: Harvest, blog: Identity
) -> None:
    link_from_blog(scene)
    link_from_profile(scene)
    harvest()
    assert now_of(scene, blog).problem == "no_link_back"
    assert proofs_looked_for(scene) == {blog.handle, scene.identity.handle}
    harvest(minutes=1)
    harvest(minutes=2)
    proven = now_of(scene, blog)
    assert (proven.proof, proven.problem) == ("rel_me", None) and proven.proven_at
    assert proven.data == {"feed": f"{proven.url}feed"}
    assert proofs_looked_for(scene) == set()


def test_the_other_form_of_the_same_address_is_the_same(scene: Scene, harvest: Harvest, blog: Identity) -> None:
    link_from_blog(scene, f"{scene.network.base_url}/users/ada/")
    link_from_profile(scene, blog.url.rstrip("/"))
    look_for_an_hour(harvest)
    assert now_of(scene, blog).proof == "rel_me"


def test_one_direction_proves_nothing_from_the_blog(scene: Scene, harvest: Harvest, blog: Identity) -> None:
    link_from_blog(scene)
    look_for_an_hour(harvest)
    found = now_of(scene, blog)
    assert (found.proven_at, found.problem) == (None, "no_link_back")


def test_one_direction_proves_nothing_from_the_profile(scene: Scene, harvest: Harvest, blog: Identity) -> None:
    scene.network.world.set_about("adas", f"I read {scene.network.world.profile_url('ada')}")
    link_from_profile(scene, verified=True)
    look_for_an_hour(harvest)
    found = now_of(scene, blog)
    assert (found.proven_at, found.problem) == (None, "code_not_found")
    assert proofs_looked_for(scene) == {blog.handle}


def test_a_page_below_the_blog_is_not_the_blog(scene: Scene, harvest: Harvest, blog: Identity) -> None:
    link_from_blog(scene)
    link_from_profile(scene, f"{blog.url}about")
    look_for_an_hour(harvest)
    assert now_of(scene, blog).proven_at is None


def test_a_link_back_that_comes_later_is_found(scene: Scene, harvest: Harvest, blog: Identity) -> None:
    link_from_blog(scene)
    harvest()
    harvest(minutes=1)
    link_from_profile(scene)
    with scene.unit() as session:
        identities.renew(session.get_one(Identity, blog.id))
    harvest(minutes=2)
    harvest(minutes=4)
    assert now_of(scene, blog).proof == "rel_me"


def test_an_account_of_somebody_else_vouches_for_nothing(scene: Scene, harvest: Harvest, blog: Identity) -> None:
    world = scene.network.world
    world.open_account("bob")
    with scene.unit():
        other = make.person("Bob")
        theirs = identities.link(other.id, world.handle("bob"), "mastodon")
    world.set_note("bob", theirs.code)
    world.set_fields("bob", [ProfileField("Blog", blog.url, clock.now())])
    link_from_blog(scene, world.profile_url("bob"))
    look_for_an_hour(harvest)
    assert now_of(scene, theirs).proof == "code"
    assert now_of(scene, blog).proven_at is None and now_of(scene, theirs).links_to == []


def test_what_is_itself_only_vouched_for_vouches_for_nothing(scene: Scene, harvest: Harvest, blog: Identity) -> None:
    with scene.unit() as session:
        voucher = session.get_one(Identity, scene.identity.id)
        voucher.proof, voucher.links_to, voucher.checked_at = "verified_field", [str(blog.id)], clock.now()
    link_from_blog(scene)
    link_from_profile(scene)
    look_for_an_hour(harvest)
    assert now_of(scene, blog).proven_at is None
    assert proofs_looked_for(scene) == {blog.handle}


def test_an_account_that_is_not_proven_vouches_for_nothing(linked: Scene, harvest: Harvest) -> None:
    linked.network.world.start_blog("adas", "Ada's blog", "Ada")
    blog = linked_as(linked, linked.network.world.blog_url("adas"), "blog")
    link_from_blog(linked)
    link_from_profile(linked)
    look_for_an_hour(harvest)
    assert now_of(linked, blog).proven_at is now_of(linked, linked.identity).proven_at is None


def test_a_link_that_was_seen_long_ago_does_not_count(scene: Scene, blog: Identity) -> None:
    link_from_blog(scene)
    with scene.unit() as session:
        voucher = session.get_one(Identity, scene.identity.id)
        voucher.links_to, voucher.checked_at = [str(blog.id)], clock.now()
        claim = session.get_one(Identity, blog.id)
        assert identities._links_back(voucher, claim)
        with time_machine.travel(clock.now() + identities.LINKS_LAST + timedelta(minutes=1)):
            assert not identities._links_back(voucher, claim)


def test_a_redirect_to_a_page_that_links_back_proves_nothing(scene: Scene, blog: Identity) -> None:
    ada = scene.network.world.profile_url("ada")
    with scene.unit() as session:
        voucher = session.get_one(Identity, scene.identity.id)
        voucher.links_to, voucher.checked_at = [str(blog.id)], clock.now()
        claim = session.get_one(Identity, blog.id)
        here, elsewhere = (Account(url, url, url) for url in (blog.url, "https://elsewhere.example/"))
        assert identities.proof_in(claim, Profile(here, "", (ada,), me=(ada,))) == "rel_me"
        assert identities.proof_in(claim, Profile(elsewhere, "", (ada,), me=(ada,))) is None


def test_the_links_of_an_account_that_took_over_the_handle_are_not_kept(scene: Scene, blog: Identity) -> None:
    with scene.unit() as session:
        voucher = session.get_one(Identity, scene.identity.id)
        same = Account(voucher.uri, voucher.url, voucher.handle)
        for account, kept in ((replace(same, uri=f"{same.uri}2"), []), (same, [str(blog.id)])):
            proof.judge(voucher, Seen((Profile(account, "", (blog.url,)),), Coverage("complete")))
            assert voucher.links_to == kept and voucher.proof == "code"


def test_of_the_links_of_a_profile_only_those_to_own_accounts_are_kept(
    scene: Scene, harvest: Harvest, blog: Identity
) -> None:
    link_from_blog(scene, scene.network.world.profile_url("ada"), "https://stranger.example/")
    harvest()
    assert now_of(scene, blog).links_to == [str(scene.identity.id)]


# ---- Mastodon's verified field


@pytest.fixture
def claim(linked: Scene, harvest: Harvest) -> Scene:
    """The student's blog is proven by its code; the account `@ada` is not proven."""
    world = linked.network.world
    world.start_blog("adas", "Ada's blog", "Ada")
    with linked.unit():
        blog = identities.link(linked.person.id, world.blog_url("adas"), "blog")
    world.set_about("adas", blog.code)
    harvest()
    assert now_of(linked, blog).proof == "code"
    return linked


def test_an_account_is_proven_by_a_verified_field_with_a_proven_blog(claim: Scene, harvest: Harvest) -> None:
    link_from_profile(claim, verified=True)
    harvest(minutes=2)
    proven = now_of(claim, claim.identity)
    assert (proven.proof, proven.uri) == ("verified_field", f"{claim.network.base_url}/users/ada")


@pytest.mark.parametrize("where", ["a field that is not verified", "the profile text", "a verified field elsewhere"])
def test_a_link_that_nobody_verified_proves_nothing(claim: Scene, harvest: Harvest, where: str) -> None:
    link_from_blog(claim)
    blog_url = claim.network.world.blog_url("adas")
    if where == "the profile text":
        claim.network.world.set_note("ada", f"I read {blog_url}")
    elif where == "a field that is not verified":
        link_from_profile(claim)
    else:
        link_from_profile(claim, f"{blog_url}about", verified=True)
    look_for_an_hour(harvest)
    found = now_of(claim, claim.identity)
    assert (found.proven_at, found.problem) == (None, "code_not_found")


def test_a_verified_field_with_a_blog_that_is_only_claimed_proves_nothing(linked: Scene, harvest: Harvest) -> None:
    linked.network.world.start_blog("adas", "Ada's blog", "Ada")
    blog = linked_as(linked, linked.network.world.blog_url("adas"), "blog")
    link_from_profile(linked, verified=True)
    look_for_an_hour(harvest)
    assert now_of(linked, linked.identity).proven_at is now_of(linked, blog).proven_at is None


def test_the_page_tells_how_it_was_proven_and_how_else_it_can_be(
    scene: Scene, harvest: Harvest, blog: Identity, browser
) -> None:
    shown = browser(scene.person).get("/me").text
    assert identities.PROOFS["code"] in shown and identities.WAYS["rel_me"] in shown
    link_from_blog(scene)
    link_from_profile(scene)
    look_for_an_hour(harvest)
    shown = browser(scene.person).get("/me").text
    assert identities.PROOFS["rel_me"] in shown and identities.WAYS["rel_me"] not in shown
