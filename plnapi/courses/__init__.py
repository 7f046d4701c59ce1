"""Courses, who is in them, and who may do what there."""

from plnapi.courses import pages, routes
from plnapi.web.app import App


def init_app(app: App) -> None:
    """Serve the room."""
    app.api.register_blueprint(routes.blp)
    app.register_blueprint(pages.blp)
    pages.register_link(app, pages.link)
