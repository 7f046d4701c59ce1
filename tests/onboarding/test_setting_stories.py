"""Stories of settings through HTTP: what is left out is said, with its number, and the rest is checked off."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from plnapi.accounts.models import Identity
from plnapi.activity.service import NewFact
from plnapi.clock import now
from plnapi.harvest.rolls import keys_of
from tests import make
from tests.onboarding.conftest import Story, looked, post_of, way
from tests.onboarding.test_kind_stories import (
    KIM,
    STRANGER,
    Unit,
    codes,
    friend_of,
    mine,
    only,
    recorded,
    replays,
    student,  # noqa: F401  a fixture
    with_evidence,
)


def written(story: Story, number: int, days_ago: int, words: int = 12, **evidence: object) -> NewFact:
    """A post of so many words, at noon of a day."""
    at = datetime.combine(now().date() - timedelta(days=days_ago), time(12), UTC)
    return with_evidence(post_of(story, number, at=at), words=words, **evidence)


def test_posts_on_two_days_of_ten_words_and_no_replies(story: Story, student: Any, unit: Unit) -> None:  # noqa: F811
    with unit():
        only(story, way("post", count=2, days=2, words=10, original=True))
        looked(story, "posts", "complete")
    recorded(unit, written(story, 1, 5), written(story, 2, 5))
    same_day = mine(student, story)
    assert (same_day["verdict"], "days_missing" in codes(same_day)) == ("not_yet", True)
    assert "They are of 1 of 2 different days." in str(same_day["explanation"])
    recorded(unit, written(story, 3, 4, words=9), written(story, 4, 3, in_reply_to="https://far.example/1"))
    left_out = str(mine(student, story)["explanation"])
    assert "Each needs at least 10 words; 1 are shorter." in left_out
    assert "Replies do not count; 1 left out." in left_out
    recorded(unit, written(story, 5, 2))
    done = mine(student, story)
    assert (done["verdict"], done["level"]) == ("verified", "machine")
    assert {one["uri"].rpartition("/")[2] for one in done["evidence"]} == {"1", "5"}
    assert replays(story, unit)


def test_a_post_in_each_of_two_weeks(story: Story, student: Any, unit: Unit) -> None:  # noqa: F811
    with unit():
        only(story, way("post", count=1, every="week", weeks=2))
        looked(story, "posts", "complete")
    # the course began 30 days ago: its third week was 16 to 10 days ago, its fourth 9 to 3
    recorded(unit, written(story, 1, 15), written(story, 2, 11))
    one_week = mine(student, story)
    assert (one_week["verdict"], "weeks_missing" in codes(one_week)) == ("not_yet", True)
    assert "1 of 2 weeks are done, with 1 in each." in str(one_week["explanation"])
    recorded(unit, written(story, 3, 8))
    done = mine(student, story)
    assert (done["verdict"], len(done["evidence"])) == ("verified", 2)
    assert done["done_at"].startswith((now().date() - timedelta(days=8)).isoformat())
    assert replays(story, unit)


def test_a_reply_to_somebody_outside(story: Story, student: Any, unit: Unit) -> None:  # noqa: F811
    with unit():
        friend_of(story)
        only(story, way("reply", count=1, whom="outside"))
        looked(story, "posts", "complete")
    recorded(unit, with_evidence(post_of(story, 1), keys=KIM, in_reply_to="https://friends.example/1"))
    before = mine(student, story)
    assert before["verdict"] == "not_yet"
    assert "Only what is towards people outside of the course counts; 1 left out." in str(before["explanation"])
    recorded(unit, with_evidence(post_of(story, 2), keys=STRANGER, in_reply_to="https://far.example/1"))
    after = mine(student, story)
    assert (after["verdict"], after["evidence"][0]["uri"].rpartition("/")[2]) == ("verified", "2")
    assert replays(story, unit)


def comment_on(story: Story, number: int, blog: Identity) -> NewFact:
    """A comment of the student's, as it is seen on somebody's blog."""
    known = post_of(story, number)
    uri = f"{blog.url}entry#comment-{number}"
    keys = keys_of(blog.network, blog.handle, blog.uri, blog.url)
    fact = with_evidence(
        known, keys=keys, comment=True, look="received", tags=[], uri=uri, in_reply_to=f"{blog.url}entry"
    )
    return replace(fact, object_uri=uri, network="blog")


def test_a_comment_to_a_classmates_blog(story: Story, student: Any, unit: Unit) -> None:  # noqa: F811
    with unit():
        friend = make.person("Kim Friend")
        make.enrol(story.course, friend)
        kims = make.identity(friend, "blog", handle="https://kim.example/")
        others = make.identity(make.person("Out Sider"), "blog", handle="https://far.example/")
        only(story, way("comment", count=1, whom="classmates"))
    recorded(unit, comment_on(story, 1, others))
    before = mine(student, story)
    assert before["verdict"] != "verified"
    assert "Only what is towards people of the course counts; 1 left out." in str(before["explanation"])
    assert before["next"]["code"] == "next_comment"
    recorded(unit, comment_on(story, 2, kims))
    after = mine(student, story)
    assert (after["verdict"], after["level"]) == ("verified", "machine")
    assert [one["uri"] for one in after["evidence"]] == ["https://kim.example/entry#comment-2"]
    assert replays(story, unit)
