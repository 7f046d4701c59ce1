"""What other rooms may ask of the harvest."""

from plnapi.harvest.course_accounts import Received, received_of
from plnapi.harvest.health import gone_of
from plnapi.harvest.outages import Down, outages_of
from plnapi.harvest.run import HarvestReport, run_all_due, run_due
from plnapi.harvest.sources import check_now, people_concerned, sync_sources
from plnapi.harvest.states import LookState, Overview, coverage_of, looks_of_course, looks_of_person, overview, seen_of

__all__ = [
    "Down", "HarvestReport", "LookState", "Overview", "Received", "check_now", "coverage_of", "gone_of",
    "looks_of_course", "looks_of_person", "outages_of", "overview", "people_concerned", "received_of", "run_all_due",
    "run_due", "seen_of", "sync_sources",
]  # fmt: skip
