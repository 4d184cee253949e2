"""Events known to lie between a start and an end, and the rows that cannot be used."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from openilp.methods.arrays import FloatArray, TimeArray, same_length
from openilp.methods.errors import BadValue, TooCoarse, TooFew
from openilp.methods.series.clock import times
from openilp.methods.series.cycle import WEEK_H
from openilp.methods.series.left_out import LeftOut, left_out, none_of

LongRule = Literal["leave_out", "first", "last"]
# 1 January 1970 was a Thursday: three days after a Monday.
_EPOCH_H = 72.0


@dataclass(frozen=True, slots=True)
class Intervals:
    """Intervals that enter an analysis of hours.

    Attributes:
        start_h: (n,) hours of the beginnings since Monday midnight, 0 to 168.
        hours: (n,) lengths in hours, 0 or more.
        n_clipped: Intervals of which only a part is used.
        left_out: The other rows, with the reason.
    """

    start_h: FloatArray
    hours: FloatArray
    n_clipped: int
    left_out: tuple[LeftOut, ...]

    def count(self, reason: str) -> int:
        """This function will count the rows left out for a reason."""
        return sum(row.reason == reason for row in self.left_out)


def read_intervals(
    starts: Any,
    ends: Any | None,
    *,
    longest_h: float | None = None,
    long_rule: LongRule = "leave_out",
    end_optional: bool = False,
) -> Intervals:
    """This function will keep the intervals that can be used, and name the rows that cannot.

    Args:
        starts: (n,) local times.
        ends: (n,) latest possible times, or None when every start is the time itself.
        longest_h: Intervals longer than so many hours fall under `long_rule`; None keeps all as they are.
        long_rule: `leave_out`, or keep only the `first` or the `last` `longest_h` hours.
        end_optional: Whether a missing end means that the start is the time itself.

    Returns:
        The intervals in hours.

    Raises:
        TooCoarse: If the times carry only the day or the month.
        TooFew: If no event remains.
        BadValue: If a time is no time or carries a zone, or the rule cannot be.
        LengthMismatch: If starts and ends differ in length.
    """
    if longest_h is not None and not longest_h > 0:
        raise BadValue("longest_h", longest_h, "give a number of hours above 0, or None")
    if long_rule not in get_args(LongRule):
        raise BadValue("long_rule", repr(long_rule), f"use one of {', '.join(get_args(LongRule))}")
    begin, resolution = times("starts", starts)
    finish, finest = (begin, resolution) if ends is None else times("ends", ends)
    same_length(starts=begin, ends=finish)
    if resolution != "instant" and finest != "instant":
        raise TooCoarse("Hour by weekday", resolution, "hour")
    if end_optional:
        finish = np.where(np.isnat(finish), begin, finish)
    no_time, no_end = np.isnat(begin), np.isnat(finish)
    known = ~(no_time | no_end)
    hours = np.zeros(len(begin))
    hours[known] = (finish[known] - begin[known]) / np.timedelta64(1, "h")
    reverse = known & (hours < 0)
    long = known & (hours > longest_h) if longest_h is not None else np.zeros(len(begin), dtype=np.bool_)
    dropped = long if long_rule == "leave_out" else np.zeros(len(begin), dtype=np.bool_)
    kept = known & ~reverse & ~dropped
    lost = left_out(no_time=no_time, no_end=no_end, end_before_start=reverse, too_long=dropped)
    if not kept.any():
        raise TooFew(none_of("events with a usable time", lost), 0, 1)
    week_hours = _hour_of_week(begin[kept])
    if long_rule != "leave_out" and longest_h is not None:
        late = np.maximum(hours[kept] - longest_h, 0.0) if long_rule == "last" else 0.0
        week_hours = np.mod(week_hours + late, WEEK_H)
        hours = np.minimum(hours, longest_h)
    return Intervals(
        start_h=week_hours,
        hours=hours[kept],
        n_clipped=int((long & kept).sum()),
        left_out=lost,
    )


def _hour_of_week(moments: TimeArray) -> FloatArray:
    hours: FloatArray = (moments - np.datetime64(0, "us")) / np.timedelta64(1, "h")
    wrapped: FloatArray = np.mod(hours + _EPOCH_H, WEEK_H)
    return wrapped
