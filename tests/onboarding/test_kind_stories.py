"""A story of each kind through HTTP: what is explained before, what the student does, how it is checked off."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from onboarding import progress, service
from onboarding.checks import ALL
from onboarding.service import StepData
from plnapi import signals
from plnapi.accounts import identities
from plnapi.accounts.models import Identity
from plnapi.activity import service as activity
from plnapi.activity.service import NewFact
from plnapi.clock import now
from plnapi.db import db
from plnapi.harvest.models import CourseAccount, Health
from plnapi.resources import service as resources
from tests import make
from tests.onboarding.conftest import Story, follow_of, looked, post_of, way

Unit, Sign = Callable[[], Any], Callable[..., Any]
DONE = ("verified", "declared")


@pytest.fixture
def student(story: Story, sign: Sign) -> Any:
    return sign(story.student)


@pytest.fixture
def teacher(story: Story, sign: Sign) -> Any:
    return sign(story.instructor)


def only(story: Story, *ways: dict[str, Any], **fields: Any) -> None:
    """The checklist is one step with these ways."""
    version = service.view(story.course.id).version
    view = service.save(
        story.course, "One step", [StepData("One", required=False, branches=ways, **fields)], None, expected=version
    )
    story.steps = {"one": view.steps[0].step_key}  # type: ignore[dict-item]


def mine(student: Any, story: Story) -> Any:
    return student.get(story.mine("one")).json


def codes(explained: Any) -> list[str]:
    return [note["code"] for note in explained["explanation"]]


def answer(student: Any, story: Story, kind: str, **data: Any) -> Any:
    return student.post(f"{story.mine('one')}/answer", json={"kind": kind, "data": data})


def recorded(unit: Unit, *facts: NewFact) -> None:
    with unit():
        activity.record(facts)


def with_evidence(new: NewFact, verb: str = "Create", keys: frozenset[str] = frozenset(), **evidence: Any) -> NewFact:
    return replace(new, verb=verb, object_keys=keys, evidence={**new.evidence, **evidence})


def friend_of(story: Story) -> Identity:
    """Another student of the course with a proven account, whose key is `acct:kim@friends.example`."""
    friend = make.person("Kim Friend")
    make.enrol(story.course, friend)
    return make.identity(friend, handle="@kim@friends.example")


KIM = frozenset({"acct:kim@friends.example"})
STRANGER = frozenset({"acct:stranger@far.example"})


def replays(story: Story, unit: Unit) -> bool:
    with unit():
        return progress.replay(story.course.id) == []


# ---- what is seen on networks


def test_follow_a_named_one_and_only_new_ones(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        only(story, way("follow", list=str(story.list_id), items=[str(story.items[1])], since="course"))
        looked(story, "follows", "complete")
    before = mine(student, story)
    assert (before["verdict"], before["next"]["text"]) == ("not_yet", "Follow: Ben Hall.")
    recorded(unit, follow_of(story, 1))
    after = mine(student, story)
    assert (after["verdict"], after["evidence"][0]["uri"]) == ("verified", "https://people.example/@person1")
    assert replays(story, unit)


def test_reply_to_a_classmate_and_to_somebody_outside(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        friend_of(story)
        only(story, way("reply", count=1, whom="classmates"))
        looked(story, "posts", "complete")
    outside = with_evidence(post_of(story, 1), keys=STRANGER, in_reply_to="https://far.example/1")
    recorded(unit, outside)
    before = mine(student, story)
    assert (before["verdict"], "rule_whom" in codes(before)) == ("not_yet", True)
    assert "Only what is towards people of the course counts; 1 left out." in str(before["explanation"])
    recorded(unit, with_evidence(post_of(story, 2), keys=KIM, in_reply_to="https://friends.example/1"))
    after = mine(student, story)
    assert (after["verdict"], after["level"], len(after["evidence"])) == ("verified", "machine", 1)
    assert replays(story, unit)


def test_a_classmate_who_proves_an_account_later_makes_the_reply_count(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        only(story, way("reply", count=1, whom="classmates"))
        friend = make.person("Kim Friend")
        make.enrol(story.course, friend)
        identity = make.identity(friend, handle="@kim@friends.example", proven=False)
    recorded(unit, with_evidence(post_of(story, 1), keys=KIM, in_reply_to="https://friends.example/1"))
    assert mine(student, story)["verdict"] != "verified"
    with unit():
        known = db.session.get_one(Identity, identity.id)
        known.proven_at, known.proof = now(), "code"
        identities.renew(known)
    listed = student.get(f"{story.url}/my/steps").json["steps"][0]
    assert listed["verdict"] == "verified"
    assert replays(story, unit)
    with unit():
        identities.unlink(db.session.get_one(Identity, identity.id))
    assert student.get(f"{story.url}/my/steps").json["steps"][0]["verdict"] == "verified"
    assert replays(story, unit)


def test_boost_and_like(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        friend_of(story)
        only(story, way("react", what="either", count=2, people=1))
    assert "0 of 2 posts seen among the boosts and likes." in str(mine(student, story)["explanation"])
    recorded(
        unit,
        with_evidence(post_of(story, 1), "Announce", KIM, tags=[]),
        with_evidence(post_of(story, 2), "Like", KIM, tags=[]),
        with_evidence(post_of(story, 3), "Like", STRANGER, tags=[]),
    )
    after = mine(student, story)
    assert (after["verdict"], [one["verb"] for one in after["evidence"]]) == ("verified", ["Like", "Announce"])
    assert replays(story, unit)


def test_post_on_two_days(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        only(story, way("post", count=2))
        looked(story, "posts", "complete")
    recorded(unit, post_of(story, 1))
    assert mine(student, story)["next"]["text"] == "Publish a post with #SUB101."
    recorded(unit, post_of(story, 2))
    assert mine(student, story)["verdict"] == "verified"


def test_join_a_group_and_take_part_in_it(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        part = [way("join_group", list=str(story.list_id), count=1), way("take_part", list=str(story.list_id), count=1)]
        only(story, way("all_of", of=part))
        looked(story, "follows", "complete")
        looked(story, "posts", "complete")
    group = frozenset({"acct:group@people.example"})
    recorded(unit, follow_of(story, 9, object_keys=group, object_uri="https://people.example/users/group"))
    half = mine(student, story)
    assert (half["verdict"], half["next"]["code"]) == ("not_yet", "next_take_part")
    assert "Part 1 of 2, Join a group: Done." in str(half["explanation"])
    recorded(unit, with_evidence(post_of(story, 1), mentions=["@group@people.example"], tags=[]))
    whole = mine(student, story)
    assert (whole["verdict"], [one["verb"] for one in whole["evidence"]]) == ("verified", ["Follow", "Create"])
    assert replays(story, unit)


def test_start_a_blog_write_on_it_and_comment(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        parts = [way("start_blog"), way("blog", count=1), way("comment", count=1)]
        only(story, way("all_of", of=parts))
    assert mine(student, story)["verdict"] != "verified"
    with unit():
        story.identity = make.identity(story.student, "blog")
        identities.renew(db.session.get_one(Identity, story.identity.id))
        looked(story, "posts", "complete")
        activity.record([replace(post_of(story, 1), network="blog")])
    without_comment = mine(student, story)
    assert without_comment["next"]["code"] == "next_comment"
    recorded(unit, with_evidence(post_of(story, 2), comment=True, tags=[]))
    assert mine(student, story)["verdict"] == "verified"
    assert replays(story, unit)


def test_an_account_is_linked_public_and_shared(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        parts = [way("link_account", count=2), way("public_account"), way("share_accounts", count=2)]
        only(story, way("all_of", of=parts))
        looked(story, "posts", "hidden", "hidden_by_owner")
    assert mine(student, story)["verdict"] == "not_yet"
    with unit():
        looked(story, "posts", "complete")
        blog = make.identity(story.student, "blog")
        progress.refresh([story.student.id])
    before = mine(student, story)
    assert before["next"]["code"] == "next_share"
    with unit():
        db.session.get_one(Identity, blog.id).links_to = [str(story.identity.id)]
        progress.refresh([story.student.id])
    after = mine(student, story)
    assert (after["verdict"], {one["verb"] for one in after["evidence"]}) == ("verified", {"Account"})
    assert "home.example" not in str(after["evidence"])
    assert replays(story, unit)


# ---- what is answered


ANSWERS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    # kind, settings, an answer that is not enough, one that is
    ("choose_network", {"words": 3}, {"network": "none", "why": "No"}, {"network": "none", "why": "I stay unseen"}),
    ("study_account", {"words": 3}, {"decision": "", "why": "I keep work apart"},
     {"decision": "separate", "why": "I keep work apart"}),
    ("find_hashtag", {"count": 1, "words": 2}, {"tags": "", "about": "Many teachers"},
     {"tags": "#Botany", "about": "Many teachers"}),
    ("find_group", {"questions": ["Who is in it?"], "words": 2}, {"group": "Open", "answer_1": "Ann", "fits": "yes"},
     {"group": "Open", "answer_1": "Ann and Ben", "fits": "no"}),
    ("reflect", {"prompts": ["What did you notice?"], "words": 3}, {"answer_1": "Nothing"},
     {"answer_1": "People answer quickly"}),
    ("map", {"people": 1, "spaces": 1, "tools": 1}, {"people": ["Ann"], "spaces": [], "tools": []},
     {"people": ["Ann: she answers me"], "spaces": ["Staff room: news and coffee"], "tools": ["Notebook: keeps my ideas"]}),
    ("assess", {"statements": ["I know whom to ask."]}, {"statement_1": "9"}, {"statement_1": "3"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "config", "poor", "good"), ANSWERS, ids=[one[0] for one in ANSWERS])
def test_an_answer_is_explained_refused_and_taken(
    kind: str, config: Any, poor: Any, good: Any, story: Story, student: Any, sign: Sign, unit: Unit
) -> None:
    with unit():
        only(story, way(kind, **config))
    before = mine(student, story)
    assert (before["verdict"], codes(before), before["next"]["code"]) == ("not_yet", ["answer_missing"], "next_answer")
    assert {field["name"] for field in before["answers"][0]["fields"]} == good.keys()
    refused = answer(student, story, kind, **poor)
    assert (refused.status_code, refused.json["code"]) == (422, "answer_wrong")
    assert refused.json["errors"][0]["pointer"].startswith("/data/")
    taken = answer(student, story, kind, **good)
    assert (taken.status_code, (taken.json["verdict"], taken.json["level"])) == (201, DONE)
    assert taken.json["evidence"][0]["verb"] == "Answer"
    shown = sign(story.instructor).get(f"{story.url}/people/{story.student.id}/steps/{story.steps['one']}").json
    assert shown["answers"] == taken.json["answers"]
    assert shown["answers"][0]["fields"][-1]["value"]
    assert replays(story, unit)


def test_a_file_of_subscriptions_is_read_and_not_kept(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        feeds = [{"kind": "feed", "title": n, "address": f"https://{n}.example/feed"} for n in ("a", "b")]
        list_ = make.resource_list(story.course, feeds, "Feeds")
        only(story, way("subscribe", list=str(list_.id), count=2))
    first = '<opml version="2.0"><body><outline xmlUrl="http://a.example/feed" text="A"/>{}</body></opml>'
    secret = '<outline xmlUrl="https://secret.example/feed" text="Mine"/>'
    refused = answer(student, story, "subscribe", file="no subscriptions")
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/data/file")
    half = answer(student, story, "subscribe", file=first.format(secret)).json
    assert (half["verdict"], half["explanation"][0]["text"]) == ("not_yet", "1 of 2 are there. Not there: b.")
    both = answer(student, story, "subscribe", file=first.format('<outline xmlUrl="https://b.example/feed" text="B"/>'))
    assert (both.json["verdict"], both.json["level"]) == DONE
    with unit() as session:
        assert "secret" not in str(session.execute(db.text("SELECT data FROM decisions")).all())
    assert replays(story, unit)


def test_what_was_read_is_ticked(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        texts = [{"kind": "reading", "title": n, "address": f"https://{n}.example/"} for n in ("One", "Two")]
        list_ = make.resource_list(story.course, texts, "Texts")
        keys = [str(item.item_key) for item in resources.latest_items(list_.id)]
        only(story, way("read_resource", list=str(list_.id), count=2, words=2))
    half = answer(student, story, "read_resource", read=keys[:1], about="Very good").json
    assert (half["verdict"], half["explanation"][0]["text"]) == ("not_yet", "1 of 2 are there. Not there: Two.")
    assert answer(student, story, "read_resource", read=keys, about="Very good").json["verdict"] == "verified"


def test_a_group_that_was_created_is_reviewed_and_its_link_counts_once(
    story: Story, student: Any, teacher: Any, unit: Unit
) -> None:
    with unit():
        only(story, way("create", what="group", words=2, review=True), way("attest", by="link", prompt=""))
    given = {"name": "Plants", "url": "https://groups.example/plants", "about": "For gardeners"}
    waits = answer(student, story, "create", **given).json
    assert (waits["verdict"], waits["level"], waits["evidence"][0]["uri"]) == ("waiting", "linked", given["url"])
    queue = teacher.get(f"{story.url}/reviews").json["items"]
    assert [one["url"] for one in queue] == [given["url"]]
    returned = {"decision": "returned", "text": "Say who is in it"}
    assert teacher.post(f"{story.url}/reviews/{queue[0]['id']}", json=returned).status_code == 201
    again = mine(student, story)
    assert (again["verdict"], again["explanation"][0]["text"]) == (
        "not_yet",
        "A reviewer returned the answer: Say who is in it",
    )
    answer(student, story, "create", **{**given, "about": "For gardeners, five so far"})
    (waiting,) = teacher.get(f"{story.url}/reviews").json["items"]
    assert teacher.post(f"{story.url}/reviews/{waiting['id']}", json={"decision": "approved"}).status_code == 201
    after = mine(student, story)
    assert (after["verdict"], after["level"]) == ("verified", "person")
    late = answer(student, story, "create", **given)
    assert (late.status_code, late.json["code"]) == (409, "answer_approved")
    assert replays(story, unit)


def test_two_answers_of_one_step_stand_beside_each_other(story: Story, student: Any, unit: Unit) -> None:
    parts = [way("reflect", prompts=["What?"], words=1), way("assess", statements=["Enough?"])]
    with unit():
        only(story, way("all_of", of=parts))
    half = answer(student, story, "reflect", answer_1="Much").json
    assert (half["verdict"], half["next"]["code"]) == ("not_yet", "next_answer")
    whole = answer(student, story, "assess", statement_1="2").json
    assert (whole["verdict"], [one["fields"][0]["value"] for one in whole["answers"]]) == ("verified", ["Much", "2"])
    assert replays(story, unit)


def test_own_word_or_a_link(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        only(story, way("attest", by="word", prompt=""))
    assert mine(student, story)["next"]["text"] == "Say that it is done."
    assert student.post(f"{story.mine('one')}/word", json={}).json["verdict"] == "verified"


def test_an_answer_that_no_way_asks_for_is_refused(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        only(story, way("attest", by="word", prompt=""), way("assess"))
    refused = answer(student, story, "reflect", answer_1="Much")
    assert (refused.status_code, refused.json["code"]) == (409, "answer_not_wanted")


def test_other_students_do_not_read_an_answer(story: Story, student: Any, sign: Sign, unit: Unit) -> None:
    with unit():
        only(story, way("reflect", prompts=["What?"], words=1))
        friend = make.person("Friend")
        make.enrol(story.course, friend)
    answer(student, story, "reflect", answer_1="Private")
    client = sign(friend)
    assert client.get(f"{story.url}/people/{story.student.id}/steps/{story.steps['one']}").status_code == 403
    assert "Private" not in client.get(f"{story.url}/my/steps").text + client.get(story.mine("one")).text


# ---- links to somebody else


@pytest.mark.parametrize(
    ("url", "foreign"),
    [
        ("https://friends.example/@kim/7", True),
        ("https://friends.example/users/kim", True),
        ("https://friends.example/@ann/7", False),
        ("https://docs.example/kim", False),
        ("https://home.example/@sam/7", False),
    ],
)
def test_a_link_to_somebody_elses_account_is_caught_and_said(
    url: str, foreign: bool, story: Story, student: Any, unit: Unit
) -> None:
    with unit():
        friend_of(story)
        only(story, way("attest", by="link", prompt=""))
    given = student.post(f"{story.mine('one')}/link", json={"url": url}).json
    assert ("link_foreign" in codes(given), given["verdict"]) == (foreign, "waiting")


def test_the_link_that_another_student_gave_is_caught_and_said_without_a_name(
    story: Story, student: Any, sign: Sign, unit: Unit
) -> None:
    with unit():
        friend = make.person("Kim Friend")
        make.enrol(story.course, friend)
        only(story, way("attest", by="link", prompt=""))
    url = f"{story.mine('one')}/link"
    first = sign(friend).post(url, json={"url": "https://docs.example/plan"}).json
    assert codes(first) == ["link_waits"]
    given = student.post(url, json={"url": "http://www.docs.example/plan/"}).json
    assert (given["verdict"], codes(given)) == ("waiting", ["link_waits", "link_same"])
    assert "Another student of the course gave the same link" in str(given["explanation"])
    assert "Kim" not in str(given)
    corrected = student.post(url, json={"url": "https://docs.example/mine"}).json
    assert codes(corrected) == ["link_waits"]
    assert replays(story, unit)


def test_the_address_in_an_answer_that_another_student_gave_is_said_as_well(
    story: Story, student: Any, sign: Sign, unit: Unit
) -> None:
    with unit():
        friend = make.person("Kim Friend")
        make.enrol(story.course, friend)
        only(story, way("create", what="group", words=2))
    data = {"name": "Botany", "url": "https://groups.example/botany", "about": "Ann joined in"}
    assert codes(answer(sign(friend), story, "create", **data).json) == ["answer_waits"]
    answer(student, story, "create", **data)
    assert codes(mine(student, story)) == ["answer_waits", "link_same"]
    answer(student, story, "create", **{**data, "url": "https://groups.example/moss"})
    assert codes(mine(student, story)) == ["answer_waits"]
    assert replays(story, unit)


# ---- credit that does not stay


def test_what_is_deleted_later_counts_no_more_where_the_course_said_so(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        only(story, way("post", count=1), keeps_credit=False)
        looked(story, "posts", "complete")
        activity.record([post_of(story, 1)])
    told = mine(student, story)
    assert (told["verdict"], told["keeps_credit"]) == ("verified", False)
    with unit():
        (fact,) = activity.facts_of([story.student.id])[story.student.id]
        activity.record((), undone={fact.id: now()})
    fallen = student.get(f"{story.url}/my/steps").json["steps"][0]
    assert (fallen["verdict"], fallen["done_at"]) == ("not_yet", None)
    assert "undone_since" in codes(mine(student, story))
    assert replays(story, unit)
    recorded(unit, post_of(story, 2))
    assert mine(student, story)["verdict"] == "verified"


def test_a_withdrawn_consent_leaves_the_credit_even_there(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        only(story, way("post", count=1), keeps_credit=False)
        activity.record([post_of(story, 1)])
    assert student.delete(f"{story.url}/consents/checks").status_code in {200, 204}
    kept = mine(student, story)
    assert (kept["verdict"], kept["evidence"]) == ("verified", [])


# ---- the settings


def test_a_step_does_not_take_two_forms_of_a_kind(story: Story, teacher: Any) -> None:
    url = f"{story.url}/checklist"
    tag = teacher.get(url).headers["ETag"]
    steps = [{"title": "Twice", "branches": [way("reflect"), way("all_of", of=[way("reflect"), way("assess")])]}]
    refused = teacher.put(url, json={"steps": steps}, headers={"If-Match": tag})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/steps/0/branches")


def test_what_is_wrong_with_a_part_is_pointed_at(story: Story, teacher: Any) -> None:
    url = f"{story.url}/checklist"
    tag = teacher.get(url).headers["ETag"]
    for parts in ([way("post", count=0), way("assess")], [way("assess")], [way("all_of", of=[]), way("assess")]):
        steps = [{"title": "Bad", "branches": [way("all_of", of=parts)]}]
        refused = teacher.put(url, json={"steps": steps}, headers={"If-Match": tag})
        assert refused.status_code == 422
        assert refused.json["errors"][0]["pointer"].startswith("/steps/0/branches/0/config/of")


def test_every_kind_has_its_story() -> None:
    named = {"follow", "reply", "react", "post", "subscribe", "read_resource", "create", "attest", "all_of"}
    joined = {
        "join_group",
        "take_part",
        "start_blog",
        "blog",
        "comment",
        "link_account",
        "public_account",
        "share_accounts",
    }
    assert {check.kind for check in ALL} == named | joined | {one[0] for one in ANSWERS}


def test_what_died_on_the_list_is_not_asked_for_any_more_and_it_is_said(story: Story, student: Any, unit: Unit) -> None:
    with unit():
        only(story, way("follow", list=str(story.list_id), count=3))
        looked(story, "follows", "complete")
        activity.record([follow_of(story, 0), follow_of(story, 1)])
    assert mine(student, story)["verdict"] == "not_yet"
    with unit() as session:
        item = resources.latest_items(story.list_id)[2]
        session.add(Health(network=item.network, address=item.address, gone_since=now(), next_look_at=now()))
        session.flush()
        signals.tell(signals.resource_changed, course_id=story.course.id, list_id=story.list_id)
    after = student.get(f"{story.url}/my/steps").json["steps"][0]
    assert (after["verdict"], [note["code"] for note in after["explanation"]]) == (
        "verified",
        ["followed", "items_gone"],
    )
    assert "Gone from the network since" in str(mine(student, story)["explanation"])
    assert replays(story, unit)


def test_an_account_of_the_course_tells_who_follows_it(story: Story, student: Any, unit: Unit) -> None:
    with unit() as session:
        own = make.identity(story.instructor, handle="@course@home.example")
        session.add(CourseAccount(course_id=story.course.id, identity_id=own.id))
        session.flush()
        only(story, way("follow", list=str(story.list_id), count=1, course_accounts=True))
        fact = follow_of(story, 7, object_keys=frozenset({"acct:course@home.example"}))
        looked(story, "follows", "hidden", "hidden_by_owner")
    assert mine(student, story)["verdict"] == "unknown"
    recorded(unit, fact)
    assert mine(student, story)["verdict"] == "verified"
    assert replays(story, unit)
