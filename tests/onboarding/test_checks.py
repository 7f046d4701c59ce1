"""Each kind as a table: config, facts and coverage in, verdict out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from onboarding.checks import ALL, CHECKS
from onboarding.checks.base import Account, Act, Context, Judgement, Look, Note, Said, Target, TargetList

T0 = datetime(2026, 9, 1, 12, tzinfo=UTC)
LIST = "11111111-1111-1111-1111-111111111111"
SHOWS = {"Create": "posts", "Follow": "follows", "Announce": "posts", "Like": "reactions"}
ME = Account(
    "mastodon", "@sam@home.example", True, frozenset({"follows", "posts", "reactions", "proof"}), shows=SHOWS,
    keys=frozenset({"acct:sam@home.example"}), id="me",
)  # fmt: skip
BLOG = Account(
    "blog", "https://sam.example/", True, frozenset({"posts", "proof"}), shows={"Create": "posts"}, id="blog"
)
NAMES = {"ann": "person", "ben": "person", "cat": "person", "open": "space", "club": "space", "tool": "tool"}


def target(name: str) -> Target:
    keys = frozenset() if name == "tool" else frozenset({f"acct:{name}@x.example", f"//x.example/@{name}"})
    return Target(name, NAMES[name], name.title(), keys)


CONTEXT = Context(
    hashtags={"sub101": "SUB101", "edtech": "EdTech"},
    lists={LIST: TargetList.of("Starters", [target(name) for name in NAMES])},
    accounts=(ME,),
)


def follow(name: str, at: int = 0, **fields: Any) -> Act:
    return Act(
        key=f"f-{name}", verb="Follow", object_uri=f"https://x.example/users/{name}", network="mastodon",
        seen_at=T0 + timedelta(hours=at), keys=frozenset({f"acct:{name}@x.example"}), uri=f"https://x.example/@{name}",
        adapter="mastodon", **fields,
    )  # fmt: skip


def post(n: int, *tags: str, **fields: Any) -> Act:
    given: dict[str, Any] = {"happened_at": T0 + timedelta(hours=n), "seen_at": T0 + timedelta(days=9)}
    given["network"] = "mastodon"
    uri = f"https://home.example/{n}"
    return Act(
        key=f"p-{n}", verb="Create", object_uri=uri, tags=frozenset(tags), uri=uri,
        **{**given, **fields},
    )  # fmt: skip


def look(what: str, coverage: str | None, reason: str = "") -> Look:
    return Look("mastodon", "@sam@home.example", what, coverage, reason)


def test_a_list_that_counts_itself_otherwise_says_what_to_do_rather_than_wait() -> None:
    """Servers' counts drift: waiting would never show more."""
    check, config = CHECKS["follow"], {"list": LIST, "count": 2}
    found = check.judge(config, [follow("ann")], [look("follows", "partial", "fewer_than_counted")], [], CONTEXT)
    assert (found.verdict, found.explanation[-1].code) == ("unknown", "next_follow")
    going_on = check.judge(config, [follow("ann")], [look("follows", "partial", "more_pages")], [], CONTEXT)
    assert going_on.explanation[-1].code == "next_wait"


def looks(coverage: str | None, reason: str = "") -> list[Look]:
    return [look("follows", coverage, reason), look("posts", coverage, reason)]


def judged(
    kind: str, config: dict[str, Any], facts: Any = (), seen: Any = (), said: Any = (), **around: Any
) -> Judgement:
    return CHECKS[kind].judge(config, facts, seen, said, replace(CONTEXT, **around))


def codes(judgement: Judgement) -> list[str]:
    return [note.code for note in judgement.explanation]


ANY_TWO = {"list": LIST, "count": 2}
NAMED = {"list": LIST, "items": ["ann", "cat"]}
ONE_POST, ONE_GROUP = {"count": 1}, {"list": LIST, "count": 1}


