"""Events counted by day, week or month, with gaps that stay gaps and unfinished periods that count as such."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from openilp.methods.arrays import BoolArray, FloatArray, IntArray, TimeArray, freeze
from openilp.methods.errors import BadValue, GapHasEvents, TooCoarse, TooFew
from openilp.methods.sentence import Sentence
from openilp.methods.series.clock import times
from openilp.methods.series.left_out import LeftOut, cautions_on, left_out

Unit = Literal["day", "week", "month"]
#: Periods in a cycle of the season: a week of days, a year of weeks or months.
CYCLE = {"day": 7, "week": 52, "month": 12}
GAPS = Sentence("gaps_in_counts", "No data for %(periods)s: left out, never counted as 0.")
ZEROS = Sentence(
    "empty_periods",
    "No event at all from %(periods)s: if the data were not delivered, declare them as gaps.",
)
PARTIAL = Sentence(
    "partial_period", "The period from %(period)s is covered for %(days)s of its %(whole)s days only."
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Events by period.

    Attributes:
        starts: (n,) first day of each period.
        events: (n,) events; 0 in a gap.
        days: (n,) days of the period that are covered; 0 in a gap.
        whole: (n,) days that the period has.
        unit: `day`, `week` (from Monday) or `month`.
        left_out: Rows without a usable time.
        cautions: What the reader must know about the data.
    """

    starts: TimeArray
    events: IntArray
    days: FloatArray
    whole: FloatArray
    unit: Unit
    left_out: tuple[LeftOut, ...]
    cautions: tuple[Sentence, ...]

    def __len__(self) -> int:
        """This function will count the periods, gaps among them."""
        return len(self.starts)

    @property
    def present(self) -> BoolArray:
        """This function will say for each period whether it has data."""
        return self.days > 0

    @property
    def labels(self) -> tuple[str, ...]:
        """This function will name each period by its first day, or by its month."""
        return tuple(
            str(start.astype("datetime64[M]") if self.unit == "month" else start) for start in self.starts
        )


def count_periods(
    moments: Any,
    *,
    unit: Unit = "month",
    first: str | None = None,
    last: str | None = None,
    gaps: Iterable[str] = (),
    now: np.datetime64 | None = None,
) -> Counts:
    """This function will count events by day, week or month.

    Args:
        moments: (n,) local times or dates; a missing one leaves the event out.
        unit: `day`, `week` or `month`.
        first: First day that the data cover (`2024-01-31`); the day of the first event when left out, or
            the first of its month when counting months.
        last: Last day that they cover; likewise the last event, or the end of its month.
        gaps: Periods without a delivery of data: a day (`2024-07-03`) for that day's period, or a month
            (`2024-07`) for all its days; a week that it cuts counts with the days that are left.
        now: Later events are left out and named.

    Returns:
        Every period from first to last.

    Raises:
        TooCoarse: If months are to be counted by day or week.
        TooFew: If no event remains.
        GapHasEvents: If a gap holds events.
        BadValue: If the unit, a gap or a bound cannot be, or an event lies outside the bounds.
    """
    if unit not in get_args(Unit):
        raise BadValue("unit", repr(unit), "use day, week or month")
    column, resolution = times("times", moments)
    if resolution == "month" and unit != "month":
        raise TooCoarse(f"Counting by {unit}", "month", "day")
    absent = np.isnat(column)
    future = ~absent & (column > now) if now is not None else np.zeros(len(column), dtype=np.bool_)
    known = np.sort(column[~absent & ~future]).astype("datetime64[D]")
    if not len(known):
        raise TooFew("events with a time", 0, 1)
    begin, end = _bounds(known, unit, first, last)
    starts = _periods(begin, end, unit)
    edges = np.append(starts, _next(starts[-1:], unit))
    events = np.bincount(np.searchsorted(starts, known, side="right") - 1, minlength=len(starts))
    whole = np.diff(edges).astype(np.float64)
    days = (np.minimum(edges[1:], end + 1) - np.maximum(edges[:-1], begin)).astype(np.float64)
    missing, lost = _gaps(starts, begin, end, unit, gaps, known)
    if (events[missing] > 0).any():
        row = int(np.flatnonzero(missing & (events > 0))[0])
        raise GapHasEvents(str(starts[row]), int(events[row]))
    days = np.where(missing, 0.0, days - lost)
    rows = left_out(no_time=absent, future=future)
    freeze(starts, events, days, whole)
    return Counts(
        starts, events, days, whole, unit, rows, (*cautions_on(rows), *_cautions(starts, events, days, whole))
    )


