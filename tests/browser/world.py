"""What the pages of these tests are about: people, and the words that stand in the paths of the table."""

from dataclasses import dataclass, field

from plnapi.accounts import service as accounts
from plnapi.accounts.models import Person
from tests import make


@dataclass(slots=True)
class World:
    """`people` by the name used in the table of pages; `names` fills the {placeholders} of its paths."""

    people: dict[str, Person] = field(default_factory=dict)
    names: dict[str, object] = field(default_factory=dict)


def small() -> World:
    """To be called inside a unit: a student with accounts, an administrator, links that can be opened."""
    world = World()
    student = world.people["student"] = make.person("Ada Lovelace")
    world.people["admin"] = make.person("Grace Hopper", role="admin")
    make.identity(student, handle="@ada@social.example")
    make.identity(student, "blog", handle="https://ada.example/", proven=False)
    accounts.make_token(student, "My notebook", ("me", "courses:read"), 30)
    world.people["newcomer"] = make.person("Katherine Johnson")
    world.people["instructor"] = make.person("Maria Montessori")
    course = make.course(world.people["instructor"], code="SUB101")
    make.enrol(course, student, section="A")
    make.enrol(course, make.person("A person of a rather long name " + "W" * 60))
    world.names["course"] = course.id
    world.names["invitation"] = accounts.invite(make.person("Dorothy Vaughan"))
    world.names["sign_in_link"] = accounts.sign_in_link(student)
    return world
