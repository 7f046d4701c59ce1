"""What a student gives for a step: their word, or a link that is reviewed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from onboarding import progress, reviewing, service, unlocking
from onboarding.checks import CHECKS, flat
from onboarding.models import Decision, StepState
from onboarding.service import StepData
from plnapi.accounts.models import Identity
from plnapi.courses import service as courses
from plnapi.courses.models import Course
from plnapi.db import db
from plnapi.errors import N_, Conflict, Invalid
from plnapi.platforms import PLATFORMS, read_address
from plnapi.platforms.types import Address

LONGEST_URL = 2000
DEEPEST = 8  # parts of a path


def give_word(course: Course, person_id: UUID, step_key: UUID, comment: str = "") -> Decision:
    """The student says that it is done. Saying it twice changes nothing, but for a word that a reviewer returned.

    Raises NotFound for no such step, Conflict when the step does not take a word, the course is not open, or other steps
    come first (`step_locked`).
    """
    check_open(course, person_id, step_key, "word")
    progress.lock([person_id])
    given = next(reversed(_chain(course.id, person_id, step_key, "word")), None)
    returned = reviewing.returned(course.id, person_id, step_key)
    if given is not None and (returned is None or given.made_at > returned.made_at):
        return given
    about = returned.id if given and returned else None
    return add(course, person_id, step_key, kind="word", comment=comment, about_id=about)


def give_link(course: Course, person_id: UUID, step_key: UUID, url: str, comment: str = "") -> Decision:
    """The student gives a link for review. The same link again changes nothing while it waits; another corrects it.

    Raises NotFound, Conflict as `give_word`, also `link_used` (for another step) and `link_approved`; Invalid at `/url`
    for what is no http or https address.
    """
    check_open(course, person_id, step_key, "link")
    address = _read_url(url)
    progress.lock([person_id])
    key = url_key(address.url)
    chain = chain_of(course.id, person_id, step_key, "link")
    tip = end_of(chain)
    if tip is not None and tip.kind == "approved":
        raise Conflict(N_("A reviewer has approved your link for this step already."), code="link_approved")
    if tip is not None and tip.kind == "link" and (tip.url_key, tip.comment) == (key, comment):
        return tip
    check_unused(course.id, person_id, step_key, key)
    about, data = tip.id if tip else None, marks(course.id, address.url, person_id)
    fields = {"url": address.url, "url_key": key, "comment": comment, "about_id": about, "data": data}
    return add(course, person_id, step_key, kind="link", **fields)


def url_key(url: str) -> str:
    """A form of a normalised URL in which http and https, `www.` and a closing slash make no difference."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def _read_url(url: str) -> Address:
    """A word alone is no address, although a machine of this network could have that name."""
    is_one = len(url) <= LONGEST_URL and ("://" in url or "." in url.partition("/")[0])
    address = read_address(url, "link") if is_one else None
    if address is None:
        raise Invalid.field("/url", N_("Give an address that begins with https:// or http://."), code="not_a_link")
    return address


def check_open(course: Course, person_id: UUID, step_key: UUID, by: str) -> None:
    """Whether the step takes `by` (word, link, answer) from this person now; raises as `give_word`."""
    step = service.step(course.id, step_key)
    if by not in {CHECKS[way["kind"]].takes(way["config"]) for way in flat(step.branches)}:
        raise Conflict(N_("This step is not done in this way."), code=f"{by}_not_wanted")
    if course.state != "open":
        raise Conflict(N_("The course is not open; nothing can be given."), code="course_not_open")
    courses.check_not_frozen(course)
    _check_unlocked(course.id, person_id, step)


def _check_unlocked(course_id: UUID, person_id: UUID, step: StepData) -> None:
    """A step that was done stays open, whatever came to be asked before it since."""
    if not step.after:
        return
    mine = StepState.course_id == course_id, StepState.person_id == person_id, StepState.verdict == "verified"
    done = set(db.session.scalars(select(StepState.step_key).where(*mine)))
    note = unlocking.locked(step, done, service.view(course_id).steps)
    if note is not None and step.step_key not in done:
        names = unlocking.names(note.params["groups"])
        raise Conflict(N_("This step opens after: %(steps)s."), code="step_locked", steps=names)


