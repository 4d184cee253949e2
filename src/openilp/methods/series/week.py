"""Hour by weekday, with events whose time is known only as an interval spread over it exactly."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from openilp.methods.arrays import FloatArray, TimeArray, freeze, same_length
from openilp.methods.errors import BadValue, TooCoarse, TooFew
from openilp.methods.sentence import Sentence
from openilp.methods.series.clock import times

WEEK_H = 168
# 1 January 1970 was a Thursday: three days after a Monday.
_EPOCH_H = 72.0
LOCAL_CLOCK = Sentence(
    "local_clock",
    "Hours are those of the local clock as recorded; the hour that summer time repeats or leaves out is "
    "not corrected.",
)
SPREAD = Sentence(
    "aoristic_spread",
    "%(share)s of the events have intervals of a day or more, so they say little about the hour.",
)


@dataclass(frozen=True, slots=True)
class HourWeekday:
    """Expected events per hour of the week.

    Attributes:
        expected: (7, 24) sums; row 0 is Monday, column 0 is 00:00 to 01:00.
        allocation_error: (7, 24) standard deviation that comes from not knowing when in its interval an
            event happened; 0 where every time is known.
        n: Events that entered; the sum of `expected`.
        n_interval: Those among them with an interval.
        n_without_time: Left out: the start, or a needed end, is missing.
        n_reversed: Left out: the end lies before the start.
        n_too_long: Left out: the interval is longer than `longest_h`.
        method: How it was computed.
        cautions: What the reader must know.
    """

    expected: FloatArray
    allocation_error: FloatArray
    n: int
    n_interval: int
    n_without_time: int
    n_reversed: int
    n_too_long: int
    method: Sentence
    cautions: tuple[Sentence, ...]


def hour_weekday(
    starts: Any, ends: Any | None = None, *, longest_h: float | None = None, end_optional: bool = False
) -> HourWeekday:
    """This function will count events by hour and weekday.

    An event between start and end counts in each hour with the share of its interval that lies there
    (aoristic analysis), to the microsecond and across any number of weeks.

    Args:
        starts: (n,) local times; a missing one leaves the event out.
        ends: (n,) latest possible times, or None when every start is the time itself.
        longest_h: Intervals longer than so many hours are left out; None keeps all.
        end_optional: Whether a missing end means that the start is the time itself; otherwise the event
            is left out.

    Returns:
        A (7, 24) matrix that sums to n, with the standard deviation of the allocation.

    Raises:
        TooCoarse: If the times carry only the day or the month.
        TooFew: If no event remains.
        BadValue: If a time is no time or carries a zone.
        LengthMismatch: If starts and ends differ in length.

    Source:
        Ratcliffe, "Aoristic signatures and the spatio-temporal analysis of high volume crime patterns",
        Journal of Quantitative Criminology 18 (2002). Limits: assumes each moment of an interval equally
        likely; a reversed interval is left out, never turned round.
    """
    if longest_h is not None and not longest_h > 0:
        raise BadValue("longest_h", longest_h, "give a number of hours above 0, or None")
    begin, resolution = times("starts", starts)
    finish, finest = (begin, resolution) if ends is None else times("ends", ends)
    same_length(starts=begin, ends=finish)
    if resolution != "instant" and finest != "instant":
        raise TooCoarse("Hour by weekday", resolution, "hour")
    if end_optional:
        finish = np.where(np.isnat(finish), begin, finish)
    known = ~(np.isnat(begin) | np.isnat(finish))
    hours = np.zeros(len(begin))
    hours[known] = (finish[known] - begin[known]) / np.timedelta64(1, "h")
    reverse = known & (hours < 0)
    long = known & (hours > longest_h) if longest_h is not None else np.zeros(len(begin), dtype=np.bool_)
    kept = known & ~reverse & ~long
    n = int(kept.sum())
    if n == 0:
        raise TooFew("events with a usable time", 0, 1)
    expected, variance = spread_over_week(_hour_of_week(begin[kept]), hours[kept])
    matrix, error = expected.reshape(7, 24), np.sqrt(np.maximum(variance, 0.0)).reshape(7, 24)
    freeze(matrix, error)
    coarse = float(np.mean(hours[kept] >= 24))
    return HourWeekday(
        expected=matrix,
        allocation_error=error,
        n=n,
        n_interval=int((hours[kept] > 0).sum()),
        n_without_time=int((~known).sum()),
        n_reversed=int(reverse.sum()),
        n_too_long=int(long.sum()),
        method=Sentence(
            "aoristic" if ends is not None else "hour_weekday",
            "Events by local hour and weekday; an event with an interval counts in each hour with the share of "
            "its interval (aoristic, exact); %(n)s events."
            if ends is not None
            else "Events by local hour and weekday; %(n)s events.",
            {"n": str(n)},
        ),
        cautions=(LOCAL_CLOCK,)
        + ((Sentence(SPREAD.code, SPREAD.template, {"share": f"{coarse:.0%}"}),) if coarse >= 0.1 else ()),
    )


def _hour_of_week(moments: TimeArray) -> FloatArray:
    hours: FloatArray = (moments - np.datetime64(0, "us")) / np.timedelta64(1, "h")
    wrapped: FloatArray = np.mod(hours + _EPOCH_H, WEEK_H)
    return wrapped


def spread_over_week(start: FloatArray, hours: FloatArray) -> tuple[FloatArray, FloatArray]:
    """This function will spread intervals over the 168 hours of the week.

    Each interval is whole weeks plus a rest; the rest is two partial hours and a run of full ones, and
    runs are entered at their two ends only, so the cost does not depend on their length.

    Args:
        start: (n,) hours since Monday midnight, 0 to 168.
        hours: (n,) lengths in hours, 0 or more.

    Returns:
        (168,) expected events, and (168,) variances: the sums of p (1 - p) over the events.
    """
    instant = hours == 0
    first_bin = np.minimum(start.astype(np.int64), WEEK_H - 1)
    expected = np.bincount(first_bin[instant], minlength=WEEK_H).astype(np.float64)
    squares = expected.copy()
    begin, length, first = start[~instant], hours[~instant], first_bin[~instant]
    weeks, rest = np.divmod(length, WEEK_H)
    last = np.floor(begin + rest).astype(np.int64)
    same = last == first
    head = np.where(same, rest, first + 1 - begin)
    tail = np.where(same, 0.0, begin + rest - last)
    # A rest of almost a week can end in the hour in which it began, one week on.
    around = last == first + WEEK_H
    head = head + np.where(around, tail, 0.0)
    tail = np.where(around, 0.0, tail)
    runs = np.zeros(2 * WEEK_H + 1)
    square_runs = np.zeros(2 * WEEK_H + 1)
    for edge, sign in ((np.minimum(first + 1, last), 1.0), (last, -1.0)):
        runs += sign * np.bincount(edge, weights=1 / length, minlength=2 * WEEK_H + 1)
        square_runs += sign * np.bincount(edge, weights=(2 * weeks + 1) / length**2, minlength=2 * WEEK_H + 1)
    expected += _fold(np.cumsum(runs)) + float((weeks / length).sum())
    squares += _fold(np.cumsum(square_runs)) + float(((weeks / length) ** 2).sum())
    for hour, part in ((first, head), (last, tail)):
        expected += np.bincount(hour % WEEK_H, weights=part / length, minlength=WEEK_H)
        squares += np.bincount(
            hour % WEEK_H, weights=(2 * weeks * part + part**2) / length**2, minlength=WEEK_H
        )
    return expected, expected - squares


def _fold(two_weeks: FloatArray) -> FloatArray:
    return two_weeks[:WEEK_H] + two_weeks[WEEK_H : 2 * WEEK_H]
