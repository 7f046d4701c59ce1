"""About the whole: every route says who may call it, and every answer carries the same protection."""

import re

import pytest
from werkzeug.routing import IntegerConverter

from plnapi.web.guards import guard_of
from tests.client import Document
from tests.conftest import ROOT

OUTSIDE = {"static"}  # Flask's own view of our own files
INTERNAL = {("GET", "/api/v1/openapi.json")}  # the document itself


def test_every_view_is_guarded_or_marked_public(shared_app):
    views = {name: view for name, view in shared_app.view_functions.items() if name not in OUTSIDE}
    assert len(views) > 20
    assert [name for name, view in views.items() if guard_of(view) is None] == []


def test_every_operation_says_who_may_call_it(shared_app):
    paths = shared_app.api.spec.to_dict()["paths"]
    operations = [(path, m, op) for path, item in paths.items() for m, op in item.items() if m != "parameters"]
    assert operations
    assert [(p, m) for p, m, op in operations if "x-roles" not in op and op.get("security") != []] == []


def test_every_operation_has_a_summary(shared_app):
    paths = shared_app.api.spec.to_dict()["paths"]
    operations = [(path, m, op) for path, item in paths.items() for m, op in item.items() if m != "parameters"]
    assert [(p, m) for p, m, op in operations if not op.get("summary")] == []


@pytest.mark.parametrize("path", ["/sign-in", "/nothing-here", "/api/v1/me", "/api/v1/nothing", "/livez", "/docs"])
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Request-Id"]
    assert "Server" not in headers or "Werkzeug" not in headers["Server"]


def some_path(app, rule):
    """An address of the rule; what it names need not exist."""
    values = {name: _value(rule._converters[name]) for name in rule.arguments}
    return app.url_map.bind("").build(rule.endpoint, values, append_unknown=False)


def _value(converter):
    if isinstance(converter, IntegerConverter):
        return 1
    chosen = re.match(r"\(\?:(\w+)[|)]", converter.regex)
    return chosen[1] if chosen else "00000000-0000-7000-8000-000000000000"


def test_no_unsafe_method_is_open_to_a_cookie_without_the_form_token(app, client):
    for rule in app.url_map.iter_rules():
        for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            answer = client.open(some_path(app, rule), method=method, json={})
            assert answer.status_code == 403 and "csrf" in (answer.json or {}).get("code", answer.text), (method, rule)


def test_the_document_names_every_operation_of_the_api_and_no_other(shared_app):
    served = {
        (method, re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule))
        for rule in shared_app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert served - INTERNAL == set(Document.operations(ROOT / "openapi.yaml"))


def test_trace_is_refused_everywhere_with_the_methods_that_there_are(shared_app, client):
    for rule in shared_app.url_map.iter_rules():
        answer = client.open(some_path(shared_app, rule), method="TRACE")
        assert answer.status_code == 405 and answer.headers["Allow"], rule


def names_in(schema, components):
    """Every name of a property that an answer of this schema may have."""
    if isinstance(schema, list):
        return {name for one in schema for name in names_in(one, components)}
    if not isinstance(schema, dict):
        return set()
    if "$ref" in schema:
        _, _, kind, name = schema["$ref"].split("/")
        return names_in(components[kind][name], components)
    inner = {name for one in schema.values() for name in names_in(one, components)}
    return inner | set(schema.get("properties", ()))


def test_what_students_are_answered_in_a_course_names_nobody_else(shared_app):
    document = shared_app.api.spec.to_dict()
    operations = [(m, path, op) for path, item in document["paths"].items() for m, op in item.items()]
    shown = {
        f"{m} {path}": names_in(op["responses"], document["components"])
        for m, path, op in operations
        if m != "parameters" and op.get("x-within") == "course" and "student" in op["x-roles"]
    }
    assert len(shown) > 10 and any("explanation" in names for names in shown.values())
    private = {"email", "join_code", "person_id", "students", "secret"}
    of_others = {name: private if "/my/" in name else {*private, "section"} for name in shown}  # one's own may be told
    assert {name: found for name, names in shown.items() if (found := names & of_others[name])} == {}
