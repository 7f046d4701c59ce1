"""What onboarding hears of from plnapi. Every receiver works inside the transaction of the change that it hears of."""

from typing import Any
from uuid import UUID

from onboarding import linter, loading, progress
from plnapi import signals
from plnapi.harvest import service as harvest
from plnapi.web.app import App


def init_app(app: App) -> None:
    """Listen. blinker holds receivers weakly, so they are functions of this module."""
    signals.facts_recorded.connect(on_facts_recorded, sender=app)
    signals.evidence_leaving.connect(on_evidence_leaving, sender=app)
    signals.course_opening.connect(on_course_opening, sender=app)
    for signal in (signals.identity_changed, signals.consent_given, signals.consent_withdrawn):
        signal.connect(on_person_changed, sender=app)
    for signal in (signals.tag_attached, signals.resource_changed, signals.course_changed):
        signal.connect(on_course_changed, sender=app)
    signals.enrolment_changed.connect(on_enrolment_changed, sender=app)


def on_facts_recorded(_app: App, *, person_ids: frozenset[UUID], **_: Any) -> None:
    """The harvest saw something, or saw more or less than before."""
    progress.refresh(person_ids)


def on_evidence_leaving(
    _app: App, *, person_id: UUID, fact_ids: frozenset[UUID], course_id: UUID | None = None, **_: Any
) -> None:
    """Judge without what is about to go: credit that would fall is written down first."""
    progress.refresh([person_id], leaving=fact_ids, ended=course_id)


def on_person_changed(_app: App, *, person_id: UUID, **_: Any) -> None:
    """Another identity, or another consent. Who hears a signal first is not fixed, so the looks are brought up to date."""
    harvest.sync_sources([person_id])
    progress.refresh([person_id])


def on_enrolment_changed(_app: App, *, course_id: UUID, person_ids: frozenset[UUID], **_: Any) -> None:
    """People came or went."""
    harvest.sync_sources(person_ids)
    progress.refresh(person_ids)


def on_course_changed(_app: App, *, course_id: UUID, **_: Any) -> None:
    """Another list or hashtag, other dates: every student's steps may stand differently."""
    people = loading.student_ids(course_id)
    harvest.sync_sources(people)
    progress.refresh(people)


def on_course_opening(_app: App, *, course_id: UUID, **_: Any) -> None:
    """Raises Conflict when a required step could not be done by somebody, or by nobody."""
    linter.check_opening(course_id)
