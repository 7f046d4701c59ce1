"""How Alembic reaches the database: through the app's own engine, inside its context."""

from alembic import context
from flask import current_app
from sqlalchemy import JSON, Connection

from plnapi.db import UtcDateTime

extension = current_app.extensions["migrate"]
database = extension.db


def keep_new_tables_only(_context, _revision, directives):
    """No empty revision when nothing changed."""
    if directives[0].upgrade_ops.is_empty():
        directives[:] = []


def name_our_types(kind, item, _autogenerate):
    """Write our types by their names, so that a migration reads like the models."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "plnapi.db.UtcDateTime()"
    return "plnapi.db.Json" if kind == "type" and isinstance(item, JSON) else False


def run(connection: Connection) -> None:
    """Run the migrations; SQLite rebuilds a table where it cannot alter it."""
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        process_revision_directives=keep_new_tables_only,
        render_item=name_our_types,
        **extension.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()


with database.engine.connect() as connection:
    run(connection)
    connection.commit()
