"""One blog is one account, in whatever form its address is typed."""

import pytest
from sqlalchemy import select

from plnapi.accounts import identities
from plnapi.accounts.models import Identity
from tests import make
from tests.harvest.conftest import Harvest, Scene

FORMS = ("", "feed", "?x=1", "atom.xml", "without a slash")


@pytest.mark.parametrize("first", FORMS)
def test_a_blog_that_several_claim_is_proven_by_the_first_alone(linked: Scene, harvest: Harvest, first: str) -> None:
    """All write their codes on it, in one entry: a blog of a class, or somebody who got hold of the others' codes."""
    world = linked.network.world
    world.start_blog("zoes", "Zoe's blog", "Zoe")
    url = world.blog_url("zoes")
    claims = {form: claim(linked, url.rstrip("/") if form == "without a slash" else url + form) for form in FORMS}
    world.publish("zoes", "Mine", f"<p>{claims[first].code}</p>")
    harvest()
    assert proven(linked) == {claims[first].person_id: url}
    world.publish("zoes", "Ours", f"<p>{' '.join(one.code for one in claims.values())}</p>")
    harvest(minutes=61)
    assert proven(linked) == {claims[first].person_id: url}
    with linked.unit() as session:
        others = session.scalars(select(Identity).where(Identity.network == "blog", Identity.proven_at.is_(None))).all()
    assert [one.problem for one in others] == ["identity_taken"] * 4


def claim(scene: Scene, address: str) -> Identity:
    with scene.unit():
        person = make.person()
        make.enrol(scene.course, person)
        make.consent(person, scene.course)
        return identities.link(person.id, address, "blog")


def proven(scene: Scene) -> dict[object, str]:
    with scene.unit() as session:
        mine = session.scalars(select(Identity).where(Identity.network == "blog", Identity.proven_at.is_not(None)))
        return {one.person_id: one.uri for one in mine}
