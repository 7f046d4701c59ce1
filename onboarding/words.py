"""Codes into sentences. The API, the pages and the instructor's view all say the same."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import format_date, gettext

from onboarding import unlocking
from onboarding.checks import CHECKS
from onboarding.checks.base import Note
from plnapi.errors import N_
from plnapi.platforms import PLATFORMS
from plnapi.web.i18n import DAY

VERDICTS = {
    "verified": N_("Done"),
    "waiting": N_("Waiting for review"),
    "not_yet": N_("Not yet"),
    "unknown": N_("Cannot be seen"),
    "error": N_("Could not be checked"),
}
# Shown beside the words, so that no state is told by colour alone.
ICONS = {"verified": "✓", "waiting": "…", "not_yet": "○", "unknown": "?", "error": "!"}
LEVELS = {
    "declared": N_("own word"),
    "linked": N_("a link, not reviewed yet"),
    "machine": N_("seen on the network"),
    "person": N_("confirmed by a person"),
}
VERBS = {
    "Follow": N_("Followed"),
    "Create": N_("Published"),
    "Announce": N_("Boosted"),
    "Like": N_("Liked"),
    "Account": N_("Account proven"),
    "Word": N_("Word given"),
    "Link": N_("Link given"),
    "Answer": N_("Answered"),
    "Approve": N_("Approved by a reviewer"),
}
ITEMS = {
    "person": N_("Person"),
    "space": N_("Space or group"),
    "tool": N_("Tool"),
    "feed": N_("Feed"),
    "reading": N_("Reading"),
}
ROLES = {
    "people": N_("The list of people to follow"),
    "spaces": N_("The list of groups and spaces"),
    "tools": N_("The list of tools"),
    "feeds": N_("The list of feeds"),
    "readings": N_("The list of readings"),
}
REVIEWS = {"link": N_("A link"), "answer": N_("An answer"), "confirmation": N_("A step to confirm")}
SAID = {
    "word": N_("Own word"),
    "link": N_("A link"),
    "answer": N_("An answer"),
    "approved": N_("Approved"),
    "returned": N_("Returned"),
    "confirmed": N_("Confirmed"),
    "undone": N_("Taken back"),
    "credited": N_("Credit kept"),
}
BY = {"word": N_("Your own word"), "link": N_("A link that is reviewed")}
LOOKS = {
    "follows": N_("the list of follows"),
    "posts": N_("the list of posts"),
    "reactions": N_("the list of boosts and likes"),
    "received": N_("what others did there"),
    "proof": N_("the profile"),
}
WHOM = {"classmates": N_("people of the course"), "outside": N_("people outside of the course")}
WHATS = {"boost": N_("boosts"), "like": N_("likes"), "either": N_("boosts and likes")}
COVERAGE = {
    "complete": N_("read whole"),
    "partial": N_("read in part"),
    "hidden": N_("hidden"),
    "failed": N_("could not be read"),
    None: N_("not looked at yet"),
}
REASONS = {
    "hidden_by_owner": N_("The account does not show it to others."),
    "empty_list_proves_nothing": N_("The server showed an empty list, as servers also do for what they hide."),
    "needs_sign_in": N_("The server shows it only to people who are signed in there."),
    "newest_entries_only": N_("A feed shows only its newest entries."),
    "posts_not_read": N_("The profile was read, but the server did not give the posts of the account."),
    "posts_left_alone": N_(
        "A post that is tagged #nobot, #noindex or #noarchive is left alone, as it asks: it cannot count."
    ),
    "fewer_than_counted": N_("The list is shorter than the server's own count of it."),
    "foreign_page": N_("The list goes on on another server, which is not asked."),
    "malformed_items": N_("Some of what the server sent cannot be read."),
    "more_pages": N_("There is more; the next look goes on."),
    "no_follows": N_("The account follows nobody."),
    "no_posts": N_("The account has not published anything that everybody may see."),
    "host_busy": N_("The server asks to wait."),
    "deadline_exceeded": N_("The server took too long."),
    "connection_failed": N_("The server cannot be reached."),
    "name_not_found": N_("There is no server of this name."),
    "address_not_allowed": N_("The address leads to a place that is not public."),
    "too_large": N_("The answer is too large."),
    "too_many_redirects": N_("The address leads from one to the next without an end."),
    "bad_response": N_("The server sent something that is not a valid answer."),
    "bad_answer": N_("The server's answer cannot be used."),
    "bad_document": N_("What the server sent cannot be read."),
    "http_status": N_("The server refused to answer."),
    "gone": N_("There is nothing at this address any more."),
    "bad_address": N_("This is not the address of an account."),
    "not_a_feed": N_("There is no feed at this address."),
    "feed_too_complex": N_("The document is too large or too complex to be read."),
    "token_refused": N_("The server does not accept the permission that was given any more."),
    "suspended": N_("The server has suspended this account and shows nothing of it."),
    "opted_out": N_(
        "The account asks not to be indexed; its posts are read only with a permission that its owner gives."
    ),
    "others_unknown": N_("The account of somebody is known by a handle alone, for which nobody answers."),
    "names_not_verified": N_(
        "Names above comments are not verified; an address or a code in a comment tells whose it is."
    ),
    "no_comments_shown": N_("This site shows no list of its comments to programs."),
    "no_reactions": N_("The account has not boosted or liked anything."),
    "public_groups_only": N_("A forum also has groups that it shows to nobody outside."),
    "no_rooms": N_("The account is in no room."),
    "encrypted": N_("Messages in a room are encrypted; only its members can read them."),
    "internal_error": N_("Something is wrong on our side; it has been written to the log."),
}

SENTENCES = {
    # what is there
    "followed": N_("%(have)s of %(wanted)s followed."),
    "joined": N_("%(have)s of %(wanted)s joined."),
    "posted": N_("%(have)s of %(wanted)s posts with the hashtag seen."),
    "replied_to": N_("%(have)s of %(wanted)s replies to people of the course and of its lists seen."),
    "reacted": N_("%(have)s of %(wanted)s posts boosted or liked."),
    "commented": N_("%(have)s of %(wanted)s comments seen."),
    "took_part": N_("%(have)s of %(wanted)s contributions to groups of the list seen."),
    "public_seen": N_("Everybody can read the account; a look without signing in has seen it."),
    "blog_seen": N_("The blog is there, it is the student's, and everybody can read it."),
    "accounts_shared": N_("%(have)s of %(wanted)s networks hang together by links."),
    "answer_given": N_("The answer was handed in."),
    "answer_approved": N_("A reviewer approved the answer. %(comment)s"),
    "replied": N_("%(have)s of %(wanted)s replies with the hashtag seen."),
    "blogged": N_("%(have)s of %(wanted)s entries with the hashtag seen on the blog."),
    "accounts_linked": N_("%(have)s of %(wanted)s networks with a proven account."),
    "weeks_done": N_("%(have)s of %(wanted)s weeks are done, with %(count)s in each."),
    "word_given": N_("The student said that it is done."),
    "link_approved": N_("A reviewer approved the link. %(comment)s"),
    "level_confirmed": N_("A reviewer confirmed it. %(comment)s"),
    "step_returned": N_("A reviewer returned it: %(comment)s"),
    "level_too_low": N_(
        "The evidence is: %(level)s. This step asks for: %(least)s. Until a person confirms it, it waits."
    ),
    "level_not_enough": N_("The evidence is: %(level)s. This step asks for: %(least)s. Less does not count."),
    "credit_kept": N_("Earned before. The credit stays although its evidence or the step has changed since."),
    # what is missing
    "follows_missing": N_("%(have)s of %(wanted)s followed from “%(list)s”. Not seen: %(left)s."),
    "joins_missing": N_("%(have)s of %(wanted)s groups joined from “%(list)s”. Not seen: %(left)s."),
    "posts_missing": N_("%(have)s of %(wanted)s posts seen with %(tags)s."),
    "replies_missing": N_("%(have)s of %(wanted)s replies seen with %(tags)s."),
    "entries_missing": N_("%(have)s of %(wanted)s entries seen on the blog with %(tags)s."),
    "answers_missing": N_("%(have)s of %(wanted)s replies seen to people of the course or of its lists."),
    "reactions_missing": N_("%(have)s of %(wanted)s posts seen among the %(what)s."),
    "comments_missing": N_("%(have)s of %(wanted)s comments seen."),
    "parts_missing": N_("%(have)s of %(wanted)s contributions seen to groups of “%(list)s”."),
    "public_missing": N_("No account has been seen that everybody can read."),
    "blog_missing": N_("No blog has been seen that everybody can read."),
    "sharing_missing": N_(
        "%(have)s of %(wanted)s networks hang together by links on the public pages of the accounts."
    ),
    "people_missing": N_("They concern %(have)s of %(wanted)s different people."),
    "answer_missing": N_("Nothing is answered yet."),
    "answer_short": N_("The answer does not say enough: “%(field)s”"),
    "answer_waits": N_("The answer was handed in; nobody has reviewed it yet."),
    "answer_returned": N_("A reviewer returned the answer: %(comment)s"),
    "items_short": N_("%(have)s of %(wanted)s are there. Not there: %(left)s."),
    "tags_short": N_("%(have)s of %(wanted)s hashtags found; those of the course do not count."),
    "items_gone": N_("Gone from the network since %(day)s, and not asked for any more: %(left)s."),
    "undone_since": N_("Some of it was deleted or undone since, and this step counts only what is still there."),
    "part": N_("Part %(number)s of %(of)s, %(kind)s: %(verdict)s."),
    "accounts_missing": N_("%(have)s of %(wanted)s networks with a proven account."),
    "weeks_missing": N_("%(have)s of %(wanted)s weeks are done, with %(count)s in each."),
    "days_missing": N_("They are of %(have)s of %(wanted)s different days."),
    "rule_since": N_("What is older than %(day)s does not count; %(count)s left out."),
    "rule_weeks": N_("Weeks of the course count from %(day)s on: %(weeks)s are asked for."),
    "rule_original": N_("Replies do not count; %(count)s left out."),
    "rule_whom": N_("Only what is towards %(whom)s counts; %(count)s left out."),
    "rule_words": N_("Each needs at least %(words)s words; %(count)s are shorter."),
    "word_missing": N_("No word given yet."),
    "link_missing": N_("No link given yet."),
    "link_waits": N_("A link was given; nobody has reviewed it yet."),
    "link_foreign": N_(
        "The link leads to an account that somebody else has proven to be theirs; the reviewer sees this."
    ),
    "link_same": N_("Another student of the course gave the same link; the reviewer sees this."),
    "link_returned": N_("A reviewer returned the link: %(comment)s"),
    "step_locked": N_("This step opens after: %(steps)s. What was done already counts as soon as it opens."),
    "list_gone": N_("The starter list of this step is not there any more."),
    # how much could be seen
    "no_account": N_("No account is linked on which %(look)s can be read."),
    "account_unproven": N_("%(handle)s is linked, but it is not proven yet whose it is."),
    "no_consent": N_("plnapi has not been allowed to look for this course."),
    "left_out": N_("Left out for this course: %(networks)s. Nothing there is looked at or counts."),
    "no_account_for_comments": N_(
        "No account is proven by whose address a comment would be known to be the student's."
    ),
    "comments_read": N_("The comments at %(handle)s were read."),
    "comments_unread": N_("The comments at %(handle)s have not been read whole."),
    "received_complete": N_("%(handle)s: who follows it was read whole."),
    "not_looked_yet": N_("Not looked at yet: %(look)s."),
    "look_complete": N_("%(handle)s: %(look)s was read whole. %(reason)s"),
    "look_partial": N_("%(handle)s: %(look)s was read in part. %(reason)s"),
    "look_hidden": N_("%(handle)s: %(look)s is hidden. %(reason)s"),
    "look_failed": N_("%(handle)s: %(look)s could not be read. %(reason)s"),
    # what to do
    "next_link_account": N_("Link an account, or choose one of the other ways."),
    "next_prove_account": N_("Put the code on the profile of %(handle)s, then check again."),
    "next_consent": N_("Allow plnapi to look for this course, or choose one of the other ways."),
    "next_take_in": N_("Take the network in again for this course, or choose one of the other ways, such as a link."),
    "next_make_public": N_("Let everybody see %(look)s of the account, or choose one of the other ways."),
    "next_connect": N_("Connect %(handle)s by signing in there, or choose one of the other ways."),
    "next_wait": N_("Wait: plnapi looks again by itself. “Check now” asks for it sooner."),
    "next_follow": N_("Follow: %(left)s."),
    "next_answer": N_("Answer what the step asks for."),
    "next_answer_again": N_("Complete the answer and hand it in again."),
    "next_wait_answer": N_("Wait: an instructor reads the answer."),
    "next_react": N_("Boost or like a post of somebody in the course or on its lists: %(what)s count."),
    "next_answer_to": N_("Answer a post of somebody in the course or on its lists."),
    "next_comment": N_(
        "Comment on a blog and leave the address of your own account with it. If a comment is not seen, give a link to it."
    ),
    "next_take_part": N_("Write in one of the groups, or mention it: %(left)s."),
    "next_start_blog": N_("Begin a blog, link its address, or choose one of the other ways."),
    "next_share": N_("Put the address of one account on the public page of another: %(left)s."),
    "next_join": N_("Join: %(left)s."),
    "next_post": N_("Publish a post with %(tags)s."),
    "next_unlock": N_("First: %(steps)s."),
    "next_reply": N_("Answer a post, with %(tags)s in the answer."),
    "next_blog": N_("Publish an entry with %(tags)s on the blog."),
    "next_give_word": N_("Say that it is done."),
    "next_give_link": N_("Give a link to it."),
    "next_give_link_again": N_("Change it as the comment says, then give the link again."),
    "next_wait_review": N_("Wait: an instructor looks at the link."),
    "next_wait_confirm": N_("Wait: an instructor confirms it. Another way of the step may need nobody's confirmation."),
    "next_better": N_("Do it in a way of the step of which the evidence is at least: %(least)s."),
    "next_improve": N_("Change it as the comment says. What is seen or given after that is looked at again."),
    "next_ask_instructor": N_("Ask the instructor: the step needs another list."),
}


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The note with this code as a sentence in the reader's language."""
    return str(gettext(SENTENCES[code], **_readable(params))).strip()


