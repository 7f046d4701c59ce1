"""Steps, checks and progress: what a course asks of a student, and how plnapi sees that it was done."""

from onboarding import cli, receivers, routes
from plnapi.web.app import App


class Onboarding:
    """A Flask extension: plnapi does not know it, it adds itself on top."""

    def init_app(self, app: App) -> None:
        """Serve the steps of courses, and listen to what plnapi tells."""
        receivers.init_app(app)
        app.api.register_blueprint(routes.blp)
        app.cli.add_command(cli.group)


__all__ = ["Onboarding"]