def _chain(course_id: UUID, person_id: UUID, step_key: UUID, *kinds: str) -> Sequence[Decision]:
    mine = (Decision.course_id == course_id, Decision.person_id == person_id, Decision.step_key == step_key)
    return db.session.scalars(select(Decision).where(*mine, Decision.kind.in_(kinds)).order_by(Decision.id)).all()


def chain_of(course_id: UUID, person_id: UUID, step_key: UUID, kind: str) -> Sequence[Decision]:
    """The links, or the answers, and what was said of them; not what was said of the step as it stands."""
    chain = _chain(course_id, person_id, step_key, kind, "approved", "returned", "undone")
    given = {said.id for said in chain if said.kind == kind}
    return [said for said in chain if {said.id, said.link_id, said.about_id} & given]


def end_of(chain: Sequence[Decision]) -> Decision | None:
    """The decision that nothing answers yet."""
    answered = {said.about_id for said in chain}
    return next((said for said in chain if said.id not in answered), None)


def check_unused(course_id: UUID, person_id: UUID, step_key: UUID, key: str) -> None:
    """One piece of work counts for one step; a link that was returned or corrected is free again."""
    answer = aliased(Decision)
    withdrawn = exists().where(answer.about_id == Decision.id, answer.kind != "approved")
    statement = select(Decision.id).where(
        Decision.course_id == course_id,
        Decision.url_key == key,
        Decision.person_id == person_id,
        Decision.step_key != step_key,
        ~withdrawn,
    )
    if db.session.execute(statement.limit(1)).first() is not None:
        raise Conflict(
            N_("You gave this link for another step already. Give each step a link of its own."), code="link_used"
        )


def marks(course_id: UUID, url: str, person_id: UUID) -> dict[str, Any]:
    """What is odd about a link, True by name: `foreign` when it leads to an account that somebody else has proven, `same`
    when another student of the course gave it already. Both are said to the student and to the reviewers."""
    found = {"foreign": _is_foreign(url, person_id), "same": is_same(course_id, url, person_id)}
    return {name: True for name, odd in found.items() if odd}


def is_same(course_id: UUID, url: str, person_id: UUID) -> bool:
    """Whether somebody else in the course gave this link."""
    given = Decision.course_id == course_id, Decision.url_key == url_key(url)
    others = select(Decision.id).where(*given, Decision.person_id != person_id)
    return db.session.scalar(others.limit(1)) is not None


def _is_foreign(url: str, person_id: UUID) -> bool:
    read = [p.read_address(part) for part in _parts(url) for p in PLATFORMS.values() if "proof" in p.capabilities.looks]
    found = [address for address in read if address is not None]
    of_account = or_(
        Identity.uri.in_([one.uri for one in found]),
        Identity.url.in_([one.url for one in found]),
        Identity.handle.in_([one.handle for one in found]),
    )
    others = select(Identity.id).where(of_account, Identity.proven_at.is_not(None), Identity.person_id != person_id)
    mine = select(Identity.id).where(of_account, Identity.proven_at.is_not(None), Identity.person_id == person_id)
    return bool(found) and db.session.scalar(others.limit(1)) is not None and db.session.scalar(mine.limit(1)) is None


def _parts(url: str) -> list[str]:
    """The address, and those above it: a post lies below its account."""
    scheme, _, rest = url.partition("://")
    names = rest.split("?")[0].split("#")[0].rstrip("/").split("/")
    above = ["/".join(names[:n]) for n in range(len(names), 0, -1)][:DEEPEST]
    return [form for part in above for form in (f"{scheme}://{part}", f"{scheme}://{part}/")]


def add(course: Course, person_id: UUID, step_key: UUID, **fields: Any) -> Decision:
    said = Decision(course_id=course.id, person_id=person_id, step_key=step_key, made_by=person_id, **fields)
    db.session.add(said)
    db.session.flush()
    progress.refresh([person_id], [course.id])
    return said
