"""Trend and season of counts, taken apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from openilp.methods.arrays import FloatArray, freeze
from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.series.counts import CYCLE, Unit, count_periods
from openilp.methods.series.left_out import LeftOut
from openilp.methods.series.stl import decompose

NO_TEST = Sentence(
    "stl_describes",
    "The decomposition describes; it has no interval. Whether a change is more than chance is for the trend or the "
    "change points to say.",
)
ENDS = Sentence("stl_ends", "Trend and season are least certain in the first and the last cycle.")


@dataclass(frozen=True, slots=True)
class Season(Result):
    """Counts per period of full length, as trend, season and remainder.

    Attributes:
        periods: (n,) names of the periods.
        counts: (n,) events per full period; NaN in gaps.
        trend: (n,) slow part.
        seasonal: (n,) part that repeats.
        remainder: (n,) what is left; NaN in gaps.
        cycle: Periods in a season.
        seasonal_strength: 0 to 1: share of the variance left after the trend that the season explains.
        trend_strength: 0 to 1: share of the variance left after the season that the trend explains.
        peak: Name of the period with the highest season in the last full cycle.
        n: Events.
        unit: `day`, `week` or `month`.
        n_periods: Periods with data.
        left_out: Rows that did not enter, with the reason.
        method: How it was computed.
        cautions: What the reader must know.
    """

    periods: tuple[str, ...]
    counts: FloatArray
    trend: FloatArray
    seasonal: FloatArray
    remainder: FloatArray
    cycle: int
    seasonal_strength: float
    trend_strength: float
    peak: str
    n: int
    unit: str
    n_periods: int
    left_out: tuple[LeftOut, ...]
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how strong the season is and where the trend went."""
        return Sentence(
            "season_summary",
            "The season explains %(season)s of the variance that the trend leaves, and is highest around %(peak)s; the "
            "trend moved from %(from)s to %(to)s events a %(unit)s.",
            {
                "season": f"{self.seasonal_strength:.0%}",
                "peak": self.peak,
                "from": f"{self.trend[0]:.1f}",
                "to": f"{self.trend[-1]:.1f}",
                "unit": self.unit,
            },
        )

    def plot(self) -> Plot:
        """This function will draw counts, trend, and trend with season."""
        return lines(
            f"Events a {self.unit}: trend and season",
            self.periods,
            [
                Line("counts", self.counts),
                Line("trend", self.trend),
                Line("trend and season", self.trend + self.seasonal, dashed=True),
            ],
            x_name=self.unit,
            y_name="events",
        )


def season(
    times: Any,
    *,
    unit: Unit = "month",
    cycle: int | None = None,
    seasonal_window: int = 7,
    robust: bool = False,
    first: str | None = None,
    last: str | None = None,
    gaps: Iterable[str] = (),
    now: np.datetime64 | None = None,
) -> Season:
    """This function will take the counts of days, weeks or months apart into trend, season and remainder.

    Question:
        Which part of the ups and downs comes back every year (or week), and what moves underneath?

    Assumptions:
        - The season changes slowly from cycle to cycle and adds to the trend.
        - The data cover every period that is not declared a gap.

    Traps:
        - A month without a delivery of data counts as a collapse unless it is declared a gap.
        - At the ends the trend follows the last few points; do not extrapolate it.
        - A short `seasonal_window` lets the season swallow real changes.

    Args:
        times: (n,) local times, dates or months.
        unit: `day`, `week` or `month`.
        cycle: Periods in a season: 7, 52 or 12 when left out.
        seasonal_window: Odd number of cycles, 7 or more, that share the shape of the season.
        robust: Whether exceptional periods are kept from bending trend and season.
        first: First day that the data cover, as in `count_periods`.
        last: Last day that they cover.
        gaps: Periods without data.
        now: Later events are left out and named.

    Returns:
        The parts by period, and how strong trend and season are.

    Raises:
        TooFew: If there are fewer than two cycles of periods with data.
        BadValue: If the cycle or the window cannot be.
        GapHasEvents: If a gap holds events.

    Oracle:
        statsmodels `STL` 0.15 on monthly Chicago burglary and, plain and robust, on a planted series, to nine digits;
        a planted trend and season are recovered; parts add up (`test_season.py`).

    Cost:
        Time n times the widest window, 5 passes (30 when robust).

    Not for:
        Deciding whether a change is more than chance; fewer than two full cycles.

    Source:
        Cleveland, Cleveland, McRae and Terpenning, "STL: a seasonal-trend decomposition procedure based on
        loess", Journal of Official Statistics 6 (1990); strengths: Wang, Smith and Hyndman, Data Mining and
        Knowledge Discovery 13 (2006).
    """
    counts = count_periods(times, unit=unit, first=first, last=last, gaps=gaps, now=now)
    cycle = CYCLE[counts.unit] if cycle is None else cycle
    if cycle < 2:
        raise BadValue("cycle", cycle, "give 2 or more periods, for example 12 months")
    if seasonal_window < 7 or seasonal_window % 2 == 0:
        raise BadValue("seasonal_window", seasonal_window, "give an odd number of 7 or more")
    present = counts.present
    if len(counts) < 2 * cycle or int(present.sum()) < 2 * cycle:
        raise TooFew(f"{unit}s with data", int(present.sum()), 2 * cycle)
    per_full = np.full(len(counts), np.nan)
    per_full[present] = counts.events[present] * counts.whole[present] / counts.days[present]
    parts = decompose(per_full, cycle, seasonal=seasonal_window, robust=robust)
    shares = tuple(
        _strength(parts.remainder[present], part[present]) for part in (parts.seasonal, parts.trend)
    )
    peak = counts.labels[len(counts) - cycle + int(parts.seasonal[-cycle:].argmax())]
    freeze(per_full, parts.trend, parts.seasonal, parts.remainder)
    return Season(
        periods=counts.labels,
        counts=per_full,
        trend=parts.trend,
        seasonal=parts.seasonal,
        remainder=parts.remainder,
        cycle=cycle,
        seasonal_strength=shares[0],
        trend_strength=shares[1],
        peak=peak,
        n=int(counts.events.sum()),
        unit=unit,
        n_periods=int(present.sum()),
        left_out=counts.left_out,
        method=Sentence(
            "stl",
            "STL of events per full %(unit)s, cycle %(cycle)s, seasonal window %(window)s%(robust)s; %(n)s events.",
            {
                "unit": counts.unit,
                "cycle": str(cycle),
                "window": str(seasonal_window),
                "robust": ", robust" if robust else "",
                "n": str(int(counts.events.sum())),
            },
        ),
        cautions=(*counts.cautions, NO_TEST, ENDS),
    )


def _strength(remainder: FloatArray, part: FloatArray) -> float:
    together = float(np.var(remainder + part))
    return max(0.0, 1 - float(np.var(remainder)) / together) if together > 0 else 0.0
