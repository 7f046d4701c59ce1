"""The API about webhooks, for administrators of the institution."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from plnapi.db import db
from plnapi.outbox import service as outbox
from plnapi.outbox.models import Delivery
from plnapi.web.api import Blueprint
from plnapi.web.app import current_app
from plnapi.web.guards import administrator
from plnapi.web.paging import PageIn, page_schema, paged
from plnapi.webhooks import service
from plnapi.webhooks.models import Webhook
from plnapi.webhooks.schemas import (
    DeliveriesIn,
    DeliveryOut,
    NewSecretOut,
    NewWebhookOut,
    WebhookChangeIn,
    WebhookIn,
    WebhookOut,
)
from plnapi.webhooks.topics import DESCRIPTION

blp = Blueprint("webhooks", __name__, description=DESCRIPTION)
WebhookPage = page_schema(WebhookOut)
DeliveryPage = page_schema(DeliveryOut)


@blp.get("/webhooks")
@administrator
@blp.arguments(PageIn, location="query")
@blp.response(200, WebhookPage)
def read_webhooks(args: dict[str, Any]) -> Any:
    """The webhooks of this institution"""
    page = paged(select(Webhook), [Webhook.id], args, lambda s: db.session.scalars(s).all())
    return page.body(), 200, page.links()


@blp.post("/webhooks")
@administrator
@blp.arguments(WebhookIn)
@blp.response(201, NewWebhookOut)
def make_webhook(body: dict[str, Any]) -> dict[str, Any]:
    """Make a webhook

    The secret is in this answer and nowhere else.
    """
    made, secret = service.create(current_app().settings, **body)
    return {**{name: getattr(made, name) for name in WebhookOut().fields}, "secret": secret}


@blp.get("/webhooks/<uuid:webhook_id>")
@administrator
@blp.response(200, WebhookOut)
def read_webhook(webhook_id: UUID) -> Webhook:
    """A webhook"""
    return service.get(webhook_id)


@blp.patch("/webhooks/<uuid:webhook_id>")
@administrator
@blp.arguments(WebhookChangeIn)
@blp.response(200, WebhookOut)
def change_webhook(body: dict[str, Any], webhook_id: UUID) -> Webhook:
    """Change a webhook, disable or enable it"""
    return service.change(current_app().settings, service.get(webhook_id), **body)


@blp.delete("/webhooks/<uuid:webhook_id>")
@administrator
@blp.response(204)
def delete_webhook(webhook_id: UUID) -> None:
    """Delete a webhook with its log of deliveries"""
    service.remove(service.get(webhook_id))


@blp.post("/webhooks/<uuid:webhook_id>/secret")
@administrator
@blp.response(201, NewSecretOut)
def rotate_secret(webhook_id: UUID) -> dict[str, Any]:
    """Make another secret

    It is in this answer and nowhere else. For 24 hours what is sent bears a signature by each of the two; a secret
    before these ends at once.
    """
    webhook = service.get(webhook_id)
    secret = service.rotate(current_app().settings, webhook)
    return {"secret": secret, "old_secret_until": webhook.old_secret_until}


@blp.post("/webhooks/<uuid:webhook_id>/test")
@administrator
@blp.response(202, DeliveryOut)
def test_webhook(webhook_id: UUID) -> Delivery:
    """Send a test

    A message of the topic `webhook.test` goes out in the next seconds; read what became of it among the deliveries.
    """
    return service.test(service.get(webhook_id))


@blp.get("/webhooks/<uuid:webhook_id>/deliveries")
@administrator
@blp.arguments(DeliveriesIn, location="query")
@blp.response(200, DeliveryPage)
def read_deliveries(args: dict[str, Any], webhook_id: UUID) -> Any:
    """What was told to a webhook or is to be told, the newest first

    Kept for 30 days.
    """
    webhook = service.get(webhook_id)
    statement = outbox.deliveries(service.TELLER, str(webhook.id), args.get("status"))
    page = paged(statement, [Delivery.id], args, lambda s: db.session.scalars(s).all(), descending=True)
    return page.body(), 200, page.links()


@blp.post("/webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/resend")
@administrator
@blp.response(202, DeliveryOut)
def resend_delivery(webhook_id: UUID, delivery_id: UUID) -> Delivery:
    """Send a delivery again

    With the same `webhook-id`, whatever became of it before.
    """
    return service.resend(service.get(webhook_id), delivery_id)
