"""What the harvest does when rooms below change something. Only rows are written: a job does the looking."""

from typing import Any
from uuid import UUID

from plnapi import signals
from plnapi.accounts.models import Identity
from plnapi.consents import service as consents
from plnapi.db import db
from plnapi.harvest import course_accounts, evidence
from plnapi.harvest.sources import hasten_proofs, hasten_received, sync_sources
from plnapi.web.app import App


def on_identity(_sender: object, person_id: UUID, identity_id: UUID, **_: Any) -> None:
    """Linked, proven, moved, unlinked: other looks are called for; of an unlinked one nothing stays."""
    sync_sources([person_id])
    if db.session.get(Identity, identity_id) is None:
        evidence.forget_unlinked(person_id)
    else:
        hasten_proofs(person_id)
    hasten_received([person_id])


def on_consent_given(_sender: object, person_id: UUID, course_id: UUID, purpose: str, **_: Any) -> None:
    """Looks begin, also those at the course's accounts: there is somebody to look for."""
    if purpose == "checks":
        sync_sources([person_id, *course_accounts.owners([course_id])])
        hasten_received([person_id])


def on_consent_withdrawn(_sender: object, person_id: UUID, course_id: UUID, purpose: str, **_: Any) -> None:
    """Looks end first, so that nothing comes in any more; then what was kept goes."""
    if purpose == "checks":
        sync_sources([person_id, *course_accounts.owners([course_id])])
        evidence.forget_unwanted(person_id, course_id)


def on_consent_changed(_sender: object, person_id: UUID, course_id: UUID, purpose: str, **_: Any) -> None:
    """As after a withdrawal for what is left out, as after agreeing for what is taken in again."""
    if purpose == "checks":
        sync_sources([person_id, *course_accounts.owners([course_id])])
        evidence.forget_unwanted(person_id)
        hasten_received([person_id])


def on_enrolment(_sender: object, course_id: UUID, person_ids: frozenset[UUID], **_: Any) -> None:
    """Students came or left, or somebody with an account of the course teaches there no more."""
    sync_sources(person_ids | course_accounts.owners([course_id]))
    hasten_received(person_ids)


def on_course(_sender: object, course_id: UUID, **_: Any) -> None:
    """Dates, state, hashtags or lists of a course are different."""
    sync_sources(consents.people_with(course_id, "checks") | course_accounts.owners([course_id]))


def init_app(app: App) -> None:
    """Listen to the signals of this app."""
    signals.identity_changed.connect(on_identity, sender=app)
    signals.consent_given.connect(on_consent_given, sender=app)
    signals.consent_withdrawn.connect(on_consent_withdrawn, sender=app)
    signals.consent_changed.connect(on_consent_changed, sender=app)
    signals.enrolment_changed.connect(on_enrolment, sender=app)
    for signal in (signals.course_changed, signals.tag_attached, signals.resource_changed):
        signal.connect(on_course, sender=app)