def of(note: Note) -> dict[str, Any]:
    """A note as the API answers it: `code`, `params`, `text`."""
    return {"code": note.code, "params": dict(note.params), "text": sentence(note.code, note.params)}


def is_action(code: str) -> bool:
    """Whether a note says what to do rather than what is."""
    return code.startswith("next_")


def label(table: Mapping[Any, str], key: str | None) -> str:
    """The reader's word for a key of one of the tables above; the key itself when there is none."""
    return str(gettext(table[key])) if key in table else key or ""


TABLES: Mapping[str, Mapping[Any, str]] = {
    "level": LEVELS, "least": LEVELS, "whom": WHOM, "what": WHATS, "verdict": VERDICTS,
}  # fmt: skip


def _readable(params: Mapping[str, Any]) -> dict[str, Any]:
    """`%(comment)s` and `%(reason)s` may be missing: they say more where there is more to say."""
    words: dict[str, Any] = {"comment": "", "reason": "", **params}
    words["reason"] = label(REASONS, words["reason"]) if words["reason"] in REASONS else ""
    if "look" in words:
        words["look"] = label(LOOKS, words["look"])
    if "tags" in words:
        words["tags"] = " / ".join(f"#{tag}" for tag in words["tags"])
    for name in TABLES.keys() & words.keys():
        words[name] = label(TABLES[name], words[name])
    if "kind" in words:
        words["kind"] = gettext(CHECKS[words["kind"]].title)
    if "day" in words:
        words["day"] = format_date(date.fromisoformat(words["day"]), DAY, rebase=False)
    if "field" in words:
        words["field"] = gettext(words["field"])
    if "networks" in words:
        words["networks"] = ", ".join(PLATFORMS[one].title if one in PLATFORMS else one for one in words["networks"])
    if "groups" in words:
        words["steps"] = unlocking.names(words["groups"])
    if "left" in words:
        words["left"] = ", ".join(words["left"]) or "–"  # noqa: RUF001 - a dash between nothing, for people
    return words
