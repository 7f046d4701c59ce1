"""Steps, checks and progress: what a course asks of a student, and how plnapi sees that it was done."""

from onboarding import (
    cli,
    pages,
    pages_checklist,
    pages_parts,
    pages_preview,
    pages_private,
    pages_reviews,
    pages_staff,
    pages_templates,
    receivers,
    routes,
    routes_private,
    routes_staff,
    routes_templates,
)
from plnapi.courses.pages import register_hint, register_link, register_student_home
from plnapi.web.app import App


class Onboarding:
    """A Flask extension: plnapi does not know it, it adds itself on top."""

    def init_app(self, app: App) -> None:
        """Serve the steps of courses, and listen to what plnapi tells."""
        receivers.init_app(app)
        for api in (routes, routes_private, routes_staff, routes_templates):
            app.api.register_blueprint(api.blp)
        for room in (pages, pages_parts, pages_preview, pages_private, pages_reviews, pages_staff, pages_templates):
            app.register_blueprint(room.blp)
        staff = pages_staff.grid_link, pages_staff.summary_link, pages_reviews.reviews_link
        for link in (pages.link, pages_checklist.link, pages_templates.templates_link, *staff):
            register_link(app, link)
        register_hint(app, pages_staff.steps_hint)
        register_student_home(app, pages.home)
        app.cli.add_command(cli.group)


__all__ = ["Onboarding"]
