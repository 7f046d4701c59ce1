"""A course's hashtags, over the API and on their page."""

from collections.abc import Callable
from typing import Any

from plnapi.hashtags import service
from plnapi.signals import tag_attached
from tests import make


def _course(unit: Any) -> Any:
    with unit():
        ada = make.person("Ada")
        return ada, make.course(ada)


def test_an_instructor_attaches_lists_and_detaches(unit: Any, sign: Callable[..., Any]) -> None:
    ada, course = _course(unit)
    client, url = sign(ada), f"/api/v1/courses/{course.id}/hashtags"
    made = client.post(url, json={"tag": "#SUB101"})
    assert (made.status_code, made.json["key"], made.json["display"]) == (201, "sub101", "SUB101")
    assert [tag["key"] for tag in client.get(url).json] == ["sub101"]
    assert client.delete(f"{url}/{made.json['id']}").status_code == 204
    assert client.get(url).json == []


def test_attaching_what_is_there_is_a_conflict(unit: Any, sign: Callable[..., Any]) -> None:
    ada, course = _course(unit)
    client, url = sign(ada), f"/api/v1/courses/{course.id}/hashtags"
    client.post(url, json={"tag": "SUB101"})
    again = client.post(url, json={"tag": "#ｓｕｂ101"})
    assert (again.status_code, again.json["code"]) == (409, "hashtag_attached")


def test_the_refusal_says_why_and_what_to_use(unit: Any, sign: Callable[..., Any]) -> None:
    ada, course = _course(unit)
    refused = sign(ada).post(f"/api/v1/courses/{course.id}/hashtags", json={"tag": "sub-101"})
    assert (refused.status_code, refused.json["code"]) == (422, "hashtag_character")
    assert "#sub101" in refused.json["detail"]
    assert refused.json["errors"][0]["pointer"] == "/tag"


def test_a_hashtag_of_another_course_is_not_found(unit: Any, sign: Callable[..., Any]) -> None:
    ada, course = _course(unit)
    with unit():
        tag = make.hashtag(make.course(), "other")
    missing = sign(ada).delete(f"/api/v1/courses/{course.id}/hashtags/{tag.id}")
    assert missing.status_code == 404
    with unit():
        assert service.keys_of_courses([tag.course_id, course.id]) == {
            tag.course_id: frozenset({"other"}),
            course.id: frozenset(),
        }


def test_rooms_above_hear_of_attaching_and_detaching(unit: Any, app: Any) -> None:
    _, course = _course(unit)
    heard = []

    def hear(_sender: Any, **payload: Any) -> None:
        heard.append((payload["course_id"], payload["key"]))

    with tag_attached.connected_to(hear, sender=app), unit():
        tag = service.attach(course, "SUB101")
        service.detach(course, tag.id)
    assert heard == [(course.id, "sub101")] * 2


def test_the_page_keeps_what_was_typed_and_offers_another(unit: Any, browser: Callable[..., Any]) -> None:
    ada, course = _course(unit)
    page, url = browser(ada), f"/courses/{course.id}/hashtags"
    refused = page.submit(url, {"tag": "sub-101"})
    assert refused.status_code == 422
    assert 'value="sub-101"' in refused.text
    assert "#sub101" in refused.text
    assert page.submit(url, {"tag": "SUB101"}).status_code == 303
    shown = page.get(url).text
    assert "The course listens to #SUB101." in shown
    tag_id = shown.split("/hashtags/")[1].split("/")[0]
    assert page.submit(f"{url}/{tag_id}/detach", {}, page=url).status_code == 303
    assert "There is none yet." in page.get(url).text


def test_a_student_reads_the_hashtags_without_forms(unit: Any, browser: Callable[..., Any]) -> None:
    _, course = _course(unit)
    with unit():
        bob = make.person("Bob")
        make.enrol(course, bob)
        make.hashtag(course, "SUB101")
    shown = browser(bob).get(f"/courses/{course.id}/hashtags").text
    assert "#SUB101" in shown
    assert "Attach" not in shown
