"""Counts by month, with gaps that stay gaps, and the trend through them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from openilp.methods.arrays import BoolArray, FloatArray, IntArray, TimeArray, to_numpy
from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue, GapHasEvents, TooFew
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence
from openilp.methods.series.poisson import PoissonFit, fit_poisson

# Below six months a slope says nothing; two full years are the least to tell a season from a trend.
LEAST_MONTHS = 6
LEAST_MONTHS_FOR_SEASON = 24
# A slope through fewer months with events than it has parameters, and one more, describes noise.
LEAST_MONTHS_WITH_EVENTS = 3
GAPS = Sentence("gaps", "No data for %(months)s: shown as gaps, left out of the trend, never counted as 0.")
EMPTY_MONTHS = Sentence(
    "empty_months",
    "No event at all in %(months)s: if the data were not delivered, declare the months as gaps.",
)
NO_SEASON = Sentence(
    "no_season",
    "Fewer than two years of data: a season cannot be told from a trend.",
)
NO_TREND = Sentence("no_trend", "Fewer than six months of data: no trend is computed.")
UNDETERMINED = Sentence(
    "undetermined",
    "The events lie in too few months to determine a trend; the counts stand for themselves.",
)
CORRELATED = Sentence(
    "correlated",
    "Neighbouring months resemble each other (correlation %(r)s), so the interval of the trend is too narrow.",
)


@dataclass(frozen=True, slots=True)
class MonthCount:
    """One month of the series.

    Attributes:
        month: `YYYY-MM`.
        count: Events; None in a gap.
        expected: Value of the fitted trend; None without a trend. Given in gaps too.
    """

    month: str
    count: int | None
    expected: float | None


@dataclass(frozen=True, slots=True)
class MonthlyTrend(Result):
    """Counts by month and the yearly change.

    Attributes:
        months: Every month from the first to the last.
        yearly_ratio: Factor per year (0.9 is 10 % fewer); None with too few months. Its n is the number
            of months.
        dispersion: Variance of the counts around the trend over that of chance; None without a trend.
        seasonal: Whether a yearly season was fitted beside the trend.
        n: Events.
        n_without_month: Events left out because their month is missing.
        method: How it was computed.
        cautions: What the reader must know.
    """

    months: tuple[MonthCount, ...]
    yearly_ratio: Estimate | None
    dispersion: float | None
    seasonal: bool
    n: int
    n_without_month: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say the change per year with its interval."""
        ratio = self.yearly_ratio
        if ratio is None or ratio.value is None:
            return NO_TREND if len(self.months) < LEAST_MONTHS else UNDETERMINED
        return Sentence(
            "yearly_change",
            "The events change by the factor %(ratio)s a year (%(low)s to %(high)s, %(level)s).",
            {
                "ratio": f"{ratio.value:.2f}",
                "low": f"{ratio.low:.2f}",
                "high": f"{ratio.high:.2f}",
                "level": f"{ratio.level:.0%}",
            },
        )

    def plot(self) -> Plot:
        """This function will draw the months with the fitted trend."""
        counts = [np.nan if month.count is None else float(month.count) for month in self.months]
        fitted = [np.nan if month.expected is None else month.expected for month in self.months]
        series = [Line("counts", counts)]
        if np.isfinite(fitted).any():
            series.append(Line("trend", fitted, dashed=True))
        return lines(
            "Events by month", [month.month for month in self.months], series, x_name="month", y_name="events"
        )


