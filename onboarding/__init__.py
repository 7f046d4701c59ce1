"""Steps, checks and progress: what a course asks of a student, and how plnapi sees that it was done."""

from plnapi.web.app import App


class Onboarding:
    """The extension: `Onboarding().init_app(app)` adds steps on top of plnapi."""

    def init_app(self, app: App) -> None:
        """Register what there is."""
