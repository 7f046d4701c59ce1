"""How the outside is told: a room above registers a function for each way."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from flask import Flask


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as a teller gets it. `id` is the same at every try; `target` is one of the teller's own."""

    id: UUID
    topic: str
    payload: Mapping[str, Any]
    created_at: datetime
    target: str


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a try.

    `done`; `failed`: to be tried again, not before `retry_at`; `postponed`: the receiver wants to be left alone until
    `retry_at` and nothing was sent, which counts as no try; `gone`: nobody is there to be told, never try again.
    `status` is the receiver's, where its protocol has one; `error` is for people, without secrets.
    """

    outcome: Literal["done", "failed", "postponed", "gone"]
    error: str = ""
    status: int | None = None
    retry_at: datetime | None = None


def nobody_in_particular(topic: str) -> Iterable[str]:
    """The targets of a teller that has only one."""
    return ("",)


@dataclass(frozen=True, slots=True)
class Teller:
    """`tell` runs in an app context, in a thread, outside of any unit of work; what it raises counts as a failed try.

    `targets` is called inside a unit of work: whom a new message of this topic concerns, none for a topic that is not
    the teller's.
    """

    tell: Callable[[Letter], Told]
    targets: Callable[[str], Iterable[str]] = nobody_in_particular


def register_teller(
    app: Flask,
    name: str,
    tell: Callable[[Letter], Told],
    targets: Callable[[str], Iterable[str]] = nobody_in_particular,
) -> None:
    """Tell the outside in one more way; see Teller. Raises ValueError for a name that is taken."""
    tellers: dict[str, Teller] = app.extensions.setdefault("plnapi.outbox", {})
    if name in tellers:
        raise ValueError(f"there is a teller named {name!r} already")
    tellers[name] = Teller(tell, targets)


def tellers_of(app: Flask) -> Mapping[str, Teller]:
    """By name, in the order in which they were registered."""
    tellers: Mapping[str, Teller] = app.extensions.get("plnapi.outbox", {})
    return tellers
