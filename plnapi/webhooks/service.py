"""Webhooks made, changed and ended, and what is kept of how their receivers behave."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from plnapi.clock import new_id, now
from plnapi.config import Settings
from plnapi.crypto import CannotOpen, Sealer
from plnapi.db import db
from plnapi.errors import N_, Conflict, Invalid, NotFound
from plnapi.http.addresses import read_url
from plnapi.http.policy import Policy
from plnapi.http.types import FetchFailed
from plnapi.outbox import service as outbox
from plnapi.outbox.models import Delivery
from plnapi.webhooks.models import Webhook
from plnapi.webhooks.topics import TEST

TELLER = "webhooks"
OVERLAP = timedelta(hours=24)
DEADLINE = 15.0  # seconds for one try, name lookup and TLS included


def policy_of(settings: Settings) -> Policy:
    """What sending keeps to."""
    return Policy(
        deadline=DEADLINE,
        extra_ports=frozenset(settings.extra_ports),
        loopback=frozenset(settings.loopback_peers),
        contact=settings.contact or settings.base_url,
    )


def get(webhook_id: UUID) -> Webhook:
    """Raises NotFound."""
    found = db.session.get(Webhook, webhook_id)
    if found is None:
        raise NotFound(N_("webhook"), webhook_id)
    return found


def create(settings: Settings, url: str, topics: Sequence[str], description: str = "") -> tuple[Webhook, str]:
    """Also returns the secret, `whsec_…`, which cannot be read again. Raises Invalid for a URL that is not allowed."""
    secret = _new_secret()
    made = Webhook(
        url=_allowed(settings, url),
        description=description,
        topics=sorted(set(topics)),
        sealed_secret=_sealer(settings).seal(secret),
    )
    db.session.add(made)
    db.session.flush()
    return made, secret


def change(settings: Settings, webhook: Webhook, **fields: Any) -> Webhook:
    """`fields`: url, topics, description, enabled. Raises Invalid for a URL that is not allowed."""
    if "url" in fields:
        fields["url"] = _allowed(settings, fields["url"])
    if "topics" in fields:
        fields["topics"] = sorted(set(fields["topics"]))
    enabled = fields.pop("enabled", webhook.enabled)
    for name, value in fields.items():
        setattr(webhook, name, value)
    if enabled != webhook.enabled:
        webhook.disabled_at = None if enabled else now()
        webhook.disabled_reason = None if enabled else "by_administrator"
        webhook.quiet_until = None
    db.session.flush()
    return webhook


def remove(webhook: Webhook) -> None:
    """With its log of deliveries; what was not told yet never will be."""
    outbox.forget_target(TELLER, str(webhook.id))
    db.session.delete(webhook)
    db.session.flush()


def rotate(settings: Settings, webhook: Webhook) -> str:
    """Make another secret and return it, once. The one before it signs too for OVERLAP, an older one no longer."""
    secret = _new_secret()
    webhook.sealed_old_secret, webhook.sealed_secret = webhook.sealed_secret, _sealer(settings).seal(secret)
    webhook.old_secret_until = now() + OVERLAP
    db.session.flush()
    return secret


def secrets_of(settings: Settings, webhook: Webhook) -> list[str]:
    """What signs at this moment, the newest first; without those that were sealed under another SECRET_KEY."""
    sealed = [webhook.sealed_secret]
    if webhook.sealed_old_secret and webhook.old_secret_until and webhook.old_secret_until > now():
        sealed.append(webhook.sealed_old_secret)
    return [secret for secret in (_opened(settings, text) for text in sealed) if secret]


def forget_old_secrets() -> int:
    """Delete secrets whose overlap is over. Returns how many."""
    over = update(Webhook).where(Webhook.old_secret_until < now())
    ended = over.values(sealed_old_secret=None, old_secret_until=None).returning(Webhook.id)
    return len(db.session.scalars(ended.execution_options(synchronize_session=False)).all())


def test(webhook: Webhook) -> Delivery:
    """Tell this webhook, and no other, that somebody tests it. Raises Conflict when it is disabled."""
    _check_enabled(webhook)
    key = str(new_id())
    return outbox.put_for(TELLER, str(webhook.id), TEST, key, {"webhook_id": str(webhook.id)})


def delivery(webhook: Webhook, delivery_id: UUID) -> Delivery:
    """Raises NotFound."""
    return outbox.delivery(TELLER, str(webhook.id), delivery_id)


def resend(webhook: Webhook, delivery_id: UUID) -> Delivery:
    """Tell it again soon, with the same id. Raises NotFound, or Conflict when the webhook is disabled."""
    found = delivery(webhook, delivery_id)
    _check_enabled(webhook)
    outbox.send_again(found)
    return found


def targets(topic: str) -> list[str]:
    """The ids of the webhooks that a topic concerns."""
    enabled = db.session.scalars(select(Webhook).where(Webhook.disabled_at.is_(None)).order_by(Webhook.id))
    return [str(webhook.id) for webhook in enabled if topic in webhook.topics]


def disable_gone(webhook_id: UUID) -> None:
    """The receiver said that it is no more (410)."""
    gone = update(Webhook).where(Webhook.id == webhook_id, Webhook.disabled_at.is_(None))
    db.session.execute(gone.values(disabled_at=now(), disabled_reason="gone"))


def leave_alone(webhook_id: UUID, until: datetime) -> None:
    """The receiver said when it wants to hear of us again."""
    db.session.execute(update(Webhook).where(Webhook.id == webhook_id).values(quiet_until=until))


def _check_enabled(webhook: Webhook) -> None:
    if not webhook.enabled:
        raise Conflict(N_("This webhook is disabled. Enable it first."), code="webhook_disabled")


def _allowed(settings: Settings, url: str) -> str:
    policy = policy_of(settings)
    try:
        target = read_url(url, ports=policy.ports, loopback=policy.loopback)
    except FetchFailed as error:
        raise Invalid.field("/url", str(error), code="webhook_url_not_allowed") from error
    if target.url.scheme != "https" and not target.loopback:
        raise Invalid.field("/url", N_("Only https: what is sent is for nobody else."), code="webhook_url_not_https")
    return str(target.url)


def _new_secret() -> str:
    """256 random bits, as Standard Webhooks writes them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _sealer(settings: Settings) -> Sealer:
    return Sealer(settings.secret_key, "webhook secrets", settings.former_keys)


def _opened(settings: Settings, sealed: str) -> str | None:
    try:
        return _sealer(settings).open(sealed)
    except CannotOpen:
        return None  # the caller says so where an administrator reads it
