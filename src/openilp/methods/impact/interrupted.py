"""A series that a measure interrupts: the step and the bend that it left in it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from openilp.methods.arrays import BoolArray, FloatArray, same_length
from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.impact.panel import counts_row
from openilp.methods.impact.picture import interval
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence
from openilp.methods.series.poisson import PoissonFit, fit_poisson

# A line through fewer periods describes noise.
_LEAST_BEFORE, _LEAST_AFTER = 6, 3
# Below this many placebo dates their share says nothing.
_LEAST_PLACEBOS = 5
ONE_BREAK = Sentence(
    "one_break",
    "Whatever else changed at the same time is counted as effect of the measure; a control series guards against it.",
)
LINEAR = Sentence("linear", "Without the measure the trend is assumed to have gone on as it was.")
CONTROLLED = Sentence(
    "controlled", "The control series is assumed to have met every other change, and not the measure."
)
GAPS = Sentence("gaps", "%(n)s periods have no data and are left out, never counted as 0.")
PLACEBO = Sentence(
    "placebo_dates",
    "Of %(n)s dates before the measure, %(share)s show a step as large: the series is restless.",
)


@dataclass(frozen=True, slots=True)
class InterruptedSeries(Result):
    """The change at the start of a measure.

    Attributes:
        step: Factor by which the level changed at once; relative to the control series where there is one.
        bend: Factor by which the trend changed, per period; None when only a step was asked for.
        prevented: Events fewer than expected since the start; negative means more.
        expected: Value expected in each period without the measure.
        fitted: Value of the fitted series in each period.
        observed: Counts; None is a gap.
        start: Position of the first period with the measure.
        dispersion: Variance of the counts around the fit over that of chance.
        correlation: Of neighbouring residuals.
        placebo_share: Share of earlier dates with a step as large as this one; None with too few dates.
        n: Events.
        method: How it was computed.
        cautions: What the reader must know.
    """

    step: Estimate
    bend: Estimate | None
    prevented: Estimate
    expected: tuple[float, ...]
    fitted: tuple[float, ...]
    observed: tuple[int | None, ...]
    start: int
    dispersion: float
    correlation: float
    placebo_share: float | None
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say the step and what was prevented."""
        facts = {"step": interval(self.step), "prevented": interval(self.prevented, 1)}
        return Sentence(
            "interrupted",
            "At the start the level changed to %(step)s times what it was; events prevented since: %(prevented)s.",
            facts,
        )

    def plot(self) -> Plot:
        """This function will draw counts, fit and expectation."""
        observed = [float("nan") if count is None else float(count) for count in self.observed]
        expected = [
            float("nan") if place < self.start else value for place, value in enumerate(self.expected)
        ]
        return lines(
            f"Counts by period; the measure starts with period {self.start + 1}",
            [float(place + 1) for place in range(len(observed))],
            (
                Line("observed", observed),
                Line("fitted", self.fitted),
                Line("expected without the measure", expected, dashed=True),
            ),
            x_name="period",
            y_name="events",
        )


def interrupted_series(
    counts: Any,
    start: int,
    *,
    control: Any = None,
    exposure: Any = None,
    season: int | None = None,
    bend: bool = True,
    level: float = 0.95,
) -> InterruptedSeries:
    """This function will fit the step and the bend that a measure left in a series of counts.

    Question:
        Did the series change its level or its trend when the measure started, beyond its season and what a control
        series did?

    Assumptions:
        - Without the measure the trend would have gone on, or bent as that of the control series.
        - One start, known beforehand and not chosen by looking at the series.

    Traps:
        - Neighbouring periods resemble each other; errors that ignore it find effects in noise. These do not.
        - A measure that starts after a peak is followed by a fall anyway.
        - Months without a delivery of data look like a success: give None, never 0.

    Args:
        counts: Events by period, in order; None is a gap.
        start: Position of the first period with the measure, from 0.
        control: The same for a series out of reach of the measure.
        exposure: Length of each period, for example days of the month; 1 each when left out.
        season: Periods in a year (12, 52) to fit one harmonic; None is without a season.
        bend: Whether the trend may change too; without it all effect is in the step.
        level: Coverage of the intervals.

    Returns:
        Step, bend and events prevented, with intervals that allow for over-dispersion and for neighbouring
        periods that resemble each other.

    Raises:
        TooFew: With fewer than 6 periods before or 3 after, or no event before or after.
        LengthMismatch: If the series differ in length.
        BadValue: If a count, an exposure, the start or the level lies outside its range.

    Oracle:
        Recovery of a planted step and bend; false positives in series with correlated noise; the covariance against
        a double sum (`test_interrupted.py`).

    Cost:
        Linear in the number of periods, times the number of placebo dates.

    Not for:
        Fewer than about twelve periods in all (`before_after`), or measures that start in several places at several
        times (`difference_in_differences`).

    Source:
        Bernal, Cummins and Gasparrini, International Journal of Epidemiology 46 (2017), segmented quasi-Poisson
        regression; covariance: Newey and West, Econometrica 55 (1987), never below the quasi-Poisson one.
    """
    series = [counts_row("counts", counts)]
    if control is not None:
        series.append(counts_row("control", control))
    lengths = counts_row("exposure", exposure if exposure is not None else [1.0] * len(counts), whole=False)
    _check(series, lengths, start, season, level)
    model = _Model.of(series, lengths, season=season, bend=bend)
    fit = model.fit(start)
    if fit is None:
        raise TooFew("periods with events, spread enough to fit a trend before and after", 0, 1)
    covariance = model.covariance(fit, start)
    quantile = float(stats.t.ppf((1 + level) / 2, fit.freedom))
    effects = model.effects
    step, *bent = (
        _factor(fit.coefficients[place], covariance[place, place], quantile, level, len(model.counts))
        for place in effects
    )
    expected, prevented = _prevented(model, fit, covariance, start, quantile, level)
    share, n_placebos = _placebos(model, start, abs(float(fit.coefficients[effects[0]])))
    gaps = sum(int(np.isnan(row).sum()) for row in series)
    return InterruptedSeries(
        step=step,
        bend=bent[0] if bent else None,
        prevented=prevented,
        expected=tuple(expected.tolist()),
        fitted=tuple((lengths * np.exp(model.rows(start, treated_only=True) @ fit.coefficients)).tolist()),
        observed=tuple(None if np.isnan(count) else int(count) for count in series[0]),
        start=start,
        dispersion=fit.dispersion,
        correlation=model.correlation(fit),
        placebo_share=share,
        n=int(model.counts.sum()),
        method=Sentence(
            "interrupted_series",
            "Segmented quasi-Poisson regression%(control)s, Newey-West errors, t interval at %(level)s; %(n)s periods "
            "with data.",
            {
                "control": " with a control series" if control is not None else "",
                "level": f"{level:.0%}",
                "n": str(len(model.counts)),
            },
        ),
        cautions=_cautions(control is not None, gaps, share, n_placebos),
    )


