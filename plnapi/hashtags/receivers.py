"""What this room hears of from the rooms below, inside the transaction of the change."""

from typing import Any
from uuid import UUID

from plnapi.hashtags import service
from plnapi.web.app import App


def on_course_copied(_app: App, *, course_id: UUID, from_course_id: UUID, **_: Any) -> None:
    """The copy gets the same."""
    service.copy_tags(from_course_id, course_id)
