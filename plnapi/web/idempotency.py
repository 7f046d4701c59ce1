"""`Idempotency-Key` on POST: a client that lost our answer repeats the request, and the thing is done once.

The key's row and what the request changed are one transaction, so there is no moment in which only one of them is
kept. Two requests at once meet at the primary key; the second waits for the first and gets its answer.
Source: draft-ietf-httpapi-idempotency-key-header-07, section 2.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import Response, request
from sqlalchemy import delete, update

from plnapi.clock import now
from plnapi.crypto import Sealer, sealer
from plnapi.db import db, insert_if_absent
from plnapi.errors import N_, Invalid
from plnapi.web.models import IdempotencyKey
from plnapi.web.principal import principal_or_none

KEPT = timedelta(hours=24)
KEPT_HEADERS = ("Content-Type", "Location", "ETag")


def once(run: Callable[[], Response]) -> Response:
    """The response of `run`, or the kept one when this POST was answered before. Raises Invalid for a key used twice."""
    key = request.headers.get("Idempotency-Key")
    if not key or request.method != "POST" or not request.path.startswith("/api/"):
        return run()
    who = principal_or_none()
    if who is None:
        return run()
    if len(key) > 255:
        raise Invalid.field("#/header/Idempotency-Key", N_("At most 255 characters."))
    if not _claim(who.person_id, key):
        return _kept(who.person_id, key)
    response = run()
    _keep(who.person_id, key, response)
    return response


def forget_old() -> int:
    """Delete keys older than a day; returns how many."""
    old = delete(IdempotencyKey).where(IdempotencyKey.created_at < now() - KEPT)
    return db.session.execute(old).rowcount  # type: ignore[attr-defined,no-any-return]


def _claim(person_id: UUID, key: str) -> bool:
    row = {"person_id": person_id, "key": key, "fingerprint": _fingerprint(), "created_at": now()}
    claim = insert_if_absent(IdempotencyKey).values(row).returning(IdempotencyKey.key)
    return db.session.execute(claim).first() is not None


def _kept(person_id: UUID, key: str) -> Response:
    row = db.session.get_one(IdempotencyKey, (person_id, key))
    if row.fingerprint != _fingerprint():
        raise Invalid.field(
            "#/header/Idempotency-Key",
            N_("This key was used for another request. Make a new key for a new request."),
            code="idempotency_key_reused",
        )
    response = Response(_sealer().open(row.body or ""), row.status, row.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _keep(person_id: UUID, key: str, response: Response) -> None:
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    db.session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.person_id == person_id, IdempotencyKey.key == key)
        .values(status=response.status_code, headers=kept, body=_sealer().seal(response.get_data(as_text=True)))
    )


def _sealer() -> Sealer:
    """An answer may hold a secret that is shown once; a copy of the database must not show it again."""
    return sealer("idempotency")


def _fingerprint() -> str:
    parts = (request.method.encode(), request.full_path.encode(), request.get_data(cache=True))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
