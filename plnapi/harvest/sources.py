"""Which looks there are to be: made, reset and removed as people, consents, courses, tags and lists change."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, delete, or_, select, update

from plnapi.accounts.models import Grant, Identity
from plnapi.clock import now
from plnapi.consents import service as consents
from plnapi.courses.models import Enrolment
from plnapi.db import db
from plnapi.harvest import course_accounts, wants
from plnapi.harvest.hosts import Queue, host_of
from plnapi.harvest.models import CourseAccount, Source
from plnapi.harvest.wants import Wants
from plnapi.platforms import PLATFORMS
from plnapi.platforms.types import Capabilities, Look

# "Check now" on what was looked at so shortly ago is done so much later: the wish is kept, the host is spared.
JUST_LOOKED = timedelta(seconds=30)
# A look at a course's account takes many requests, and everybody in the course may wish for it.
LOOKED_FOR_ALL = timedelta(minutes=5)
MANY = 5_000  # people at once
_SHOWS_NOTHING = Capabilities(frozenset(), {}, proofs=())


def sync_sources(person_ids: Iterable[UUID], at: datetime | None = None) -> None:
    """Make the sources of these people what they should be at this moment (default: now).

    An identity that is not proven gets a look for its code, for as long as the code lasts: its owner asked for that.
    So does one that is proven by a code, while such a look found it named with rel=me: to see whether it links back.
    A proven one is otherwise looked at only for courses that run, in which its owner is a student and has agreed to
    it for its network, or that look from it and have somebody who agreed. A source whose courses ask for something
    else than before starts again, and the outcome of a look under way is dropped; so does one whose account has
    moved, or was given or lost a token.
    """
    people, at = list(dict.fromkeys(person_ids)), at or now()
    for start in range(0, len(people), MANY):
        _sync(people[start : start + MANY], at)


def check_now(person_id: UUID, course_id: UUID | None = None) -> int:
    """Make the person's looks due, and return how many. The next run of the worker does them.

    What was looked at in the last 30 seconds becomes due in 30 seconds. Left as they are: looks under way, and hosts that
    asked to wait. With `course_id`, nothing is done unless the person agreed to be looked at for this course.
    The looks at the accounts of the person's courses, which may see the person there, become due too and are not counted.
    """
    if course_id is not None and not consents.has(person_id, course_id, "checks"):
        return 0
    hasten_received([person_id])
    return _make_due(now(), Source.person_id == person_id)


def hasten_received(person_ids: Iterable[UUID]) -> None:
    """There is somebody to look for: look soon at the accounts of their courses, five minutes apart at least.

    A look that is under way does not know them; storing it finds that it was wished for again since it began.
    """
    there = select(Enrolment.course_id).where(
        Enrolment.person_id.in_(list(person_ids)), Enrolment.role == "student", Enrolment.left_at.is_(None)
    )
    theirs = select(CourseAccount.identity_id).where(CourseAccount.course_id.in_(there))
    at, which = now(), (Source.look == "received", Source.identity_id.in_(theirs))
    _make_due(at, *which, rest=LOOKED_FOR_ALL)
    under_way = update(Source).where(*which, Source.leased_until >= at).values(next_look_at=at)
    db.session.execute(under_way.execution_options(synchronize_session="fetch"))


def hasten_proofs(person_id: UUID) -> None:
    """The person says that a proof is there: look soon, also at what may link back."""
    _make_due(now(), Source.person_id == person_id, Source.look == "proof")


def hasten_proof(identity_id: UUID) -> None:
    """Something speaks for this identity: look soon whether it is proven by that."""
    _make_due(now(), Source.identity_id == identity_id, Source.look == "proof")


def people_concerned() -> frozenset[UUID]:
    """Everybody who is looked at, or might have to be."""
    sources = select(Source.person_id)
    return frozenset(db.session.scalars(select(Identity.person_id).union(sources)))


def _sync(people: list[UUID], at: datetime) -> None:
    identities = db.session.scalars(select(Identity).where(Identity.person_id.in_(people)).order_by(Identity.id)).all()
    # Locked in one order: a look that is being stored ends first, and the next one sees what was changed here.
    locked = select(Source).where(Source.person_id.in_(people)).order_by(Source.id).with_for_update()
    sources = {(source.identity_id, source.look): source for source in db.session.scalars(locked)}
    if not identities and not sources:
        return
    proven = frozenset(identity.person_id for identity in identities if identity.proven_at)
    wanted = wants.running(proven, at)
    named, queue = _named(identities, at), Queue(at)
    looking, granted = _looking(identities, at), _granted(identities)
    for identity in identities:
        own = wanted.of(identity.person_id, identity.network)
        looks = *_proofs(identity, at, named), *_looks(identity, own, looking.get(identity.id, ()), at, granted)
        for look, digest in looks:
            _keep(sources.pop((identity.id, look), None), identity, look, digest, queue)
    if sources:
        db.session.execute(delete(Source).where(Source.id.in_([source.id for source in sources.values()])))
    db.session.flush()


def _named(identities: Iterable[Identity], at: datetime) -> frozenset[str]:
    """The ids of identities that others of the same person, waiting for their proof, name with rel=me."""
    waiting = (one for one in identities if one.proven_at is None and one.code_expires_at > at)
    return frozenset(linked for one in waiting if "rel_me" in _can(one).proofs for linked in one.links_to)


def _can(identity: Identity) -> Capabilities:
    return PLATFORMS[identity.network].capabilities if identity.network in PLATFORMS else _SHOWS_NOTHING


def _looking(identities: Iterable[Identity], at: datetime) -> dict[UUID, tuple[Wants, ...]]:
    """Identity → what the courses ask for that look from it at this moment."""
    proven = {identity.id for identity in identities if identity.proven_at}
    found = course_accounts.running(proven, at) if proven else {}
    asked = wants.of_courses(frozenset[UUID]().union(*found.values()))
    return {identity_id: tuple(asked[course] for course in sorted(courses)) for identity_id, courses in found.items()}


def _granted(identities: Iterable[Identity]) -> frozenset[UUID]:
    """Those whose owners have given a token that is not known to be refused."""
    given = select(Grant.identity_id).where(Grant.refused_at.is_(None))
    return frozenset(db.session.scalars(given.where(Grant.identity_id.in_([one.id for one in identities]))))


def _proofs(identity: Identity, at: datetime, named: frozenset[str]) -> Iterator[tuple[Look, str]]:
    if "proof" not in _can(identity).looks:
        return
    if identity.proven_at is None and identity.code_expires_at > at:
        yield "proof", identity.code
    if identity.proven_at is not None and identity.proof == "code" and str(identity.id) in named:
        yield "proof", identity.code


def _looks(
    identity: Identity, own: Wants, looking: Iterable[Wants], at: datetime, granted: frozenset[UUID]
) -> Iterator[tuple[Look, str]]:
    """The looks at a proven identity that are called for, each with the digest of what it is to find.

    `own` is what the courses of its owner ask for, `looking` what those do that look from it.
    """
    can = _can(identity)
    for look in sorted(can.looks - {"proof"}) if identity.proven_at else ():
        token = "token" if look in can.with_token and identity.id in granted else ""
        if look == "reactions" and look in can.with_token and not token:
            continue  # without it such a list is shown to nobody
        asked = [own] if (own.asks_for(look) if look != "received" else _has_readers(can, own)) else []
        asked += looking if look == "received" else ()
        if asked:
            yield look, _digest(identity.uri, token, *(_asked(can, look, wanted, at) for wanted in asked))


def _has_readers(can: Capabilities, own: Wants) -> bool:
    """Whether others may leave comments below what a student publishes there, to be seen without the student's token."""
    return {"posts", "received"} <= can.looks and "Create" in can.received and bool(own.tags)


