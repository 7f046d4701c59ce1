"""Migrations from nothing make what the models say, and go down and up again with rows in the tables."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import Boolean, Date, Integer, LargeBinary, Uuid, func, select

from onboarding import Onboarding
from plnapi.app import create_app
from plnapi.config import Settings
from plnapi.db import Base, Json, UtcDateTime, db
from tests import database

ROOT = Path(__file__).parents[2]


@pytest.fixture
def empty_app(tmp_path):
    url = f"sqlite:///{tmp_path / 'migrated.db'}"
    if os.environ.get("PLN_TEST_DB") == "pg":
        url = database.new_postgresql_database(f"migrated_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    settings = Settings(secret_key="x" * 40, database_url=url, instance=tmp_path, log_format="json")
    app = create_app(settings)
    Onboarding().init_app(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def differences():
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)


def a_row(table):
    """Values for every column without a default of the database, each of its type."""
    made = {
        UtcDateTime: datetime(2026, 11, 1, 12, tzinfo=UTC), Date: date(2026, 11, 1), Boolean: True, Integer: 1,
        LargeBinary: b"x", Json.__class__: [], Uuid: None,
    }  # fmt: skip
    return {c.name: uuid4() if isinstance(c.type, Uuid) else made.get(type(c.type), "x") for c in table.columns}


def fill():
    """One row in every table, foreign keys pointing at the row of their table."""
    rows = {}
    with db.engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            row = a_row(table)
            for key in table.foreign_keys:
                target = key.column
                row[key.parent.name] = rows[target.table.name][target.name] if target.table.name in rows else None
            rows[table.name] = row
            connection.execute(table.insert().values(row))


def counts():
    with db.engine.connect() as connection:
        return {t.name: connection.scalar(select(func.count()).select_from(t)) for t in Base.metadata.sorted_tables}


def test_migrations_from_nothing_make_what_the_models_say(empty_app):
    upgrade(str(ROOT / "migrations"))
    assert differences() == []


def test_they_go_down_and_up_again_with_rows_in_every_table(empty_app):
    upgrade(str(ROOT / "migrations"))
    fill()
    assert set(counts().values()) == {1}
    downgrade(str(ROOT / "migrations"), revision="base")
    upgrade(str(ROOT / "migrations"))
    assert set(counts().values()) == {0} and differences() == []


def test_readiness_says_what_to_do_while_the_schema_is_old(empty_app):
    answer = empty_app.test_client().get("/readyz")
    assert answer.status_code == 503 and "flask db upgrade" in answer.json["checks"]["database"]
    upgrade(str(ROOT / "migrations"))
    assert empty_app.test_client().get("/readyz").json["status"] == "ok"
