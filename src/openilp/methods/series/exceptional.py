"""Counts beside the range that earlier periods let one expect."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from openilp.methods.arrays import FloatArray
from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.series.counts import CYCLE, Counts, Unit, count_periods
from openilp.methods.series.left_out import LeftOut
from openilp.methods.series.poisson import PoissonFit, fit_poisson
from openilp.methods.space.significance import false_discovery_rate

# With fewer earlier periods the range is a guess.
LEAST_EARLIER = 12
# Noufaily et al. 2013 weight down Anscombe residuals beyond 2.58 (1 % two-sided).
_OUTLYING = 2.58
NO_SEASON = Sentence(
    "exceptional_no_season",
    "Fewer than two full cycles lie before the watched %(unit)ss, so a season is part of the unexpected.",
)
FLOODS = Sentence(
    "exceptional_reasons",
    "An exceptional count is a reason to look: recording, a campaign or one active offender can all lie behind it.",
)
NOT_FITTED = Sentence(
    "exceptional_steady", "The earlier counts do not determine a trend; their mean stands for it."
)


@dataclass(frozen=True, slots=True)
class WatchedCount:
    """One watched period.

    Attributes:
        period: Its name.
        count: Events.
        expected: Events that the earlier periods let one expect.
        low: Lower end of the expected range.
        high: Upper end of it.
        probability: Two-sided probability of a count at least as far out, had nothing changed.
        q: The same, adjusted for the number of watched periods (Benjamini-Hochberg).
        exceptional: `high`, `low`, or None when the count is within what one expects.
    """

    period: str
    count: int
    expected: float
    low: int
    high: int
    probability: float
    q: float
    exceptional: Literal["high", "low"] | None


@dataclass(frozen=True, slots=True)
class ExceptionalCounts(Result):
    """The last periods beside their expected ranges.

    Attributes:
        watched: The watched periods with data, in order of time.
        level: Coverage of the range.
        dispersion: Variance over that of chance in the periods before the last watched one; 1 or more.
        seasonal: Whether a season was part of the expectation.
        n: Events in all.
        unit: `day`, `week` or `month`.
        n_earlier: Periods with data before the first watched one.
        left_out: Rows that did not enter, with the reason.
        method: How it was computed.
        cautions: What the reader must know.
    """

    watched: tuple[WatchedCount, ...]
    level: float
    dispersion: float
    seasonal: bool
    n: int
    unit: str
    n_earlier: int
    left_out: tuple[LeftOut, ...]
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will name the periods out of the ordinary."""
        found = [item for item in self.watched if item.exceptional]
        if not found:
            return Sentence(
                "nothing_exceptional",
                "None of the %(n)s watched %(unit)ss is out of the ordinary.",
                {"n": str(len(self.watched)), "unit": self.unit},
            )
        described = "; ".join(
            f"{item.period} with {item.count} events is {item.exceptional} ({item.low} to {item.high} expected)"
            for item in found
        )
        return Sentence("exceptional", "Out of the ordinary: %(periods)s.", {"periods": described})

    def plot(self) -> Plot:
        """This function will draw the watched counts over their expected ranges."""
        return lines(
            f"Events a {self.unit} and the range to expect",
            [item.period for item in self.watched],
            [
                Line("counts", [float(item.count) for item in self.watched]),
                Line(
                    "expected",
                    [item.expected for item in self.watched],
                    [float(item.low) for item in self.watched],
                    [float(item.high) for item in self.watched],
                    dashed=True,
                ),
            ],
            x_name=self.unit,
            y_name="events",
        )


