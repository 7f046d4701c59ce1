"""Sealing again, with the current SECRET_KEY, what a former one sealed.

Every column that holds sealed text says so, with its purpose, in `info["sealed"]`; nothing else has to be listed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table, select, tuple_, update

from plnapi.crypto import CannotOpen, Sealer, sealer
from plnapi.db import Base, db, unit_of_work

AT_ONCE = 100


@dataclass(slots=True)
class Resealed:
    """What became of the texts: sealed again, sealed with the current key before, sealed under a key that is not known."""

    resealed: int = 0
    current: int = 0
    lost: int = 0


def columns() -> list[Column[Any]]:
    """All that hold sealed text."""
    return [column for table in Base.metadata.sorted_tables for column in table.columns if "sealed" in column.info]


def reseal() -> dict[str, Resealed]:
    """`table.column` → what became of its texts. Opens units of work of its own, one for so many rows; may be repeated."""
    return {f"{column.table.name}.{column.name}": _column(column) for column in columns()}


def _column(column: Column[Any]) -> Resealed:
    done, seals = Resealed(), sealer(column.info["sealed"])
    after: Sequence[Any] | None = None
    while True:
        with unit_of_work():
            rows = _rows(column, after)
            for *key, sealed in rows:
                _one(column, key, sealed, seals, done)
        if not rows:
            return done
        after = rows[-1][:-1]


def _rows(column: Column[Any], after: Sequence[Any] | None) -> Sequence[Any]:
    key = list(_key(column))
    page = select(*key, column).where(column.is_not(None)).order_by(*key).limit(AT_ONCE)
    if after is not None:
        bound = tuple_(*key, types=[one.type for one in key])
        page = page.where(bound > tuple_(*after, types=[one.type for one in key]))
    return db.session.execute(page).all()


def _one(column: Column[Any], key: Sequence[Any], sealed: str, seals: Sealer, done: Resealed) -> None:
    if seals.is_current(sealed):
        done.current += 1
        return
    try:
        fresh = seals.seal(seals.open(sealed))
    except CannotOpen:
        done.lost += 1
        return
    same = [one == value for one, value in zip(_key(column), key, strict=True)]
    # Somebody may have replaced it meanwhile: what is there then was sealed with the current key.
    db.session.execute(update(column.table).where(*same, column == sealed).values({column.name: fresh}))
    done.resealed += 1


def _key(column: Column[Any]) -> Iterator[Column[Any]]:
    assert isinstance(column.table, Table)
    yield from column.table.primary_key.columns
