"""Agreeing, and taking it back."""

from collections.abc import Callable
from typing import Any

import pytest

from plnapi.consents import service
from plnapi.consents.models import Consent
from plnapi.db import db
from plnapi.errors import NotFound
from plnapi.signals import consent_given, consent_withdrawn
from tests import make


@pytest.fixture
def bob_and_course(unit: Any) -> Any:
    with unit():
        course, bob = make.course(code="SUB101"), make.person("Bob")
        make.enrol(course, bob)
    return bob, course


def test_nothing_is_agreed_to_until_it_is_given(bob_and_course: Any, sign: Callable[..., Any]) -> None:
    bob, course = bob_and_course
    asked = sign(bob).get(f"/api/v1/courses/{course.id}/consents").json
    assert [(one["purpose"], one["given"]) for one in asked] == [("checks", False), ("river", False)]
    assert course.code in asked[0]["text"]


def test_the_wording_writes_days_as_pages_do(unit: Any) -> None:
    with unit():
        course = make.course(starts_on=make.day("2026-09-02"), ends_on=make.day("2026-12-20"))
        assert "from 2 Sep 2026 to 20 Dec 2026," in service.text_for("checks", course)


def test_giving_keeps_the_wording_and_withdrawing_ends_it(bob_and_course: Any, sign: Callable[..., Any]) -> None:
    bob, course = bob_and_course
    client, url = sign(bob), f"/api/v1/courses/{course.id}/consents"
    wording = client.get(url).json[0]["text"]
    given = client.put(f"{url}/checks", json={"text": wording})
    assert (given.status_code, given.json["given"], given.json["text"]) == (200, True, wording)
    assert client.delete(f"{url}/checks").status_code == 204
    after = client.get(url).json[0]
    assert (after["given"], after["withdrawn_at"] is not None) == (False, True)


def test_a_wording_that_changed_meanwhile_is_not_agreed_to(bob_and_course: Any, sign: Callable[..., Any]) -> None:
    bob, course = bob_and_course
    url = f"/api/v1/courses/{course.id}/consents"
    refused = sign(bob).put(f"{url}/checks", json={"text": "Look at everything, for ever."})
    assert (refused.status_code, refused.json["code"]) == (409, "wording_changed")
    assert sign(bob).get(url).json[0]["given"] is False


def test_the_text_agreed_to_stays_when_the_course_changes(unit: Any, bob_and_course: Any) -> None:
    bob, course = bob_and_course
    with unit():
        agreed = service.give(bob.id, course, "checks").text
    with unit() as session:
        session.merge(course).ends_on = make.day("2030-01-01")
    with unit():
        assert service.overview(bob.id, course)[0].text == agreed
        assert service.of_person(bob.id, course.id)["checks"].text == agreed


def test_there_is_one_row_however_often_it_is_given_and_withdrawn(unit: Any, bob_and_course: Any, app: Any) -> None:
    bob, course = bob_and_course
    heard: list[tuple[str, str]] = []

    def hear_given(_sender: Any, **payload: Any) -> None:
        heard.append(("given", payload["purpose"]))

    def hear_withdrawn(_sender: Any, **payload: Any) -> None:
        heard.append(("withdrawn", payload["purpose"]))

    with (
        consent_given.connected_to(hear_given, sender=app),
        consent_withdrawn.connected_to(hear_withdrawn, sender=app),
        unit(),
    ):
        for act in (service.give, service.give):
            act(bob.id, course, "checks")
        for _ in range(2):
            service.withdraw(bob.id, course.id, "checks")
        assert not service.has(bob.id, course.id, "checks")
        service.give(bob.id, course, "checks")
        assert service.has(bob.id, course.id, "checks")
        assert service.people_with(course.id, "checks") == {bob.id}
        assert service.people_with(course.id, "river") == frozenset()
        assert db.session.query(Consent).count() == 1
    assert heard == [("given", "checks"), ("withdrawn", "checks"), ("given", "checks")]


def test_an_unknown_purpose_is_not_found(unit: Any, bob_and_course: Any, sign: Callable[..., Any]) -> None:
    bob, course = bob_and_course
    url = f"/api/v1/courses/{course.id}/consents/advertising"
    assert sign(bob).put(url, json={"text": "x"}).status_code == 404
    assert sign(bob).delete(url).status_code == 404
    with unit(), pytest.raises(NotFound):
        service.give(bob.id, course, "advertising")


