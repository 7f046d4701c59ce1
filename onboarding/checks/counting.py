"""How many of what somebody published count: since when, on how many days, in how many weeks, of at least how many words.

An act belongs to the day on which it happened in the course's zone (`Act.at`: the author's time, never later than when it
was seen; what has no time counts as of when it was seen). Weeks are those of the course: seven days each, the first
begins with its first day. A week can be asked for when enough of its days are left from when acts count. A window is open
to its end: what was seen late counts for the day on which it happened.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from operator import attrgetter

from onboarding.checks.base import Act, Config, Context, Note, Param, Problem
from plnapi.errors import N_

DAYS = Param("days", "count", N_("On how many different days"), N_("Leave empty when it makes no difference."))
WORDS = Param("words", "count", N_("At least how many words each"), N_("Leave empty for any length."), maximum=5000)
PEOPLE = Param("people", "count", N_("To how many different people"), N_("Leave empty when it makes no difference."))
TIMES: tuple[Param, ...] = (
    Param(
        "every",
        "choice",
        N_("Rhythm"),
        choices=(("", N_("So many in all")), ("week", N_("So many in each week of the course"))),
    ),
    Param("weeks", "count", N_("In how many weeks"), N_("Leave empty for every week from when it counts.")),
    Param(
        "since",
        "choice",
        N_("What counts"),
        choices=(
            ("course", N_("Since the course began")),
            ("joined", N_("Since the student joined the course")),
            ("always", N_("Also from before the course")),
        ),
    ),
    Param("since_day", "day", N_("Since another day"), N_("Takes the place of the choice above.")),
)
PARAMS: tuple[Param, ...] = (DAYS, WORDS, *TIMES)


@dataclass(frozen=True, slots=True)
class Tally:
    """`hits` are the first acts that suffice, oldest first, and `done_at` when they did: none and None when they do not.

    `have` of `wanted` acts, days or weeks, are there, on `days` and towards `people` (have, wanted); `rules` says which
    acts were left out.
    """

    hits: tuple[Act, ...]
    done_at: datetime | None
    have: int
    wanted: int
    days: tuple[int, int] | None = None
    people: tuple[int, int] | None = None
    rules: tuple[Note, ...] = ()


def problems(config: Config, context: Context) -> Iterator[Problem]:
    """More days than acts or than there are, more weeks than there are, weeks without a rhythm, a day after the end."""
    days, weekly = config.get("days", 0), config.get("every") == "week"
    most = min(config["count"], 7) if weekly else config["count"]
    late = list(since_problems(config, context))
    if days > most:
        yield Problem("days", "too_many_days", {"days": days, "most": most})
    elif not late:
        yield from _of_weeks(config, context) if weekly else _of_days(config, context)
    if config.get("weeks") and not weekly:
        yield Problem("weeks", "weeks_without_rhythm")
    if config.get("people", 0) > config["count"]:
        yield Problem("people", "too_many_people", {"people": config["people"], "most": config["count"]})
    yield from late


def _of_days(config: Config, context: Context) -> Iterator[Problem]:
    """More different days than are left from when it counts to the end."""
    day, days = _first_day(config, context), config.get("days", 0)
    if config.get("since") == "always" and not config.get("since_day"):
        return
    left = (context.ends_on - day).days + 1
    if days > left:
        yield Problem("days", "too_few_days", {"days": days, "most": left, **_span(day, context)})


def _of_weeks(config: Config, context: Context) -> Iterator[Problem]:
    """More weeks than are left, or no week with enough days."""
    day = _first_day(config, context)
    left, weeks, days = _weeks_left(day, config, context), config.get("weeks", 0), config.get("days", 0)
    if not left:
        longest = min(7, (context.ends_on - max(day, context.starts_on)).days + 1)
        yield Problem("days", "too_few_days", {"days": days, "most": longest, **_span(day, context)})
    elif weeks > left:
        code = "too_few_weeks" if config.get("since_day") or days else "too_many_weeks"
        yield Problem("weeks", code, {"weeks": weeks, "most": left, "days": max(days, 1), **_span(day, context)})


def _span(day: date, context: Context) -> dict[str, str]:
    return {"since": day.isoformat(), "ends_on": context.ends_on.isoformat()}


def since_problems(config: Config, context: Context) -> Iterator[Problem]:
    """A day after the end, from which nothing could count."""
    if config.get("since_day") and date.fromisoformat(config["since_day"]) > context.ends_on:
        yield Problem("since_day", "since_after_end", {"ends_on": context.ends_on.isoformat()})


def tally(acts: Iterable[Act], config: Config, context: Context) -> Tally:
    """Count the acts by the rules of `config`: see PARAMS, and `count`. One object counts once."""
    unique: dict[str, Act] = {}
    for act in sorted(acts, key=attrgetter("at", "key")):
        unique.setdefault(act.object_uri, act)
    counted, rules = _by_rules(list(unique.values()), config, context)
    found = _weekly(counted, config, context) if config.get("every") == "week" else _in_all(counted, config, context)
    return replace(found, rules=(*found.rules, *rules))


def since(
    acts: Sequence[Act], config: Config, context: Context, *, default: str = "course"
) -> tuple[list[Act], tuple[Note, ...]]:
    """The acts that are not too old by `since` and `since_day`, and what is said of those left out."""
    begin = opens(config, context, default=default)
    recent = [act for act in acts if begin is None or act.at >= begin]
    if begin is None or len(recent) == len(acts):
        return recent, ()
    day = begin.astimezone(context.zone).date().isoformat()
    return recent, (Note("rule_since", {"day": day, "count": len(acts) - len(recent)}),)


def opens(config: Config, context: Context, *, default: str = "course") -> datetime | None:
    """From when acts count; None when there is no such moment."""
    since = config.get("since") or default
    if config.get("since_day"):
        return _midnight(date.fromisoformat(config["since_day"]), context)
    if since == "joined":
        return context.joined_at
    return None if since == "always" else _midnight(context.starts_on, context)


def _by_rules(acts: Sequence[Act], config: Config, context: Context) -> tuple[list[Act], tuple[Note, ...]]:
    """The acts that count, and what is said of the rules."""
    words = config.get("words", 0)
    recent, left_out = since(acts, config, context)
    own = [act for act in recent if not (config.get("original") and act.in_reply_to)]
    long = [act for act in own if act.words >= words]
    rules = [*left_out]
    if config.get("original"):
        rules.append(Note("rule_original", {"count": len(recent) - len(own)}))
    if words:
        rules.append(Note("rule_words", {"words": words, "count": len(own) - len(long)}))
    return long, tuple(rules)


def _in_all(acts: Sequence[Act], config: Config, context: Context) -> Tally:
    count, days, people = config["count"], config.get("days", 0), config.get("people", 0)
    hits = _first(acts, config, context)
    on = (min(len({_day(act, context) for act in acts}), days), days) if days else None
    to = (min(len(set(whom(acts).values()) - {""}), people), people) if people else None
    return Tally(hits, hits[-1].at if hits else None, min(len(acts), count), count, on, to)


def _weekly(acts: Sequence[Act], config: Config, context: Context) -> Tally:
    """A week is done when so many of its acts are there; the step when so many weeks are."""
    wanted, short = _weeks_wanted(config, context)
    by_week: Mapping[int, list[Act]] = defaultdict(list)
    for act in acts:
        if context.starts_on <= _day(act, context) <= context.ends_on:
            by_week[(_day(act, context) - context.starts_on).days // 7].append(act)
    tried = [_first(some, config, context) for some in by_week.values()]
    done = sorted((hits for hits in tried if hits), key=lambda hits: (hits[-1].at, hits[-1].key))
    if len(done) < wanted:
        return Tally((), None, len(done), wanted, rules=short)
    enough = done[:wanted]
    return Tally(tuple(act for hits in enough for act in hits), enough[-1][-1].at, wanted, wanted)


def whom(acts: Iterable[Act]) -> dict[str, str]:
    """Key of each act → a name of the person whom it concerns; acts towards one person have the same, unknown is ""."""
    names: dict[str, str] = {}
    found: dict[str, str] = {}
    for act in acts:
        known = sorted(names[key] for key in act.keys if key in names)
        name = known[0] if known else min(act.keys, default="")
        names.update(dict.fromkeys(act.keys, name))
        found[act.key] = name
    return found


def _first(acts: Sequence[Act], config: Config, context: Context) -> tuple[Act, ...]:
    """The earliest acts that suffice, oldest first: so many, on so many days, towards so many people.

    The first of each day and of each person that is needed, and the earliest others.
    """
    count, days, people = config["count"], config.get("days", 0), config.get("people", 0)
    by_day: dict[date, Act] = {}
    by_name: dict[str, Act] = {}
    names = whom(acts) if people else {}  # names and days cost more than all the rest
    for n, act in enumerate(acts, 1):
        if days:
            by_day.setdefault(_day(act, context), act)
        if people and names[act.key]:
            by_name.setdefault(names[act.key], act)
        if n >= count and len(by_day) >= days and len(by_name) >= people:
            needed = {one.key for one in (*list(by_day.values())[:days], *list(by_name.values())[:people])}
            others = [one for one in acts[:n] if one.key not in needed][: max(count - len(needed), 0)]
            chosen = needed | {one.key for one in others}
            return tuple(one for one in acts[:n] if one.key in chosen)
    return ()


def _weeks_wanted(config: Config, context: Context) -> tuple[int, tuple[Note, ...]]:
    """In how many weeks, and what is said when those are fewer than the course has or the step asks for: who joined late
    is asked only for the weeks that were left, and for one at least."""
    begin = opens(config, context)
    first = begin.astimezone(context.zone).date() if begin else context.starts_on
    left = max(_weeks_left(first, config, context), 1)
    asked = config.get("weeks") or _weeks_left(context.starts_on, {}, context)
    if left >= asked:
        return asked, ()
    return left, (Note("rule_weeks", {"day": max(first, context.starts_on).isoformat(), "weeks": left}),)


def _weeks_left(first: date, config: Config, context: Context) -> int:
    """In how many weeks of the course there are as many days as a week of the step needs, from this day on."""
    first = max(first, context.starts_on)
    needed: int = max(config.get("days", 0), 1)
    if first > context.ends_on:
        return 0
    of, last = (first - context.starts_on).days // 7, (context.ends_on - context.starts_on).days // 7
    shortened = 7 - (first - context.starts_on).days % 7
    ending = (context.ends_on - context.starts_on).days % 7 + 1
    if of == last:
        return int((context.ends_on - first).days + 1 >= needed)
    return last - of - 1 + (shortened >= needed) + (ending >= needed)


def _first_day(config: Config, context: Context) -> date:
    """From which day on somebody can rely on it that acts count who was there from the first day."""
    return date.fromisoformat(config["since_day"]) if config.get("since_day") else context.starts_on


def _day(act: Act, context: Context) -> date:
    return act.at.astimezone(context.zone).date()


def _midnight(day: date, context: Context) -> datetime:
    return datetime.combine(day, time(), context.zone)
