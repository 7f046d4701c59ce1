"""Sources that are due, looked at, and what was seen stored."""

from plnapi.courses.links import register_link
from plnapi.harvest import cli, jobs, pages, receivers, routes
from plnapi.web.app import App


def init_app(app: App) -> None:
    """Serve the room, listen to those below, and register the work."""
    app.api.register_blueprint(routes.blp)
    app.register_blueprint(pages.blp)
    app.cli.add_command(cli.group)
    app.cli.add_command(cli.networks)
    register_link(app, pages.link)
    receivers.init_app(app)
    jobs.init_app(app)
