"""Follows turned round: who of the students follows a course's account on a Mastodon-compatible server."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from plnapi.http.types import Fetch, Response
from plnapi.platforms.mastodon import MASTODON
from plnapi.platforms.types import Act, Other, Seen, Subject
from tests.platforms.answers import ADA, API, BASE, FOLLOWERS, NODEINFO, SIGNED, account, server
from tests.platforms.drive import Network, drive, respond


def student(number: int, host: str = "other.example") -> Other:
    return Other(f"https://{host}/users/s{number}", f"https://{host}/@s{number}", f"@s{number}@{host}")


def looking(others: Iterable[Other], subject: Subject = SIGNED) -> Subject:
    return replace(subject, others=tuple(others))


def look(network: Network, subject: Subject, cursor: Any = None) -> Seen:
    seen = drive(MASTODON.look("received", subject, cursor or {}), network, most=1_000)
    assert all(isinstance(item, Act) and item.verb == "Follow" for item in seen.items)
    return seen


def followers(seen: Seen) -> set[str]:
    """The handles of those who follow, by name."""
    acts = [item for item in seen.items if isinstance(item, Act)]
    keys = [key for act in acts for key in act.actor_keys if key.startswith("acct:")]
    return {key.removeprefix("acct:").partition("@")[0] for key in keys}


@dataclass
class Course(Network):
    """The server of a course's account: its followers by number, what it knows of people, and how it shows that."""

    following: frozenset[int] = frozenset()
    known: frozenset[int] = frozenset()
    counted: int | None = None
    shown: bool = True
    given: dict[str, Response] = field(default_factory=dict)

    def answer(self, fetch: Fetch) -> Response:
        self.asked.append(fetch)
        path, _, query = fetch.url.removeprefix(f"{BASE}/api/v1/accounts/").partition("?")
        if fetch.url == NODEINFO:
            return respond(fetch.url, {}, status=404)
        if fetch.url in self.given:
            return self.given[fetch.url]
        if path == "7":
            count = len(self.following) if self.counted is None else self.counted
            return respond(fetch.url, account(followers_count=count))
        if path == "7/followers":
            return self.page(fetch.url, int(query.partition("max_id=")[2] or 0))
        if path == "lookup":
            return self.one(fetch.url, int(query.removeprefix("acct=s").partition("%40")[0]))
        assert path == "relationships"
        ids = [part.removeprefix("id[]=id-s") for part in query.split("&")]
        assert len(ids) <= 40
        assert "Authorization" in fetch.headers
        return respond(fetch.url, [{"id": f"id-s{id}", "followed_by": int(id) in self.following} for id in ids])

    def page(self, url: str, start: int) -> Response:
        ordered = sorted(self.following) if self.shown else []
        page = [account(f"s{number}", "other.example") for number in ordered[start : start + 80]]
        more = {"next": f"{FOLLOWERS}&max_id={start + 80}"} if start + 80 < len(ordered) else {}
        return respond(url, page, links=more)

    def one(self, url: str, number: int) -> Response:
        if number in self.known | self.following:
            return respond(url, account(f"s{number}", "other.example"))
        return respond(url, {"error": "Record not found"}, status=404)


def remembered(numbers: Iterable[int]) -> dict[str, Any]:
    """A cursor of looks that have learned the ids of these students."""
    return {"ids": {student(number).uri: f"id-s{number}" for number in numbers}}


# ---- what is seen


def test_a_student_on_the_list_of_followers_follows() -> None:
    seen = look(Course(following=frozenset({1, 3})), looking([student(1), student(2)]))
    (act,) = seen.items
    assert isinstance(act, Act)
    assert act.actor_keys >= MASTODON.address_keys("@s1@other.example")
    assert act.object_uri == ADA.uri and act.object_keys & MASTODON.address_keys("@ada@example.social")
    assert act.uri == act.object_url == ADA.url
    assert seen.coverage.state == "complete"


