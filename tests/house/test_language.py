"""Every sentence that a person reads goes through the catalogue: as it stands in the source, not filled in already."""

import re
from uuid import uuid4

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from plnapi.web import i18n, problems
from tests import make
from tests.conftest import ROOT

TEXT = re.compile(r">([^<>]*)<")
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.S)


@pytest.fixture(scope="module")
def catalogue():
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, "N_": None}
    found = [
        message
        for package in ("plnapi", "onboarding")
        for _, _, message, _, _ in extract_from_dir(ROOT / package, methods, options, keywords)
    ]
    assert len(found) > 300
    return {one for message in found for one in (message if isinstance(message, tuple) else (message,))}


def test_no_template_has_words_of_its_own():
    templates = [path for package in ("plnapi", "onboarding") for path in (ROOT / package).rglob("templates/**/*.html")]
    assert len(templates) > 20
    raw = {path.name: TEXT.findall(JINJA.sub("", path.read_text(encoding="utf-8"))) for path in templates}
    words = {name: [text.strip() for text in texts if re.search(r"[A-Za-z]{2}", text)] for name, texts in raw.items()}
    assert {name: texts for name, texts in words.items() if texts} == {}


def test_what_a_problem_says_is_looked_up_as_it_stands_in_the_source(catalogue, unit, sign, monkeypatch):
    with unit():
        teacher = make.person()
        course = make.course(teacher)
    looked_up = []

    def gettext(message, **params):
        looked_up.append(message)
        return message % params if params else message

    monkeypatch.setattr(i18n, "gettext", gettext)
    monkeypatch.setattr(problems, "gettext", gettext)
    client, url = sign(teacher), f"/api/v1/courses/{course.id}"
    step = {"title": "S", "branches": [{"kind": "follow", "config": {"list": str(uuid4()), "count": 1}}]}
    items = [{"kind": "feed", "title": "x" * 200, "address": "nowhere", "language": "?"}]
    empty = client.get(f"{url}/checklist").headers["ETag"]
    answers = [
        client.post(f"{url}/roster", data="email,name\na@b.example,A\na@b.example,A\nb@b.example," + "n" * 201),
        client.post(f"{url}/hashtags", json={"tag": "two words"}),
        client.post(f"{url}/lists", json={"title": "L", "items": items}),
        client.put(f"{url}/checklist", json={"title": "C", "steps": [step]}, headers={"If-Match": empty}),
        client.post(f"{url}/checklist/from-template", json={"template": "nothing"}),
        client.post("/api/v1/me/identities", json={"address": "nobody"}),
    ]
    assert [answer.status_code >= 400 for answer in answers] == [True] * len(answers)
    assert client.post(f"{url}/roster?dry_run=true", data="email,name\n,A").json["errors"]
    details = {error["detail"] for answer in answers for error in answer.json["errors"]}
    assert "This address stands on line 2 already." in details and "At most 200 characters." in details
    titles = {answer.json["title"] for answer in answers}
    assert [message for message in looked_up if message not in catalogue | titles] == []
