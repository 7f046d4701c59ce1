"""Each kind once through a course: what plnapi stores ticks the step, and what goes leaves the credit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from onboarding import progress, service
from onboarding.service import StepData
from plnapi.accounts import identities
from plnapi.accounts.models import Identity
from plnapi.activity import service as activity
from plnapi.db import db
from tests import make
from tests.onboarding.conftest import Story, post_of, way
from tests.onboarding.test_progress import states

Unit, Sign = Callable[[], Any], Callable[..., Any]


def only(story: Story, kind: str, **config: Any) -> None:
    """The checklist is one step, of this kind or by a link."""
    version = service.view(story.course.id).version
    step = StepData("One", branches=(way(kind, **config), way("attest", by="link", prompt="")))
    view = service.save(story.course, "One step", [step], None, expected=version)
    story.steps = {"one": view.steps[0].step_key}  # type: ignore[dict-item]


def test_a_proven_account_ticks_and_its_unlinking_leaves_the_credit(story: Story, unit: Unit, sign: Sign) -> None:
    with unit():
        only(story, "link_account", count=1)
    mine = sign(story.student).get(story.mine("one")).json
    assert (mine["verdict"], mine["evidence"][0]["adapter"]) == ("verified", "mastodon")
    assert "home.example" not in str([mine["explanation"], mine["evidence"]])
    with unit():
        identities.unlink(db.session.get_one(Identity, story.identity.id))
        kept = states(story)["one"]
        assert (kept.verdict, kept.evidence) == ("verified", [])
        assert progress.replay(story.course.id) == []


def test_two_networks_need_two_accounts(story: Story, unit: Unit) -> None:
    with unit():
        only(story, "link_account", count=2)
        assert states(story)["one"].verdict == "not_yet"
        make.identity(story.student, "blog")
        progress.refresh([story.student.id])
        assert states(story)["one"].verdict == "verified"


def test_a_reply_with_the_hashtag_ticks(story: Story, unit: Unit) -> None:
    with unit():
        only(story, "reply", count=1)
        activity.record([post_of(story, 1)])
        assert states(story)["one"].verdict != "verified"
        reply = post_of(story, 2)
        reply.evidence["in_reply_to"] = "https://people.example/1"  # type: ignore[index]
        activity.record([reply])
        assert states(story)["one"].evidence[0]["uri"].endswith("/statuses/2")
        assert progress.replay(story.course.id) == []


def test_an_entry_on_the_students_blog_ticks(story: Story, unit: Unit) -> None:
    with unit():
        only(story, "blog", count=1)
        activity.record([post_of(story, 1)])
        assert states(story)["one"].verdict != "verified"
        story.identity = make.identity(story.student, "blog")
        activity.record([replace(post_of(story, 2), network="blog")])
        assert states(story)["one"].verdict == "verified"