def _asked(can: Capabilities, look: Look, wanted: Wants, at: datetime) -> str:
    """Lists of people are read whole each time, whoever is looked for; all else begins again for what is asked for."""
    return "" if look == "received" and can.received <= {"Follow"} else wanted.digest(look, at)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _keep(source: Source | None, identity: Identity, look: Look, digest: str, queue: Queue) -> None:
    if source is None:
        host = host_of(identity)
        db.session.add(
            Source(
                identity_id=identity.id,
                person_id=identity.person_id,
                network=identity.network,
                look=look,
                wanted=digest,
                host=host,
                next_look_at=queue.turn(host),
            )
        )
    elif source.wanted != digest:
        # What was seen so far was seen with other eyes: it proves nothing about what is wanted from here on.
        turn = queue.turn(source.host)
        source.wanted, source.cursor, source.leased_until, source.quiet, source.coverage = digest, {}, None, 0, None
        source.next_look_at = max(turn, source.not_before or turn)


def _make_due(at: datetime, *which: object, rest: timedelta = JUST_LOOKED) -> int:
    resting = or_(Source.looked_at.is_(None), Source.looked_at < at - rest)
    soon = case((resting, at), else_=at + rest)
    free = or_(Source.leased_until.is_(None), Source.leased_until < at)
    allowed = or_(Source.not_before.is_(None), Source.not_before <= at)
    done = db.session.execute(
        update(Source)
        .where(*which, free, allowed, or_(resting, Source.next_look_at > at + rest))  # type: ignore[arg-type] # columns
        .values(next_look_at=soon)
        .execution_options(synchronize_session="fetch")
    )
    return done.rowcount  # type: ignore[attr-defined,no-any-return]