def test_nobody_else_is_told() -> None:
    assert look(Course(following=frozenset(range(50))), looking([student(99)])).items == ()


def test_without_students_nothing_is_asked() -> None:
    network = Course()
    assert look(network, looking([])).coverage.state == "complete"
    assert network.asked == []


def test_a_student_on_the_courses_own_server_is_known_by_the_id_of_the_proof() -> None:
    local = Other(f"{BASE}/users/s1", f"{BASE}/@s1", "@s1@example.social", {"id": "id-s1", "host": "example.social"})
    network = Course(following=frozenset({1}), counted=500)
    assert followers(look(network, looking([local]))) == {"s1"}
    assert not any("lookup" in url for url in network.urls)


def test_an_id_of_another_server_is_not_used_here() -> None:
    far = replace(student(1), data={"id": "id-s2", "host": "other.example"})
    network = Course(following=frozenset({2}), known=frozenset({1}), counted=500)
    assert look(network, looking([far])).items == ()
    assert any("lookup?acct=s1%40other.example" in url for url in network.urls)


# ---- when the list decides nothing


@pytest.mark.parametrize("hidden", [{"shown": False}, {"counted": 99}, {"counted": 100_000}])
def test_where_the_list_is_hidden_short_or_long_each_student_is_asked_for(hidden: dict[str, Any]) -> None:
    network = Course(following=frozenset({1}), known=frozenset({2}), **hidden)
    seen = look(network, looking([student(1), student(2)]))
    assert followers(seen) == {"s1"}
    assert seen.coverage.state == "complete"


def test_a_list_that_decided_nothing_is_not_read_again() -> None:
    network = Course(following=frozenset({1}), known=frozenset({2}), shown=False)
    first = look(network, looking([student(1), student(2)]))
    network.asked.clear()
    second = look(network, looking([student(1), student(2)]), first.cursor)
    assert network.urls == [f"{API}/7", f"{API}/relationships?id[]=id-s1&id[]=id-s2"]
    assert followers(second) == {"s1"} and second.coverage.state == "complete"


def test_a_student_whom_the_server_has_never_heard_of_does_not_follow_and_is_asked_for_again() -> None:
    network = Course(following=frozenset({1}), shown=False)
    first = look(network, looking([student(1), student(2)]))
    assert followers(first) == {"s1"} and first.coverage.state == "complete"
    network.following = frozenset({1, 2})
    assert followers(look(network, looking([student(1), student(2)]), first.cursor)) == {"s1", "s2"}


def test_the_ids_of_many_students_are_learned_over_several_looks_and_told_as_partial_until_then() -> None:
    network = Course(following=frozenset(range(250)), counted=1_000_000)
    subject, cursor = looking(map(student, range(250))), dict[str, Any]()
    states = []
    for _ in range(3):
        network.asked.clear()
        seen = look(network, subject, cursor)
        cursor = dict(seen.cursor)
        states.append((seen.coverage.state, seen.coverage.reason, len(seen.items)))
        assert sum("lookup" in url for url in network.urls) <= 100
    assert states == [("partial", "more_pages", 100), ("partial", "more_pages", 200), ("complete", "", 250)]


def test_an_answer_about_somebody_else_makes_nobody_a_follower() -> None:
    network = Course(following=frozenset({1, 2}), shown=False)
    network.given[f"{API}/lookup?acct=s1%40other.example"] = respond("x", account("s2", "other.example"))
    seen = look(network, looking([student(1)]))
    assert seen.items == () and seen.coverage.state == "partial"


@pytest.mark.parametrize("followed", [None, "true", 1, {}, []])
def test_a_relationship_that_is_neither_yes_nor_no_decides_nothing(followed: Any) -> None:
    network = Course(following=frozenset({1}), shown=False)
    network.given[f"{API}/relationships?id[]=id-s1"] = respond("x", [{"id": "id-s1", "followed_by": followed}])
    seen = look(network, looking([student(1)]), remembered([1]))
    assert seen.items == () and seen.coverage.state == "partial"


