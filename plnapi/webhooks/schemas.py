"""What goes in and out of the API about webhooks."""

from typing import Any

from marshmallow import fields, validate

from plnapi.web.api import In, Out
from plnapi.web.paging import PageIn
from plnapi.webhooks.topics import TOPICS

STATUSES = ("waiting", "done", "dead")
URL = {"description": "https, reachable from the internet; redirects are not followed"}


def _topics(*, required: bool) -> fields.List[Any]:
    topic = fields.String(validate=validate.OneOf(list(TOPICS)))
    return fields.List(topic, required=required, validate=validate.Length(1, len(TOPICS)))


class WebhookIn(In):
    """A webhook to be made."""

    url = fields.String(required=True, validate=validate.Length(1, 2000), metadata=URL)
    topics = _topics(required=True)
    description = fields.String(load_default="", validate=validate.Length(max=200))


class WebhookChangeIn(In):
    """What may be changed of a webhook; what is left out stays."""

    url = fields.String(validate=validate.Length(1, 2000), metadata=URL)
    topics = _topics(required=False)
    description = fields.String(validate=validate.Length(max=200))
    enabled = fields.Boolean(metadata={"description": "What happens while it is false is not told later"})


class WebhookOut(Out):
    """A webhook, without its secret."""

    id = fields.UUID(required=True)
    url = fields.String(required=True)
    topics = fields.List(fields.String(), required=True)
    description = fields.String(required=True)
    enabled = fields.Boolean(required=True)
    disabled_reason = fields.String(
        required=True, allow_none=True, metadata={"description": "`by_administrator`, or `gone`: it answered 410"}
    )
    quiet_until = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Until when the receiver asked to be left alone"}
    )
    old_secret_until = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Until when the secret before this one signs too"}
    )
    created_at = fields.AwareDateTime(required=True)


class NewWebhookOut(WebhookOut):
    """A webhook with its secret, shown this once."""

    secret = fields.String(required=True, metadata={"description": "`whsec_…`, for verifying signatures"})


class NewSecretOut(Out):
    """Another secret, shown this once."""

    secret = fields.String(required=True)
    old_secret_until = fields.AwareDateTime(required=True)


class DeliveriesIn(PageIn):
    """Which deliveries, and how many."""

    status = fields.String(validate=validate.OneOf(STATUSES))


class DeliveryOut(Out):
    """A message on its way to a webhook, the newest try included."""

    id = fields.UUID(required=True)
    message_id = fields.UUID(required=True, metadata={"description": "The `webhook-id` of every try"})
    topic = fields.String(required=True, attribute="message.topic")
    data = fields.Dict(required=True, attribute="message.payload", metadata={"description": "Ids, as they are sent"})
    created_at = fields.AwareDateTime(required=True, attribute="message.created_at")
    status = fields.String(
        required=True,
        validate=validate.OneOf(STATUSES),
        metadata={"description": "`dead`: given up; it can be sent again"},
    )
    attempts = fields.Integer(required=True)
    next_attempt_at = fields.AwareDateTime(
        required=True, metadata={"description": "Not before then, while it is waiting; else when it last was due"}
    )
    done_at = fields.AwareDateTime(required=True, allow_none=True)
    dead_at = fields.AwareDateTime(required=True, allow_none=True)
    last_status = fields.Integer(
        required=True, allow_none=True, metadata={"description": "HTTP status of the newest answer"}
    )
    last_error = fields.String(required=True, allow_none=True)