def monthly_trend(
    months: Any,
    *,
    gaps: Iterable[str] = (),
    first: str | None = None,
    last: str | None = None,
    level: float = 0.95,
) -> MonthlyTrend:
    """This function will count events by month and fit the trend through the months with data.

    Question:
        Do these events become more or fewer from year to year, season apart, and how sure is that?

    Assumptions:
        - One constant rate of change; it extrapolates nothing.
        - Months vary independently around it, by a constant factor more than chance.
        - Every month that is not declared a gap is complete.

    Traps:
        - A month without a delivery of data is a gap, not a zero.
        - With less than two years a season cannot be told from a trend.
        - Neighbouring months that resemble each other make the interval too narrow; a caution says so.

    Args:
        months: One month or date per event: datetime64, Arrow dates, or text that begins `YYYY-MM`;
            None or NaT where it is missing.
        gaps: Months (`YYYY-MM`) without a delivery of data.
        first: First month of the series; the first with an event when left out.
        last: Last month of the series.
        level: Coverage of the interval.

    Returns:
        Every month with its count or None, and the factor per year with its interval.

    Raises:
        TooFew: If no event has a month.
        GapHasEvents: If a gap holds events.
        BadValue: If a month cannot be read or lies outside `first` to `last`.

    Oracle:
        A planted trend with a season and a gap is recovered; intervals cover it in restless counts (`test_trend.py`).

    Cost:
        A regression on the number of months.

    Not for:
        Sudden changes (use `change_points`); whether the last month is unusual (use `exceptional_counts`).

    Source:
        Quasi-Poisson regression on time with the days of the month as exposure and, from two years on,
        one yearly harmonic: McCullagh and Nelder, Generalized Linear Models, sections 2.5 and 6.2.
    """
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.95")
    column = month_column("months", months)
    known = column[~np.isnat(column)]
    if known.size == 0:
        raise TooFew("events with a month", 0, 1)
    span = _span(known, first, last)
    counts = np.bincount((known - span[0]).astype(np.int64), minlength=len(span))
    missing = _gap_mask(span, counts, gaps)
    cautions = _data_cautions(span, counts, missing)
    enough = int((~missing).sum()) >= LEAST_MONTHS
    seasonal = enough and int((~missing).sum()) >= LEAST_MONTHS_FOR_SEASON
    expected: list[float | None] = [None] * len(span)
    ratio, fit = None, None
    if not enough:
        cautions.append(NO_TREND)
    elif int((counts > 0).sum()) < LEAST_MONTHS_WITH_EVENTS:
        seasonal = False
        cautions.append(UNDETERMINED)
    else:
        try:
            with np.errstate(over="raise", invalid="raise", divide="raise"):
                fit, ratio, values = _fit(span, counts, missing, seasonal=seasonal, level=level)
            expected = [float(value) for value in values]
            cautions += _fit_cautions(fit, missing, seasonal)
        except (ArithmeticError, np.linalg.LinAlgError):
            seasonal = False
            cautions.append(UNDETERMINED)
    return MonthlyTrend(
        months=tuple(
            MonthCount(str(month), None if gap else int(count), value)
            for month, count, gap, value in zip(span, counts, missing, expected, strict=True)
        ),
        yearly_ratio=ratio,
        dispersion=fit.dispersion if fit else None,
        seasonal=seasonal,
        n=int(known.size),
        n_without_month=int(column.size - known.size),
        method=Sentence(
            "monthly_quasi_poisson",
            "Events per month; quasi-Poisson trend on time%(season)s, exposure in days, interval at %(level)s; "
            "%(months)s months with data, %(n)s events.",
            {
                "season": " with one yearly harmonic" if seasonal else "",
                "level": f"{level:.0%}",
                "months": str(int((~missing).sum())),
                "n": str(int(known.size)),
            },
        ),
        cautions=tuple(cautions),
    )


def month_column(name: str, values: Any) -> TimeArray:
    """This function will turn a column into months.

    Args:
        name: The column's name, for the error message.
        values: Dates, times, or text that begins `YYYY-MM`.

    Returns:
        (n,) datetime64[M], NaT where a value is missing.

    Raises:
        BadValue: If a value cannot be read as a month.
    """
    raw = to_numpy(values)
    if raw.dtype.kind not in "MOUS" and raw.size:
        raise BadValue(name, f"of type {raw.dtype}", "give dates or text such as 2024-05")
    try:
        if raw.dtype.kind == "M":
            return raw.astype("datetime64[M]")
        distinct, place = np.unique([_first_seven(value) for value in raw], return_inverse=True)
        return distinct.astype("datetime64[M]")[place]
    except ValueError as error:
        raise BadValue(name, str(error), "give dates or text such as 2024-05") from error