@pytest.mark.parametrize(
    ("kind", "config", "facts", "coverage", "verdict"),
    [
        # follow: so many of the list
        ("follow", ANY_TWO, [follow("ann"), follow("ben")], "complete", "verified"),
        ("follow", ANY_TWO, [follow("ann"), follow("ben")], "failed", "verified"),
        ("follow", ANY_TWO, [follow("ann"), follow("ben")], None, "verified"),
        ("follow", ANY_TWO, [follow("ann")], "complete", "not_yet"),
        ("follow", ANY_TWO, [follow("ann"), follow("ann")], "complete", "not_yet"),
        ("follow", ANY_TWO, [follow("ann"), follow("open")], "complete", "not_yet"),
        ("follow", ANY_TWO, [follow("ann"), follow("dan")], "complete", "not_yet"),
        ("follow", ANY_TWO, [], "complete", "not_yet"),
        ("follow", ANY_TWO, [], "hidden", "unknown"),
        ("follow", ANY_TWO, [follow("ann")], "partial", "unknown"),
        ("follow", ANY_TWO, [], "failed", "error"),
        ("follow", ANY_TWO, [], None, "unknown"),
        # an unfollow takes nothing away
        ("follow", ANY_TWO, [follow("ann", undone_at=T0), follow("ben")], "complete", "verified"),
        # named ones, all or some of them
        ("follow", NAMED, [follow("ann"), follow("ben")], "complete", "not_yet"),
        ("follow", NAMED, [follow("ann"), follow("cat")], "complete", "verified"),
        ("follow", {**NAMED, "count": 1}, [follow("cat")], "complete", "verified"),
        ("follow", {"list": LIST, "items": ["open"]}, [follow("open")], "complete", "verified"),
        ("follow", {"list": LIST}, [follow("ben")], "complete", "verified"),
        ("follow", {"list": "gone", "count": 1}, [follow("ben")], "complete", "unknown"),
        # join_group: spaces of the list
        ("join_group", ONE_GROUP, [follow("open")], "complete", "verified"),
        ("join_group", ONE_GROUP, [follow("ann")], "complete", "not_yet"),
        ("join_group", ONE_GROUP, [follow("ann")], "hidden", "unknown"),
        ("join_group", {"list": LIST, "items": ["club"]}, [follow("open")], "complete", "not_yet"),
        ("join_group", {"list": LIST, "count": 2}, [follow("open"), follow("club")], "complete", "verified"),
        # post: with any hashtag of the course, or a named one
        ("post", ONE_POST, [post(1, "sub101")], "complete", "verified"),
        ("post", ONE_POST, [post(1, "edtech")], "failed", "verified"),
        ("post", ONE_POST, [post(1, "other")], "complete", "not_yet"),
        ("post", ONE_POST, [], "complete", "not_yet"),
        ("post", ONE_POST, [], "partial", "unknown"),
        ("post", ONE_POST, [], "failed", "error"),
        ("post", {"count": 1, "hashtag": "sub101"}, [post(1, "edtech")], "complete", "not_yet"),
        ("post", {"count": 2}, [post(1, "sub101"), post(1, "sub101")], "complete", "not_yet"),
        ("post", {"count": 2}, [post(1, "sub101"), post(2, "edtech")], "complete", "verified"),
        ("post", ONE_POST, [post(1, "sub101", undone_at=T0)], "complete", "verified"),
        # reply: with a hashtag, and in answer to something
        ("reply", ONE_POST, [post(1, "sub101", in_reply_to="https://x.example/1")], "complete", "verified"),
        ("reply", ONE_POST, [post(1, "sub101")], "complete", "not_yet"),
        ("reply", ONE_POST, [post(1, "other", in_reply_to="https://x.example/1")], "complete", "not_yet"),
        ("reply", {"count": 2}, [post(1, "sub101", in_reply_to="https://x.example/1")], "complete", "not_yet"),
        ("reply", ONE_POST, [], "hidden", "unknown"),
        ("reply", ONE_POST, [], "failed", "error"),
    ],
)  # fmt: skip
def test_the_verdict_follows_from_facts_and_coverage(
    kind: str, config: dict[str, Any], facts: list[Act], coverage: str | None, verdict: str
) -> None:
    assert judged(kind, config, facts, looks(coverage)).verdict == verdict


def test_machine_evidence_is_the_first_that_suffice_in_the_order_in_which_they_happened() -> None:
    judgement = judged("post", {"count": 2}, [post(3, "sub101"), post(1, "sub101"), post(2, "sub101")])
    assert [one.uri for one in judgement.evidence] == ["https://home.example/1", "https://home.example/2"]
    assert judgement.level == "machine"
    assert judgement.done_at == T0 + timedelta(hours=2)


def test_a_claim_about_the_future_counts_from_when_it_was_seen() -> None:
    judgement = judged("post", ONE_POST, [post(1, "sub101", happened_at=T0 + timedelta(days=900), seen_at=T0)])
    assert judgement.done_at == T0


