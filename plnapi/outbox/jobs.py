"""Telling the outside what is due."""

import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import structlog
from flask import Flask

from plnapi.db import unit_of_work
from plnapi.outbox import service
from plnapi.outbox.service import Claim
from plnapi.outbox.tellers import Teller, Told, tellers_of

EVERY_SECONDS = 10
FORGET_SECONDS = 24 * 3600
THREADS = 8  # one a target: so many may keep silent before others have to wait
SECONDS = 30.0  # of one run; what is left is the next one's

log = structlog.get_logger()


def run_due(app: Flask, *, seconds: float = SECONDS) -> dict[str, int]:
    """Tell what is due, for about `seconds`; how many tries ended how, by `Told.outcome` or `overtaken`.

    Each delivery is claimed in a unit of work, told outside of any, and its outcome stored in another one: a worker
    that dies in between leaves a lease that runs out, and the same message is told again. Raises RuntimeError inside a
    unit of work.
    """
    tellers = tellers_of(app)
    with app.app_context():
        targets = _prepare(tellers)
    if not targets:
        return {}
    until = time.monotonic() + seconds
    threads = min(targets, THREADS)
    with ThreadPoolExecutor(threads, thread_name_prefix="outbox") as pool:
        counts = pool.map(lambda _: _work(app, tellers, until), range(threads))
        return dict(sum(counts, Counter()))


def forget() -> int:
    """Delete what was told long ago."""
    with unit_of_work():
        service.bury_exhausted()
        return service.forget_old()


def _prepare(tellers: Mapping[str, Teller]) -> int:
    """Make deliveries of new messages. Returns for how many targets something is due; cheap when nothing is."""
    with unit_of_work(write=False):
        new, targets = service.unspread(), service.due_targets(tellers)
    while new:
        with unit_of_work():
            new = service.spread(tellers) == service.AT_ONCE
            targets = service.due_targets(tellers)
    if targets:
        with unit_of_work():
            service.bury_exhausted()
    return targets


def _work(app: Flask, tellers: Mapping[str, Teller], until: float) -> Counter[str]:
    counts: Counter[str] = Counter()
    while time.monotonic() < until:
        with app.app_context():
            with unit_of_work():
                claim = service.claim(tellers)
            if claim is None:
                break
            counts[_store(claim, _tell(tellers[claim.teller], claim))] += 1
    return counts


def _tell(teller: Teller, claim: Claim) -> Told:
    try:
        return teller.tell(claim.letter)
    except Exception as error:  # a fault in one teller must not end the others' work
        log.exception("telling_broke", teller=claim.teller, message=str(claim.letter.id))
        return Told("failed", f"Something is wrong on our side: {type(error).__name__}.")


def _store(claim: Claim, told: Told) -> str:
    with unit_of_work():
        stored = service.settle(claim, told)
    log.info(
        "told" if stored else "told_by_another_too",
        teller=claim.teller,
        message=str(claim.letter.id),
        topic=claim.letter.topic,
        attempt=claim.attempts,
        outcome=told.outcome,
        status=told.status,
    )
    return told.outcome if stored else "overtaken"
