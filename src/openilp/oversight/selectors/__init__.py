"""Questions of the room, one file a noun."""

from openilp.oversight.selectors.reviews import (
    WITHIN_DAYS,
    clock,
    clocks,
    due,
    erasure,
    erasures,
    events_of,
    needs_grounds,
    reviews_of,
    stones_of,
    title_of,
    waiting,
)

__all__ = [
    "WITHIN_DAYS",
    "clock",
    "clocks",
    "due",
    "erasure",
    "erasures",
    "events_of",
    "needs_grounds",
    "reviews_of",
    "stones_of",
    "title_of",
    "waiting",
]
