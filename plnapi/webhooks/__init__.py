"""Programs elsewhere that are told, by signed POSTs, when something happens here."""

from functools import partial

from plnapi.jobs import register_periodic
from plnapi.outbox import register_teller
from plnapi.web.app import App
from plnapi.webhooks import jobs, routes, sending, service


def init_app(app: App) -> None:
    """Serve the room."""
    app.api.register_blueprint(routes.blp)
    register_teller(app, service.TELLER, partial(sending.tell, app.settings), service.targets)
    register_periodic(app, "webhooks.old_secrets", jobs.FORGET_SECONDS, jobs.forget_old_secrets)
