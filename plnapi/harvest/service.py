"""What other rooms may ask of the harvest."""

from plnapi.harvest.run import HarvestReport, run_all_due, run_due
from plnapi.harvest.sources import check_now, sync_sources
from plnapi.harvest.states import LookState, coverage_of

__all__ = ["HarvestReport", "LookState", "check_now", "coverage_of", "run_all_due", "run_due", "sync_sources"]
