"""What a receiver gets, and what becomes of its answers. The receiver verifies with the library that others use."""

import io
import json
from contextlib import redirect_stderr
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial

import pytest
import time_machine
from sqlalchemy import update
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from plnapi.clock import now
from plnapi.db import db
from plnapi.http import client as door
from plnapi.outbox.backoff import DELAYS, JITTER
from plnapi.webhooks import jobs, sending, service
from plnapi.webhooks.models import Webhook


def fits(post, secret):
    """Whether this secret verifies the request."""
    try:
        Verifier(secret).verify(post.body, post.headers)
    except WebhookVerificationError:
        return False
    return True


def read(admin, hook):
    return admin.get(f"/api/v1/webhooks/{hook['id']}").json


def test_a_message_arrives_signed_thin_and_with_its_id(receiver, hook, happen, log):
    assert happen("7", payload={"course_id": "c", "person_id": "p", "step_key": "s"}) == {"done": 1}
    [post] = receiver.posts
    body = Verifier(hook["secret"]).verify(post.body, post.headers)
    assert body["type"] == "step.done"
    assert body["data"] == {"course_id": "c", "person_id": "p", "step_key": "s"}
    [sent] = log()
    assert datetime.fromisoformat(body["timestamp"]) == datetime.fromisoformat(sent["created_at"])
    assert post.headers["webhook-id"] == sent["message_id"]
    assert post.headers["content-type"] == "application/json"
    assert (sent["status"], sent["attempts"], sent["last_status"], sent["topic"]) == ("done", 1, 204, "step.done")


def test_the_largest_payload_stays_under_20_kb(receiver, hook, happen):
    assert happen("1", payload={"ids": ["ü" * 100] * 78}) == {"done": 1}
    assert 15_000 < len(receiver.posts[0].body) < 20_000


def test_another_topic_is_not_told(receiver, hook, happen):
    assert happen("1", topic="course.opened") == {}
    assert receiver.posts == []


def test_a_failure_is_told_again_with_the_same_id_a_fresh_signature_and_not_early(receiver, hook, happen, run, log):
    receiver.answers += [(500, {}), (502, {})]
    with time_machine.travel(now(), tick=False) as clock:
        assert happen("1") == {"failed": 1}
        for delay, outcome in zip(DELAYS[:2], ("failed", "done"), strict=True):
            clock.shift(delay - 0.01)
            assert run() == {}
            clock.shift(delay * JITTER + 0.02)
            assert run() == {outcome: 1}
        assert fits(receiver.posts[-1], hook["secret"])
    assert len({post.headers["webhook-id"] for post in receiver.posts}) == 1
    assert len({post.headers["webhook-timestamp"] for post in receiver.posts}) == 3
    assert len({post.body for post in receiver.posts}) == 1
    assert (log()[0]["attempts"], log()[0]["status"]) == (3, "done")


def test_a_dead_endpoint_does_not_hold_up_the_others(admin, receiver, other, hook, happen, log):
    dead = "http://127.0.0.2:1/"
    second = admin.post("/api/v1/webhooks", json={"url": other.url, "topics": ["step.done"]}).json
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "_allowed", lambda settings, url: url)
        third = admin.post("/api/v1/webhooks", json={"url": dead, "topics": ["step.done"]}).json
    receiver.answers += [(503, {})] * 2
    assert happen("1", "2") == {"failed": 4, "done": 2}
    assert [post.headers["webhook-id"] for post in other.posts] == [d["message_id"] for d in reversed(log(second))]
    assert {d["status"] for d in log(third)} == {"waiting"}
    assert all(fits(post, second["secret"]) and not fits(post, hook["secret"]) for post in other.posts)


def test_a_receiver_that_is_gone_is_not_told_any_more(admin, receiver, hook, happen, log):
    receiver.answers.append((410, {}))
    assert happen("1") == {"gone": 1}
    off = read(admin, hook)
    assert (off["enabled"], off["disabled_reason"]) == (False, "gone")
    assert happen("2") == {}
    assert len(receiver.posts) == 1
    assert [(d["status"], d["last_status"]) for d in log()] == [("dead", 410)]


def test_what_waits_when_a_webhook_is_disabled_is_not_sent(admin, receiver, hook, happen, run, log):
    receiver.answers.append((500, {}))
    happen("1")
    admin.patch(f"/api/v1/webhooks/{hook['id']}", json={"enabled": False})
    with time_machine.travel(now() + timedelta(minutes=1)):
        assert run() == {"gone": 1}
    assert len(receiver.posts) == 1
    assert "disabled" in log()[0]["last_error"]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", [lambda at: "3600", lambda at: format_datetime(at.astimezone(UTC), usegmt=True)])
def test_a_receiver_that_asks_to_wait_is_left_alone_with_everything(
    admin, receiver, hook, happen, run, log, status, form
):
    start = now().replace(microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        receiver.answers.append((status, {"Retry-After": form(start + timedelta(hours=1))}))
        assert happen("1") == {"failed": 1}
        assert happen("2") == {"postponed": 1}
        clock.shift(3599)
        assert run() == {}
        clock.shift(1)
        assert run() == {"done": 2}
        assert [d["attempts"] for d in log()] == [1, 2]
    assert len(receiver.posts) == 3


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver, other, hook, happen, log, status):
    receiver.answers.append((status, {"location": other.url}))
    assert happen("1") == {"failed": 1}
    assert other.posts == []
    assert "redirect" in log()[0]["last_error"]


