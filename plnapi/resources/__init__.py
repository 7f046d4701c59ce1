"""Starter lists: people, spaces, tools, feeds and readings that a course begins its network with."""

from plnapi import signals
from plnapi.courses.pages import register_hint, register_link
from plnapi.resources import pages, receivers, routes
from plnapi.web.app import App


def init_app(app: App) -> None:
    """Serve the room."""
    app.api.register_blueprint(routes.blp)
    app.register_blueprint(pages.blp)
    register_link(app, pages.link)
    register_hint(app, pages.hint)
    signals.course_copied.connect(receivers.on_course_copied, sender=app)
