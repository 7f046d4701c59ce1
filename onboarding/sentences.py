"""Why a setting of a step cannot work, as sentences of errors: made by services, where no reader is known."""

from collections.abc import Mapping
from typing import Any

from plnapi.errors import N_, Message

PROBLEMS = {
    "unknown_list": N_("The course has no such list. Did you mean %(suggestion)s? It has: %(lists)s."),
    "no_list": N_("The course has no starter list yet; make one first."),
    "unknown_item": N_("The list has no item %(item)s.%(suggestion)s"),
    "too_few_people": N_(
        "%(wanted)s are asked for, but “%(list)s” has %(there)s that can be followed. Ask for fewer, or add to the list."
    ),
    "too_few_spaces": N_(
        "%(wanted)s are asked for, but “%(list)s” has %(there)s spaces that can be joined. Ask for fewer, or add to the list."
    ),
    "too_few_feeds": N_(
        "%(wanted)s are asked for, but “%(list)s” has %(there)s feeds. Ask for fewer, or add to the list."
    ),
    "too_few_readings": N_(
        "%(wanted)s are asked for, but “%(list)s” has %(there)s of the kind that is read. Ask for fewer, or add to the list."
    ),
    "too_few_networks": N_("Accounts are shared between two networks at least. Ask for 2 or more."),
    "too_many_people": N_("%(people)s different people cannot be had here; at most %(most)s."),
    "no_hashtag": N_("The course has no hashtag yet; attach one first."),
    "unknown_hashtag": N_("#%(hashtag)s is not a hashtag of the course. Did you mean #%(suggestion)s?"),
    "due_before_start": N_("The course begins on %(starts_on)s. Choose a day from %(starts_on)s to %(ends_on)s."),
    "due_after_end": N_("The course ends on %(ends_on)s. Choose a day from %(starts_on)s to %(ends_on)s."),
    "too_many_days": N_("%(days)s different days cannot be had here; at most %(most)s."),
    "too_few_days": N_(
        "%(days)s different days are asked for, but from %(since)s to %(ends_on)s at most %(most)s can be had. "
        "Ask for fewer, or let it count from an earlier day."
    ),
    "too_few_weeks": N_(
        "%(weeks)s weeks are asked for, but from %(since)s to %(ends_on)s there are %(most)s with enough days in them. "
        "Ask for fewer, or let it count from an earlier day."
    ),
    "weeks_without_rhythm": N_("A number of weeks needs the rhythm “in each week of the course”."),
    "too_many_weeks": N_("%(weeks)s weeks are asked for, but the course has %(most)s. Ask for fewer."),
    "since_after_end": N_("Nothing could count: the course ends on %(ends_on)s. Choose an earlier day."),
}


# What is not in order with an answer, by type of field.
ANSWERS = {
    "text_short": N_("Write at least %(minimum)s words; there are %(size)s."),
    "text_long": N_("Write at most %(maximum)s words; there are %(size)s."),
    "lines_short": N_("Give at least %(minimum)s, one a line; there are %(size)s."),
    "lines_long": N_("Give at most %(maximum)s; there are %(size)s."),
    "pairs_short": N_("Give at least %(minimum)s, one a line; there are %(size)s."),
    "pairs_long": N_("Give at most %(maximum)s; there are %(size)s."),
    "tags_short": N_("Give at least %(minimum)s, one a line; there are %(size)s."),
    "tags_long": N_("Give at most %(maximum)s; there are %(size)s."),
    "choices_short": N_("Choose at least %(minimum)s."),
    "choices_long": N_("Choose at most %(maximum)s."),
    "choice_short": N_("Choose one."),
    "url_short": N_("Give an address that begins with https:// or http://."),
    "file_short": N_("Choose a file."),
    "not_a_choice": N_("This cannot be chosen here."),
    "not_a_pair": N_("Write each line as “Name: what you get from it”, with two words or more after the colon."),
    "not_a_tag": N_("This cannot be a hashtag: %(tag)s."),
    "not_text": N_("This is not a text."),
    "not_lines": N_("This is not a list of texts."),
}


def problem(code: str, params: Mapping[str, Any]) -> Message:
    """Why a setting cannot work."""
    words = {name: ", ".join(value) or "-" if isinstance(value, list) else value for name, value in params.items()}
    if code == "unknown_item":
        words["suggestion"] = f" Did you mean {params['suggestion']}?" if params["suggestion"] else ""
    return Message.of(PROBLEMS[code], **words)
