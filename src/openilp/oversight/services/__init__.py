"""Verbs of the room, one file a noun."""

from openilp.oversight.services.lapses import (
    KEEPERS,
    erase_lapsed,
    reapply_erasures,
    restrict_lapsed,
    wind_clocks,
)
from openilp.oversight.services.reviews import report_event, review_record

__all__ = [
    "KEEPERS",
    "erase_lapsed",
    "reapply_erasures",
    "report_event",
    "restrict_lapsed",
    "review_record",
    "wind_clocks",
]
