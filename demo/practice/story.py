"""A course's first two weeks on the practice network, in an order that could have happened.

Three people worth following, a group, and five students whose ways differ: one does all that is asked, one writes on
a blog and nowhere else, one follows two of three, one hides whom they follow, one has no account at all.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from demo.practice import cast
from demo.practice.records import ProfileField
from demo.practice.world import World

Deed = Callable[["Stage", datetime], object]


@dataclass(frozen=True)
class Student:
    """A student of the course: `username` and `blog` are None where they have none. `does` says it in a line."""

    key: str
    name: str
    username: str | None
    blog: str | None
    does: str


STUDENTS = (
    Student("maya", "Maya Lindqvist", "maya", None, "posts with the tag, follows everybody, joins the group"),
    Student("tomas", "Tomás Herrera", None, "tomas", "writes on a blog, without a microblog"),
    Student("priya", "Priya Nair", "priya_n", None, "follows two of three, tags in another case, joins no group"),
    Student("kwame", "Kwame Boateng", "kwame", None, "posts, follows and joins, but hides whom they follow"),
    Student("lena", "Lena Fischer", None, None, "has no account anywhere"),
)
PEOPLE = ("ada", "grace", "ines_library")
GROUP = "sub101_circle"
TAG = "SUB101"


@dataclass
class Stage:
    """Where acts happen: the world, and the ids of statuses that later acts speak of, by name."""

    world: World
    statuses: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Act:
    """One small thing somebody does, `offset` after the story's start. `what` says it for a person."""

    offset: timedelta
    who: str
    what: str
    deed: Deed