def exceptional_counts(
    times: Any,
    *,
    unit: Unit = "week",
    watch: int = 4,
    level: float = 0.95,
    first: str | None = None,
    last: str | None = None,
    gaps: Iterable[str] = (),
    now: np.datetime64 | None = None,
) -> ExceptionalCounts:
    """This function will set the last counts beside the range that the earlier ones let one expect.

    Question:
        Is this week (month, day) out of the ordinary, given season, trend and the usual unrest?

    Assumptions:
        - Trend and season go on as before; counts vary independently, more than chance by a constant factor.
        - The data cover every period that is not declared a gap, and the last period is complete or its
          covered days are stated with `last`.

    Traps:
        - Late entries make the last period look low.
        - One in twenty ordinary periods lies outside a 95 % range: `q` allows for how many are watched.
        - Earlier exceptional periods would widen the range; they are weighted down.

    Args:
        times: (n,) local times, dates or months.
        unit: `day`, `week` or `month`.
        watch: How many of the last periods to judge; each from the periods before it only.
        level: Coverage of the expected range.
        first: First day that the data cover, as in `count_periods`.
        last: Last day that they cover.
        gaps: Periods without data.
        now: Later events are left out and named.

    Returns:
        Each watched count with its expected range.

    Raises:
        TooFew: If fewer than twelve periods with data lie before the first watched one.
        BadValue: If `watch` or `level` lies outside its range.
        GapHasEvents: If a gap holds events.

    Oracle:
        The range of a steady over-dispersed series covers as often as it says; a planted peak is found and does not
        widen the range of the next (`test_exceptional.py`).

    Cost:
        One regression of n periods, twice for each watched one.

    Not for:
        Rare events, whose range is 0 to 1 or 2; the effect of a measure.

    Source:
        Farrington, Andrews, Beale and Catchpole, Journal of the Royal Statistical Society A 159 (1996);
        reweighting and negative binomial range: Noufaily et al., Statistics in Medicine 32 (2013).
    """
    if watch < 1:
        raise BadValue("watch", watch, "give 1 or more periods")
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.95")
    counts = count_periods(times, unit=unit, first=first, last=last, gaps=gaps, now=now)
    rows = np.flatnonzero(counts.present)
    judged = rows[rows >= len(counts) - watch]
    n_earlier = int((rows < len(counts) - watch).sum())
    if n_earlier < LEAST_EARLIER:
        raise TooFew(f"{unit}s with data before the watched ones", n_earlier, LEAST_EARLIER)
    if not len(judged):
        raise TooFew(f"watched {unit}s with data", 0, 1)
    ranges = [_range(counts, int(row), level) for row in judged]
    q = false_discovery_rate(np.array([found.probability for found in ranges]))
    watched = tuple(
        WatchedCount(
            counts.labels[row],
            int(counts.events[row]),
            found.expected,
            found.low,
            found.high,
            found.probability,
            float(adjusted),
            found.side if adjusted <= 1 - level else None,
        )
        for row, found, adjusted in zip(judged, ranges, q, strict=True)
    )
    return ExceptionalCounts(
        watched=watched,
        level=level,
        dispersion=ranges[-1].dispersion,
        seasonal=ranges[-1].seasonal,
        n=int(counts.events.sum()),
        unit=unit,
        n_earlier=n_earlier,
        left_out=counts.left_out,
        method=Sentence(
            "farrington",
            "Quasi-Poisson trend%(season)s through the earlier %(unit)ss with exceptional ones weighted down; negative "
            "binomial range at %(level)s, corrected for %(watched)s watched %(unit)ss.",
            {
                "season": " and season" if ranges[-1].seasonal else "",
                "unit": unit,
                "level": f"{level:.0%}",
                "watched": str(len(watched)),
            },
        ),
        cautions=(
            *counts.cautions,
            FLOODS,
            *(() if ranges[-1].seasonal else (Sentence(NO_SEASON.code, NO_SEASON.template, {"unit": unit}),)),
            *((NOT_FITTED,) if any(found.steady for found in ranges) else ()),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Range:
    expected: float
    low: int
    high: int
    probability: float
    side: Literal["high", "low"]
    dispersion: float
    seasonal: bool
    steady: bool


def _range(counts: Counts, row: int, level: float) -> _Range:
    earlier = np.flatnonzero(counts.present[:row])
    cycle = CYCLE[counts.unit]
    seasonal = len(earlier) >= 2 * cycle
    design = _design(len(counts), cycle, row, seasonal=seasonal)
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            fit = _fit_reweighted(counts, earlier, design)
            steady = False
    except (ArithmeticError, np.linalg.LinAlgError):
        design, steady, seasonal = np.ones((len(counts), 1)), True, False
        fit = fit_poisson(
            np.maximum(counts.events[earlier], 1e-6).astype(np.float64), design[earlier], counts.days[earlier]
        )
    mean = float(counts.days[row] * np.exp(design[row] @ fit.coefficients))
    dispersion = max(1.0, fit.dispersion)
    # The mean's own error on the log scale, by the delta method.
    variance = dispersion * mean + mean**2 * float(design[row] @ fit.covariance @ design[row])
    law = (
        stats.nbinom(mean**2 / (variance - mean), mean / variance)
        if variance > mean * (1 + 1e-9)
        else stats.poisson(mean)
    )
    low, high = (int(edge) for edge in law.ppf([(1 - level) / 2, (1 + level) / 2]))
    count = int(counts.events[row])
    above, below = float(law.sf(count - 1)), float(law.cdf(count))
    side: Literal["high", "low"] = "high" if above < below else "low"
    return _Range(mean, low, high, min(1.0, 2 * min(above, below)), side, dispersion, seasonal, steady)


def _design(n: int, cycle: int, row: int, *, seasonal: bool) -> FloatArray:
    years = (np.arange(n) - row) / cycle
    columns = [np.ones(n), years]
    if seasonal:
        # Two harmonics for a year; a week of days has three, which is its whole shape.
        for harmonic in range(1, 4 if cycle == 7 else 3):
            columns += [np.cos(2 * np.pi * harmonic * years), np.sin(2 * np.pi * harmonic * years)]
    return np.stack(columns, axis=1)


def _fit_reweighted(counts: Counts, earlier: Any, design: FloatArray) -> PoissonFit:
    events, days = counts.events[earlier].astype(np.float64), counts.days[earlier]
    fit = fit_poisson(events, design[earlier], days)
    size = np.abs(fit.residuals) / np.sqrt(max(1.0, fit.dispersion))
    weight = np.where(size > _OUTLYING, (_OUTLYING / np.maximum(size, _OUTLYING)) ** 2, 1.0)
    if (weight == 1).all():
        return fit
    # Counts and exposure with the same weight give the weighted score equations.
    return fit_poisson(events * weight, design[earlier], days * weight)
