"""When crimes happen that nobody saw: hour, weekday and hour of the week from intervals."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from openilp.methods.arrays import FloatArray, freeze
from openilp.methods.drawing import matrix
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.series.cycle import WEEK_H, spread_over_cycle
from openilp.methods.series.intervals import LongRule, read_intervals
from openilp.methods.series.left_out import LeftOut, cautions_on
from openilp.methods.series.week import DAYS, clock_cautions

CLIPPED = Sentence(
    "aoristic_clipped",
    "%(n)s intervals are longer than %(hours)s hours; only their %(part)s %(hours)s hours are used.",
)
LEVELLED = Sentence(
    "aoristic_levelled",
    "Long intervals level every profile: the true peaks are at least as high as those shown.",
)


@dataclass(frozen=True, slots=True)
class Aoristic(Result):
    """Expected events by hour of the day, day of the week and hour of the week.

    Attributes:
        hour: (24,) expected events; 0 is midnight to 01:00.
        weekday: (7,) expected events; 0 is Monday.
        week: (168,) expected events; 0 is Monday midnight to 01:00.
        hour_error: (24,) standard deviation from not knowing when in its interval an event happened.
        weekday_error: (7,) the same.
        week_error: (168,) the same.
        n: Events that entered; the sum of each profile.
        n_interval: Those whose end lies after their start.
        n_exact: Those whose start and end are equal: they count in one hour.
        n_clipped: Those of which only a part of the interval is used.
        excluded: Rows that did not enter, with the reason.
        method: How it was computed.
        cautions: What the reader must know.
    """

    hour: FloatArray
    weekday: FloatArray
    week: FloatArray
    hour_error: FloatArray
    weekday_error: FloatArray
    week_error: FloatArray
    n: int
    n_interval: int
    n_exact: int
    n_clipped: int
    excluded: tuple[LeftOut, ...]
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will name the busiest and the quietest hour and the busiest day."""
        peak, low = int(self.hour.argmax()), int(self.hour.argmin())
        return Sentence(
            "aoristic_peak",
            "Most of the %(n)s events fall between %(peak)s:00 and %(after)s:00 (%(share)s of them) and fewest from "
            "%(low)s:00; the busiest day is %(day)s.",
            {
                "n": str(self.n),
                "peak": f"{peak:02d}",
                "after": f"{(peak + 1) % 24:02d}",
                "share": f"{self.hour[peak] / self.n:.1%}",
                "low": f"{low:02d}",
                "day": DAYS[int(self.weekday.argmax())],
            },
        )

    def plot(self) -> Plot:
        """This function will draw the hours of the week, one row a day."""
        return matrix(
            "Expected events by hour and weekday",
            [day[:3] for day in DAYS],
            [f"{hour:02d}" for hour in range(24)],
            self.week.reshape(7, 24),
            x_name="hour",
            y_name="weekday",
        )


def aoristic(
    starts: Any,
    ends: Any,
    *,
    longest_h: float | None = None,
    long_rule: LongRule = "leave_out",
    end_optional: bool = False,
) -> Aoristic:
    """This function will spread each event over the hours in which it may have happened.

    Question:
        At which hours and on which days do these crimes happen, when most were found long after?

    Assumptions:
        - Each moment of an interval is equally likely.
        - Start and end are true bounds on the local clock.

    Traps:
        - The start, the end or the middle instead of the interval gives the wrong shape: car thefts seem to peak
          when people park or return.
        - Intervals of weeks or months say nothing about the hour; they level the profile unless `longest_h` and
          `long_rule` say what to do with them.
        - An end before its start is a mistake of entry; it is named, never turned round.

    Args:
        starts: (n,) local times; a missing one leaves the event out.
        ends: (n,) latest possible times.
        longest_h: Intervals longer than so many hours fall under `long_rule`; None spreads all, over as many
            weeks as they last.
        long_rule: `leave_out`, or keep only the `first` or the `last` `longest_h` hours.
        end_optional: Whether a missing end means that the start is the time itself; otherwise the event
            is left out and named.

    Returns:
        Three profiles that sum to n, each with the standard deviation of the allocation.

    Raises:
        TooCoarse: If the times carry only the day or the month.
        TooFew: If no event remains.
        BadValue: If a time is no time or carries a zone, or the rule cannot be.
        LengthMismatch: If starts and ends differ in length.

    Oracle:
        The hours and weekdays of 32,894 New York vehicle thefts (crimepy agrees to 0.01 %); a naive twin that walks
        minute by minute over any number of weeks (`test_aoristic.py`, `test_week.py`).

    Cost:
        Time and memory n, whatever the lengths of the intervals.

    Not for:
        Times known only by the day; a prediction of when one crime happened.

    Source:
        Ratcliffe, "Aoristic signatures and the spatio-temporal analysis of high volume crime patterns",
        Journal of Quantitative Criminology 18 (2002).
    """
    intervals = read_intervals(
        starts, ends, longest_h=longest_h, long_rule=long_rule, end_optional=end_optional
    )
    start, hours, n = intervals.start_h, intervals.hours, len(intervals.hours)
    day, day_error = _profile(np.mod(start, 24), hours, 24)
    weekday, weekday_error = _profile(start / 24, hours / 24, 7)
    week, week_error = _profile(start, hours, WEEK_H)
    return Aoristic(
        hour=day,
        weekday=weekday,
        week=week,
        hour_error=day_error,
        weekday_error=weekday_error,
        week_error=week_error,
        n=n,
        n_interval=int((hours > 0).sum()),
        n_exact=int((hours == 0).sum()),
        n_clipped=intervals.n_clipped,
        excluded=intervals.left_out,
        method=Sentence(
            "aoristic_profiles",
            "Each event counts in each hour with the share of its interval that lies there (aoristic, exact); "
            "%(n)s events, %(rule)s.",
            {"n": str(n), "rule": _rule(longest_h, long_rule)},
        ),
        cautions=(
            *cautions_on(intervals.left_out),
            *clock_cautions(hours),
            *((LEVELLED,) if np.mean(hours >= 24) >= 0.1 else ()),
            *_clipped(intervals.n_clipped, longest_h, long_rule),
        ),
    )


def _profile(start: FloatArray, length: FloatArray, bins: int) -> tuple[FloatArray, FloatArray]:
    expected, variance = spread_over_cycle(start, length, bins)
    error = np.sqrt(np.maximum(variance, 0.0))
    freeze(expected, error)
    return expected, error


def _rule(longest_h: float | None, rule: LongRule) -> str:
    if longest_h is None:
        return "intervals of any length spread over as many weeks as they last"
    done = {"leave_out": "left out", "first": "cut to their first part", "last": "cut to their last part"}[
        rule
    ]
    return f"intervals over {longest_h:g} hours {done}"


def _clipped(n: int, longest_h: float | None, rule: LongRule) -> tuple[Sentence, ...]:
    if not n or longest_h is None:
        return ()
    return (Sentence(CLIPPED.code, CLIPPED.template, {"n": str(n), "hours": f"{longest_h:g}", "part": rule}),)