def test_undone_evidence_says_since_when() -> None:
    judgement = judged("follow", {"list": LIST}, [follow("ann", undone_at=T0 + timedelta(days=1))])
    assert judgement.evidence[0].undone_at == T0 + timedelta(days=1)


def test_what_still_stands_is_shown_rather_than_what_was_undone_and_the_time_stays() -> None:
    undone, ben, cat = follow("ann", 0, undone_at=T0 + timedelta(days=1)), follow("ben", 1), follow("cat", 2)
    found = judged("follow", ANY_TWO, [cat, ben, undone], looks("complete"))
    assert [(one.uri, one.undone_at) for one in found.evidence] == [(ben.uri, None), (cat.uri, None)]
    assert found.done_at == ben.at
    found = judged("follow", ANY_TWO, [ben, undone], looks("complete"))
    assert [one.uri for one in found.evidence] == [undone.uri, ben.uri]


def test_two_items_that_mean_one_account_count_once() -> None:
    twice = TargetList.of("Twice", [target("ann"), replace(target("ann"), item_key="ann-again"), target("ben")])
    assert judged("follow", ANY_TWO, [follow("ann")], looks("complete"), lists={LIST: twice}).verdict == "not_yet"
    assert judged("follow", ANY_TWO, [follow("ann"), follow("ben")], lists={LIST: twice}).verdict == "verified"


@pytest.mark.parametrize("kind", ["follow", "join_group", "post", "reply", "blog"])
def test_somebody_without_an_account_is_told_to_link_one(kind: str) -> None:
    judgement = judged(kind, {"list": LIST, "count": 1}, accounts=())
    assert judgement.verdict == "not_yet"
    assert codes(judgement)[1:] == ["no_account", "next_link_account"]


def test_an_account_that_is_not_proven_counts_as_the_next_thing_to_do() -> None:
    judgement = judged("post", ONE_POST, accounts=(replace(ME, proven=False),))
    assert (judgement.verdict, codes(judgement)[1:]) == ("not_yet", ["account_unproven", "next_prove_account"])


def test_a_blog_shows_no_follows() -> None:
    judgement = judged("follow", ANY_TWO, (), [replace(look("posts", "complete"), network="blog")], accounts=(BLOG,))
    assert (judgement.verdict, codes(judgement)[-1]) == ("not_yet", "next_link_account")


def test_without_consent_nothing_can_be_said() -> None:
    judgement = judged("post", ONE_POST, consented=False)
    assert (judgement.verdict, codes(judgement)[1:]) == ("unknown", ["no_consent", "next_consent"])


def test_one_look_that_hides_is_enough_to_know_nothing() -> None:
    both = [look("posts", "complete"), replace(look("posts", "hidden", "needs_sign_in"), handle="@sam@else.example")]
    judgement = judged("post", ONE_POST, (), both)
    assert judgement.verdict == "unknown"
    assert codes(judgement) == ["posts_missing", "look_hidden", "look_complete", "next_connect"]
    assert judgement.explanation[1].params["reason"] == "needs_sign_in"


@pytest.mark.parametrize(("network", "do"), [("mastodon", "next_connect"), ("bluesky", "next_make_public")])
def test_signing_in_is_named_only_where_it_shows_posts_of_who_asks_not_to_be_indexed(network: str, do: str) -> None:
    there = replace(CONTEXT, accounts=[replace(account, network=network) for account in CONTEXT.accounts])
    hidden = replace(look("posts", "hidden", "opted_out"), network=network)
    assert CHECKS["post"].judge(ONE_POST, [], [hidden], [], there).explanation[-1].code == do


def test_what_its_owner_hides_is_to_be_shown_rather_than_signed_in_for() -> None:
    judgement = judged("post", ONE_POST, (), [look("posts", "hidden", "hidden_by_owner")])
    assert judgement.explanation[-1] == Note("next_make_public", {"look": "posts"})


def test_what_is_missing_is_named() -> None:
    judgement = judged("follow", ANY_TWO, [follow("ben")], looks("complete"))
    assert judgement.explanation[0] == Note(
        "follows_missing", {"have": 1, "wanted": 2, "left": ["Ann", "Cat"], "list": "Starters"}
    )
    assert judgement.explanation[-1] == Note("next_follow", {"left": ["Ann", "Cat"]})