def _check(
    series: list[FloatArray], lengths: FloatArray, start: int, season: int | None, level: float
) -> None:
    n = same_length(counts=series[0], control=series[1] if len(series) > 1 else None, exposure=lengths)
    if not 0 <= start < n:
        raise BadValue("start", start, f"give a position from 0 to {n - 1}")
    if (wrong := np.flatnonzero(~(lengths > 0))).size:
        raise BadValue(f"exposure of row {wrong[0] + 1}", lengths[wrong[0]], "give a length above 0")
    if season is not None and season < 2:
        raise BadValue("season", season, "give the number of periods in a year, for example 12")
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.95")
    for row in series:
        known = ~np.isnan(row)
        for what, part, least in (
            ("periods with data before the start", row[:start][known[:start]], _LEAST_BEFORE),
            ("periods with data from the start on", row[start:][known[start:]], _LEAST_AFTER),
        ):
            if len(part) < least:
                raise TooFew(what, len(part), least)
            if part.sum() == 0:
                raise TooFew(what.replace("periods with data", "events"), 0, 1)


@dataclass(frozen=True, slots=True)
class _Model:
    """The stacked series: the treated one first, then the control, without gaps."""

    counts: FloatArray
    exposure: FloatArray
    time: FloatArray
    treated: BoolArray
    n_periods: int
    controlled: bool
    season: int | None
    bend: bool

    @classmethod
    def of(cls, series: list[FloatArray], lengths: FloatArray, *, season: int | None, bend: bool) -> "_Model":
        n = len(lengths)
        stacked = np.concatenate(series)
        known = ~np.isnan(stacked)
        return cls(
            counts=stacked[known],
            exposure=np.tile(lengths, len(series))[known],
            time=np.tile(np.arange(n, dtype=np.float64), len(series))[known],
            treated=(np.arange(len(stacked)) < n)[known],
            n_periods=n,
            controlled=len(series) > 1,
            season=season,
            bend=bend,
        )

    @property
    def effects(self) -> tuple[int, ...]:
        """Return the columns of the step and the bend of the treated series."""
        return (0, 1) if self.bend else (0,)

    def rows(self, start: int, *, treated_only: bool = False, without: bool = False) -> FloatArray:
        """Return the design; without the measure, the treated series keeps what the control did too."""
        time = np.arange(self.n_periods, dtype=np.float64) if treated_only else self.time
        treated = np.ones(len(time), dtype=bool) if treated_only else self.treated
        after = (time >= start).astype(np.float64)
        since = after * (time - start)
        works = treated * (0.0 if without else 1.0)
        columns = [after * works, *([since * works] if self.bend else []), np.ones(len(time))]
        centred = (time - start) / self.n_periods
        columns.append(centred)
        if self.controlled:
            columns += [treated * 1.0, treated * centred, after, *([since] if self.bend else [])]
        if self.season:
            angle = 2 * np.pi * time / self.season
            columns += [np.cos(angle), np.sin(angle)]
        return np.stack(columns, axis=1)

    def fit(self, start: int) -> PoissonFit | None:
        """Fit with the measure at a date; None where the data do not determine it."""
        design = self.rows(start)
        if len(design) <= design.shape[1] or np.linalg.matrix_rank(design) < design.shape[1]:
            return None
        try:
            with np.errstate(over="raise", invalid="raise", divide="raise"):
                return fit_poisson(self.counts, design, self.exposure)
        except (ArithmeticError, np.linalg.LinAlgError):
            return None

    def covariance(self, fit: PoissonFit, start: int) -> FloatArray:
        """Return Newey and West's covariance, in no direction below the quasi-Poisson one."""
        design = self.rows(start)
        bread = np.linalg.inv(design.T @ (design * fit.fitted[:, None]))
        scores = design * (self.counts - fit.fitted)[:, None]
        # The usual rule of thumb for the number of lags.
        lags = int(np.floor(4 * (self.n_periods / 100) ** (2 / 9)))
        meat = scores.T @ scores
        for lag in range(1, lags + 1):
            product = np.zeros_like(meat)
            for part in (self.treated, ~self.treated):
                own, time = scores[part], self.time[part]
                place = {int(t): i for i, t in enumerate(time)}
                pairs = [(i, place[int(t) - lag]) for i, t in enumerate(time) if int(t) - lag in place]
                for later, earlier in pairs:
                    product += np.outer(own[later], own[earlier])
            meat += (1 - lag / (lags + 1)) * (product + product.T)
        found = bread @ meat @ bread * len(design) / fit.freedom
        # In the directions in which both are seen at once, the larger of the two variances.
        root = np.linalg.cholesky(fit.covariance)
        inner = np.linalg.solve(root, np.linalg.solve(root, found).T)
        variances, axes = np.linalg.eigh((inner + inner.T) / 2)
        turned = root @ axes
        return np.asarray(turned * np.maximum(variances, 1.0) @ turned.T)

    def correlation(self, fit: PoissonFit) -> float:
        """Return the correlation of neighbouring residuals within the series."""
        follows = (np.diff(self.time) == 1) & (self.treated[1:] == self.treated[:-1])
        power = float((fit.residuals**2).mean())
        products = fit.residuals[1:][follows] * fit.residuals[:-1][follows]
        return float(products.mean()) / power if follows.any() and power > 0 else 0.0


