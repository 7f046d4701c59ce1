"""Administrators and the people of the institution; the commands."""

import json

from tests import make


def test_an_administrator_adds_and_invites_somebody(unit, sign, browser):
    with unit():
        admin = make.person("Admin", role="admin")
    api = sign(admin)
    made = api.post("/api/v1/people", json={"email": "New@Example.edu", "name": "New Person"})
    assert made.status_code == 201 and made.json["email"] == "new@example.edu"
    taken = api.post("/api/v1/people", json={"email": "new@example.edu", "name": "Twin"})
    assert (taken.status_code, taken.json["code"]) == (409, "email_taken")
    link = api.post(f"/api/v1/people/{made.json['id']}/invitation").json["url"]
    path = link.removeprefix("http://127.0.0.1:5000")
    assert browser().submit(path, {"password": "four words in a row"}).status_code == 303


def test_a_list_is_read_page_by_page_without_missing_or_doubling_anybody(unit, sign):
    with unit():
        admin = make.person("Admin", role="admin")
        everybody = {str(admin.id)} | {str(make.person(f"P{n}").id) for n in range(7)}
    api, seen, url = sign(admin), [], "/api/v1/people?per_page=3"
    while url:
        page = api.get(url)
        seen += [person["id"] for person in page.json["items"]]
        link = page.headers.get("Link", "")
        assert (page.json["page"]["next"] is None) == (link == "")
        url = link[1:].partition(">")[0] if link else None
    assert len(seen) == 8 and set(seen) == everybody


def test_a_cursor_that_is_not_ours_is_refused(unit, sign):
    with unit():
        admin = make.person("Admin", role="admin")
    answer = sign(admin).get("/api/v1/people?cursor=bm9uc2Vuc2U")
    assert answer.status_code == 422 and answer.json["errors"][0]["pointer"] == "#/query/cursor"


def test_nobody_else_reads_the_list(unit, sign, client):
    with unit():
        person = make.person()
        admin = make.person("Admin", role="admin")
    assert client.get("/api/v1/people").status_code == 401
    assert sign(person).get("/api/v1/people").status_code == 403
    assert sign(admin, ("me",)).get("/api/v1/people").status_code == 403


def test_the_first_administrator_comes_from_the_command_line(app, browser):
    run = app.test_cli_runner().invoke
    made = json.loads(run(args=["accounts", "create-admin", "root@example.edu", "--json"]).output)
    path = made["url"].removeprefix("http://127.0.0.1:5000")
    assert browser().submit(path, {"password": "four words in a row"}).status_code == 303
    again = run(args=["accounts", "create-admin", "root@example.edu"])
    assert again.exit_code == 1 and "has an account here already" in again.output


def test_a_token_from_the_command_line_works(app, unit, client):
    with unit():
        person = make.person(email="ada@example.edu")
    run = app.test_cli_runner().invoke
    secret = run(args=["accounts", "token", "ada@example.edu", "--scope", "me"]).output.strip()
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json["id"] == str(person.id)
    assert run(args=["accounts", "token", "x@example.edu", "--scope", "me"]).exit_code == 1
    assert run(args=["accounts", "invite", "x@example.edu"]).exit_code == 1
    assert run(args=["accounts", "invite", "ada@example.edu"]).output.startswith("http://127.0.0.1:5000/sign-in/")