class Story:
    """The acts in order of time, and how far they have been played. `start` needs a time zone."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self.acts: tuple[Act, ...] = tuple(sorted(_all_acts(), key=lambda act: act.offset))
        self.end = start + self.acts[-1].offset
        self._stage: Stage | None = None
        self._played = 0

    def play(self, world: World, until: datetime | None = None) -> list[Act]:
        """Play the acts not yet played, up to and with the moment `until` (all without one); answer them.

        Each act gets its own date, even one in the future: choose a start at least `end - start` ago.
        Raises ValueError when the story has begun in another world.
        """
        if self._stage is None:
            self._stage = Stage(world)
        if self._stage.world is not world:
            raise ValueError("this story is being played in another world")
        due = [act for act in self.acts[self._played :] if until is None or self.start + act.offset <= until]
        for act in due:
            act.deed(self._stage, self.start + act.offset)
            self._played += 1
        return due


def _all_acts() -> list[Act]:
    return [*_before_term(), *_first_week(), *_second_week()]


def _before_term() -> list[Act]:
    """Accounts that were there already, with what they had been writing: more than one page of each list."""
    acts = [_opens(-90, who, *about) for who, about in cast.PEOPLE.items()]
    acts.append(_opens(-80, GROUP, "SUB101 circle", cast.GROUP_NOTE, group=True))
    for number, name in enumerate(cast.FORMER_STUDENTS):
        acts += [_opens(-70, name, name.replace("_", " ").title(), minutes=number)]
        acts += [_joins(-60, name, minutes=number), _follows(-59, name, "ada", minutes=number)]
    for number, text in enumerate(cast.reading_notes()):
        acts.append(_posts(-55 + number, "ada", text))
    acts.append(_opens(-40, "maya", "Maya Lindqvist", "First year. Rowing, maps, libraries."))
    for number, text in enumerate(cast.rowing_log()):
        acts.append(_posts(-35 + number, "maya", text, minutes=45))
    return acts


def _first_week() -> list[Act]:
    return [
        _posts(0, "ada", cast.WELCOME, key="welcome"),
        _opens(0.2, "kwame", "Kwame", "Studying from Kumasi.", hide=True),
        _opens(0.3, "priya_n", "Priya N.", "New here. Economics and learning."),
        _starts_blog(0.4, "tomas", "Tomás writes things down", "Tomás Herrera"),
        _follows(0.5, "maya", "ada"),
        _follows(0.5, "maya", "grace", minutes=2),
        _joins(0.6, "maya"),
        _likes(0.6, "maya", "welcome", minutes=5),
        _follows(0.7, "priya_n", "ada"),
        _posts(1, "maya", cast.MAYA_FIRST, key="maya first"),
        _follows(1.1, "kwame", "ada"),
        _follows(1.1, "kwame", "grace", minutes=1),
        _follows(1.1, "kwame", "ines_library", minutes=2),
        _joins(1.2, "kwame"),
        _posts(1.4, "grace", cast.GRACE_REPLY, key="grace reply", reply_to="maya first"),
        _follows(1.5, "maya", "ines_library"),
        _publishes(2, "tomas", *cast.TOMAS_UNTAGGED),
        _posts(2.2, "priya_n", cast.PRIYA_FIRST, key="priya first"),
        _posts(2.5, "ines_library", cast.LIBRARY_HOURS, key="library"),
        _boosts(2.6, "maya", "library"),
        _follows(3, "priya_n", "grace"),
    ]


def _second_week() -> list[Act]:
    return [
        _posts(5, "kwame", cast.KWAME_FIRST, key="kwame first"),
        _posts(5.1, "maya", cast.MAYA_REPLY, reply_to="kwame first"),
        _publishes(6, "tomas", *cast.TOMAS_FIRST),
        _posts(7, "maya", cast.MAYA_TO_GROUP, key="maya group"),
        _likes(7.1, "kwame", "maya group"),
        _posts(7.3, "priya_n", cast.PRIYA_UNTAGGED),
        _posts(8, "ada", cast.ADA_REPLY, reply_to="priya first"),
        _publishes(9, "tomas", *cast.TOMAS_SECOND),
        _boosts(9.5, "grace", "kwame first"),
        _posts(10, "kwame", cast.KWAME_SECOND, reply_to="maya group"),
    ]


def _offset(days: float, minutes: int) -> timedelta:
    return timedelta(days=days, minutes=minutes)


def _opens(
    days: float, who: str, name: str, note: str = "", *, group: bool = False, hide: bool = False, minutes: int = 0
) -> Act:
    def deed(stage: Stage, at: datetime) -> None:
        stage.world.open_account(who, name, note=note, group=group, hide_collections=hide, at=at)
        links = tuple(ProfileField(*row) for row in cast.FIELDS.get(who, ()))
        stage.world.set_fields(who, links)

    return Act(_offset(days, minutes), who, "opens an account", deed)


def _starts_blog(days: float, blog: str, title: str, author: str) -> Act:
    def deed(stage: Stage, at: datetime) -> object:
        return stage.world.start_blog(blog, title, author, about=cast.TOMAS_ABOUT, at=at)

    return Act(_offset(days, 0), blog, "starts a blog", deed)


def _follows(days: float, who: str, whom: str, minutes: int = 0) -> Act:
    return Act(_offset(days, minutes), who, f"follows {whom}", lambda stage, at: stage.world.follow(who, whom, at=at))


def _joins(days: float, who: str, minutes: int = 0) -> Act:
    return Act(_offset(days, minutes), who, f"joins {GROUP}", lambda stage, at: stage.world.join(who, GROUP, at=at))


def _posts(
    days: float, who: str, text: str, *, key: str | None = None, reply_to: str | None = None, minutes: int = 0
) -> Act:
    def deed(stage: Stage, at: datetime) -> None:
        parent = stage.statuses[reply_to] if reply_to else None
        made = stage.world.post(who, text, in_reply_to_id=parent, at=at)
        if key:
            stage.statuses[key] = made.id

    return Act(_offset(days, minutes), who, "replies" if reply_to else "posts", deed)


def _boosts(days: float, who: str, key: str) -> Act:
    def deed(stage: Stage, at: datetime) -> object:
        return stage.world.boost(who, stage.statuses[key], at=at)

    return Act(_offset(days, 0), who, f"boosts a post ({key})", deed)


def _likes(days: float, who: str, key: str, minutes: int = 0) -> Act:
    def deed(stage: Stage, at: datetime) -> object:
        return stage.world.favourite(who, stage.statuses[key], at=at)

    return Act(_offset(days, minutes), who, f"likes a post ({key})", deed)


def _publishes(days: float, blog: str, title: str, html: str, categories: tuple[str, ...]) -> Act:
    def deed(stage: Stage, at: datetime) -> object:
        return stage.world.publish(blog, title, html, categories=categories, at=at)

    return Act(_offset(days, 0), blog, f"publishes {title!r}", deed)