def _factor(coefficient: float, variance: float, quantile: float, level: float, n: int) -> Estimate:
    reach = quantile * float(np.sqrt(variance))
    return Estimate(
        float(np.exp(coefficient)),
        float(np.exp(coefficient - reach)),
        float(np.exp(coefficient + reach)),
        level,
        n,
    )


def _prevented(
    model: _Model, fit: PoissonFit, covariance: FloatArray, start: int, quantile: float, level: float
) -> tuple[FloatArray, Estimate]:
    """Return what was expected without the measure, and how much less there was."""
    design = model.rows(start, treated_only=True, without=True)
    lengths = np.ones(model.n_periods)
    lengths[model.time[model.treated].astype(int)] = model.exposure[model.treated]
    expected = lengths * np.exp(design @ fit.coefficients)
    after = model.treated & (model.time >= start)
    places = model.time[after].astype(int)
    gradient = (expected[places, None] * design[places]).sum(axis=0)
    # What would have happened varies around its expectation as counts do.
    variance = gradient @ covariance @ gradient + max(fit.dispersion, 1.0) * expected[places].sum()
    value = float(expected[places].sum() - model.counts[after].sum())
    reach = quantile * float(np.sqrt(variance))
    return expected, Estimate(value, value - reach, value + reach, level, int(model.counts[after].sum()))


def _placebos(model: _Model, start: int, step: float) -> tuple[float | None, int]:
    """Return the share of earlier dates whose step, in the series before the measure, is as large."""
    before = model.time < start
    early = _Model(
        counts=model.counts[before],
        exposure=model.exposure[before],
        time=model.time[before],
        treated=model.treated[before],
        n_periods=start,
        controlled=model.controlled,
        season=model.season,
        bend=False,
    )
    fits = (early.fit(date) for date in range(_LEAST_BEFORE, start - _LEAST_AFTER + 1))
    steps = [abs(float(fit.coefficients[0])) for fit in fits if fit is not None]
    if len(steps) < _LEAST_PLACEBOS:
        return None, len(steps)
    return float(np.mean(np.array(steps) >= step)), len(steps)


def _cautions(controlled: bool, gaps: int, share: float | None, n_placebos: int) -> tuple[Sentence, ...]:
    cautions = [CONTROLLED if controlled else ONE_BREAK, LINEAR]
    if gaps:
        cautions.append(Sentence(GAPS.code, GAPS.template, {"n": str(gaps)}))
    # One in ten by chance is the most that a reader should let pass without a word.
    if share is not None and share > 0.1:
        facts = {"n": str(n_placebos), "share": f"{share:.0%}"}
        cautions.append(Sentence(PLACEBO.code, PLACEBO.template, facts))
    return tuple(cautions)
