"""Steps that open others: locked until then, and what was done already counts as soon as they open."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onboarding import explaining, giving, progress, service, unlocking
from onboarding.service import StepData
from plnapi.activity import service as activity
from tests.onboarding.conftest import Story, follow_of, post_of, way
from tests.onboarding.test_checklist import pointers
from tests.onboarding.test_progress import credits_of, states, verdicts

Unit, Sign = Callable[[], Any], Callable[..., Any]


def lock(story: Story, name: str, *groups: tuple[str, ...]) -> None:
    """The step with this short name opens after: of each group one."""
    view = service.view(story.course.id)
    after = tuple(tuple(str(story.steps[one]) for one in group) for group in groups)
    steps = [replace(step, after=after) if step.step_key == story.steps[name] else step for step in view.steps]
    service.save(story.course, view.title, steps, None, expected=view.version)


def opened(title: str, key: int, *after: tuple[int, ...], kind: str = "step") -> StepData:
    groups = tuple(tuple(str(UUID(int=n)) for n in group) for group in after)
    return StepData(title, kind, step_key=UUID(int=key), after=groups)


# ---- pure


def test_each_step_comes_after_those_that_open_it_and_else_in_its_place() -> None:
    steps = [opened("A", 1, (3,)), opened("B", 2), opened("C", 3, (4, 2)), opened("D", 4)]
    assert [step.title for step in unlocking.in_order(steps)] == ["D", "B", "C", "A"]
    assert list(unlocking.in_order(steps[1:2])) == steps[1:2]


@pytest.mark.parametrize(
    ("done", "left"),
    [((), [["A"], ["B", "C"]]), ((1,), [["B", "C"]]), ((2,), [["A"]]), ((1, 3), None), ((1, 2, 3), None)],
)
def test_of_each_group_one_opens(done: tuple[int, ...], left: Any) -> None:
    steps = [opened("A", 1), opened("B", 2), opened("C", 3), opened("D", 4, (1,), (2, 3))]
    note = unlocking.locked(steps[3], {UUID(int=n) for n in done}, steps)
    assert (note and note.params["groups"]) == left


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([opened("A", 1), opened("B", 2, (1,))], {}),
        ([opened("A", 1, (2,)), opened("B", 2, (1,))], {"/steps/0/after": "circle", "/steps/1/after": "circle"}),
        ([opened("A", 1, (1,))], {"/steps/0/after": "circle"}),
        ([opened("A", 1), opened("B", 2, (1,), (3, 1)), opened("C", 3, (2,))],
         {"/steps/1/after": "circle", "/steps/2/after": "circle"}),
        ([opened("A", 1), opened("B", 2, (1, 9))], {"/steps/1/after/0/1": "unknown"}),
        ([opened("A", 1, kind="heading"), opened("B", 2, (1,))], {"/steps/1/after/0/0": "unknown"}),
        ([opened("A", 1), opened("B", 2, (1,), kind="heading")], {"/steps/1/after": "heading"}),
    ],
)  # fmt: skip
def test_circles_and_unknown_keys_have_pointers(steps: list[StepData], found: dict[str, str]) -> None:
    assert {error.pointer: error.code for error in unlocking.errors(steps)} == found


def test_a_circle_is_named() -> None:
    (first, _) = unlocking.errors([opened("A", 1, (2,)), opened("B", 2, (1,))])
    assert first.detail == "These steps wait for each other: “A” → “B” → “A”. Take one of them off."


# ---- progress


def test_a_locked_step_says_which_step_opens_it(story: Story, unit: Unit) -> None:
    with unit():
        lock(story, "post", ("word",))
        found = explaining.explain(story.course.id, story.student.id, story.steps["post"])
        assert found.judgement.verdict == "not_yet"
        assert [(n.code, dict(n.params)) for n in found.judgement.explanation] == [
            ("step_locked", {"groups": [["Read the rules"]]}),
            ("next_unlock", {"groups": [["Read the rules"]]}),
        ]


def test_what_was_done_while_locked_counts_as_soon_as_it_opens(story: Story, unit: Unit, sign: Sign) -> None:
    with unit():
        lock(story, "post", ("word",))
        done = post_of(story, 1)
        activity.record([done])
        assert verdicts(story)["post"] == "not_yet"
    sign(story.student).post(f"{story.mine('word')}/word", json={})
    with unit():
        assert states(story)["post"].verdict == "verified"
        assert states(story)["post"].done_at == done.happened_at
        assert progress.replay(story.course.id) == []


def test_a_chain_of_locked_steps_opens_at_once(story: Story, unit: Unit) -> None:
    with unit():
        lock(story, "follow", ("post",))
        lock(story, "join", ("follow",))
        group = frozenset({"acct:group@people.example"})
        activity.record([follow_of(story, 0), follow_of(story, 1)])
        activity.record([follow_of(story, 0, object_uri="https://people.example/g", object_keys=group)])
        assert [verdicts(story)[name] for name in ("follow", "join")] == ["not_yet", "not_yet"]
        activity.record([post_of(story, 1)])
        assert [verdicts(story)[name] for name in ("post", "follow", "join")] == ["verified"] * 3


def test_a_lock_that_comes_later_takes_nothing_away_and_locks_nothing_behind_it(story: Story, unit: Unit) -> None:
    with unit():
        activity.record([post_of(story, 1), follow_of(story, 0), follow_of(story, 1)])
        lock(story, "post", ("word",))
        lock(story, "follow", ("post",))
        kept = states(story)
        assert (kept["post"].verdict, kept["follow"].verdict) == ("verified", "verified")
        assert [said.step_key for said in credits_of(story)] == [story.steps["post"]]
        assert progress.replay(story.course.id) == []


def test_nothing_is_given_for_a_locked_step(story: Story, unit: Unit, sign: Sign) -> None:
    with unit():
        lock(story, "link", ("word", "post"), ("follow",))
    student = sign(story.student)
    refused = student.post(f"{story.mine('link')}/link", json={"url": "https://docs.example/plan"})
    assert (refused.status_code, refused.json["code"]) == (409, "step_locked")
    assert refused.json["detail"] == "This step opens after: “Read the rules” / “Post once”, “Follow two”."
    student.post(f"{story.mine('word')}/word", json={})
    with unit():
        activity.record([follow_of(story, 0), follow_of(story, 1)])
    opened = student.post(f"{story.mine('link')}/link", json={"url": "https://docs.example/plan"})
    assert (opened.status_code, opened.json["verdict"]) == (201, "waiting")


def test_a_locked_step_is_not_the_next_one(story: Story, unit: Unit, sign: Sign) -> None:
    with unit():
        lock(story, "follow", ("post",))
    mine = sign(story.student).get(f"{story.url}/my/steps").json
    assert (mine["steps"][0]["locked"], mine["steps"][1]["locked"]) == (True, False)
    assert mine["next_step"] == str(story.steps["post"])


def test_a_step_that_others_wait_for_cannot_be_taken_off(story: Story, unit: Unit, sign: Sign) -> None:
    with unit():
        lock(story, "post", ("word",))
    teacher = sign(story.instructor)
    before = teacher.get(f"{story.url}/checklist")
    steps = [step for step in before.json["steps"] if step["step_key"] != str(story.steps["word"])]
    refused = teacher.put(f"{story.url}/checklist", json={"steps": steps}, headers={"If-Match": before.headers["ETag"]})
    assert pointers(refused) == {"/steps/1/after/0/0": "unknown"}
    steps = [{**step, "after": [[str(uuid4())]]} for step in before.json["steps"][:1]]
    refused = teacher.put(f"{story.url}/checklist", json={"steps": steps}, headers={"If-Match": before.headers["ETag"]})
    assert pointers(refused) == {"/steps/0/after/0/0": "unknown"}


def test_an_instructor_locks_a_step_by_a_form_and_the_student_sees_it(story: Story, browser: Any) -> None:
    teacher, here = browser(story.instructor), f"/courses/{story.course.id}/checklist"
    url = f"{here}/{story.steps['post']}"
    form = {"title": "Post once", "required": "true", "version": "1", "after_shown": "true"}
    ticked = {**form, "after": [str(story.steps["word"]), str(story.steps["follow"])], "after_one": "true"}
    assert teacher.submit(url, ticked, page=url).status_code == 303
    assert "Opens after: “Read the rules” / “Follow two”." in teacher.get(here).text
    shown = teacher.get(url).text
    assert shown.count('name="after"') == 4
    assert set(re.findall(r'name="after" value="([^"]+)" checked', shown)) == set(ticked["after"])
    mine = browser(story.student).get(f"/courses/{story.course.id}/steps/{story.steps['post']}").text
    assert "This step opens after: “Read the rules” / “Follow two”." in mine
    assert "Hand in the link" not in mine
    assert teacher.submit(url, {**form, "version": "2"}, page=url).status_code == 303
    assert "Opens after" not in teacher.get(here).text


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    happens=st.lists(
        st.sampled_from(["post", "follow", "word", "lock post", "lock follow", "lock join", "open"]), max_size=9
    )
)
def test_with_locks_progress_rebuilt_equals_progress_kept(story: Story, unit: Unit, happens: list[str]) -> None:
    with unit() as session:
        earned: set[str] = set()
        for name in happens:
            if name == "post":
                activity.record([post_of(story, 1, at=story.identity.created_at)])
            elif name == "follow":
                activity.record([follow_of(story, 0), follow_of(story, 1)])
            elif name == "word":
                _word(story)
            elif name == "open":
                lock(story, "post")
            else:
                before = {"post": "word", "follow": "post", "join": "follow"}
                lock(story, name.split()[1], (before[name.split()[1]],))
            done = {step for step, verdict in verdicts(story).items() if verdict == "verified"}
            assert earned <= done, f"{name} took a tick away"
            earned = done
            assert progress.replay(story.course.id) == []
        session.rollback()


def _word(story: Story) -> None:
    giving.give_word(story.course, story.student.id, story.steps["word"])


def test_a_heading_and_a_step_without_a_key_are_not_in_the_way() -> None:
    fresh = StepData("Fresh", branches=(way("attest", by="word"),), after=((str(UUID(int=1)),),))
    assert unlocking.errors([opened("A", 1), fresh, opened("H", 3, kind="heading")]) == []
