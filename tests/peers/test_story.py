"""What plnapi sees on real servers, of people who act there over the servers' own APIs."""

import pytest

from tests.peers.conftest import Student


def test_an_account_is_linked_and_proven_by_its_code(linked: Student) -> None:
    linked.look()
    assert linked.identity()["problem"] in {
        "code_not_found",
        "account_not_found",
    }  # WordPress hides who never published
    linked.account.introduce(f"I learn in public. {linked.identity()['code']}")
    linked.look()
    assert (linked.identity()["proof"], linked.identity()["problem"]) == ("code", None)


def test_a_post_with_the_hashtag_is_found_and_its_deletion_noticed(student: Student) -> None:
    post = student.account.post("What I read this week", student.tag)
    student.look()
    step = student.steps()["Post"]
    assert (step["verdict"], step["level"], step["evidence"][0]["undone_at"]) == ("verified", "machine", None)
    student.account.delete(post)
    student.look()
    step = student.steps()["Post"]
    assert step["verdict"] == "verified", "credit stays"
    assert step["evidence"][0]["undone_at"], "the deletion is noted within one look"


def test_a_follow_is_found_and_an_unfollow_noticed(student: Student) -> None:
    if "follow" not in student.peer.can:
        pytest.skip("nobody follows anybody there")
    assert student.verdict("Follow") != "verified"
    student.account.follow(student.other)
    student.look()
    assert student.verdict("Follow") == "verified"
    student.account.unfollow(student.other)
    student.look()
    step = student.steps()["Follow"]
    assert step["verdict"] == "verified", "credit stays"
    assert step["evidence"][0]["undone_at"], "the unfollow is noted within one look"


def test_a_reply_is_found(student: Student) -> None:
    if "comment" in student.peer.can:
        pytest.skip("replies are comments there")
    post = student.other.post("A question", student.tag)
    student.account.reply(post, "An answer", student.tag)
    student.look()
    assert student.verdict("Reply") == "verified"
    assert student.verdict("Post") != "verified", "a reply is no post of one's own where the step says so"


def test_a_boost_is_found(student: Student) -> None:
    if "boost" not in student.peer.can:
        pytest.skip("nobody boosts anything there")
    student.account.boost(student.other.post("Worth passing on", student.tag))
    student.look()
    assert student.verdict("Boost") == "verified"


def test_a_like_is_found_where_it_can_be_seen(student: Student) -> None:
    if "like" not in student.peer.can:
        pytest.skip("likes are shown to nobody there")
    student.account.like(student.other.post("Worth a like", student.tag))
    student.look()
    if student.peer.network == "mastodon":
        assert student.verdict("Like") != "verified", "a server of Mastodon's API shows likes to their owner alone"
        student.lets_look(student.client, student.account)
        student.look()
    assert student.verdict("Like") == "verified"


def test_a_hidden_list_does_not_matter_to_a_course_that_looks_from_its_own_account(student: Student) -> None:
    if "follow" not in student.peer.can:
        pytest.skip("nobody follows anybody there")
    student.course_looks_from_the_other()
    if student.peer.network == "mastodon":
        student.lets_look(student.instructor, student.other)
        student.account.hide_lists(True)
    student.account.follow(student.other)
    student.look()
    step = student.steps()["Follow"]
    assert (step["verdict"], step["level"]) == ("verified", "machine"), step["explanation"]
    student.account.unfollow(student.other)
    student.look()
    assert student.steps()["Follow"]["evidence"][0]["undone_at"], "the unfollow is noted within one look"


def test_a_comment_that_names_its_author_is_found(student: Student) -> None:
    if "comment" not in student.peer.can:
        pytest.skip("comments are replies there")
    student.course_looks_from_the_other()
    post = student.other.post("What do you think?", student.tag)
    student.look()
    student.account.comment(post, f"I agree with most of it. {student.account.handle}")
    student.look()
    assert student.verdict("Comment") == "verified", student.steps()["Comment"]["explanation"]
