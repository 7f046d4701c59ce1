"""The composition of plnapi: reads like a table of contents."""

from typing import Any

from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.middleware.proxy_fix import ProxyFix

from plnapi import accounts, consents, courses, db, harvest, hashtags, jobs, outbox, resources, webhooks
from plnapi.config import Settings
from plnapi.errors import PlnapiError
from plnapi.http import guard
from plnapi.web import api, cli, csrf, docs, headers, health, i18n, idempotency, limits, logs, pages, problems
from plnapi.web.app import App

ONE_DAY = 24 * 60 * 60
# The outbox comes last: one run of all jobs tells what the jobs before it found.
ROOMS: tuple[Any, ...] = (accounts, webhooks, courses, consents, hashtags, resources, harvest, outbox)


def create_app(settings: Settings) -> App:
    """An app that serves every room of plnapi. It does not know the onboarding, which adds itself on top."""
    app = App("plnapi.web", static_folder="static", template_folder="templates", instance_path=str(settings.instance))
    app.settings = settings
    app.secret_key = settings.secret_key
    app.config["SECRET_KEY_FALLBACKS"] = list(settings.former_keys)
    app.config["SITE_NAME"] = settings.site_name
    app.json.sort_keys = False  # type: ignore[attr-defined]
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    _kernel(app, settings)
    for room in ROOMS:
        room.init_app(app)
    return app


def _kernel(app: App, settings: Settings) -> None:
    logs.configure(settings)
    logs.init_app(app)
    db.init_app(app, settings.database_url)
    guard.watch(db.in_unit_of_work)
    app.api = api.init_app(app)
    app.register_error_handler(PlnapiError, problems.on_error)
    app.register_error_handler(IntegrityError, problems.on_integrity_error)
    app.register_error_handler(OperationalError, problems.on_operational_error)
    headers.init_app(app, settings)
    limits.init_app(app, settings)
    csrf.init_app(app)
    for part in (i18n, pages, health, docs, cli, jobs):
        part.init_app(app)
    jobs.register_periodic(app, "idempotency", ONE_DAY, _forget_old_answers)


def _forget_old_answers() -> int:
    with db.unit_of_work():
        return idempotency.forget_old()
