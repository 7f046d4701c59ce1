"""Two courses alike, and two people alike: what belongs to one twin is out of the other's reach.

Every operation of openapi.yaml with an id in its path is asked with ids of the other twin, in every mixture with one's
own. An operation that is added later is in this test at once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pytest
import yaml

from onboarding import giving, private, reviewing, sharing
from onboarding import service as onboarding
from onboarding.service import StepData
from plnapi.accounts import service as accounts
from plnapi.accounts.models import ApiToken, Person
from plnapi.courses.models import Course
from plnapi.db import Base
from plnapi.harvest import choosing
from plnapi.resources import service as resources
from tests import make
from tests.client import METHODS
from tests.conftest import ROOT, Unit

NO_ID = {"course_id", "purpose"}  # the course in the path is one's own; a purpose belongs to everybody
SHARED = ("POST", "/courses/{course_id}/checklist/from-shared/{template_id}")  # with everybody who teaches, on purpose
OPML = '<opml version="2.0"><head/><body><outline type="rss" text="X" xmlUrl="https://x.example/feed"/></body></opml>'
BODIES: Mapping[str, Any] = {
    "PATCH /courses/{course_id}/people/{person_id}": {"section": "North"},
    "PUT /courses/{course_id}/lists/{list_id}": {"title": "Other", "items": []},
    "POST /courses/{course_id}/my/steps/{step_key}/word": {"text": "Done."},
    "POST /courses/{course_id}/my/steps/{step_key}/link": {"url": "https://x.example/1", "text": ""},
    "PUT /courses/{course_id}/people/{person_id}/steps/{step_key}/extension": {"due_on": "2999-01-01"},
    "POST /courses/{course_id}/people/{person_id}/steps/{step_key}/confirm": {"text": ""},
    "POST /courses/{course_id}/reviews/{decision_id}": {"decision": "approved", "text": ""},
    "POST /courses/{course_id}/decisions/{decision_id}/undo": {"text": ""},
    "POST /courses/{course_id}/my/steps/{step_key}/messages": {"text": "Hello"},
    "POST /courses/{course_id}/people/{person_id}/steps/{step_key}/messages": {"text": "Hello"},
    "POST /courses/{course_id}/checklist/from-shared/{template_id}": {"lists": {}},
    "PATCH /courses/{course_id}/my/private-steps/{private_id}": {"done": True},
    "POST /courses/{course_id}/my/steps/{step_key}/answer": {"kind": "reflect", "data": {"answer_1": "It is."}},
}
LINK, WORD = ({"kind": "attest", "config": {"by": by}} for by in ("link", "word"))
REFLECT = {"kind": "reflect", "config": {"prompts": ["What is a network?"], "words": 1, "review": False}}
NOT_FOUND = (404, "not_found")
REFUSALS = {  # what everybody may see, and only who made it may delete
    ("DELETE", "/api/v1/onboarding/shared-templates/{template_id}"): (403, "not_yours")
}
Operation = tuple[str, str, tuple[str, ...], frozenset[str]]  # method, path, names of ids, roles


def operations() -> Iterator[Operation]:
    """Those with an id of something that belongs to a course or a person."""
    paths = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))["paths"]
    for path, item in paths.items():
        for method in item.keys() & set(METHODS):
            roles = frozenset(item[method].get("x-roles", ()))
            given = (*item.get("parameters", ()), *item[method].get("parameters", ()))
            names = tuple(p["name"] for p in given if p.get("in") == "path" and p["name"] not in NO_ID)
            shared = (method.upper(), path.removeprefix("/api/v1")) == SHARED
            if names and roles != {"admin"} and not shared:
                yield method.upper(), path, names, roles


OPERATIONS = sorted(operations())


@dataclass(frozen=True, slots=True)
class Twin:
    """A course with something of everything, and the ids of it all by their names in paths.

    `others` are for operations that mean another thing by the same name: part of the path → name → id.
    """

    course: Course
    teacher: Person
    student: Person
    ids: Mapping[str, Any]
    others: Mapping[str, Mapping[str, Any]]

    def of(self, path: str, name: str) -> Any:
        """The id that an operation means by a name."""
        return next(
            (ids[name] for part, ids in self.others.items() if part in path and name in ids), self.ids.get(name)
        )


def make_twin(name: str, number: int) -> Twin:
    """`number` versions of the list and of the checklist."""
    teacher, student = make.person(f"Teacher {name}"), make.person(f"Student {name}")
    course = make.course(teacher)
    make.enrol(course, student)
    list_ = make.resource_list(course, [{"kind": "feed", "title": name, "address": f"https://{name}.example/feed"}])
    for _ in range(1, number):
        resources.replace_items(list_, [], teacher.id)
    steps = [StepData(title, branches=[LINK, WORD, REFLECT], due_on=course.starts_on) for title in ("Show it", "Again")]
    for n in range(number):
        view = onboarding.save(course, f"{name} {n}", steps, teacher.id, expected=n)
        steps = list(view.steps)
    step_key, second = (step.step_key for step in steps)
    assert step_key is not None and second is not None
    link, decided = (
        giving.give_link(course, student.id, key, f"https://{name}.example/{key}", "") for key in (step_key, second)
    )
    account = make.identity(teacher)
    choosing.choose(course, account.id, teacher.id)
    ids = {
        "person_id": student.id, "list_id": list_.id, "hashtag_id": make.hashtag(course, f"#Tag{name}").id,
        "step_key": step_key, "number": number, "identity_id": make.identity(student).id,
        "decision_id": link.id,
        "private_id": private.add(course, student.id, name).id, "template_id": sharing.share(course, student.id, name).id,
        "token_id": accounts.make_token(student, "mine", ["me"], 1)[0].id,
    }  # fmt: skip
    approved = reviewing.decide(course, decided.id, teacher.id, "approved")
    others = {"/undo": {"decision_id": approved.id}, "/course-accounts/": {"identity_id": account.id}}
    return Twin(course, teacher, student, ids, others)


@pytest.fixture
def twins(unit: Unit) -> tuple[Twin, Twin]:
    """One's own, and the other."""
    with unit():
        return make_twin("one", 1), make_twin("two", 2)


