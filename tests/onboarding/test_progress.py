"""State follows from what is stored, and stays with what was earned."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from onboarding import explaining, giving, progress, service
from onboarding.models import Decision, StepState
from plnapi.accounts import identities
from plnapi.accounts.models import Identity
from plnapi.activity import service as activity
from plnapi.activity.models import Fact
from plnapi.clock import now
from plnapi.consents import service as consents
from plnapi.courses import service as courses
from plnapi.db import db
from plnapi.harvest.models import Source
from plnapi.hashtags import service as hashtags
from plnapi.resources import service as resources
from tests import make
from tests.onboarding.conftest import Story, follow_of, looked, post_of, way

Unit = Callable[[], Any]


def states(story: Story, person_id: UUID | None = None) -> dict[str, StepState]:
    """The kept states of the student by the steps' short names."""
    rows = db.session.scalars(
        select(StepState)
        .where(StepState.course_id == story.course.id, StepState.person_id == (person_id or story.student.id))
        .execution_options(populate_existing=True)
    ).all()
    by_key = {row.step_key: row for row in rows}
    return {name: by_key[key] for name, key in story.steps.items() if key in by_key}


def verdicts(story: Story, person_id: UUID | None = None) -> dict[str, str]:
    """Only their verdicts."""
    return {name: row.verdict for name, row in states(story, person_id).items()}


def credits_of(story: Story) -> list[Decision]:
    """The decisions that keep credit."""
    return list(db.session.scalars(select(Decision).where(Decision.kind == "credited").order_by(Decision.id)))


def test_somebody_who_joins_has_states_at_once(story: Story, unit: Unit) -> None:
    with unit():
        newcomer = make.person("New Comer")
        make.enrol(story.course, newcomer)
        assert verdicts(story, newcomer.id) == dict.fromkeys(story.steps, "not_yet")


