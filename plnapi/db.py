"""The database: one declarative base, one session, one way to open and to end a transaction."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from types import ModuleType
from typing import Any
from uuid import UUID

import orjson
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, MetaData, Uuid, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from plnapi.clock import new_id

try:
    from pysqlite3 import dbapi2 as _sqlite
except ImportError:  # no wheel for this system: the standard library's, with the journal that its version allows
    _sqlite = sqlite3

# How long a request waits for others that write before it is answered 503. Fifty writes at once take 1 s of one
# processor (tests/onboarding/test_giving.py); SQLite's waiters take turns at random, and the last should still get one.
BUSY_SECONDS = 10

Json = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Refuses naive values; SQLite would otherwise drop the offset without a word."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What comes out; paging reads cursors by it."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In: an aware datetime, else ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out: aware and in UTC, whatever the driver made of it."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every model inherits. The registry is explicit: Flask-SQLAlchemy would lose the type map otherwise."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UtcDateTime(), UUID: Uuid(), dict[str, Any]: Json, list[Any]: Json},
    )


class Identified:
    """A UUIDv7 primary key: made by us, sorted by time, so it pages."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)
migrate = Migrate()

_unit: ContextVar[str | None] = ContextVar("unit_of_work", default=None)


@contextmanager
def unit_of_work(*, write: bool = True) -> Iterator[Session]:
    """One transaction: returning commits, raising rolls back. Services flush and never commit.

    A reading unit cannot write: SQLite is told `query_only`, PostgreSQL `READ ONLY`. A writing unit on SQLite takes
    the lock at once (`BEGIN IMMEDIATE`): a lock asked for in the middle fails where waiting would not help.
    Raises RuntimeError inside another unit.
    """
    if _unit.get() is not None:
        raise RuntimeError("a unit of work is open already; only the edge opens one")
    token = _unit.set("write" if write else "read")
    session = db.session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _unit.reset(token)


def insert_if_absent(model: type[Base]) -> Any:
    """An INSERT that leaves a row with the same key as it is; add `.values(…)` and, to learn which were new, `.returning(…)`.

    The dialects of SQLite and PostgreSQL each bring their own.
    """
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    return dialect.insert(model).on_conflict_do_nothing()


def insert_all(model: type[Base], rows: Sequence[Mapping[str, Any]], *returning: Any) -> Sequence[Any]:
    """Insert the rows whose key is not there yet; the columns `returning` of those that were. Without the ORM, by a
    statement that is made once: rows are given whole, but for what may be NULL. All rows name the same columns."""
    if not rows:
        return ()
    db.session.flush()
    connection = db.session.connection()
    statement = _insert_all(connection.dialect.name, model, returning)
    found = connection.execute(statement, rows[0] if len(rows) == 1 else list(rows))
    return found.all() if returning else ()


@lru_cache(maxsize=100)
def _insert_all(dialect: str, model: type[Base], returning: tuple[Any, ...]) -> Any:
    module = sqlite if dialect == "sqlite" else postgresql
    statement = module.insert(model.__table__).on_conflict_do_nothing()
    return statement.returning(*returning) if returning else statement


def in_unit_of_work() -> bool:
    """Whether a transaction may be open here; the door to the network asks."""
    return _unit.get() is not None


def init_app(app: Flask, url: str) -> None:
    """Give the app its engine. `url` is a SQLAlchemy URL of SQLite or PostgreSQL."""
    # What a statement carried is about people, and has no place in the text of an error.
    options: dict[str, Any] = {"json_deserializer": orjson.loads, "hide_parameters": True}
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        options["module"] = _sqlite
    else:
        parsed = parsed.set(drivername="postgresql+psycopg")
        options["pool_pre_ping"] = True  # a server may have gone meanwhile; a file has not
        options["connect_args"] = {
            "options": f"-c lock_timeout={BUSY_SECONDS}s -c statement_timeout=30s -c timezone=UTC"
        }
    app.config["SQLALCHEMY_DATABASE_URI"] = parsed.render_as_string(hide_password=False)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations", render_as_batch=True, compare_type=True)
    with app.app_context():
        _prepare(db.engine)


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is free of the WAL-reset bug (sqlite.org/wal.html#walresetbug): fixed in 3.51.3,
    3.50.7 and 3.44.6; it was there since 3.7.0."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def journal_mode(module: ModuleType = _sqlite) -> str:
    """WAL where it is safe, else the rollback journal."""
    return "WAL" if wal_is_safe(module.sqlite_version_info) else "DELETE"


def _prepare(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "begin", _postgresql_begin)


def _sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: `_sqlite_begin` does
    busy, journal = f"busy_timeout={BUSY_SECONDS * 1000}", f"journal_mode={journal_mode()}"
    for pragma in ("foreign_keys=ON", busy, journal, "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    reading = _unit.get() == "read"
    if connection.info.get("query_only") is not reading:  # it outlasts the transaction
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
        connection.info["query_only"] = reading
    if reading:
        connection.connection.driver_connection.execute("BEGIN")  # type: ignore[union-attr] # takes no lock: cannot fail
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgresql_begin(connection: Connection) -> None:
    """psycopg sends `BEGIN READ ONLY` with the first statement, so a reading unit costs no round trip more."""
    connection.connection.driver_connection.read_only = _unit.get() == "read"  # type: ignore[union-attr]