# ---- blog

ENTRY = post(1, "sub101", network="blog")


@pytest.mark.parametrize(
    ("facts", "seen", "accounts", "verdict"),
    [
        ([ENTRY], "complete", (BLOG,), "verified"),
        ([ENTRY], "failed", (BLOG, ME), "verified"),
        ([post(1, "sub101")], "complete", (BLOG, ME), "not_yet"),
        ([post(1, "other", network="blog")], "complete", (BLOG,), "not_yet"),
        ([], "partial", (BLOG,), "unknown"),
        ([], "failed", (BLOG,), "error"),
        ([], "complete", (ME,), "not_yet"),
    ],
)
def test_entries_of_a_blog_count_and_only_its_own_looks_matter(
    facts: Any, seen: str, accounts: Any, verdict: str
) -> None:
    around = [replace(look("posts", seen), network="blog"), look("posts", "hidden")]
    assert judged("blog", ONE_POST, facts, around, accounts=accounts).verdict == verdict


# ---- link_account


def proven(network: str, at: int | None, handle: str = "@sam@home.example") -> Account:
    moment = None if at is None else T0 + timedelta(hours=at)
    return Account(network, handle, at is not None, frozenset({"proof"}), moment)


@pytest.mark.parametrize(
    ("count", "accounts", "verdict", "said"),
    [
        (1, (), "not_yet", ["accounts_missing", "next_link_account"]),
        (1, (proven("mastodon", None),), "not_yet", ["accounts_missing", "account_unproven", "next_prove_account"]),
        (1, (proven("mastodon", 2),), "verified", ["accounts_linked"]),
        (2, (proven("mastodon", 2),), "not_yet", ["accounts_missing", "next_link_account"]),
        (2, (proven("mastodon", 2), proven("mastodon", 3, "@sam@b.example")), "not_yet",
         ["accounts_missing", "next_link_account"]),
        (2, (proven("mastodon", 2), proven("blog", 1)), "verified", ["accounts_linked"]),
    ],
)  # fmt: skip
def test_accounts_of_different_networks_count_once_they_are_proven(
    count: int, accounts: Any, verdict: str, said: list[str]
) -> None:
    judgement = judged("link_account", {"count": count}, accounts=accounts)
    assert (judgement.verdict, codes(judgement)) == (verdict, said)


def test_an_account_is_linked_since_it_was_proven_and_the_evidence_does_not_name_it() -> None:
    accounts = (proven("mastodon", 5), proven("blog", 1), proven("bluesky", 9))
    judgement = judged("link_account", {"count": 2}, accounts=accounts)
    assert judgement.done_at == T0 + timedelta(hours=5)
    assert [(one.verb, one.uri, one.adapter) for one in judgement.evidence] == [
        ("Account", "", "blog"),
        ("Account", "", "mastodon"),
    ]


def test_a_linked_account_does_not_count_without_consent() -> None:
    judgement = judged("link_account", {"count": 1}, accounts=(proven("mastodon", 1),), consented=False)
    assert (judgement.verdict, codes(judgement)[-1]) == ("unknown", "next_consent")


# ---- attest

WORD, LINK = {"by": "word"}, {"by": "link"}


def said(n: int, kind: str, about: int | None = None, **fields: Any) -> Said:
    return Said(UUID(int=n), kind, T0 + timedelta(hours=n), about_id=UUID(int=about) if about else None, **fields)


@pytest.mark.parametrize(
    ("config", "decisions", "verdict", "level"),
    [
        (WORD, [], "not_yet", None),
        (WORD, [said(1, "word")], "verified", "declared"),
        (WORD, [said(1, "link", url="https://a.example/")], "not_yet", None),
        (LINK, [], "not_yet", None),
        (LINK, [said(1, "word")], "not_yet", None),
        (LINK, [said(1, "link")], "waiting", "linked"),
        (LINK, [said(1, "link"), said(2, "approved", 1)], "verified", "person"),
        (LINK, [said(1, "link"), said(2, "returned", 1, comment="More, please")], "not_yet", None),
        (LINK, [said(1, "link"), said(2, "returned", 1), said(3, "link", 2)], "waiting", "linked"),
        (
            LINK,
            [said(1, "link"), said(2, "returned", 1), said(3, "link", 2), said(4, "approved", 3)],
            "verified",
            "person",
        ),
        (LINK, [said(1, "link"), said(2, "link", 1)], "waiting", "linked"),
        (LINK, [said(1, "link"), said(2, "link", 1), said(3, "returned", 2)], "not_yet", None),
    ],
)
def test_a_word_is_believed_and_a_link_waits(
    config: dict[str, Any], decisions: list[Said], verdict: str, level: str | None
) -> None:
    judgement = judged("attest", config, said=decisions)
    assert (judgement.verdict, judgement.level) == (verdict, level)


