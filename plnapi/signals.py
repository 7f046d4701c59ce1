"""How a room below tells a room above. The contract of each signal is written beside it.

The sender is always the app object, and receivers connect with `connect(receiver, sender=app)`: blinker is
process-global, and two apps in one process must not hear each other. Every signal is sent inside the transaction of
the change that it tells of: a receiver that raises undoes the change, and a receiver never talks to the outside.
"""

from typing import Any

from blinker import Signal
from flask import current_app

identity_changed = Signal(
    """An identity was linked, proven, moved or unlinked. `person_id`: UUID, `identity_id`: UUID."""
)
consent_given = Signal("""`person_id`: UUID, `course_id`: UUID, `purpose`: str.""")
consent_withdrawn = Signal("""`person_id`: UUID, `course_id`: UUID, `purpose`: str. What was kept for it must go.""")
consent_changed = Signal(
    """Networks were left out of a consent that stands, or taken in again. `person_id`: UUID, `course_id`: UUID,
    `purpose`: str. What was kept of a network left out must go."""
)
enrolment_changed = Signal(
    """People came, left or changed role or section. `course_id`: UUID, `person_ids`: frozenset of UUID."""
)
resource_changed = Signal("""A starter list has another version. `course_id`: UUID, `list_id`: UUID.""")
tag_attached = Signal("""A course listens to one more hashtag, or one fewer. `course_id`: UUID, `key`: str.""")
course_opening = Signal(
    """A course is about to open. `course_id`: UUID. A receiver refuses the opening by raising `errors.Conflict`."""
)
course_changed = Signal("""Dates or state of a course changed. `course_id`: UUID.""")
course_copied = Signal("""`course_id`: UUID of the copy, `from_course_id`: UUID.""")
evidence_leaving = Signal(
    """Facts of a person are about to be deleted: a consent was withdrawn, an account unlinked, a person erased.
    `person_id`: UUID, `fact_ids`: frozenset of UUID, `course_id`: UUID or None. Sent while the facts are still there; a
    receiver writes at once what has to outlive them. With a `course_id` the consent of that course ended, and nothing
    of the person counts for it any more, whether the facts go or stay for another course."""
)
facts_recorded = Signal(
    """Facts or coverage of these people are different. `person_ids`: frozenset of UUID. `news`: person → what is different
    (`activity.service.News`); absent where that is not known, and then anything may be."""
)


def tell(signal: Signal, **payload: Any) -> None:
    """Send `signal` from the app of this context, so that a service need not know the web."""
    signal.send(current_app._get_current_object(), **payload)  # type: ignore[attr-defined]
