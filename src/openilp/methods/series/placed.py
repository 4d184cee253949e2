"""Events with a place in metres and a time, and the rows that have not both."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from openilp.methods.arrays import FloatArray, IntArray, TimeArray, same_length
from openilp.methods.errors import TooFew
from openilp.methods.places import Places
from openilp.methods.series.clock import Resolution, times
from openilp.methods.series.left_out import LeftOut, left_out, none_of


@dataclass(frozen=True, slots=True)
class PlacedEvents:
    """Events that have both place and time.

    Attributes:
        xy: (n, 2) metres.
        moments: (n,) datetime64[us].
        resolution: What the times carry: the instant, the day or the month.
        rows: (n,) rows of the table from which they come.
        left_out: The other rows, with the reason.
    """

    xy: FloatArray
    moments: TimeArray
    resolution: Resolution
    rows: IntArray
    left_out: tuple[LeftOut, ...]


def placed_events(
    places: Places, moments: Any, *, now: np.datetime64 | None = None, needed: int = 2
) -> PlacedEvents:
    """This function will keep the events that have a place and a time.

    Args:
        places: n places in metres.
        moments: (n,) local times.
        now: Later events are left out; None keeps them.
        needed: Fewest events that the method can use.

    Returns:
        The events and the rows that were left out.

    Raises:
        BadValue: If a time is no time.
        TooFew: If fewer than `needed` remain.
        LengthMismatch: If there is not one time per place.
    """
    when, resolution = times("times", moments)
    same_length(places=places.x, times=when)
    lost_place, lost_time = ~places.located, np.isnat(when)
    future = ~lost_time & (when > now) if now is not None else np.zeros(len(when), dtype=np.bool_)
    rows = np.flatnonzero(~(lost_place | lost_time | future))
    lost = left_out(no_place=lost_place, no_time=lost_time, future=future)
    if len(rows) < needed:
        raise TooFew(none_of("events with a place and a time", lost), len(rows), needed)
    return PlacedEvents(
        xy=np.column_stack([places.x[rows], places.y[rows]]),
        moments=when[rows],
        resolution=resolution,
        rows=rows,
        left_out=lost,
    )
