"""More kinds as tables: config, facts, coverage and decisions in, verdict out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding import answers
from onboarding.checks import ALL, ALL_OF, CHECKS
from onboarding.checks.base import Account, Act, Context, Judgement, Look, Note, Received, Said, Target, TargetList
from onboarding.judging import judge
from plnapi.errors import Invalid
from plnapi.platforms import PLATFORMS
from tests.onboarding.test_checks import BLOG, CONTEXT, LIST, ME, T0, codes, follow, judged, look, looks, post, proven

KIM, LEE, OUT = (frozenset({f"acct:{name}@x.example"}) for name in ("kim", "lee", "out"))
CLASS = KIM | LEE | ME.keys
GONE = {"cat": T0 + timedelta(days=5)}


def reply(n: int, to: frozenset[str] = frozenset(), *tags: str, **fields: Any) -> Act:
    return post(n, *(tags or ("sub101",)), in_reply_to=f"https://x.example/{n}", keys=to, **fields)


def react(n: int, verb: str = "Like", to: frozenset[str] = KIM, **fields: Any) -> Act:
    return replace(post(n), key=f"{verb}-{n}", verb=verb, keys=to, **fields)


def said(n: int, kind: str, about: int | None = None, **fields: Any) -> Said:
    return Said(UUID(int=n), kind, T0 + timedelta(hours=n), about_id=UUID(int=about) if about else None, **fields)


def answered(n: int, kind: str, data: dict[str, Any], about: int | None = None) -> Said:
    return said(n, "answer", about, data={kind: data})


# ---- replies: to whom


@pytest.mark.parametrize(
    ("config", "facts", "verdict"),
    [
        ({"whom": "classmates"}, [reply(1, KIM)], "verified"),
        ({"whom": "classmates"}, [reply(1, OUT)], "not_yet"),
        ({"whom": "classmates"}, [reply(1)], "not_yet"),  # nobody knows whom it answers
        ({"whom": "outside"}, [reply(1, OUT)], "verified"),
        ({"whom": "outside"}, [reply(1, KIM)], "not_yet"),
        ({"whom": "outside"}, [reply(1)], "not_yet"),
        ({}, [reply(1)], "verified"),
        ({}, [reply(1, ME.keys)], "not_yet"),  # a thread of one's own answers nobody
        ({"whom": "classmates"}, [reply(1, ME.keys)], "not_yet"),
        ({"count": 2, "people": 2}, [reply(1, KIM), reply(2, KIM)], "not_yet"),
        ({"count": 2, "people": 2}, [reply(1, KIM), reply(2, KIM), reply(3, LEE)], "verified"),
        ({}, [reply(1, KIM, "other")], "not_yet"),
        ({"untagged": True}, [reply(1, KIM, "other")], "verified"),
        ({"untagged": True}, [reply(1, frozenset({"acct:ann@x.example"}), "other")], "verified"),  # of a list
        ({"untagged": True}, [reply(1, OUT, "other")], "not_yet"),
    ],
)
def test_replies_count_by_whom_they_answer(config: dict[str, Any], facts: list[Act], verdict: str) -> None:
    assert judged("reply", {"count": 1, **config}, facts, looks("complete"), classmates=CLASS).verdict == verdict


def test_two_people_are_counted_once_each_and_shown_both() -> None:
    facts = [reply(1, KIM), reply(2, KIM), reply(3, LEE)]
    judgement = judged("reply", {"count": 2, "people": 2}, facts, looks("complete"), classmates=CLASS)
    assert [one.uri[-1] for one in judgement.evidence] == ["1", "3"]
    assert judgement.done_at == facts[2].at


def test_how_many_people_and_whom_is_said_while_it_is_missing() -> None:
    config = {"count": 2, "people": 2, "whom": "classmates"}
    judgement = judged("reply", config, [reply(1, KIM), reply(2, OUT)], looks("complete"), classmates=CLASS)
    assert codes(judgement) == ["replies_missing", "people_missing", "rule_whom", "look_complete", "next_reply"]
    assert judgement.explanation[1].params == {"have": 1, "wanted": 2}
    assert judgement.explanation[2].params == {"whom": "classmates", "count": 1}


# ---- reactions


@pytest.mark.parametrize(
    ("config", "facts", "verdict"),
    [
        ({}, [react(1)], "verified"),
        ({}, [react(1, "Announce")], "verified"),
        ({"what": "like"}, [react(1, "Announce")], "not_yet"),
        ({"what": "boost"}, [react(1, "Announce")], "verified"),
        ({"count": 2}, [react(1), react(1, "Announce")], "not_yet"),  # one post
        ({"count": 2}, [react(1), react(2, "Announce")], "verified"),
        ({"count": 2, "people": 2}, [react(1), react(2)], "not_yet"),
        ({"count": 2, "people": 2}, [react(1), react(2, to=LEE)], "verified"),
        ({}, [react(1, to=OUT)], "not_yet"),  # has nothing to do with the course
        ({}, [react(1, to=OUT, tags=frozenset({"sub101"}))], "verified"),
        ({"whom": "classmates"}, [react(1, to=OUT, tags=frozenset({"sub101"}))], "not_yet"),
        ({"whom": "outside"}, [react(1, to=OUT, tags=frozenset({"sub101"}))], "verified"),
        ({}, [react(1, to=ME.keys)], "not_yet"),
    ],
)
def test_boosts_and_likes_count_by_post_and_person(config: dict[str, Any], facts: list[Act], verdict: str) -> None:
    seen = [look("posts", "complete"), look("reactions", "complete")]
    assert judged("react", {"what": "either", "count": 1, **config}, facts, seen, classmates=CLASS).verdict == verdict


@pytest.mark.parametrize(
    ("what", "posts", "reactions", "verdict", "then"),
    [
        ("boost", "complete", "hidden", "not_yet", "next_react"),  # boosts come with the posts on this network
        ("like", "complete", "hidden", "unknown", "next_connect"),
        ("either", "complete", "hidden", "unknown", "next_connect"),
        ("like", "failed", "complete", "not_yet", "next_react"),
    ],
)
def test_only_the_look_that_tells_of_the_verb_matters(
    what: str, posts: str, reactions: str, verdict: str, then: str
) -> None:
    seen = [look("posts", posts), look("reactions", reactions, "needs_sign_in")]
    judgement = judged("react", {"what": what, "count": 1}, (), seen)
    assert (judgement.verdict, codes(judgement)[-1]) == (verdict, then)


# ---- follows: new ones, accounts of the course, what is gone


def test_only_follows_since_the_course_began_are_new() -> None:
    around = {"starts_on": (T0 + timedelta(hours=1)).date() + timedelta(days=1)}
    new = {"list": LIST, "count": 1, "since": "course"}
    old, young = follow("ann", 0), follow("ben", 48)
    assert judged("follow", new, [old], looks("complete"), **around).verdict == "not_yet"
    assert "rule_since" in codes(judged("follow", new, [old], looks("complete"), **around))
    assert judged("follow", new, [old, young], looks("complete"), **around).evidence[0].uri == young.uri
    assert judged("follow", {**new, "since": ""}, [old], looks("complete"), **around).verdict == "verified"


def course_account(coverage: str | None, name: str = "ann") -> Received:
    return Received(
        "mastodon", f"@{name}@x.example", frozenset({f"acct:{name}@x.example"}), frozenset({"Follow"}), coverage
    )


@pytest.mark.parametrize(
    ("received", "own", "verdict"),
    [
        ([], "hidden", "unknown"),
        ([course_account("complete")], "hidden", "not_yet"),  # its own followers are known: the student is none
        ([course_account("partial")], "hidden", "unknown"),
        ([course_account("complete", "ben")], "hidden", "unknown"),  # of somebody else
    ],
)
def test_an_account_of_the_course_knows_who_follows_it(received: list[Received], own: str, verdict: str) -> None:
    config = {"list": LIST, "items": ["ann"]}
    judgement = judged("follow", config, (), looks(own, "hidden_by_owner"), received=tuple(received))
    assert judgement.verdict == verdict
    assert codes(judgement)[-1] == ("next_follow" if verdict == "not_yet" else "next_make_public")


def test_the_courses_own_account_counts_where_it_is_asked_for() -> None:
    own = course_account("complete", "course")
    followed = [replace(follow("course"), keys=own.keys)]
    config = {"list": LIST, "count": 1}
    assert judged("follow", config, followed, looks("complete"), received=(own,)).verdict == "not_yet"
    assert judged("follow", {**config, "course_accounts": True}, followed, received=(own,)).verdict == "verified"


def test_what_is_gone_is_not_asked_for_any_more() -> None:
    config, facts = {"list": LIST, "count": 3}, [follow("ann"), follow("ben", 1)]
    assert judged("follow", config, facts, looks("complete")).verdict == "not_yet"
    judgement = judged("follow", config, facts, looks("complete"), gone=GONE)
    assert (judgement.verdict, codes(judgement)) == ("verified", ["followed", "items_gone"])
    assert judgement.done_at == GONE["cat"]
    assert judgement.explanation[1].params == {"count": 1, "left": ["Cat"], "day": "2026-09-06"}
    one = judged("follow", config, facts[:1], looks("complete"), gone=GONE)
    assert one.explanation[0].params["wanted"] == 2
    assert one.explanation[-1].params["left"] == ["Ben"]


def test_who_followed_what_is_gone_since_keeps_it() -> None:
    judgement = judged("follow", {"list": LIST, "count": 3}, [follow(n) for n in ("ann", "ben", "cat")], gone=GONE)
    assert (judgement.verdict, codes(judgement)) == ("verified", ["followed"])


def test_a_list_of_which_nothing_is_left_gives_nothing_away() -> None:
    judgement = judged("follow", {"list": LIST, "items": ["cat"]}, (), looks("complete"), gone=GONE)
    assert (judgement.verdict, codes(judgement)) == ("unknown", ["items_gone", "next_ask_instructor"])


# ---- take part, comment


@pytest.mark.parametrize(
    ("act", "verdict"),
    [
        (post(1, mentions=frozenset({"acct:open@x.example"})), "verified"),
        (post(1, keys=frozenset({"acct:club@x.example"})), "verified"),
        (post(1, mentions=frozenset({"acct:ann@x.example"})), "not_yet"),
        (post(1, "sub101"), "not_yet"),
        (follow("open"), "not_yet"),
    ],
)
def test_what_is_written_to_a_group_of_the_list_takes_part(act: Act, verdict: str) -> None:
    assert judged("take_part", {"list": LIST, "count": 1}, [act], looks("complete")).verdict == verdict


SITE = Received("blog", "https://course.example/", frozenset({"//course.example"}), frozenset({"Create"}), "complete")


@pytest.mark.parametrize(
    ("facts", "received", "verdict"),
    [
        ([post(1, comment=True)], (), "verified"),
        ([post(1, "sub101")], (SITE,), "not_yet"),
        ([], (SITE,), "not_yet"),
        ([], (replace(SITE, coverage="partial"),), "unknown"),
        ([], (replace(SITE, coverage="failed"),), "error"),
        ([], (), "unknown"),  # nobody reads comments anywhere
    ],
)
def test_comments_are_seen_where_they_stand(facts: Any, received: Any, verdict: str) -> None:
    judgement = judged("comment", {"count": 1}, facts, (), received=received)
    assert judgement.verdict == verdict
    if verdict != "verified":
        assert codes(judgement)[-1] == "next_comment"


# ---- accounts


def seen(what: str, coverage: str | None, account: Account = ME) -> Look:
    return Look(account.network, account.handle, what, coverage, looked_at=T0)


@pytest.mark.parametrize(
    ("kind", "config", "accounts", "around", "verdict", "then"),
    [
        ("public_account", {}, (ME,), [seen("posts", "complete")], "verified", "public_seen"),
        ("public_account", {}, (ME,), [seen("posts", "hidden")], "not_yet", "next_make_public"),
        ("public_account", {}, (ME,), [seen("posts", "failed")], "error", "next_wait"),
        ("public_account", {}, (ME,), [], "unknown", "next_wait"),
        ("public_account", {}, (), [], "not_yet", "next_link_account"),
        ("public_account", {}, (replace(ME, proven=False),), [], "not_yet", "next_prove_account"),
        ("public_account", {"follows": True}, (ME,), [seen("posts", "complete"), seen("follows", "hidden")], "not_yet",
         "next_make_public"),
        ("public_account", {"follows": True}, (ME,), [seen("posts", "complete"), seen("follows", "partial")], "verified",
         "public_seen"),
        ("public_account", {}, (ME, BLOG), [seen("posts", "hidden"), seen("posts", "complete", BLOG)], "verified",
         "public_seen"),
        ("start_blog", {}, (ME, BLOG), [seen("posts", "complete"), seen("posts", "complete", BLOG)], "verified", "blog_seen"),
        ("start_blog", {}, (ME,), [seen("posts", "complete")], "not_yet", "next_start_blog"),
        ("start_blog", {}, (BLOG,), [seen("posts", "failed", BLOG)], "error", "next_wait"),
    ],
)  # fmt: skip
def test_an_account_is_public_when_a_stranger_could_read_it(
    kind: str, config: Any, accounts: Any, around: Any, verdict: str, then: str
) -> None:
    judgement = judged(kind, config, (), around, accounts=accounts)
    assert (judgement.verdict, codes(judgement)[-1]) == (verdict, then)


def on(network: str, at: int, links: tuple[str, ...] = ()) -> Account:
    return replace(proven(network, at, f"@sam@{network}.example"), id=network, links_to=frozenset(links))


@pytest.mark.parametrize(
    ("accounts", "count", "verdict", "then"),
    [
        ((on("mastodon", 1, ("blog",)), on("blog", 2)), 2, "verified", "accounts_shared"),
        ((on("mastodon", 1), on("blog", 2, ("mastodon",))), 2, "verified", "accounts_shared"),
        ((on("mastodon", 1), on("blog", 2)), 2, "not_yet", "next_share"),
        ((on("mastodon", 1),), 2, "not_yet", "next_link_account"),
        (
            (on("mastodon", 1, ("blog",)), on("blog", 2, ("bluesky",)), on("bluesky", 3)),
            3,
            "verified",
            "accounts_shared",
        ),
        ((on("mastodon", 1, ("blog",)), on("blog", 2), on("bluesky", 3)), 3, "not_yet", "next_share"),
    ],
)
def test_accounts_are_shared_when_their_pages_link_to_each_other(
    accounts: Any, count: int, verdict: str, then: str
) -> None:
    judgement = judged("share_accounts", {"count": count}, accounts=accounts)
    assert (judgement.verdict, codes(judgement)[-1]) == (verdict, then)


# ---- answers

REFLECT = {"prompts": ["What did you notice?"], "words": 3}
LONG = {"answer_1": "People answer within a day"}


@pytest.mark.parametrize(
    ("config", "decisions", "verdict", "level", "first"),
    [
        (REFLECT, [], "not_yet", None, "answer_missing"),
        (REFLECT, [answered(1, "reflect", LONG)], "verified", "declared", "answer_given"),
        (REFLECT, [answered(1, "reflect", {"answer_1": "Nothing"})], "not_yet", None, "answer_short"),
        (REFLECT, [answered(1, "map", LONG)], "not_yet", None, "answer_missing"),
        ({**REFLECT, "review": True}, [answered(1, "reflect", LONG)], "waiting", "linked", "answer_waits"),
        ({**REFLECT, "review": True}, [answered(1, "reflect", LONG), said(2, "approved", 1)], "verified", "person",
         "answer_approved"),
        ({**REFLECT, "review": True}, [answered(1, "reflect", LONG), said(2, "returned", 1, comment="More")], "not_yet", None,
         "answer_returned"),
        ({**REFLECT, "review": True},
         [answered(1, "reflect", LONG), said(2, "returned", 1), answered(3, "reflect", LONG, 2)], "waiting", "linked",
         "answer_waits"),
        ({**REFLECT, "review": True}, [answered(1, "reflect", LONG), answered(2, "reflect", LONG, 1)], "waiting", "linked",
         "answer_waits"),
        # a longer answer counts from when it was given, and a worse one later takes nothing away
        (REFLECT, [answered(1, "reflect", {"answer_1": "No"}), answered(2, "reflect", LONG, 1)], "verified", "declared",
         "answer_given"),
        (REFLECT, [answered(1, "reflect", LONG), answered(2, "reflect", {"answer_1": "No"}, 1)], "verified", "declared",
         "answer_given"),
    ],
)  # fmt: skip
def test_an_answer_counts_at_once_or_after_a_person_read_it(
    config: Any, decisions: Any, verdict: str, level: str | None, first: str
) -> None:
    judgement = judged("reflect", config, said=decisions)
    assert (judgement.verdict, judgement.level, codes(judgement)[0]) == (verdict, level, first)


def test_an_answer_counts_from_when_it_was_enough() -> None:
    two = [answered(1, "reflect", {"answer_1": "No"}), answered(2, "reflect", LONG, 1)]
    assert judged("reflect", REFLECT, said=two).done_at == two[1].made_at


READINGS = TargetList.of(
    "Texts", [Target(name, "reading", name.title(), frozenset(), frozenset({f"//{name}.example"})) for name in "abc"]
)
FEEDS = TargetList.of(
    "Feeds",
    [
        Target(name, "feed", name, frozenset(), PLATFORMS["blog"].address_keys(f"https://{name}.example/feed"))
        for name in "ab"
    ],
)


@pytest.mark.parametrize(
    ("kind", "config", "data", "around", "verdict"),
    [
        ("read_resource", {"list": LIST, "count": 2}, {"read": ["a", "b"]}, {}, "verified"),
        ("read_resource", {"list": LIST, "count": 2}, {"read": ["a"]}, {}, "not_yet"),
        ("read_resource", {"list": LIST, "items": ["a", "b"]}, {"read": ["a"]}, {"gone": {"b": T0}}, "verified"),
        ("read_resource", {"list": LIST, "count": 1, "words": 3}, {"read": ["a"], "about": "Good"}, {}, "not_yet"),
        (
            "read_resource",
            {"list": LIST, "count": 1, "words": 3},
            {"read": ["a"], "about": "Good to know"},
            {},
            "verified",
        ),
        ("read_resource", {"list": "gone", "count": 1}, {"read": ["a"]}, {}, "not_yet"),
        ("find_hashtag", {"count": 1, "words": 2}, {"tags": ["#Botany"], "about": "Many teachers"}, {}, "verified"),
        ("find_hashtag", {"count": 1, "words": 2}, {"tags": ["#SUB101"], "about": "Many teachers"}, {}, "not_yet"),
        ("find_hashtag", {"count": 1, "words": 9}, {"tags": ["#Botany"], "about": "Many teachers"}, {}, "not_yet"),
    ],
)
def test_answers_about_lists_and_hashtags(kind: str, config: Any, data: Any, around: Any, verdict: str) -> None:
    found = judged(kind, config, said=[answered(1, kind, data)], lists={LIST: READINGS}, **around)
    assert found.verdict == verdict


OPML = '<opml version="2.0"><body>{}</body></opml>'


@pytest.mark.parametrize(
    ("outlines", "found"),
    [
        ('<outline xmlUrl="http://www.a.example/feed/" text="A"/>', ["a"]),
        ('<outline text="Folder"><outline xmlUrl="https://b.example/feed" text="B"/></outline>', ["b"]),
        ('<outline xmlUrl="https://private.example/feed" text="P"/>', []),
    ],
)
def test_of_a_file_of_subscriptions_only_the_items_of_the_list_are_kept(outlines: str, found: list[str]) -> None:
    around = replace(CONTEXT, lists={LIST: FEEDS})
    check: Any = CHECKS["subscribe"]
    kept = check.kept({"list": LIST, "count": 1}, around, {"file": OPML.format(outlines)})
    assert kept == {"found": found}
    verdict = check.judge({"list": LIST, "count": 1}, (), (), [answered(1, "subscribe", kept)], around).verdict
    assert verdict == ("verified" if found else "not_yet")


@pytest.mark.parametrize("text", ["no xml", "<html/>", '<!DOCTYPE opml [<!ENTITY a "b">]><opml><body/></opml>'])
def test_what_is_no_file_of_subscriptions_is_refused(text: str) -> None:
    check: Any = CHECKS["subscribe"]
    with pytest.raises(Invalid) as refused:
        check.kept({"list": LIST}, replace(CONTEXT, lists={LIST: FEEDS}), {"file": text})
    assert refused.value.errors[0].pointer == "/data/file"


# ---- the forms of answers

GOOD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "choose_network": ({"words": 2}, {"network": "none", "why": "Too public"}),
    "study_account": ({"words": 2}, {"decision": "separate", "why": "Work stays apart"}),
    "find_hashtag": ({"count": 1, "words": 1}, {"tags": "#Botany\n#botany", "about": "Plants"}),
    "find_group": ({"questions": ["Who?"], "words": 1}, {"group": "Open", "answer_1": "Ann", "fits": "no"}),
    "create": ({"what": "group", "words": 1}, {"name": "Plants", "url": "https://x.example/g", "about": "All"}),
    "reflect": (REFLECT, LONG),
    "map": (
        {"people": 1, "spaces": 1, "tools": 1},
        {name: f"{name}: they help me" for name in ("people", "spaces", "tools")},
    ),
    "assess": ({"statements": ["I know whom to ask."]}, {"statement_1": "4"}),
    "read_resource": ({"list": LIST, "count": 1}, {"read": ["a"]}),
    "subscribe": ({"list": LIST, "count": 1}, {"file": OPML.format("")}),
}
AROUND = replace(CONTEXT, lists={LIST: READINGS})


def test_every_kind_with_a_form_is_tried_here() -> None:
    assert {check.kind for check in ALL if check.takes({}) == "answer"} == set(GOOD)


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_answer_is_read_and_an_empty_one_names_every_field(kind: str) -> None:
    config, given = GOOD[kind]
    form = CHECKS[kind].form(config, AROUND)
    assert answers.read(form, given).keys() == {field.name for field in form}
    with pytest.raises(Invalid) as refused:
        answers.read(form, {})
    assert [error.pointer for error in refused.value.errors] == [f"/data/{field.name}" for field in form]


@pytest.mark.parametrize(
    ("kind", "changed", "code"),
    [
        ("choose_network", {"network": "nowhere"}, "not_a_choice"),
        ("choose_network", {"why": "Because"}, "text_short"),
        ("choose_network", {"more": "x"}, "unknown"),
        ("choose_network", {"why": 7}, "not_text"),
        ("map", {"tools": "A notebook"}, "not_a_pair"),
        ("map", {"tools": []}, "pairs_short"),
        ("map", {"tools": [1]}, "not_lines"),
        ("find_hashtag", {"tags": ["#"]}, "not_a_tag"),
        ("create", {"url": "javascript:alert(1)"}, "url_short"),
        ("create", {"url": "nonsense"}, "url_short"),
        ("read_resource", {"read": ["elsewhere"]}, "not_a_choice"),
        ("reflect", {"answer_1": "word " * 2001}, "text_long"),
        ("reflect", {"answer_1": "x" * 20_001}, "not_text"),
    ],
)
def test_what_is_not_in_order_is_said_of_its_field(kind: str, changed: dict[str, Any], code: str) -> None:
    config, given = GOOD[kind]
    with pytest.raises(Invalid) as refused:
        answers.read(CHECKS[kind].form(config, AROUND), {**given, **changed})
    assert (refused.value.errors[0].pointer, refused.value.errors[0].code) == (f"/data/{next(iter(changed))}", code)


def test_a_hashtag_is_kept_once_as_people_write_it() -> None:
    config, given = GOOD["find_hashtag"]
    assert answers.read(CHECKS["find_hashtag"].form(config, AROUND), given)["tags"] == ["#Botany"]


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.kind)
def test_every_kind_says_what_it_is_and_asks_for_something(check: Any) -> None:
    assert check.title and check.help.endswith(".") and check.icon
    needs = check.needs({})
    assert needs.network or check.takes({}) or check.kind == ALL_OF
    assert not (needs.public_account and check.takes({}))


# ---- all of several


def whole(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"kind": ALL_OF, "config": {"of": list(parts)}}]


POST, WORD = {"kind": "post", "config": {"count": 1}}, {"kind": "attest", "config": {"by": "word"}}
LINK, MAKE = {"kind": "attest", "config": {"by": "link"}}, {"kind": "reflect", "config": REFLECT}


def judged_all(parts: list[Any], facts: Any = (), decisions: Any = (), coverage: str = "complete") -> Judgement:
    return judge(whole(*parts), facts, looks(coverage), decisions, CONTEXT).branches[0]


@pytest.mark.parametrize(
    ("parts", "facts", "decisions", "coverage", "verdict", "level"),
    [
        ([POST, WORD], [], [], "complete", "not_yet", None),
        ([POST, WORD], [post(1, "sub101")], [], "complete", "not_yet", None),
        ([POST, WORD], [], [said(2, "word")], "complete", "not_yet", None),
        ([POST, WORD], [], [said(2, "word")], "hidden", "unknown", None),
        ([POST, WORD], [], [said(2, "word")], "failed", "error", None),
        ([POST, WORD], [post(1, "sub101")], [said(2, "word")], "complete", "verified", "declared"),
        ([POST, LINK], [post(1, "sub101")], [said(2, "link")], "complete", "waiting", "linked"),
        (
            [POST, LINK],
            [post(1, "sub101")],
            [said(2, "link"), said(3, "approved", 2)],
            "complete",
            "verified",
            "machine",
        ),
        ([WORD, MAKE], [], [said(2, "word"), answered(3, "reflect", LONG)], "complete", "verified", "declared"),
    ],
)
def test_all_parts_are_needed_and_the_worst_decides(
    parts: Any, facts: Any, decisions: Any, coverage: str, verdict: str, level: str | None
) -> None:
    found = judged_all(parts, facts, decisions, coverage)
    assert (found.verdict, found.level) == (verdict, level)


def test_a_whole_is_done_with_its_last_part_and_shows_the_evidence_of_all() -> None:
    found = judged_all([POST, WORD], [post(1, "sub101")], [said(9, "word")])
    assert found.done_at == T0 + timedelta(hours=9)
    assert [one.verb for one in found.evidence] == ["Create", "Word"]
    assert codes(found) == ["part", "posted", "part", "word_given"]


def test_the_parts_that_are_open_are_told_and_one_thing_to_do() -> None:
    found = judged_all([WORD, POST], [], [said(9, "word")])
    assert codes(found) == ["part", "word_given", "part", "posts_missing", "look_complete", "next_post"]
    assert found.explanation[2] == Note("part", {"number": 2, "of": 2, "kind": "post", "verdict": "not_yet"})


def test_a_whole_needs_a_public_account_when_one_of_its_parts_does() -> None:
    needs = CHECKS[ALL_OF].needs
    assert needs({"of": [POST, WORD]}).public_account
    assert not needs({"of": [MAKE, WORD]}).public_account


def test_what_cannot_work_in_a_part_is_said_of_the_part() -> None:
    bad = {"kind": "post", "config": {"count": 1, "hashtag": "sub102"}}
    (found,) = CHECKS[ALL_OF].problems({"of": [WORD, bad]}, CONTEXT)
    assert (found.param, found.code) == ("of/1/config/hashtag", "unknown_hashtag")


# ---- credit that does not stay


@pytest.mark.parametrize(("keeps", "verdict"), [(True, "verified"), (False, "not_yet")])
def test_what_was_undone_counts_only_where_credit_is_kept(keeps: bool, verdict: str) -> None:
    undone = [post(1, "sub101", undone_at=T0 + timedelta(days=2))]
    found = judge([POST], undone, looks("complete"), (), CONTEXT, keeps_credit=keeps)
    assert found.verdict == verdict
    assert ("undone_since" in [note.code for note in found.explanation]) is not keeps


def test_a_context_without_a_course_can_describe_every_form() -> None:
    assert [check.form({}, Context()) for check in ALL]


# ---- facts in any order, however often


@given(order=st.permutations(range(6)), doubled=st.sets(st.integers(0, 5)))
@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("reply", {"count": 2, "people": 2, "whom": "classmates"}),
        ("reply", {"count": 2, "untagged": True}),
        ("react", {"what": "either", "count": 2, "people": 2}),
        ("follow", {"list": LIST, "count": 2, "since": "course"}),
        ("take_part", {"list": LIST, "count": 1}),
        ("comment", {"count": 1}),
    ],
)
def test_the_order_of_facts_and_doubles_make_no_difference(
    kind: str, config: dict[str, Any], order: list[int], doubled: set[int]
) -> None:
    facts = [
        reply(1, KIM), reply(2, LEE), react(3), react(4, "Announce", LEE), follow("ann"),
        post(5, comment=True, mentions=frozenset({"acct:open@x.example"})),
    ]  # fmt: skip
    mixed = [facts[n] for n in order] + [facts[n] for n in sorted(doubled)]
    straight = judged(kind, config, facts, looks("complete"), classmates=CLASS)
    assert judged(kind, config, mixed, looks("complete"), classmates=CLASS) == straight
