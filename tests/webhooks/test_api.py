"""Webhooks over the API: who may, what is refused, secrets, the log of deliveries."""

import uuid

import pytest
from sqlalchemy import text

from plnapi.db import db
from tests import make

URL = "https://hooks.example.edu/pln"


def post(admin, **body):
    return admin.post("/api/v1/webhooks", json={"url": URL, "topics": ["step.done"], **body})


def test_only_an_administrator_may(app, unit, sign, client, admin, hook):
    with unit():
        teacher = make.person("Teacher")
        make.course(instructor=teacher)
    for who, statuses in ((client, {401, 403}), (sign(teacher), {403})):  # 403: a cookie's POST without a form's token
        for method, path in (
            ("get", ""), ("post", ""), ("get", "/{}"), ("patch", "/{}"), ("delete", "/{}"), ("post", "/{}/secret"),
            ("post", "/{}/test"), ("get", "/{}/deliveries"), ("post", "/{}/deliveries/{}/resend"),
        ):  # fmt: skip
            path = "/api/v1/webhooks" + path.replace("{}", hook["id"])
            assert getattr(who, method)(path).status_code in statuses, (method, path)


def test_a_token_without_the_scope_may_not(unit, sign, admin):
    with unit():
        person = make.person("Other admin", role="admin")
    assert sign(person, ["me", "courses:read"]).get("/api/v1/webhooks").status_code == 403


def test_a_webhook_is_made_read_changed_and_deleted(admin):
    made = post(admin, description="Registrar", topics=["step.done", "course.opened", "step.done"]).json
    assert made.pop("secret").startswith("whsec_")
    assert (made["topics"], made["enabled"]) == (["course.opened", "step.done"], True)
    url = f"/api/v1/webhooks/{made['id']}"
    assert admin.get(url).json == made
    assert admin.get("/api/v1/webhooks").json["items"] == [made]
    changed = admin.patch(url, json={"description": "Library", "topics": ["course.closed"]}).json
    assert (changed["description"], changed["topics"], changed["url"]) == ("Library", ["course.closed"], URL)
    off = admin.patch(url, json={"enabled": False}).json
    assert (off["enabled"], off["disabled_reason"]) == (False, "by_administrator")
    on = admin.patch(url, json={"enabled": True}).json
    assert (on["enabled"], on["disabled_reason"]) == (True, None)
    assert admin.delete(url).status_code == 204
    assert admin.get(url).status_code == 404
    assert admin.get("/api/v1/webhooks").json["items"] == []


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data", "https://10.0.0.1/",
        "https://2130706433/", "https://0x7f000001/", "https://[::ffff:10.0.0.1]/", "https://user:pw@hooks.example/",
        "https://hooks.example:22/", "ftp://hooks.example/", "file:///etc/passwd", "hooks.example", "https://",
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_reached_is_refused(admin, hook, url):
    for answer in (post(admin, url=url), admin.patch(f"/api/v1/webhooks/{hook['id']}", json={"url": url})):
        assert answer.status_code == 422, url
        assert answer.json["code"] == "webhook_url_not_allowed"
        assert answer.json["errors"][0]["pointer"] == "/url"


def test_without_tls_nothing_is_sent_to_the_internet(admin):
    answer = post(admin, url="http://hooks.example.edu/pln")
    assert (answer.status_code, answer.json["code"]) == (422, "webhook_url_not_https")


@pytest.mark.parametrize(
    "wrong",
    [
        {"topics": []}, {"topics": ["step.forgotten"]}, {"topics": ["webhook.test"]}, {"topics": "step.done"},
        {"secret": "mine"}, {"url": ""}, {"description": "x" * 201},
    ],
)  # fmt: skip
def test_what_cannot_be_accepted_makes_nothing(admin, wrong):
    assert post(admin, **wrong).status_code == 422
    assert admin.get("/api/v1/webhooks").json["items"] == []


def test_a_secret_is_shown_once_and_kept_sealed(app, unit, admin):
    made = post(admin).json
    url = f"/api/v1/webhooks/{made['id']}"
    again = admin.post(f"{url}/secret").json
    assert again["secret"] != made["secret"]
    for secret in (made["secret"], again["secret"]):
        assert secret not in admin.get(url).text
        with unit():
            kept = db.session.execute(text("SELECT * FROM webhooks")).one()
            assert secret.removeprefix("whsec_") not in str(kept)


def test_what_does_not_exist_is_not_found(admin, hook):
    nobody = uuid.uuid4()
    assert admin.get(f"/api/v1/webhooks/{nobody}/deliveries").status_code == 404
    assert admin.post(f"/api/v1/webhooks/{hook['id']}/deliveries/{nobody}/resend").status_code == 404


def test_a_delivery_of_one_webhook_is_not_found_at_another(admin, hook, happen, log):
    happen("1")
    [sent] = log()
    second = post(admin).json
    assert admin.post(f"/api/v1/webhooks/{second['id']}/deliveries/{sent['id']}/resend").status_code == 404
    assert admin.get(f"/api/v1/webhooks/{second['id']}/deliveries").json["items"] == []


def test_deliveries_are_paged_the_newest_first(admin, hook, happen):
    happen(*"12345")
    url = f"/api/v1/webhooks/{hook['id']}/deliveries?per_page=2"
    seen, cursor = [], ""
    for _ in range(3):
        answer = admin.get(url + cursor)
        seen += [item["data"]["step_key"] for item in answer.json["items"]]
        cursor = f"&cursor={answer.json['page']['next']}"
    assert seen == list("54321")
    assert answer.json["page"]["next"] is None


def test_deliveries_can_be_asked_for_by_status(receiver, hook, happen, log):
    receiver.answers.append((500, {}))
    happen("1")
    happen("2")
    assert [item["data"]["step_key"] for item in log(status="waiting")] == ["1"]
    assert [item["data"]["step_key"] for item in log(status="done")] == ["2"]
    assert log(status="dead") == []


def test_a_page_of_deliveries_takes_a_constant_number_of_statements(admin, hook, happen, log, statements):
    happen("1")
    with statements() as few:
        log()
    happen(*"23456789")
    with statements() as many:
        assert len(log()) == 9
    assert len(few) == len(many)


def test_the_topics_are_in_the_api_description(client):
    tags = {tag["name"]: tag["description"] for tag in client.get("/api/v1/openapi.json").json["tags"]}
    for topic in ("step.done", "course.opened", "course.closed", "webhook.test"):
        assert f"| `{topic}` |" in tags["webhooks"]