def test_an_approved_link_counts_from_when_it_was_given() -> None:
    judgement = judged("attest", LINK, said=[said(1, "link"), said(9, "approved", 1)])
    assert judgement.done_at == T0 + timedelta(hours=1)


def test_a_returned_link_says_what_to_change() -> None:
    judgement = judged("attest", LINK, said=[said(1, "link"), said(2, "returned", 1, comment="Add a title")])
    assert judgement.explanation[0] == Note("link_returned", {"comment": "Add a title"})


# ---- settings


@pytest.mark.parametrize(
    ("kind", "config", "param", "code"),
    [
        ("follow", {"list": "22222222-2222-2222-2222-222222222222", "count": 1}, "list", "unknown_list"),
        ("follow", {"list": LIST, "count": 4}, "count", "too_few_people"),
        ("follow", {"list": LIST, "items": ["anm"]}, "items", "unknown_item"),
        ("join_group", {"list": LIST, "count": 3}, "count", "too_few_spaces"),
        ("join_group", {"list": LIST, "items": ["tool"]}, "list", "too_few_spaces"),
        ("post", {"count": 1, "hashtag": "sub102"}, "hashtag", "unknown_hashtag"),
        ("reply", {"count": 1, "hashtag": "sub102"}, "hashtag", "unknown_hashtag"),
        ("blog", {"count": 1, "days": 2}, "days", "too_many_days"),
    ],
)
def test_what_cannot_work_is_said_of_the_setting(kind: str, config: dict[str, Any], param: str, code: str) -> None:
    found = list(CHECKS[kind].problems(config, CONTEXT))
    assert [(one.param, one.code) for one in found] == [(param, code)]


def test_an_unknown_hashtag_comes_with_a_suggestion() -> None:
    (found,) = CHECKS["post"].problems({"count": 1, "hashtag": "sub102"}, CONTEXT)
    assert found.params["suggestion"] == "SUB101"


def test_a_course_without_hashtags_cannot_ask_for_posts() -> None:
    (found,) = CHECKS["post"].problems({"count": 1}, replace(CONTEXT, hashtags={}))
    assert found.code == "no_hashtag"


def test_only_what_needs_no_network_is_open_to_everybody() -> None:
    given = {check.kind for check in ALL if check.takes({}) in {"word", "link", "answer"}}
    assert {check.kind for check in ALL if not check.needs({}).public_account} == given | {"all_of"}
    assert {check.kind for check in ALL if check.needs({}).network}.isdisjoint(given)


AWAY = replace(ME, left_out=True)


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("post", ONE_POST),
        ("follow", ANY_TWO),
        ("public_account", {}),
        ("link_account", {"count": 1}),
        ("share_accounts", {"count": 2}),
        ("comment", {"count": 1}),
    ],
)
def test_of_a_network_that_is_left_out_nothing_is_known(kind: str, config: dict[str, Any]) -> None:
    judgement = judged(kind, config, accounts=(AWAY,))
    assert judgement.verdict == "unknown"
    assert codes(judgement)[-2:] == ["left_out", "next_take_in"]


def test_with_an_account_elsewhere_it_is_said_that_another_is_left_out() -> None:
    there = replace(ME, network="bluesky", handle="sam.example", id="sky")
    seen = [replace(look("posts", "complete"), network="bluesky", handle="sam.example")]
    judgement = judged("post", ONE_POST, (), seen, accounts=(AWAY, there))
    assert judgement.verdict == "not_yet"
    assert codes(judgement)[1:] == ["left_out", "look_complete", "next_post"]


def test_a_blog_left_out_is_spoken_of_where_a_blog_is_asked_for_and_nowhere_else() -> None:
    away = replace(BLOG, left_out=True)
    assert codes(judged("start_blog", {}, accounts=(ME, away)))[-2:] == ["left_out", "next_take_in"]
    assert "left_out" not in codes(judged("start_blog", {}, accounts=(AWAY, BLOG)))
