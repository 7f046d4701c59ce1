"""The database's one door: transactions, times, and which journal SQLite may keep."""

import os
import threading
from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError

from plnapi import db as database
from plnapi.accounts.models import Person
from plnapi.db import db, unit_of_work, wal_is_safe
from tests import make


def test_a_unit_that_raises_changes_nothing(unit, app):
    with pytest.raises(ZeroDivisionError), unit():
        make.person(email="ghost@example.edu")
        raise ZeroDivisionError
    with unit() as session:
        assert session.scalars(select(Person)).all() == []


def test_a_unit_inside_a_unit_is_refused(unit):
    with unit(), pytest.raises(RuntimeError), unit_of_work():
        pass


def test_a_reading_unit_cannot_write(unit, app):
    with unit():
        person = make.person()
    with app.app_context(), pytest.raises(DBAPIError) as refused, unit_of_work(write=False) as session:
        session.get_one(Person, person.id).name = "changed"
    assert "read" in str(refused.value).lower()
    with unit() as session:
        assert session.get_one(Person, person.id).name == "Ada"


def test_a_time_without_a_zone_is_refused(unit):
    with pytest.raises(StatementError, match="naive"), unit() as session:
        make.person().created_at = datetime(2026, 11, 1, 12)
        session.flush()


def test_a_time_comes_back_in_utc(unit):
    moment = datetime.fromisoformat("2026-11-01T12:00:00+05:00")
    with unit():
        person = make.person()
        person.created_at = moment
    with unit() as session:
        session.expire_all()
        assert session.get_one(Person, person.id).created_at.isoformat() == "2026-11-01T07:00:00+00:00"


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False),
        ((3, 50, 7), True), ((3, 51, 0), False), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 53, 4), True),
    ],
)  # fmt: skip
def test_wal_is_used_only_where_it_cannot_corrupt(version, safe):
    assert wal_is_safe(version) is safe


@pytest.mark.skipif(os.environ.get("PLN_TEST_DB") == "pg", reason="about SQLite")
def test_sqlite_runs_with_the_journal_that_its_version_allows(app):
    with app.app_context(), db.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")).upper() == database.journal_mode()
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_writers_at_the_same_time_wait_for_each_other_and_none_fails(app, unit):
    with unit():
        person = make.person(name="0")
    errors = []

    def add_one():
        try:
            for _ in range(10):
                with app.app_context(), unit_of_work() as session:
                    row = session.scalars(select(Person).where(Person.id == person.id).with_for_update()).one()
                    row.name = str(int(row.name) + 1)
        except Exception as error:  # told to the main thread
            errors.append(error)

    threads = [threading.Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with unit() as session:
        assert (errors, session.get_one(Person, person.id).name) == ([], "40")