def _first_seven(value: object) -> str:
    return "NaT" if value is None or value != value else str(value)[:7]


def _span(known: TimeArray, first: str | None, last: str | None) -> TimeArray:
    begin = month_column("first", [first])[0] if first else known.min()
    end = month_column("last", [last])[0] if last else known.max()
    outside = known[(known < begin) | (known > end)]
    if outside.size:
        raise BadValue(
            "month", str(outside[0]), f"it lies outside {begin} to {end}; filter first or widen them"
        )
    return np.arange(begin, end + 1, dtype="datetime64[M]")


def _gap_mask(span: TimeArray, counts: IntArray, gaps: Iterable[str]) -> BoolArray:
    declared = month_column("gaps", list(gaps) or np.array([], dtype="datetime64[M]"))
    missing = np.isin(span, declared)
    for month, count in zip(span[missing], counts[missing], strict=True):
        if count:
            raise GapHasEvents(str(month), int(count))
    return missing


def _data_cautions(span: TimeArray, counts: IntArray, missing: BoolArray) -> list[Sentence]:
    cautions = []
    if missing.any():
        cautions.append(Sentence(GAPS.code, GAPS.template, {"months": ", ".join(map(str, span[missing]))}))
    empty = ~missing & (counts == 0)
    # A month without any event is suspicious only where months usually have many.
    if empty.any() and np.median(counts[~missing]) >= 10:
        names = ", ".join(map(str, span[empty]))
        cautions.append(Sentence(EMPTY_MONTHS.code, EMPTY_MONTHS.template, {"months": names}))
    return cautions


def _fit(
    span: TimeArray, counts: IntArray, missing: BoolArray, *, seasonal: bool, level: float
) -> tuple[PoissonFit, Estimate, FloatArray]:
    days = (span.astype("datetime64[M]") + 1).astype("datetime64[D]") - span.astype("datetime64[D]")
    exposure = days.astype(np.float64)
    years = np.arange(len(span)) / 12
    columns = [np.ones(len(span)), years - years.mean()]
    if seasonal:
        columns += [np.cos(2 * np.pi * years), np.sin(2 * np.pi * years)]
    design = np.stack(columns, axis=1)
    fit = fit_poisson(counts[~missing].astype(np.float64), design[~missing], exposure[~missing])
    reach = float(stats.t.ppf((1 + level) / 2, fit.freedom) * np.sqrt(fit.covariance[1, 1]))
    slope = float(fit.coefficients[1])
    ratio = Estimate(
        value=float(np.exp(slope)),
        low=float(np.exp(slope - reach)),
        high=float(np.exp(slope + reach)),
        level=level,
        n=int((~missing).sum()),
    )
    return fit, ratio, exposure * np.exp(design @ fit.coefficients)


def _fit_cautions(fit: PoissonFit, missing: BoolArray, seasonal: bool) -> list[Sentence]:
    cautions = [] if seasonal else [NO_SEASON]
    adjacent = ~missing[1:] & ~missing[:-1]
    residuals = np.full(len(missing), np.nan)
    residuals[~missing] = fit.residuals
    earlier, later = residuals[:-1][adjacent], residuals[1:][adjacent]
    power = float((fit.residuals**2).mean())
    r = float((earlier * later).mean()) / power if earlier.size and power > 0 else 0.0
    # Twice the standard error of a correlation of noise, at least 0.3.
    if r > max(0.3, 2 / np.sqrt(max(earlier.size, 1))):
        cautions.append(Sentence(CORRELATED.code, CORRELATED.template, {"r": f"{r:.2f}"}))
    return cautions
