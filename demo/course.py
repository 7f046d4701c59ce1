"""The course of the demonstration: SUB101, its hashtag, its lists, its checklist, an instructor and five students."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from demo.practice import Served, Student, World
from demo.practice.story import GROUP, PEOPLE, STUDENTS, TAG
from onboarding import giving, reviewing
from onboarding import service as onboarding
from onboarding.service import StepData
from plnapi.accounts import identities
from plnapi.accounts import service as accounts
from plnapi.accounts.models import Person
from plnapi.consents import service as consents
from plnapi.courses import service as courses
from plnapi.courses.models import Course
from plnapi.hashtags import service as hashtags
from plnapi.resources import service as resources

WHY = {
    "ada": "Teaches this course and answers questions on weekdays.",
    "grace": "Writes about open education; friendly to beginners.",
    "ines_library": "The librarian for our subject.",
}


FOLLOW, POST, JOIN, PLAN = "Follow three people", f"Post with #{TAG}", "Join the circle", "Say what you want to learn"
# What must come out, by student, in the order of the steps: why is told in `demo/practice/story.py`.
EXPECTED = {
    "maya": ("verified", "verified", "verified", "verified"),
    "tomas": ("waiting", "verified", "verified", "not_yet"),
    "priya": ("not_yet", "verified", "not_yet", "verified"),
    "kwame": ("unknown", "verified", "unknown", "not_yet"),
    "lena": ("verified", "verified", "verified", "verified"),
}


WORDS = (
    ("maya", PLAN, "How local history groups share what they find."),
    ("priya", PLAN, "How newspapers name their sources."),
    ("lena", PLAN, "How people help each other to repair things."),
    ("lena", JOIN, "The Wednesday meeting; two people compared how they keep notes."),
    ("tomas", JOIN, "The first meeting of the term, about asking for pictures."),
)
LENAS_LINKS = {
    FOLLOW: "https://docs.example.edu/lena/three-people",
    POST: "https://docs.example.edu/lena/what-i-found",
}


@dataclass(slots=True)
class Stage:
    """What was made: ids by the students' keys, and what the instructor is called."""

    course_id: UUID
    instructor_id: UUID
    students: dict[str, UUID] = field(default_factory=dict)


def make(network: Served, began: date) -> Stage:
    """Make the course and its people; it began on `began`. Inside a unit of work."""
    ada = accounts.add_person("ada@example.edu", "Ada Okafor")
    course = courses.create(
        ada.id, TAG, "Learning in networks", "Autumn 2026", began, began + timedelta(weeks=8), "Europe/Berlin"
    )
    hashtags.attach(course, f"#{TAG}")
    _checklist(course, ada, network.world)
    courses.open_course(course)
    stage = Stage(course.id, ada.id)
    for student in STUDENTS:
        person = accounts.add_person(f"{student.key}@example.edu", student.name)
        courses.enrol(course, person.id, "student")
        stage.students[student.key] = person.id
    return stage


def link_accounts(stage: Stage, world: World) -> None:
    """Each student who has an account agrees, links it and puts the code on its page. Inside a unit of work."""
    course = courses.get(stage.course_id)
    for student in STUDENTS:
        address = _address(student, world)
        if address is not None:
            person_id = stage.students[student.key]
            consents.give(person_id, course, "checks")
            _show_code(student, world, identities.link(person_id, address).code)


def give_words_and_links(stage: Stage, world: World) -> None:
    """What no machine sees: students say it or link to it, and the instructor looks at one student's links.

    Inside a unit of work.
    """
    course = courses.get(stage.course_id)
    keys = {step.title: step.step_key for step in onboarding.view(course.id).steps if step.step_key}
    for student, title, text in WORDS:
        giving.give_word(course, stage.students[student], keys[title], text)
    notes = f"{world.blog_url('tomas')}notes-on-three-people"
    giving.give_link(course, stage.students["tomas"], keys[FOLLOW], notes)
    for title, url in LENAS_LINKS.items():
        link = giving.give_link(course, stage.students["lena"], keys[title], url)
        reviewing.decide(course, link.id, stage.instructor_id, "approved", "Read, thank you.")


def _address(student: Student, world: World) -> str | None:
    if student.username is not None:
        return world.handle(student.username)
    return world.blog_url(student.blog) if student.blog is not None else None


def _show_code(student: Student, world: World, code: str) -> None:
    if student.username is not None:
        world.set_note(student.username, f"{world.account(student.username).note} {code}")
    elif student.blog is not None:
        world.set_about(student.blog, f"{world.blog(student.blog).about} {code}")


def _checklist(course: Course, by: Person, world: World) -> None:
    people = resources.make_list(course, "People to follow", [_person(name, world) for name in PEOPLE], by.id)
    circle = {
        "kind": "space",
        "title": "SUB101 circle",
        "address": world.handle(GROUP),
        "why": "Mention it, and everybody who joined reads your post.",
    }
    spaces = resources.make_list(course, "Spaces to join", [circle], by.id)
    onboarding.save(course, "First weeks in the network", _steps(people.id, spaces.id), by.id, expected=0)


def _steps(people: UUID, spaces: UUID) -> list[StepData]:
    def link(prompt: str) -> dict[str, Any]:
        return {"kind": "attest", "config": {"by": "link", "prompt": prompt}}

    def word(prompt: str) -> dict[str, Any]:
        return {"kind": "attest", "config": {"by": "word", "prompt": prompt}}

    return [
        StepData(
            FOLLOW,
            why="A network begins with people who know more than you do.",
            instructions="Follow three people of the list. Without an account, read three of them and link to your notes.",
            branches=[
                {"kind": "follow", "config": {"list": str(people), "count": 3}},
                link("A link to your notes on three people of the list."),
            ],
        ),
        StepData(
            POST,
            why="Others can only answer what they can find.",
            instructions="Write about something you found, on any network or blog, with the hashtag.",
            branches=[{"kind": "post", "config": {"count": 1}}, link("A link to your text.")],
        ),
        StepData(
            JOIN,
            why="In a group you hear what people ask each other.",
            instructions="Join the circle, or sit in on one of its open meetings.",
            branches=[
                {"kind": "join_group", "config": {"list": str(spaces), "count": 1}},
                word("Which meeting did you sit in on, and what did you hear?"),
            ],
        ),
        StepData(
            PLAN,
            why="A network is worth what you mean to do with it.",
            instructions="Say in a sentence or two what you want to learn from others this term.",
            branches=[word("What do you want to learn?")],
        ),
    ]


def _person(name: str, world: World) -> dict[str, Any]:
    title = world.account(name).display_name
    return {"kind": "person", "title": title, "address": world.handle(name), "why": WHY[name], "language": "en"}