@pytest.fixture
def everything(unit: Unit) -> Callable[[], dict[str, list[str]]]:
    """All rows of all tables, but when tokens were last used."""

    def read() -> dict[str, list[str]]:
        with unit() as session:
            tables = [table for table in Base.metadata.sorted_tables if table is not ApiToken.__table__]
            found = {t.name: sorted(str(row) for row in session.execute(t.select())) for t in tables}
            revoked = session.query(ApiToken.id, ApiToken.revoked_at).order_by(ApiToken.id).all()
            return {**found, "revoked": [str(row) for row in revoked]}

    return read


def ask(client: Any, own: Twin, operation: Operation, ids: Mapping[str, Any]) -> Any:
    """What somebody of one's own twin is answered."""
    method, path, _, _ = operation
    url = "/api/v1" + path.removeprefix("/api/v1").format(course_id=own.course.id, **ids)
    given: dict[str, Any] = {"json": BODIES.get(f"{method} {path.removeprefix('/api/v1')}")}
    if path.endswith("opml") and method == "PUT":
        given = {"data": OPML, "content_type": "text/x-opml"}
    known = client.get(url.removesuffix("/opml")).headers.get("ETag", '"none"') if method in {"PUT", "PATCH"} else ""
    return client.open(url, method=method, headers={"If-Match": known} if known else {}, **given)


def mixtures(own: Twin, other: Twin, operation: Operation) -> Iterator[dict[str, Any]]:
    """One's own ids, with at least one of the other's."""
    _, path, names, _ = operation
    for count in range(1, len(names) + 1):
        for foreign in combinations(names, count):
            yield {name: (other if name in foreign else own).of(path, name) for name in names}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation[0]} {operation[1]}")
def test_what_belongs_to_the_other_is_not_found_and_stays_as_it_was(
    operation: Operation, twins: tuple[Twin, Twin], sign: Callable[..., Any], everything: Callable[[], Any]
) -> None:
    own, other = twins
    client = sign(own.teacher if "instructor" in operation[3] else own.student)
    before = everything()
    for ids in mixtures(own, other, operation):
        answer = ask(client, own, operation, ids)
        assert (answer.status_code, (answer.json or {}).get("code")) == REFUSALS.get(operation[:2], NOT_FOUND), ids
    assert everything() == before
    answer = ask(client, own, operation, {name: own.of(operation[1], name) for name in operation[2]})
    within_reach = answer.status_code < 400 or answer.json["code"] == "nothing_to_confirm"
    assert within_reach, f"this test asks wrongly: {answer.text}"


def test_there_is_something_to_ask() -> None:
    assert len(OPERATIONS) > 12
    assert any("course_id" not in path for _, path, _, _ in OPERATIONS)


def test_what_everybody_may_use_stays_as_it_was(
    twins: tuple[Twin, Twin], sign: Callable[..., Any], everything: Callable[[], Any]
) -> None:
    own, other = twins
    before = everything()
    operation = (SHARED[0], f"/api/v1{SHARED[1]}", ("template_id",), frozenset({"instructor"}))
    answer = ask(sign(own.teacher), own, operation, {"template_id": other.ids["template_id"]})
    assert answer.status_code == 201, answer.text
    after = everything()
    assert after["templates"] == before["templates"]
    of_other = {name: [row for row in rows if str(other.course.id) in row] for name, rows in before.items()}
    assert of_other == {name: [row for row in rows if str(other.course.id) in row] for name, rows in after.items()}


def test_a_body_cannot_name_what_belongs_to_the_other(
    twins: tuple[Twin, Twin], sign: Callable[..., Any], unit: Unit, everything: Callable[[], Any]
) -> None:
    own, other = twins
    client, url = sign(own.teacher), f"/api/v1/courses/{own.course.id}"
    with unit():
        item = resources.version(other.ids["list_id"], 1).items[0]
    before = everything()
    follow = {"kind": "follow", "config": {"list": str(other.ids["list_id"]), "count": 1}}
    foreign_item = {"item_key": str(item.item_key), "kind": "feed", "title": "X", "address": "https://x.example/feed"}
    for path, body in {
        "checklist": {"title": "C", "steps": [{"title": "Follow", "branches": [follow, LINK]}]},
        "checklist ": {"title": "C", "steps": [{"step_key": str(other.ids["step_key"]), "title": "X", "branches": [LINK]}]},
        f"lists/{own.ids['list_id']}": {"title": "L", "items": [foreign_item]},
    }.items():  # fmt: skip
        place = f"{url}/{path.strip()}"
        answer = client.put(place, json=body, headers={"If-Match": client.get(place).headers["ETag"]})
        assert answer.status_code == 422, f"{path}: {answer.text}"
    assert everything() == before