def test_facts_tick_steps_in_the_same_transaction(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([follow_of(story, 0), follow_of(story, 1), post_of(story, 1)])
        kept = states(story)
        assert (kept["follow"].verdict, kept["follow"].level, kept["follow"].branch) == ("verified", "machine", 0)
        assert kept["post"].evidence[0]["uri"].endswith("/statuses/1")
        assert kept["join"].verdict == "unknown"


def test_joining_a_group_is_a_follow_of_it(story: Story, unit: Unit) -> None:
    with unit():
        group = follow_of(
            story, 0, object_uri="https://people.example/g", object_keys=frozenset({"acct:group@people.example"})
        )
        activity.record([group])
        assert verdicts(story)["join"] == "verified"


@pytest.mark.parametrize(
    ("coverage", "verdict"),
    [("complete", "not_yet"), ("hidden", "unknown"), ("partial", "unknown"), ("failed", "error")],
)
def test_the_end_of_a_look_is_a_verdict_without_facts(story: Story, unit: Unit, coverage: str, verdict: str) -> None:
    with unit():
        looked(story, "posts", coverage)
        assert verdicts(story)["post"] == verdict


def test_without_consent_facts_do_not_count_until_it_is_given(story: Story, unit: Unit) -> None:
    with unit():
        other = make.person("Quiet")
        make.enrol(story.course, other)
        account = make.identity(other)
        activity.record(
            [replace(post_of(story, 1), person_id=other.id, identity_id=account.id, subject_uri=account.uri)]
        )
        assert verdicts(story, other.id)["post"] == "unknown"
        make.consent(other, story.course)
        assert verdicts(story, other.id)["post"] == "verified"


def test_an_unfollow_keeps_the_tick_and_notes_it(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([follow_of(story, 0), follow_of(story, 1)])
        gone = db.session.scalars(select(Fact).where(Fact.object_uri.endswith("person0"))).one()
        activity.record([], undone={gone.id: now()})
        kept = states(story)["follow"]
        assert kept.verdict == "verified"
        assert kept.evidence[0]["undone_at"] is not None
        assert not credits_of(story)


def test_a_withdrawn_consent_takes_the_evidence_and_leaves_the_credit(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([follow_of(story, 0), follow_of(story, 1), post_of(story, 1)])
        done_at = states(story)["post"].done_at
        consents.withdraw(story.student.id, story.course.id, "checks")
        assert not db.session.scalars(select(Fact)).all()
        kept = states(story)
        assert (kept["follow"].verdict, kept["follow"].level, kept["follow"].evidence) == ("verified", "machine", [])
        assert (kept["post"].verdict, kept["post"].done_at) == ("verified", done_at)
        assert kept["join"].verdict == "unknown"
        assert {said.step_key for said in credits_of(story)} == {story.steps["follow"], story.steps["post"]}
        held = [(s.url, s.comment) for s in credits_of(story)], [row.explanation for row in kept.values()]
        assert "home.example" not in str(held)


def leave_out(story: Story, *networks: str) -> None:
    consents.give(story.student.id, courses.get(story.course.id), "checks", networks)


def test_a_network_left_out_takes_its_evidence_and_leaves_the_credit(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1)])
        done_at = states(story)["post"].done_at
        leave_out(story, "mastodon")
        assert not db.session.scalars(select(Fact)).all()
        kept = states(story)
        assert (kept["post"].verdict, kept["post"].done_at, kept["post"].evidence) == ("verified", done_at, [])
        assert kept["follow"].verdict == "unknown"
        assert [note["code"] for note in kept["follow"].explanation][1:] == ["left_out", "next_take_in"]
        assert [said.step_key for said in credits_of(story)] == [story.steps["post"]]
        assert progress.replay(story.course.id) == []
        leave_out(story)
        assert "left_out" not in str([row.explanation for row in states(story).values()])
        assert progress.replay(story.course.id) == []


def test_another_network_left_out_changes_no_step(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1)])
        before = {name: (row.verdict, row.evidence, row.explanation) for name, row in states(story).items()}
        leave_out(story, "bluesky")
        assert {name: (row.verdict, row.evidence, row.explanation) for name, row in states(story).items()} == before
        assert not credits_of(story)


def test_what_another_course_keeps_of_a_network_does_not_count_where_it_is_left_out(story: Story, unit: Unit) -> None:
    with unit():
        second = make.course(code="SUB202")
        make.hashtag(second, "#SUB101")
        make.enrol(second, story.student)
        make.consent(story.student, second)
        leave_out(story, "mastodon")
        activity.record([post_of(story, 1)])
        assert db.session.scalars(select(Fact)).all()
        assert states(story)["post"].verdict == "unknown"
        assert progress.replay(story.course.id) == []
        leave_out(story)
        assert states(story)["post"].verdict == "verified"


def test_withdrawing_twice_and_giving_again_writes_credit_once(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1)])
        for _ in range(2):
            consents.withdraw(story.student.id, story.course.id, "checks")
            make.consent(story.student, story.course)
        assert len(credits_of(story)) == 1


def test_consent_of_another_course_keeps_its_evidence(story: Story, unit: Unit) -> None:
    with unit():
        second = make.course(code="SUB202")
        make.hashtag(second, "#SUB101")
        make.enrol(second, story.student)
        make.consent(story.student, second)
        view = service.save(
            second,
            "Two",
            [service.StepData("Post", branches=(way("post", count=1), way("attest", by="word")))],
            None,
            expected=0,
        )
        activity.record([post_of(story, 1)])
        consents.withdraw(story.student.id, story.course.id, "checks")
        there = db.session.get_one(StepState, (second.id, story.student.id, view.steps[0].step_key))
        assert (there.verdict, len(there.evidence)) == ("verified", 1)
        assert states(story)["post"].evidence == []


