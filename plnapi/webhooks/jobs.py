"""The periodic work of webhooks beside telling, which is the outbox's."""

from plnapi.db import unit_of_work
from plnapi.webhooks import service

FORGET_SECONDS = 3600


def forget_old_secrets() -> int:
    """Delete secrets whose overlap is over."""
    with unit_of_work():
        return service.forget_old_secrets()