def test_a_student_whose_address_is_none_here_is_not_known_about() -> None:
    odd = Other("x", "x", "x")
    seen = look(Course(following=frozenset({1}), shown=False), looking([student(1), odd]))
    assert followers(seen) == {"s1"} and seen.coverage.state == "partial"


def test_a_busy_server_is_told_and_what_was_learned_is_kept() -> None:
    network = Course(following=frozenset({1, 2}), shown=False)
    network.given[f"{API}/lookup?acct=s2%40other.example"] = respond("x", {}, status=429, retry_after="60")
    seen = look(network, looking([student(1), student(2)]))
    assert (seen.coverage.state, seen.coverage.reason) == ("partial", "host_busy")
    assert followers(seen) == {"s1"} and seen.cursor["ids"] == {student(1).uri: "id-s1"}


def test_an_account_that_nobody_follows_says_so_to_its_owner() -> None:
    assert look(Course(), looking([student(1)])).coverage.state == "complete"


# ---- without a token


def test_without_a_token_the_public_list_is_read() -> None:
    network = Course(following=frozenset({1}))
    seen = look(network, looking([student(1), student(2)], ADA))
    assert followers(seen) == {"s1"} and seen.coverage.state == "complete"
    assert not any("Authorization" in fetch.headers for fetch in network.asked)


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        ({"hide_collections": True}, "hidden", "hidden_by_owner"),
        ({"followers_count": 5}, "hidden", "empty_list_proves_nothing"),
        ({"followers_count": 0}, "hidden", "empty_list_proves_nothing"),
    ],
)
def test_without_a_token_a_hidden_or_empty_list_is_hidden(answer: dict[str, Any], state: str, reason: str) -> None:
    network = server().put(f"{API}/7", account(**answer)).put(FOLLOWERS, [])
    seen = look(network, looking([student(1)], ADA))
    assert (seen.coverage.state, seen.coverage.reason) == (state, reason)
    assert not any("relationships" in url or "lookup" in url for url in network.urls)


def test_without_a_token_a_list_shorter_than_its_count_is_partial() -> None:
    seen = look(Course(following=frozenset({1}), counted=9), looking([student(1), student(2)], ADA))
    assert (seen.coverage.state, seen.coverage.reason) == ("partial", "fewer_than_counted")
    assert followers(seen) == {"s1"}


def test_a_list_too_long_for_one_look_goes_on_at_the_next() -> None:
    network = Course(following=frozenset(range(2_500)))
    subject = looking([student(5), student(2_400)], ADA)
    first = look(network, subject)
    assert (first.coverage.reason, followers(first)) == ("more_pages", {"s5"})
    second = look(network, subject, first.cursor)
    assert (second.coverage.state, followers(second)) == ("complete", {"s2400"})
    assert "next" not in second.cursor


# ---- how many requests it takes


STUDENTS = 1_000


def test_a_thousand_students_who_follow_are_seen_in_thirty_requests_by_the_list() -> None:
    network = Course(following=frozenset(range(STUDENTS)))
    seen = look(network, looking(map(student, range(STUDENTS))))
    assert len(seen.items) == STUDENTS and seen.coverage.state == "complete"
    assert len(network.asked) == 14 <= 30


@pytest.mark.parametrize("course", [{"shown": False}, {"counted": 1_000_000}])
def test_a_thousand_students_are_seen_in_thirty_requests_by_relationship_once_their_ids_are_known(
    course: dict[str, Any],
) -> None:
    network = Course(following=frozenset(range(0, STUDENTS, 2)), **course)
    seen = look(network, looking(map(student, range(STUDENTS))), remembered(range(STUDENTS)))
    assert len(seen.items) == STUDENTS // 2 and seen.coverage.state == "complete"
    assert len(network.asked) <= 30
    network.asked.clear()
    again = look(network, looking(map(student, range(STUDENTS))), seen.cursor)
    assert len(again.items) == STUDENTS // 2
    assert len(network.asked) == 26
