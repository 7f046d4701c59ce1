"""Why a setting of a step cannot work, as sentences of errors: made by services, where no reader is known."""

from collections.abc import Mapping
from typing import Any

from plnapi.errors import N_, Message

PROBLEMS = {
    "unknown_list": N_("The course has no such list. It has: %(lists)s."),
    "unknown_item": N_("The list has no item %(item)s.%(suggestion)s"),
    "too_few_people": N_("%(wanted)s are asked for, but “%(list)s” has %(there)s that can be followed."),
    "too_few_spaces": N_("%(wanted)s are asked for, but “%(list)s” has %(there)s spaces that can be joined."),
    "no_hashtag": N_("The course has no hashtag yet; attach one first."),
    "unknown_hashtag": N_("#%(hashtag)s is not a hashtag of the course. Did you mean #%(suggestion)s?"),
    "due_before_start": N_("The course begins on %(starts_on)s. Choose a day from %(starts_on)s to %(ends_on)s."),
    "due_after_end": N_("The course ends on %(ends_on)s. Choose a day from %(starts_on)s to %(ends_on)s."),
    "too_many_days": N_("%(days)s different days cannot be had here; at most %(most)s."),
    "weeks_without_rhythm": N_("A number of weeks needs the rhythm “in each week of the course”."),
    "too_many_weeks": N_("%(weeks)s weeks are asked for, but the course has %(most)s."),
    "since_after_end": N_("Nothing could count: the course ends on %(ends_on)s."),
}


def problem(code: str, params: Mapping[str, Any]) -> Message:
    """Why a setting cannot work."""
    words = {name: ", ".join(value) or "-" if isinstance(value, list) else value for name, value in params.items()}
    if code == "unknown_item":
        words["suggestion"] = f" Did you mean {params['suggestion']}?" if params["suggestion"] else ""
    return Message.of(PROBLEMS[code], **words)
