"""Is it alive, is it ready, and what is it."""

from collections.abc import Callable

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, Response, current_app, jsonify

from plnapi.db import db, migrate
from plnapi.web.guards import public

blp = Blueprint("health", __name__)
Check = Callable[[], str | None]


@blp.get("/livez")
@public
def livez() -> Response:
    """The process answers. Asks nothing of the database."""
    return jsonify(status="ok")


@blp.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Whether requests can be served: each check is `ok` or a sentence, 503 when one is not ok."""
    results = {name: _tell(check) for name, check in current_app.extensions["plnapi.checks"].items()}
    ready = all(said == "ok" for said in results.values())
    return jsonify(status="ok" if ready else "unavailable", checks=results), 200 if ready else 503


def register_check(app: Flask, name: str, check: Check) -> None:
    """Rooms add what must hold: `check` returns None when it does, else a sentence without secrets."""
    app.extensions.setdefault("plnapi.checks", {})[name] = check


def database() -> str | None:
    """The database answers and its schema is the one that this code knows."""
    head = ScriptDirectory.from_config(migrate.get_config()).get_current_head()
    current = MigrationContext.configure(db.session.connection()).get_current_revision()
    return None if current == head else f"schema is at {current}, the code needs {head}: run `flask db upgrade`"


def init_app(app: Flask) -> None:
    """Serve the checks."""
    app.register_blueprint(blp)
    register_check(app, "database", database)


def _tell(check: Check) -> str:
    try:
        return check() or "ok"
    except Exception as error:  # any failure at all is the answer to the question
        db.session.rollback()
        return type(error).__name__
