"""The pages as people use them, without JavaScript."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from onboarding import service
from plnapi.activity import service as activity
from plnapi.db import db
from plnapi.harvest.models import Source
from plnapi.resources import service as resources
from tests import make
from tests.onboarding.conftest import Story, follow_of, looked

Browser = Callable[..., Any]


@pytest.fixture
def student(story: Story, browser: Browser) -> Any:
    return browser(story.student)


@pytest.fixture
def teacher(story: Story, browser: Browser) -> Any:
    return browser(story.instructor)


def page(client: Any, url: str) -> str:
    answer = client.get(url, headers={"Accept": "text/html"}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", answer.text)


def test_a_student_begins_at_the_steps_with_the_next_one_marked(story: Story, student: Any, unit: Any) -> None:
    with unit():
        activity.record([follow_of(story, 0), follow_of(story, 1)])
    text = page(student, f"/courses/{story.course.id}")
    assert "1 of 4 required steps are done." in text
    assert '<a href="https://people.example/@person0" rel="nofollow noopener noreferrer">' in text
    assert text.count("next-step") == text.count('aria-current="step"') == 1
    assert re.search(r'Next: <a href="[^"]+">Post once</a>', text)
    assert "Not looked at yet: the list of posts." in text


def test_giving_ones_word_ticks_the_step(story: Story, student: Any) -> None:
    url = f"/courses/{story.course.id}/steps/{story.steps['word']}"
    done = student.submit(f"{url}/word", {"text": "Read"}, page=url)
    assert done.status_code == 303
    assert "Your word is noted" in page(student, done.headers["Location"])


def test_a_wrong_link_keeps_what_was_typed_and_says_where(story: Story, student: Any) -> None:
    url = f"/courses/{story.course.id}/steps/{story.steps['link']}"
    refused = student.submit(f"{url}/link", {"url": "ftp://x.example", "text": "My <plan>"}, page=url)
    assert refused.status_code == 422
    assert 'value="ftp://x.example"' in refused.text
    assert "My &lt;plan&gt;" in refused.text
    assert "Give an address that begins with https://" in refused.text


def test_a_link_goes_to_the_queue_and_comes_back_with_a_comment(story: Story, student: Any, teacher: Any) -> None:
    url = f"/courses/{story.course.id}/steps/{story.steps['link']}"
    student.submit(f"{url}/link", {"url": "https://docs.example/plan"}, page=url)
    queue = f"/courses/{story.course.id}/reviews"
    shown = page(teacher, queue)
    assert "Sam Student: Write a plan" in shown
    (action,) = re.findall(r'action="([^"]+/reviews/[^"]+)"', shown)
    silent = teacher.submit(action, {"decision": "returned"}, page=queue)
    assert silent.status_code == 422
    assert "Say what to change" in silent.text
    assert teacher.submit(action, {"decision": "returned", "text": "Add dates"}, page=queue).status_code == 303
    assert "Nothing waits for a review." in page(teacher, queue)
    assert "A reviewer returned the link: Add dates" in page(student, url)


def test_check_now_makes_the_looks_due(story: Story, student: Any, unit: Any) -> None:
    steps = f"/courses/{story.course.id}/steps"
    with unit():
        for source in db.session.query(Source):
            source.next_look_at = source.next_look_at.replace(year=2099)
    done = student.submit(f"/courses/{story.course.id}/check-now", {}, page=steps)
    assert "plnapi looks at your accounts within a minute" in page(student, done.headers["Location"])
    with unit():
        assert all(source.next_look_at.year < 2099 for source in db.session.query(Source))


def test_the_page_of_a_step_says_what_was_looked_at_and_when(story: Story, student: Any, unit: Any) -> None:
    with unit():
        looked(story, "follows", "hidden", "hidden_by_owner")
    text = page(student, f"/courses/{story.course.id}/steps/{story.steps['follow']}")
    assert "The account does not show it to others." in text
    assert "@sam@home.example: the list of follows</h3>" in text
    assert "<dd>hidden. The account does not show it to others.</dd>" in text
    assert re.search(r'<time datetime="20', text)
    assert "A link that is reviewed" in text


def test_a_student_finds_lists_hashtags_consents_and_the_way_out(story: Story, student: Any) -> None:
    here = f"/courses/{story.course.id}"
    (links,) = re.findall(r'<nav class="course".*?</nav>', page(student, f"{here}/steps"))
    assert re.findall(r'href="([^"]+)"', links) == [
        f"{here}/{path}" for path in ("about", "consents", "hashtags", "lists", "my/seen")
    ]


def test_whom_to_follow_is_linked_until_it_was_seen(story: Story, student: Any, unit: Any) -> None:
    with unit():
        items = [
            {"kind": "person", "title": "By handle", "address": "@person0@people.example"},
            {"kind": "person", "title": "By address", "address": "https://people.example/@person1"},
            {"kind": "person", "title": "Seen", "address": "@person2@people.example"},
        ]
        resources.replace_items(resources.get_list(story.course.id, story.list_id), items, story.instructor.id)
        activity.record([follow_of(story, 2)])
        looked(story, "follows", "complete")
    for path in ("steps", f"steps/{story.steps['follow']}"):
        text = page(student, f"/courses/{story.course.id}/{path}")
        assert "What to do:</strong> To follow:" in text
        rel = 'rel="nofollow noopener noreferrer"'
        assert f'<a href="https://people.example/@person0" {rel}>By handle</a> @person0@people.example</li>' in text
        assert f'<li><a href="https://people.example/@person1" {rel}>By address</a> </li>' in text
        assert ">Seen</a>" not in text
        assert f'<a href="/courses/{story.course.id}/lists/{story.list_id}">The whole list' in text


def test_whom_somebody_followed_is_named_by_handle(story: Story, student: Any, unit: Any) -> None:
    uri = "https://people.example/@person0"
    evidence = {"uri": uri, "handle": "@person0@people.example", "adapter": "mastodon", "version": 1}
    with unit():
        activity.record([follow_of(story, 0, evidence=evidence), follow_of(story, 1)])
    text = page(student, f"/courses/{story.course.id}/steps/{story.steps['follow']}")
    assert f'<a href="{uri}" rel="nofollow noopener noreferrer">@person0@people.example</a>' in text
    assert ">https://people.example/@person1</a>" in text


def test_whoever_handed_in_a_link_is_not_sent_to_others_meanwhile(story: Story, student: Any) -> None:
    url = f"/courses/{story.course.id}/steps/{story.steps['follow']}"
    assert "@person0@people.example</li>" in page(student, url)
    student.submit(f"{url}/link", {"url": "https://docs.example/notes"}, page=url)
    assert "@person0@people.example" not in page(student, url)


def test_staff_see_whom_a_student_still_has_to_follow(story: Story, teacher: Any) -> None:
    url = f"/courses/{story.course.id}/people/{story.student.id}/steps/{story.steps['follow']}"
    assert "@person0@people.example</li>" in page(teacher, url)


def test_the_page_of_a_step_gives_a_reason_once(story: Story, student: Any, unit: Any) -> None:
    with unit():
        looked(story, "posts", "complete")
    text = page(student, f"/courses/{story.course.id}/steps/{story.steps['post']}")
    assert "Ways to do it" in text
    assert text.count("0 of 1 posts seen") == 1
    assert text.count("No link given yet.") == 1


def test_the_grid_tells_states_in_words_and_leads_to_the_reasons(story: Story, teacher: Any, unit: Any) -> None:
    with unit():
        activity.record([follow_of(story, 0), follow_of(story, 1)])
    text = page(teacher, f"/courses/{story.course.id}/grid")
    assert '<span class="badge verified">Done</span>' in text
    link = f"/courses/{story.course.id}/people/{story.student.id}/steps/{story.steps['follow']}"
    assert f'href="{link}"' in text
    assert "As Sam Student sees it." in page(teacher, link)
    assert "https://people.example/@person0" in page(teacher, link)


def test_the_grid_shortens_long_titles_for_the_eye_only_and_has_no_empty_column(
    story: Story, teacher: Any, unit: Any
) -> None:
    url, title = f"/courses/{story.course.id}/grid", "Read what the others wrote and say what you think of it"
    assert ">Section</th>" not in page(teacher, url)
    with unit():
        make.enrol(story.course, make.person("Ned"), section="B")
        before = service.view(story.course.id)
        first = replace(before.steps[0], title=title)
        service.save(story.course, "Steps", [first, *before.steps[1:]], None, expected=before.version)
    text = page(teacher, url)
    assert ">Section</th>" in text
    assert (
        f'title="{title}">Read what the others wrote...</span><span class="visually-hidden">{title}</span></th>' in text
    )
    assert '<th scope="col" class="mark">Post once</th>' in text


def test_pages_of_staff_are_closed_to_students(story: Story, student: Any) -> None:
    for path in ("grid", "reviews", "checklist/new/post"):
        assert student.get(f"/courses/{story.course.id}/{path}", headers={"Accept": "text/html"}).status_code == 403


# ---- the instructor's steps


def latest(story: Story, unit: Any) -> Any:
    with unit():
        return service.view(story.course.id)


def test_a_step_is_added_by_a_form_with_a_way_for_everybody(story: Story, teacher: Any, unit: Any) -> None:
    url = f"/courses/{story.course.id}/checklist/new/follow"
    data = {"title": "Follow one more", "list": str(story.list_id), "count": "1", "required": "true", "also": "link"}
    assert teacher.submit(url, {**data, "version": "1"}).status_code == 303
    added = latest(story, unit).steps[-1]
    assert [way["kind"] for way in added.branches] == ["follow", "attest"]
    assert added.branches[0]["config"] == {"list": str(story.list_id), "count": 1}
    assert "Follow one more" in page(teacher, f"/courses/{story.course.id}/checklist")


def test_a_form_that_cannot_work_keeps_its_fields_and_names_the_setting(story: Story, teacher: Any, unit: Any) -> None:
    url = f"/courses/{story.course.id}/checklist/new/follow"
    chosen = [str(story.items[0]), str(story.items[1])]
    data = {
        "title": "Follow",
        "list": str(story.list_id),
        "count": "3",
        "items": chosen,
        "also": "link",
        "version": "1",
    }
    refused = teacher.submit(url, data)
    assert refused.status_code == 422
    assert "3 are asked for, but “People to follow” has 2 that can be followed." in refused.text
    assert refused.text.count(" checked") >= 2
    without = teacher.submit(url, {**data, "count": "1", "also": "", "required": "true"})
    assert "has no way that needs no public account" in without.text
    assert latest(story, unit).version == 1


def test_steps_are_moved_renamed_and_removed(story: Story, teacher: Any, unit: Any) -> None:
    here = f"/courses/{story.course.id}/checklist"
    key = story.steps["post"]
    teacher.submit(f"{here}/{key}/up", {"version": "1"}, page=here)
    assert latest(story, unit).steps[0].title == "Post once"
    data = {"title": "Post at once", "instructions": "Say hello", "required": "true", "version": "2"}
    assert teacher.submit(f"{here}/{key}", data).status_code == 303
    changed = latest(story, unit).steps[0]
    assert (changed.title, changed.instructions, len(changed.branches)) == ("Post at once", "Say hello", 2)
    teacher.submit(f"{here}/{key}/remove", {"version": "3"}, page=here)
    view = latest(story, unit)
    assert (view.version, len(view.steps)) == (4, 4)


def test_ways_are_changed_added_and_removed(story: Story, teacher: Any, unit: Any) -> None:
    here = f"/courses/{story.course.id}/checklist/{story.steps['post']}"
    assert 'value="1"' in page(teacher, f"{here}/ways/0")
    assert teacher.submit(f"{here}/ways/0", {"count": "2", "hashtag": "sub101", "version": "1"}).status_code == 303
    assert teacher.submit(f"{here}/ways/new/attest", {"by": "word", "version": "2"}).status_code == 303
    ways = latest(story, unit).steps[1].branches
    assert ways[0]["config"] == {"count": 2, "hashtag": "sub101"}
    assert ways[2]["config"] == {"by": "word"}
    assert teacher.submit(f"{here}/ways/0/remove", {"version": "3"}, page=here).status_code == 303
    assert [way["kind"] for way in latest(story, unit).steps[1].branches] == ["attest", "attest"]


def test_a_change_made_meanwhile_is_not_overwritten(story: Story, teacher: Any, unit: Any) -> None:
    here = f"/courses/{story.course.id}/checklist"
    teacher.submit(here, {"title": "Mine", "version": "1"})
    late = teacher.submit(here, {"title": "Theirs", "version": "1"})
    assert late.status_code == 422
    assert "Somebody changed the checklist after you read it." in late.text
    assert latest(story, unit).title == "Mine"


def test_a_track_is_added_by_one_button(unit: Any, browser: Browser) -> None:
    with unit():
        instructor = make.person()
        course = make.course(instructor, state="draft")
        make.hashtag(course)
        feeds = [{"kind": "feed", "title": f"Feed {n}", "address": f"https://feed{n}.example/feed"} for n in range(3)]
        make.resource_list(course, feeds, "Feeds")
    client, here = browser(instructor), f"/courses/{course.id}/checklist"
    assert "Begin with a track" in page(client, here)
    done = client.submit(f"{here}/from-template", {"template": "blog", "version": "0"}, page=here)
    assert done.status_code == 303
    assert "Three entries with #SUB101" in page(client, here)


def test_the_course_says_how_many_links_wait(story: Story, student: Any, teacher: Any) -> None:
    manage = f"/courses/{story.course.id}/manage"
    assert "Reviews</a>" in page(teacher, manage)
    for step in ("link", "post"):
        url = f"/courses/{story.course.id}/steps/{story.steps[step]}"
        for address in ("https://docs.example/plan", "https://docs.example/better"):
            student.submit(f"{url}/link", {"url": address}, page=url)
    assert "Reviews (2)</a>" in page(teacher, manage)


def test_a_course_without_steps_is_told_so(story: Story, teacher: Any, unit: Any) -> None:
    with unit():
        bare = make.course(story.instructor, state="draft", code="SUB102")
    assert "Steps: without them" in page(teacher, f"/courses/{bare.id}/manage")
    assert "Steps: without them" not in page(teacher, f"/courses/{story.course.id}/manage")


def test_links_to_the_pages_stand_on_the_course(story: Story, teacher: Any) -> None:
    text = page(teacher, f"/courses/{story.course.id}/manage")
    for path in ("checklist", "grid", "reviews"):
        assert f'href="/courses/{story.course.id}/{path}"' in text
