"""What is kept of a post."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from plnapi.accounts.models import Identity
from plnapi.platforms.types import Post
from plnapi.posts import models, service
from tests import make
from tests.conftest import Unit

WANTED = frozenset({"sub101"})
SEEN = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def identity(unit: Unit) -> Identity:
    with unit():
        return make.identity(make.person(), "blog")


def post(uri: str = "https://a.example/1", html: str = "<p>Hello</p>", **given: object) -> Post:
    return Post(uri, "https://a.example/1", "Title", html, SEEN, **{"tags": ("SUB101",), **given})  # type: ignore[arg-type]


def test_a_post_without_a_wanted_tag_leaves_no_trace(unit: Unit, identity: Identity) -> None:
    with unit() as session:
        assert service.store(identity, [post(tags=("food",)), post("b", tags=())], WANTED, SEEN) == []
        assert session.scalar(select(func.count()).select_from(models.Post)) == 0


def test_tags_are_compared_in_their_canonical_form(unit: Unit, identity: Identity) -> None:
    with unit():
        (kept,) = service.store(identity, [post(tags=("#SUB101", "\uff33UB101", "Networks"))], WANTED, SEEN)
        assert {tag.key for tag in kept.tags} == {"sub101", "networks"}


def test_a_long_post_is_kept_as_an_excerpt(unit: Unit, identity: Identity) -> None:
    with unit():
        (kept,) = service.store(identity, [post(html="<p>" + "word " * 900 + "</p>")], WANTED, SEEN)
    assert kept.words == 900
    assert 490 <= len(kept.excerpt) <= 500 and kept.excerpt.endswith("word…")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.text(max_size=2000), st.text(max_size=400))
def test_whatever_is_sent_is_kept_as_text_within_bounds(unit: Unit, identity: Identity, html: str, title: str) -> None:
    with unit() as session:
        (kept,) = service.store(identity, [Post("u", "javascript:x()", title, html, None, ("SUB101",))], WANTED, SEEN)
        session.refresh(kept)
        assert len(kept.excerpt) <= 500 and len(kept.title) <= 300 and kept.url == ""


def test_storing_again_changes_only_what_its_author_changed(unit: Unit, identity: Identity) -> None:
    with unit():
        (first,) = service.store(identity, [post()], WANTED, SEEN)
        before = first.id, first.content_hash
    later = datetime(2026, 11, 3, tzinfo=UTC)
    with unit():
        (again,) = service.store(identity, [post()], WANTED, later)
        assert (again.id, again.content_hash, again.seen_at) == (*before, SEEN)
        (edited,) = service.store(identity, [post(html="<p>Hello there</p>", tags=("SUB101", "More"))], WANTED, later)
        assert (edited.id, edited.words) == (before[0], 2)
        assert {tag.key for tag in edited.tags} == {"sub101", "more"}


def test_two_feeds_may_number_their_entries_alike(unit: Unit, identity: Identity) -> None:
    with unit() as session:
        other = make.identity(make.person("Bob"), "blog")
        service.store(identity, [post("1")], WANTED, SEEN)
        service.store(other, [post("1", html="<p>Mine</p>")], WANTED, SEEN)
        owners = session.execute(select(models.Post.identity_id, models.Post.excerpt)).all()
    assert {tuple(row) for row in owners} == {(identity.id, "Hello"), (other.id, "Mine")}


def test_a_post_that_is_gone_is_marked_once_and_can_come_back(unit: Unit, identity: Identity) -> None:
    with unit():
        (kept,) = service.store(identity, [post()], WANTED, SEEN)
        assert service.mark_gone(identity, [kept.uri, "unknown"], SEEN) == [kept]
        assert service.mark_gone(identity, [kept.uri], SEEN) == []
        service.store(identity, [post()], WANTED, SEEN)
        assert kept.gone_at is None


def test_forgetting_keeps_what_is_still_wanted(unit: Unit, identity: Identity) -> None:
    with unit() as session:
        service.store(identity, [post("1"), post("2", tags=("SUB101", "other"))], WANTED, SEEN)
        assert service.forget(identity.person_id, staying={(identity.id, "2")}) == 1
        assert session.scalars(select(models.Post.uri)).all() == ["2"]
        assert service.forget(identity.person_id, staying=()) == 1
        assert session.scalar(select(func.count()).select_from(models.PostTag)) == 0
