"""People, sign-in, tokens, and the identities they hold on networks."""

from plnapi.accounts import cli, oauth_pages, pages, revoking, routes, sign_in, token_pages
from plnapi.web.app import App


def init_app(app: App) -> None:
    """Serve the room."""
    sign_in.init_app(app)
    app.api.register_blueprint(routes.blp)
    app.register_blueprint(pages.blp)
    app.register_blueprint(oauth_pages.blp)
    app.register_blueprint(token_pages.blp)
    revoking.init_app(app)
    app.cli.add_command(cli.group)