def test_two_secrets_sign_for_a_day_after_a_change(app, admin, receiver, hook, happen):
    with time_machine.travel(now(), tick=False) as clock:
        new = admin.post(f"/api/v1/webhooks/{hook['id']}/secret").json
        assert datetime.fromisoformat(new["old_secret_until"]) == now() + timedelta(hours=24)
        clock.shift(23 * 3600)
        happen("1")
        assert fits(receiver.posts[0], hook["secret"])
        assert fits(receiver.posts[0], new["secret"])
        with app.app_context():
            assert jobs.forget_old_secrets() == 0
        clock.shift(3601)
        happen("2")
        assert fits(receiver.posts[1], new["secret"])
        assert not fits(receiver.posts[1], hook["secret"])
        with app.app_context():
            assert jobs.forget_old_secrets() == 1
    assert read(admin, hook)["old_secret_until"] is None


def test_an_altered_body_does_not_verify(receiver, hook, happen):
    happen("1")
    [post] = receiver.posts
    with pytest.raises(WebhookVerificationError):
        Verifier(hook["secret"]).verify(post.body.replace(b"step.done", b"step.dome"), post.headers)


def test_the_test_button_tells_this_webhook_and_no_other(admin, receiver, other, hook, run, log):
    admin.post("/api/v1/webhooks", json={"url": other.url, "topics": ["step.done"]})
    answer = admin.post(f"/api/v1/webhooks/{hook['id']}/test")
    assert (answer.status_code, answer.json["status"]) == (202, "waiting")
    assert run() == {"done": 1}
    assert Verifier(hook["secret"]).verify(receiver.posts[0].body, receiver.posts[0].headers)["type"] == "webhook.test"
    assert other.posts == []
    assert log()[0]["id"] == answer.json["id"]


def test_a_delivery_is_sent_again_with_the_same_id(admin, receiver, hook, happen, run, log):
    happen("1")
    url = f"/api/v1/webhooks/{hook['id']}/deliveries/{log()[0]['id']}/resend"
    answer = admin.post(url)
    assert (answer.status_code, answer.json["status"]) == (202, "waiting")
    assert run() == {"done": 1}
    first, second = receiver.posts
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_a_disabled_webhook_is_neither_tested_nor_sent_to_again(admin, hook, happen, log):
    happen("1")
    base = f"/api/v1/webhooks/{hook['id']}"
    admin.patch(base, json={"enabled": False})
    for path in ("/test", f"/deliveries/{log()[0]['id']}/resend"):
        answer = admin.post(base + path)
        assert (answer.status_code, answer.json["code"]) == (409, "webhook_disabled")


def test_deleting_ends_what_was_on_its_way(admin, receiver, hook, happen, run):
    receiver.answers.append((500, {}))
    happen("1")
    admin.delete(f"/api/v1/webhooks/{hook['id']}")
    with time_machine.travel(now() + timedelta(days=1)):
        assert run() == {}
    assert len(receiver.posts) == 1


def test_a_name_that_leads_inside_is_refused_when_sending(admin, hook, happen, log, unit, monkeypatch):
    """The name was good when the webhook was made, and leads to a private address by now."""
    asked = []

    async def resolver(host, port):
        asked.append(host)
        return ["169.254.169.254"]

    monkeypatch.setattr(sending, "send_one", partial(door.send_one, resolver=resolver))
    assert admin.patch(f"/api/v1/webhooks/{hook['id']}", json={"url": "https://hooks.example/"}).status_code == 200
    assert happen("1") == {"failed": 1}
    assert asked == ["hooks.example"]
    assert "private or special address" in log()[0]["last_error"]


def test_a_private_address_in_the_table_is_refused_when_sending(unit, receiver, hook, happen, log):
    with unit():
        db.session.execute(update(Webhook).values(url="http://127.0.0.1:22/"))
    assert happen("1") == {"failed": 1}
    assert "cannot be fetched" in log()[0]["last_error"]


def test_a_changed_secret_key_is_said_and_cured_by_a_new_secret(admin, receiver, hook, happen, run, log, unit):
    with unit():
        db.session.execute(update(Webhook).values(sealed_secret="of another key"))
    assert happen("1") == {"failed": 1}
    assert "SECRET_KEY" in log()[0]["last_error"]
    new = admin.post(f"/api/v1/webhooks/{hook['id']}/secret").json
    with time_machine.travel(now() + timedelta(seconds=30)):
        assert run() == {"done": 1}
        assert fits(receiver.posts[0], new["secret"])


def test_no_secret_and_no_address_is_in_any_log(admin, receiver, other, happen, run, capsys, caplog):
    url = f"{other.url}/canary-in-the-path?key=canary-in-the-query"
    out = io.StringIO()
    with redirect_stderr(out):
        hook = admin.post("/api/v1/webhooks", json={"url": url, "topics": ["step.done"]}).json
        new = admin.post(f"/api/v1/webhooks/{hook['id']}/secret").json
        other.answers += [(500, {}), (302, {"location": url})]
        happen("1", "2", "3")
    logged = out.getvalue() + caplog.text + "".join(capsys.readouterr())
    assert len(other.posts) == 3
    assert '"outcome": "failed"' in logged
    for canary in (hook["secret"], new["secret"], other.posts[0].headers["webhook-signature"], "canary-in-the"):
        assert canary not in logged


def test_the_body_is_json_whatever_the_ids_are(receiver, hook, happen):
    happen("1", payload={"key": 'a"\\\n\u2028\ud7ff'})
    assert json.loads(receiver.posts[0].body)["data"]["key"] == 'a"\\\n\u2028\ud7ff'
