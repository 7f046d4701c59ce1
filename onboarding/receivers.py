"""What onboarding hears of from plnapi. Every receiver works inside the transaction of the change that it hears of."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from onboarding import classmates, copying, linter, loading, progress
from plnapi import signals
from plnapi.accounts.models import Identity
from plnapi.activity.service import News
from plnapi.db import db
from plnapi.harvest import service as harvest
from plnapi.web.app import App


def init_app(app: App) -> None:
    """Listen. blinker holds receivers weakly, so they are functions of this module."""
    signals.facts_recorded.connect(on_facts_recorded, sender=app)
    signals.evidence_leaving.connect(on_evidence_leaving, sender=app)
    signals.course_opening.connect(on_course_opening, sender=app)
    signals.identity_changed.connect(on_identity_changed, sender=app)
    for signal in (signals.consent_given, signals.consent_changed, signals.consent_withdrawn):
        signal.connect(on_person_changed, sender=app)
    for signal in (signals.tag_attached, signals.resource_changed, signals.course_changed):
        signal.connect(on_course_changed, sender=app)
    signals.course_copied.connect(on_course_copied, sender=app)
    signals.enrolment_changed.connect(on_enrolment_changed, sender=app)


def on_facts_recorded(
    _app: App, *, person_ids: frozenset[UUID], news: Mapping[UUID, News] | None = None, **_: Any
) -> None:
    """The harvest saw something, or saw more or less than before."""
    progress.refresh(person_ids, news=news)


def on_evidence_leaving(
    _app: App, *, person_id: UUID, fact_ids: frozenset[UUID], course_id: UUID | None = None, **_: Any
) -> None:
    """Judge without what is about to go: credit that would fall is written down first."""
    progress.refresh([person_id], leaving=fact_ids, ended=course_id)


def on_person_changed(_app: App, *, person_id: UUID, **_: Any) -> None:
    """Another identity, or another consent. Who hears a signal first is not fixed, so the looks are brought up to date."""
    harvest.sync_sources([person_id])
    progress.refresh([person_id])


def on_identity_changed(_app: App, *, person_id: UUID, identity_id: UUID, **_: Any) -> None:
    """Who acted towards this account may have acted towards a classmate from here on, or not any more."""
    harvest.sync_sources([person_id])
    progress.refresh([person_id])
    _refresh_others([person_id], keys_known=db.session.get(Identity, identity_id) is not None)


def on_enrolment_changed(_app: App, *, course_id: UUID, person_ids: frozenset[UUID], **_: Any) -> None:
    """People came or went."""
    harvest.sync_sources(person_ids)
    progress.refresh(person_ids)
    _refresh_others(person_ids)


def on_course_changed(_app: App, *, course_id: UUID, **_: Any) -> None:
    """Another list or hashtag, other dates: every student's steps may stand differently."""
    people = loading.student_ids(course_id)
    harvest.sync_sources(people)
    progress.refresh(people)


def on_course_copied(_app: App, *, course_id: UUID, from_course_id: UUID, **_: Any) -> None:
    """The steps go along."""
    copying.copy(from_course_id, course_id)


def on_course_opening(_app: App, *, course_id: UUID, **_: Any) -> None:
    """Raises Conflict when a required step could not be done by somebody, or by nobody."""
    linter.check_opening(course_id)


def _refresh_others(person_ids: Collection[UUID], *, keys_known: bool = True) -> None:
    for course_id, others in classmates.touched(person_ids, keys_known=keys_known).items():
        progress.refresh(others, [course_id])
