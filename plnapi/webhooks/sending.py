"""One try to tell one webhook. Source: Standard Webhooks 1.0.0, spec/standard-webhooks.md."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from standardwebhooks import Webhook as Signer

from plnapi.clock import now
from plnapi.config import Settings
from plnapi.db import db, unit_of_work
from plnapi.http.client import send_one
from plnapi.http.types import FetchFailed, Response, Send
from plnapi.http.waits import busy_until
from plnapi.outbox.tellers import Letter, Told
from plnapi.webhooks import service
from plnapi.webhooks.models import Webhook


@dataclass(frozen=True, slots=True)
class _Way:
    """Where a letter goes, read before anything is sent."""

    webhook_id: UUID
    url: str
    secrets: tuple[str, ...]


def tell(settings: Settings, letter: Letter) -> Told:
    """POST the letter to its webhook (`letter.target` is the id) and say what became of it. A teller; see Teller."""
    with unit_of_work(write=False):
        way = _way(settings, UUID(letter.target))
    if isinstance(way, Told):
        return way
    try:
        answer = send_one(_signed(way, letter, now()), service.policy_of(settings))
    except FetchFailed as error:
        return Told("failed", str(error), retry_at=error.retry_at)
    return _heard(way.webhook_id, answer)


def _way(settings: Settings, webhook_id: UUID) -> _Way | Told:
    webhook = db.session.get(Webhook, webhook_id)
    if webhook is None or not webhook.enabled:
        return Told("gone", "The webhook is disabled.")
    if webhook.quiet_until and webhook.quiet_until > now():
        return Told("postponed", "The receiver asked to wait.", retry_at=webhook.quiet_until)
    secrets = service.secrets_of(settings, webhook)
    if not secrets:
        return Told("failed", "The secret was sealed under another SECRET_KEY. Make a new one.")
    return _Way(webhook.id, webhook.url, tuple(secrets))


def _signed(way: _Way, letter: Letter, at: datetime) -> Send:
    """Each secret signs, so that a receiver may change to the new one at any time of the overlap."""
    body = orjson.dumps({"type": letter.topic, "timestamp": letter.created_at, "data": letter.payload})
    message_id = str(letter.id)
    signatures = [Signer(secret).sign(message_id, at, body.decode()) for secret in way.secrets]
    headers = {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return Send(way.url, body, headers)


def _heard(webhook_id: UUID, answer: Response) -> Told:
    until = busy_until(answer.status, answer.headers, now())
    if until or answer.status == 410:
        _remember(webhook_id, until, gone=answer.status == 410)
    if 200 <= answer.status < 300:
        return Told("done", status=answer.status)
    if answer.status == 410:
        return Told("gone", "The receiver says that it is no more.", answer.status)
    said = "redirects, which is not followed" if 300 <= answer.status < 400 else f"answered {answer.status}"
    return Told("failed", f"The receiver {said}.", answer.status, until)


def _remember(webhook_id: UUID, until: datetime | None, *, gone: bool) -> None:
    with unit_of_work():
        if until:
            service.leave_alone(webhook_id, until)
        if gone:
            service.disable_gone(webhook_id)
