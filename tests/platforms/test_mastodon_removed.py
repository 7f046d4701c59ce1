"""Deleted posts on a Mastodon-compatible server are noticed within one look."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnapi.platforms.mastodon import MASTODON
from plnapi.platforms.types import Seen, Subject
from tests.platforms.answers import ADA, API, BASE, STATUSES, account, nodeinfo, server, status
from tests.platforms.drive import Network, drive, respond

ONWARD = f"{STATUSES}&max_id=100"


def uri(id: Any) -> str:
    return f"{BASE}/users/ada/statuses/{id}"


def knowing(*ids: Any, subject: Subject = ADA) -> Subject:
    return replace(subject, known=tuple(uri(id) for id in ids))


class Statuses(Network):
    """A server with these statuses of Ada: her list, and each by its id, alone or together."""

    def __init__(self, *ids: int, listed: int = 40, together: bool = True) -> None:
        newest = sorted(ids, reverse=True)
        more = {"next": ONWARD} if len(newest) > listed else {}
        page = [status(id) for id in newest[:listed]]
        super().__init__({**server().answers, STATUSES: respond(STATUSES, page, links=more)})
        self.ids, self.together = frozenset(map(str, ids)), together

    def answer(self, fetch: Any) -> Any:
        base, _, query = fetch.url.partition("?")
        if fetch.url in self.answers or not base.startswith(f"{BASE}/api/v1/statuses"):
            return super().answer(fetch)
        self.asked.append(fetch)
        alone = base.rpartition("/statuses/")[2] if "/statuses/" in base else ""
        wanted = [alone] if alone else [part.removeprefix("id[]=") for part in query.split("&")]
        assert len(wanted) <= 20
        there = [status(int(id)) for id in wanted if id in self.ids]
        if alone and there:
            return respond(fetch.url, there[0])
        return respond(fetch.url, there) if self.together and not alone else respond(fetch.url, {}, status=404)

    @property
    def by_id(self) -> list[str]:
        return [url for url in self.urls if url.startswith(f"{BASE}/api/v1/statuses")]


def look(network: Network, subject: Subject, cursor: Any = None) -> Seen:
    return drive(MASTODON.look("posts", subject, cursor or {}), network)


def test_a_post_deleted_from_the_newest_page_is_noticed_by_the_next_look() -> None:
    before = look(Statuses(1, 2, 3), ADA)
    seen = look(Statuses(1, 3), knowing(3, 2, 1), before.cursor)
    assert seen.removed == (uri(2),)
    assert seen.coverage.state == "complete"


def test_the_newest_post_may_be_the_one_deleted() -> None:
    before = look(Statuses(1, 2, 3), ADA)
    assert look(Statuses(1, 2), knowing(3, 2, 1), before.cursor).removed == (uri(3),)


def test_nothing_is_asked_for_by_id_while_all_kept_posts_are_listed() -> None:
    network = Statuses(1, 2, 3)
    assert look(network, knowing(3, 2, 1)).removed == ()
    assert network.urls == [STATUSES]


def test_a_look_that_shows_nothing_else_new_still_tells_what_is_gone() -> None:
    network = Statuses(*range(101, 142))
    first = look(network, ADA, {"newest": "141"})
    second = look(network, knowing(140, 7), first.cursor)
    assert second.unchanged and second.removed == (uri(7),)


def test_up_to_twenty_kept_posts_older_than_the_page_are_all_asked_for_at_each_look() -> None:
    old = range(1, 21)
    network = Statuses(*(id for id in old if id not in (4, 17)), *range(101, 142))
    seen = look(network, knowing(*reversed(old)), {"newest": "141"})
    assert set(seen.removed) == {uri(4), uri(17)}
    assert len(network.by_id) == 2


def test_more_older_posts_are_asked_for_in_turn() -> None:
    old = range(1, 51)
    network, cursor, gone = Statuses(*range(101, 142)), {"newest": "141"}, list[str]()
    for _ in range(3):
        kept = [id for id in reversed(old) if uri(id) not in gone]
        seen = look(network, knowing(*kept), cursor)
        cursor, gone = dict(seen.cursor), [*gone, *seen.removed]
        assert len(seen.removed) <= 20
    assert sorted(gone) == sorted(uri(id) for id in old)


def test_the_turn_goes_round_while_nothing_is_deleted() -> None:
    old = range(1, 51)
    network, cursor = Statuses(*old, *range(101, 142)), {"newest": "141"}
    for _ in range(3):
        cursor = dict(look(network, knowing(*reversed(old)), cursor).cursor)
    asked = {id for url in network.by_id for id in url.partition("?")[2].replace("id[]=", "").split("&")}
    assert asked >= {str(id) for id in old}


def test_a_post_that_the_list_only_leaves_out_is_not_gone() -> None:
    """Missing from the list, but there when asked for: a server may show less in lists."""
    network = Statuses(1, 2, 3)
    network.put(STATUSES, [status(3), status(1)])
    assert look(network, knowing(3, 2, 1)).removed == ()


@pytest.mark.parametrize("refusal", [404, 405, 422, 401, 403, 501])
def test_a_server_that_cannot_be_asked_for_several_is_asked_for_few_one_by_one_and_that_is_remembered(
    refusal: int,
) -> None:
    network = Statuses(2, 4, 5, 6, *range(101, 142), together=False)
    network.answers[f"{BASE}/api/v1/statuses?id[]=141&id[]=6&id[]=5&id[]=4&id[]=3&id[]=2&id[]=1"] = respond(
        "x", {}, status=refusal
    )
    first = look(network, knowing(6, 5, 4, 3, 2, 1), {"newest": "141"})
    assert first.removed == (uri(3),)
    assert len(network.by_id) == 1 + 5
    network.asked.clear()
    second = look(network, knowing(6, 5, 4, 2, 1), first.cursor)
    assert second.removed == (uri(1),)
    assert not any("id[]" in url for url in network.by_id)


def test_after_some_looks_it_is_asked_for_several_again() -> None:
    network = Statuses(*range(1, 7), *range(101, 142), together=False)
    subject, cursor = knowing(6, 5), {"newest": "141"}
    for _ in range(21):
        cursor = dict(look(network, subject, cursor).cursor)
    network.together = True
    network.asked.clear()
    assert look(network, subject, cursor).removed == ()
    assert len(network.by_id) == 1


def test_without_that_the_gapless_range_decides_about_the_newest_page() -> None:
    network = Statuses(*(id for id in range(101, 142) if id != 120), together=False)
    network.put(STATUSES, [status(id) for id in range(141, 101, -1) if id != 120], links={"next": ONWARD})
    assert look(network, knowing(130, 120, 110), {"newest": "141"}).removed == (uri(120),)


def test_a_server_that_answers_every_question_with_nothing_is_not_believed() -> None:
    """One status that is surely there is asked for along with the others: an answer without it says nothing."""
    network = Statuses(*range(1, 7), *range(101, 142))
    network.answers[f"{BASE}/api/v1/statuses?id[]=141&id[]=6&id[]=5"] = respond("x", [])
    assert look(network, knowing(6, 5), {"newest": "141"}).removed == ()


NONSENSE: list[Any] = [[], 7, None, "x", {"id": {}, "uri": [], "url": 7, "account": "x", "tags": {"a": 1}}]


@pytest.mark.parametrize("junk", [NONSENSE, NONSENSE[:4], [{"id": "9"}], [{"id": ""}], [{"id": None}]])
def test_a_server_that_answers_everything_with_nonsense_removes_nothing(junk: list[Any]) -> None:
    class Nonsense(Network):
        def answer(self, fetch: Any) -> Any:
            self.asked.append(fetch)
            return respond(fetch.url, junk)

    for cursor in ({"newest": "2"}, {"newest": "2", "singly": 3}):
        seen = look(Nonsense(), knowing(2, 1), cursor)
        assert seen.removed == () and seen.coverage.reason == "malformed_items"


def test_an_answer_with_what_cannot_be_read_says_nothing() -> None:
    network = Statuses(*range(1, 7), *range(101, 142))
    url = f"{BASE}/api/v1/statuses?id[]=141&id[]=6&id[]=5"
    network.answers[url] = respond(url, [status(141), status(6), "junk"])
    assert look(network, knowing(6, 5), {"newest": "141"}).removed == ()


@pytest.mark.parametrize("answer", [{"status": 500}, {"status": 429}, {"body": b"<html>", "kind": "text/html"}, {}])
def test_a_failure_while_asking_removes_nothing_and_fails_nothing(answer: dict[str, Any]) -> None:
    network = Statuses(*range(101, 142))
    url = f"{BASE}/api/v1/statuses?id[]=141&id[]=6"
    if answer:
        network.answers[url] = respond(url, answer.pop("body", {}), **answer)
    else:
        network.fail(url)
    seen = look(network, knowing(6), {"newest": "141"})
    assert seen.removed == () and seen.coverage.state == "complete" and seen.items


def test_a_list_that_cannot_be_read_whole_misses_nothing_for_certain() -> None:
    network = Statuses(1, 2, 3)
    network.put(STATUSES, [status(3), {"id": "2"}, status(1)])
    assert look(network, knowing(3, 2, 1)).removed == ()


def test_an_empty_list_removes_everything_only_when_the_account_says_that_there_is_nothing() -> None:
    network = server().put(STATUSES, [])
    assert look(network, knowing(2, 1)).removed == ()
    network.put(f"{API}/7", account(statuses_count=0))
    assert look(network, knowing(2, 1)).removed == (uri(2), uri(1))


def test_an_account_that_is_gone_or_suspended_is_told_as_such() -> None:
    assert look(server().put(STATUSES, {}, status=410), knowing(1)).coverage.reason == "gone"
    network = server().put(STATUSES, []).put(f"{API}/7", account(suspended=True, statuses_count=0))
    seen = look(network, knowing(1))
    assert (seen.coverage.state, seen.coverage.reason, seen.removed) == ("hidden", "suspended", ())


def test_posts_whose_address_does_not_tell_their_id_are_remembered_with_it() -> None:
    """Pleroma and Akkoma: the address is `/objects/UUID`, the id is another."""

    def flake(id: str) -> dict[str, Any]:
        return status(1, id=id, uri=f"{BASE}/objects/uuid-{id}", url=f"{BASE}/notice/{id}")

    page = [flake(f"A{n:03}") for n in range(41, 0, -1)]
    network = server().put(STATUSES, page[1:], links={"next": f"{STATUSES}&max_id=A001"})
    network.put(f"{STATUSES}&max_id=A001", [])
    first = look(network, ADA)
    kept = tuple(f"{BASE}/objects/uuid-A{n:03}" for n in (40, 20, 1))
    network.put(STATUSES, [one for one in page if one["id"] not in ("A020", "A001")], links={"next": "x"})
    network.put(f"{BASE}/api/v1/statuses?id[]=A041&id[]=A020&id[]=A001", [flake("A041"), flake("A001")])
    second = look(network, replace(ADA, known=kept), first.cursor)
    assert second.removed == (kept[1],)
    assert set(second.cursor["ids"]) >= {kept[0], kept[2]}


def test_what_is_not_kept_is_forgotten_at_the_next_look() -> None:
    one = status(1, id="A1", uri=f"{BASE}/objects/one")
    first = look(server().put(STATUSES, [one]), ADA)
    assert first.cursor["ids"] == {f"{BASE}/objects/one": "A1"}
    assert "ids" not in look(server(), ADA, first.cursor).cursor


def test_software_that_is_known_not_to_take_several_ids_is_not_asked_so() -> None:
    proven = drive(MASTODON.look("proof", ADA, {}), nodeinfo(server(), "takahe")).cursor
    subject = replace(knowing(6), data=dict(proven), token="t")  # nobody's
    network = Statuses(*range(101, 142))
    assert look(network, subject, {"newest": "141"}).removed == (uri(6),)
    assert network.by_id == [f"{BASE}/api/v1/statuses/6"]


@given(st.sets(st.integers(1, 60), min_size=1), st.sets(st.integers(1, 60), min_size=1), st.booleans())
def test_what_is_said_to_be_gone_is_gone(there: set[int], kept: set[int], together: bool) -> None:
    network = Statuses(*there, listed=10, together=together)
    seen = look(network, knowing(*sorted(kept, reverse=True)), {"newest": str(max(there))})
    assert {one.rpartition("/")[2] for one in seen.removed} <= {str(id) for id in kept - there}
    newest = sorted(there, reverse=True)[:10]
    assert {uri(id) for id in kept - there if id > min(newest)} <= set(seen.removed)
