"""Sources that are due, looked at, and what was seen stored."""

from plnapi.courses.links import register_hint, register_link
from plnapi.harvest import cli, jobs, pages, pages_course_accounts, receivers, routes, routes_course_accounts
from plnapi.web.app import App


def init_app(app: App) -> None:
    """Serve the room, listen to those below, and register the work."""
    app.api.register_blueprint(routes.blp)
    app.api.register_blueprint(routes_course_accounts.blp)
    app.register_blueprint(pages.blp)
    app.register_blueprint(pages_course_accounts.blp)
    app.cli.add_command(cli.group)
    app.cli.add_command(cli.networks)
    register_link(app, pages.link)
    register_hint(app, pages.hint)
    register_link(app, pages_course_accounts.link)
    receivers.init_app(app)
    jobs.init_app(app)
