"""Where rooms above add themselves to a course's pages, so that this room need not know them."""

from collections.abc import Callable
from typing import NamedTuple

from flask import Flask, current_app

from plnapi.courses.access import Place


class Link(NamedTuple):
    """A link on a course's page: its words, translated, and its path."""

    label: str
    url: str


LinkMaker = Callable[[Place], Link | tuple[str, str] | None]
HomeMaker = Callable[[Place], str]


def register_link(app: Flask, make: LinkMaker) -> None:
    """Show a link on the page of every course; `make(place)` answers None where there is none for this person."""
    app.extensions.setdefault("plnapi.course_links", []).append(make)


def register_student_home(app: Flask, make: HomeMaker) -> None:
    """Send students who open a course to `make(place)`, a path; without one they see a plain page."""
    app.extensions["plnapi.student_home"] = make


def register_hint(app: Flask, make: LinkMaker) -> None:
    """Tell staff what a course still lacks: `make(place)` answers a link with what and where, None when it is there."""
    app.extensions.setdefault("plnapi.course_hints", []).append(make)


def course_links(place: Place) -> list[Link]:
    """The links for this person in this course, in the order of the rooms."""
    return _made("plnapi.course_links", place)


def course_hints(place: Place) -> list[Link]:
    """What this course still lacks, in the order of the rooms; nothing for students and for a course that is over."""
    if not place.is_staff or place.course.state not in {"draft", "open"}:
        return []
    return _made("plnapi.course_hints", place)


def student_home(place: Place) -> str | None:
    """Where a student of this course begins, None when nothing was registered."""
    make: HomeMaker | None = current_app.extensions.get("plnapi.student_home")
    return make(place) if make else None


def _made(name: str, place: Place) -> list[Link]:
    makers: list[LinkMaker] = current_app.extensions.get(name, [])
    return [Link(*link) for make in makers if (link := make(place))]