def test_an_unlinked_account_leaves_the_credit(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1)])
        identities.unlink(db.session.get_one(Identity, story.identity.id))
        kept = states(story)
        assert (kept["post"].verdict, kept["post"].evidence) == ("verified", [])
        assert kept["follow"].verdict == "not_yet"
        assert "home.example" not in str([row.explanation for row in kept.values()])


def test_a_stricter_step_keeps_what_was_earned(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1)])
        steps = list(service.view(story.course.id).steps)
        steps[1] = replace(steps[1], branches=(way("post", count=5), way("attest", by="link", prompt="")))
        service.save(story.course, "First steps", steps, None, expected=1)
        assert verdicts(story)["post"] == "verified"
        assert len(credits_of(story)) == 1
        newcomer = make.person("New Comer")
        make.enrol(story.course, newcomer)
        assert verdicts(story, newcomer.id)["post"] == "not_yet"


def test_a_detached_hashtag_and_a_changed_list_take_no_tick(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([follow_of(story, 0), follow_of(story, 1), post_of(story, 1)])
        tag = hashtags.of_course(story.course.id)[0]
        hashtags.attach(story.course, "#other")
        hashtags.detach(story.course, tag.id)
        list_ = resources.get_list(story.course.id, story.list_id)
        resources.replace_items(list_, [{"kind": "person", "title": "Else", "address": "@else@people.example"}], None)
        assert verdicts(story)["follow"] == verdicts(story)["post"] == "verified"


def test_a_new_hashtag_finds_what_was_posted_before(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1, tag="later")])
        assert verdicts(story)["post"] == "unknown"
        hashtags.attach(story.course, "#later")
        assert verdicts(story)["post"] == "verified"


def test_a_removed_step_comes_back_with_its_credit(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1)])
        steps = list(service.view(story.course.id).steps)
        service.save(story.course, "First steps", [s for s in steps if s.title != "Post once"], None, expected=1)
        assert "post" not in verdicts(story)
        activity.forget(story.student.id, [fact.id for fact in db.session.scalars(select(Fact))])
        service.save(story.course, "First steps", steps, None, expected=2)
        assert verdicts(story)["post"] == "verified"


def test_a_course_that_is_over_keeps_what_was_last_said_of_open_steps(story: Story, unit: Unit) -> None:
    with unit():
        looked(story, "posts", "complete")
        assert verdicts(story)["post"] == "not_yet"
        courses.close(courses.get(story.course.id))
        assert not db.session.scalars(select(Source)).all()
        assert verdicts(story)["post"] == "not_yet"
        assert progress.replay(story.course.id) == []


def test_one_more_student_does_not_cost_one_more_statement(story: Story, unit: Unit, statements: Any) -> None:
    with unit():
        people = [story.student.id]
        with statements() as alone:
            progress.refresh(people)
        for n in range(8):
            somebody = make.person(f"Student {n}")
            make.enrol(story.course, somebody)
            make.identity(somebody)
            make.consent(somebody, story.course)
            people.append(somebody.id)
        db.session.execute(delete(StepState))
        with statements() as together:
            assert progress.refresh(people) == 9 * len(story.steps)
        writes = [s for s in together if not s.startswith("SELECT")]
        assert len(together) - len(writes) == len(alone) <= 12
        assert len(writes) == 1


def test_nothing_is_written_when_nothing_is_different(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1)])
        assert progress.refresh([story.student.id]) == 0


