"""What a student gives for a step: their word, or a link that is reviewed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from onboarding import progress, service, unlocking
from onboarding.models import Decision, StepState
from onboarding.service import StepData
from plnapi.courses.models import Course
from plnapi.db import db
from plnapi.errors import N_, Conflict, Invalid
from plnapi.platforms import read_address
from plnapi.platforms.types import Address

LONGEST_URL = 2000


def give_word(course: Course, person_id: UUID, step_key: UUID, comment: str = "") -> Decision:
    """The student says that it is done. Saying it twice changes nothing.

    Raises NotFound for no such step, Conflict when the step does not take a word, the course is not open, or other steps
    come first (`step_locked`).
    """
    _check_wanted(course, person_id, step_key, "word")
    progress.lock([person_id])
    given = next((said for said in _chain(course.id, person_id, step_key, "word")), None)
    if given is not None:
        return given
    return _add(course, person_id, step_key, kind="word", comment=comment)


def give_link(course: Course, person_id: UUID, step_key: UUID, url: str, comment: str = "") -> Decision:
    """The student gives a link for review. The same link again changes nothing while it waits; another corrects it.

    Raises NotFound, Conflict as `give_word`, also `link_used` (for another step) and `link_approved`; Invalid at `/url`
    for what is no http or https address.
    """
    _check_wanted(course, person_id, step_key, "link")
    address = _read_url(url)
    progress.lock([person_id])
    key = url_key(address.url)
    chain = _chain(course.id, person_id, step_key, "link", "approved", "returned")
    tip = _tip(chain)
    if tip is not None and tip.kind == "approved":
        raise Conflict(N_("A reviewer has approved your link for this step already."), code="link_approved")
    if tip is not None and tip.kind == "link" and (tip.url_key, tip.comment) == (key, comment):
        return tip
    _check_unused(course.id, person_id, step_key, key)
    about = tip.id if tip else None
    return _add(course, person_id, step_key, kind="link", url=address.url, url_key=key, comment=comment, about_id=about)


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


def _check_wanted(course: Course, person_id: UUID, step_key: UUID, by: str) -> None:
    step = service.step(course.id, step_key)
    if not any(branch["kind"] == "attest" and branch["config"]["by"] == by for branch in step.branches):
        raise Conflict(N_("This step is not done in this way."), code=f"{by}_not_wanted")
    if course.state != "open":
        raise Conflict(N_("The course is not open; nothing can be given."), code="course_not_open")
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


def _tip(chain: Sequence[Decision]) -> Decision | None:
    """The decision that nothing answers yet."""
    answered = {said.about_id for said in chain}
    return next((said for said in chain if said.id not in answered), None)


def _check_unused(course_id: UUID, person_id: UUID, step_key: UUID, key: str) -> None:
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


def _add(course: Course, person_id: UUID, step_key: UUID, **fields: Any) -> Decision:
    said = Decision(course_id=course.id, person_id=person_id, step_key=step_key, made_by=person_id, **fields)
    db.session.add(said)
    db.session.flush()
    progress.refresh([person_id], [course.id])
    return said