def test_on_the_page_a_student_agrees_and_takes_it_back(bob_and_course: Any, browser: Callable[..., Any]) -> None:
    bob, course = bob_and_course
    page, url = browser(bob), f"/courses/{course.id}/consents"
    shown = page.get(url).text
    assert shown.count("Not agreed") == 2
    wording = service.text_for("checks", course)
    assert page.submit(f"{url}/checks/give", {"text": wording}, page=url).status_code == 303
    assert page.get(url).text.count("Not agreed") == 1
    assert page.submit(f"{url}/checks/withdraw", {}, page=url).status_code == 303
    assert "Taken back:" in page.get(url).text


def test_networks_are_left_out_and_taken_in_again_while_the_wording_stays(
    unit: Any, bob_and_course: Any, sign: Callable[..., Any]
) -> None:
    bob, course = bob_and_course
    client, url = sign(bob), f"/api/v1/courses/{course.id}/consents/checks"
    wording = service.text_for("checks", course)
    assert client.put(url, json={"text": wording}).json["without"] == []
    with unit() as session:
        session.merge(course).ends_on = make.day("2030-01-01")
    left = client.put(url, json={"text": wording, "without": ["mastodon", "blog", "mastodon"]})
    assert (left.status_code, left.json["without"], left.json["text"]) == (200, ["blog", "mastodon"], wording)
    assert client.put(url, json={"text": wording}).json["without"] == ["blog", "mastodon"], "as it was"
    assert client.put(url, json={"text": wording, "without": []}).json["without"] == []


@pytest.mark.parametrize("network", ["instagram", "nowhere"])
def test_a_network_without_looks_cannot_be_left_out(
    network: str, bob_and_course: Any, sign: Callable[..., Any]
) -> None:
    bob, course = bob_and_course
    url = f"/api/v1/courses/{course.id}/consents"
    body = {"text": service.text_for("checks", course), "without": ["mastodon", network]}
    refused = sign(bob).put(f"{url}/checks", json=body)
    assert (refused.status_code, [one["pointer"] for one in refused.json["errors"]]) == (422, ["/without/1"])
    assert sign(bob).get(url).json[0]["given"] is False


def test_the_river_leaves_no_network_out(bob_and_course: Any, sign: Callable[..., Any]) -> None:
    bob, course = bob_and_course
    body = {"text": service.text_for("river", course), "without": ["mastodon"]}
    assert sign(bob).put(f"/api/v1/courses/{course.id}/consents/river", json=body).status_code == 422


def test_on_the_page_each_network_with_an_account_has_a_tick(
    unit: Any, bob_and_course: Any, browser: Callable[..., Any]
) -> None:
    bob, course = bob_and_course
    with unit():
        make.identity(bob, handle="@bob@social.example")
    page, url = browser(bob), f"/courses/{course.id}/consents"
    assert "look at @bob@social.example" in page.get(url).text
    assert page.get(url).text.count(" checked>") == 1
    wording = service.text_for("checks", course)
    both = {"text": wording, "shown": "mastodon", "networks": "mastodon"}
    assert page.submit(f"{url}/checks/give", both, page=url).status_code == 303
    assert page.submit(f"{url}/checks/give", {"text": wording, "shown": "mastodon"}, page=url).status_code == 303
    said = page.get(url).text
    assert "nothing is looked at any more on: Mastodon" in said
    assert "the credit that you have stays" in said
    assert " checked>" not in said
    assert page.submit(f"{url}/checks/give", both, page=url).status_code == 303
    assert page.get(url).text.count(" checked>") == 1


def test_the_page_shows_another_wording_before_it_is_agreed_to(
    bob_and_course: Any, browser: Callable[..., Any]
) -> None:
    bob, course = bob_and_course
    page, url = browser(bob), f"/courses/{course.id}/consents"
    refused = page.submit(f"{url}/checks/give", {"text": "something else"}, page=url)
    assert refused.status_code == 409
    assert "another one now" in refused.text
    assert refused.text.count("Not agreed") == 2