def _day(name: str, text: str) -> np.datetime64:
    try:
        return np.datetime64(text, "D")
    except ValueError as error:
        raise BadValue(name, repr(text), "give a day such as 2024-05-31") from error


def _bounds(
    known: TimeArray, unit: Unit, first: str | None, last: str | None
) -> tuple[np.datetime64, np.datetime64]:
    begin, end = known[0], known[-1]
    if unit == "month":
        begin = begin.astype("datetime64[M]").astype("datetime64[D]")
        end = (end.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    begin = _day("first", first) if first else begin
    end = _day("last", last) if last else end
    outside = known[(known < begin) | (known > end)]
    if len(outside):
        raise BadValue("time", outside[0], f"it lies outside {begin} to {end}; filter first or widen them")
    return begin, end


def _periods(begin: np.datetime64, end: np.datetime64, unit: Unit) -> TimeArray:
    if unit == "month":
        months = np.arange(begin.astype("datetime64[M]"), end.astype("datetime64[M]") + 1)
        return months.astype("datetime64[D]")
    if unit == "week":
        # 1970-01-01 was a Thursday, three days after a Monday.
        begin = begin - (begin.astype(np.int64) + 3) % 7
    return np.arange(begin, end + 1, 7 if unit == "week" else 1)


def _next(starts: TimeArray, unit: Unit) -> TimeArray:
    if unit == "month":
        return (starts.astype("datetime64[M]") + 1).astype("datetime64[D]")
    return starts + (7 if unit == "week" else 1)


def _gaps(
    starts: TimeArray,
    begin: np.datetime64,
    end: np.datetime64,
    unit: Unit,
    gaps: Iterable[str],
    known: TimeArray,
) -> tuple[BoolArray, FloatArray]:
    """Return the periods without data, and the days that the others lose to a month without data."""
    missing, lost = np.zeros(len(starts), dtype=np.bool_), np.zeros(len(starts))
    days = np.arange(begin, end + 1)
    for gap in gaps:
        day = _day("gap", gap)
        if len(gap) <= 7:
            month = day.astype("datetime64[M]")
            if inside := int((known.astype("datetime64[M]") == month).sum()):
                raise GapHasEvents(str(month), inside)
            gone = days[days.astype("datetime64[M]") == month]
            lost += np.bincount(np.searchsorted(starts, gone, side="right") - 1, minlength=len(starts))
        elif starts[0] <= day < _next(starts[-1:], unit)[0]:
            missing[np.searchsorted(starts, day, side="right") - 1] = True
    return missing, lost


def _cautions(starts: TimeArray, events: IntArray, days: FloatArray, whole: FloatArray) -> list[Sentence]:
    cautions = []
    if (days == 0).any():
        cautions.append(Sentence(GAPS.code, GAPS.template, {"periods": _named(starts[days == 0])}))
    empty = (days > 0) & (events == 0)
    # An empty period is suspicious only where periods usually have many events.
    if empty.any() and np.median(events[days > 0]) >= 10:
        cautions.append(Sentence(ZEROS.code, ZEROS.template, {"periods": _named(starts[empty])}))
    for row in np.flatnonzero((days > 0) & (days < whole)):
        facts = {"period": str(starts[row]), "days": f"{days[row]:g}", "whole": f"{whole[row]:g}"}
        cautions.append(Sentence(PARTIAL.code, PARTIAL.template, facts))
    return cautions


def _named(starts: TimeArray) -> str:
    return ", ".join(map(str, starts[:10])) + (" …" if len(starts) > 10 else "")