def test_the_page_explains_by_the_same_judgement_that_is_kept(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([follow_of(story, 0), post_of(story, 1)])
        looked(story, "follows", "hidden", "hidden_by_owner")
        kept = states(story)
        for name, key in story.steps.items():
            found = explaining.explain(story.course.id, story.student.id, key)
            assert found.judgement.verdict == kept[name].verdict


# ---- replay

ACTS = (
    "follow0",
    "follow1",
    "post1",
    "post2",
    "group",
    "hidden",
    "complete",
    "word",
    "withdraw",
    "give",
    "undo",
    "strict",
)


def act(story: Story, name: str) -> None:
    """One thing that may happen to the student's progress."""
    if name in {"follow0", "follow1"}:
        activity.record([follow_of(story, int(name[-1]))])
    elif name.startswith("post"):
        activity.record([post_of(story, int(name[-1]), at=story.identity.created_at)])
    elif name == "group":
        keys = frozenset({"acct:group@people.example"})
        activity.record([follow_of(story, 0, object_uri="https://people.example/g", object_keys=keys)])
    elif name in {"hidden", "complete"} and db.session.scalars(select(Source)).first():
        looked(story, "follows", name)
    elif name == "withdraw":
        consents.withdraw(story.student.id, story.course.id, "checks")
    elif name == "give":
        make.consent(story.student, story.course)
    elif name == "undo":
        activity.record([], undone={fact.id: now() for fact in db.session.scalars(select(Fact))})
    elif name == "strict":
        view = service.view(story.course.id)
        steps = [replace(s, required=not s.required) for s in view.steps]
        steps[1] = replace(steps[1], branches=(way("post", count=2), way("attest", by="link", prompt="")))
        service.save(story.course, view.title, steps, None, expected=view.version)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happens=st.lists(st.sampled_from(ACTS), max_size=12))
def test_progress_rebuilt_equals_progress_kept_whatever_happens(story: Story, unit: Unit, happens: list[str]) -> None:
    with unit() as session:
        earned: set[str] = set()
        for name in happens:
            act(story, name)
            done = {step for step, verdict in verdicts(story).items() if verdict == "verified"}
            assert earned <= done, f"{name} took a tick away"
            earned = done
            assert progress.replay(story.course.id) == []
        session.rollback()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(5)), doubled=st.lists(st.integers(0, 4), max_size=3))
def test_facts_late_doubled_and_out_of_order_give_the_same_state(
    story: Story, unit: Unit, order: list[int], doubled: list[int]
) -> None:
    with unit() as session:
        at = now()
        facts = [follow_of(story, n, seen_at=at) for n in range(2)] + [
            replace(post_of(story, n, at=story.identity.created_at), seen_at=at) for n in range(3)
        ]
        for n in [*order, *doubled]:
            activity.record([facts[n]])
        one_by_one = {name: (row.verdict, row.done_at, row.evidence) for name, row in states(story).items()}
        session.rollback()
    with unit() as session:
        activity.record(facts)
        assert {name: (row.verdict, row.done_at, row.evidence) for name, row in states(story).items()} == one_by_one
        session.rollback()


def test_replay_reports_a_state_that_somebody_changed(story: Story, unit: Unit) -> None:
    with unit():
        states(story)["post"].verdict = "verified"
        db.session.flush()
        (found,) = progress.replay(story.course.id)
        assert (found.step_key, found.kept["verdict"], found.derived["verdict"]) == (  # type: ignore[index]
            story.steps["post"], "verified", "unknown",
        )  # fmt: skip


def test_evidence_says_what_saw_it_and_the_hash_of_what_was_said(
    story: Story, unit: Unit, sign: Callable[..., Any]
) -> None:
    post = post_of(story, 1)
    with unit():
        activity.record([replace(post, evidence={**post.evidence, "version": 2, "excerpt_hash": "5f" * 32})])
        giving.give_word(story.course, story.student.id, story.steps["word"])
    client = sign(story.student)
    steps = {one["step_key"]: one for one in client.get(f"{story.url}/my/steps").json["steps"]}
    (seen,), (word,) = (steps[str(story.steps[name])]["evidence"] for name in ("post", "word"))
    assert [seen[name] for name in ("adapter", "version", "excerpt_hash")] == ["mastodon", 2, "5f" * 32]
    assert [word[name] for name in ("adapter", "version", "excerpt_hash")] == ["", None, ""]
    assert client.get(story.mine("post")).json["evidence"] == [seen]
    with unit():
        assert progress.replay(story.course.id) == []
