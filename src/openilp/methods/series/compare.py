"""Two periods compared: the ratio of their rates with an interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from openilp.methods.drawing import bars
from openilp.methods.errors import BadValue, LengthMismatch, TooFew
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

NOT_CAUSE = Sentence(
    "not_cause",
    "A change between two periods does not show its cause; compare a similar area without the measure.",
)
REGRESSION = Sentence(
    "regression_to_mean",
    "A place chosen because it was unusually bad tends to improve by itself.",
)
OVERDISPERSED = Sentence(
    "overdispersed",
    "Counts vary %(factor)s times as much as chance alone; the interval is widened accordingly.",
)
DISPERSION_UNKNOWN = Sentence(
    "dispersion_unknown",
    "Only one count per period was given, so the interval allows for chance but not for the usual unrest "
    "of crime; give several sub-periods to include it.",
)
EXACT_METHOD = Sentence(
    "poisson_ratio",
    "Ratio of two Poisson rates with the exact conditional interval (Clopper-Pearson) at %(level)s.",
)
QUASI_METHOD = Sentence(
    "quasi_poisson_ratio",
    "Ratio of two mean rates, quasi-Poisson with the dispersion of the sub-periods and a t interval at %(level)s.",
)


@dataclass(frozen=True, slots=True)
class PeriodChange(Result):
    """The rate after divided by the rate before.

    Attributes:
        ratio: 1 is no change; its n is the number of events in both periods.
        n_before: Events before.
        n_after: Events after.
        exposure_before: Time (or other exposure) before.
        exposure_after: The same after.
        dispersion: Variance of the sub-periods over that of chance; None with one count per period.
        n_gaps: Sub-periods without data, left out.
        method: How it was computed.
        cautions: What the reader must know.
    """

    ratio: Estimate
    n_before: int
    n_after: int
    exposure_before: float
    exposure_after: float
    dispersion: float | None
    n_gaps: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say the change with its interval."""
        shown = [
            "unbounded" if each is None else f"{each:.2f}"
            for each in (self.ratio.value, self.ratio.low, self.ratio.high)
        ]
        return Sentence(
            "period_change",
            "The rate after is %(ratio)s times the rate before (%(low)s to %(high)s, %(level)s): %(before)s events "
            "before, %(after)s after.",
            {
                "ratio": shown[0],
                "low": shown[1],
                "high": shown[2],
                "level": f"{self.ratio.level:.0%}",
                "before": str(self.n_before),
                "after": str(self.n_after),
            },
        )

    def plot(self) -> Plot:
        """This function will draw the ratio with its interval."""
        ends = [
            np.nan if each is None else each for each in (self.ratio.value, self.ratio.low, self.ratio.high)
        ]
        return bars(
            "Rate after over rate before",
            ["ratio"],
            ends[:1],
            low=ends[1:2],
            high=ends[2:],
            x_name="",
            y_name="ratio",
        )


def compare_periods(
    before: Sequence[int | None],
    after: Sequence[int | None],
    *,
    exposure_before: Sequence[float] | None = None,
    exposure_after: Sequence[float] | None = None,
    level: float = 0.95,
) -> PeriodChange:
    """This function will compare the rates of two periods.

    Question:
        Did the rate of events change from one period to another, and by how much at least and at most?

    Assumptions:
        - Events are independent, apart from an unrest that the sub-periods show and the interval allows for.
        - Recording was the same in both periods.

    Traps:
        - A change is no effect: without a comparison area nothing is known about the cause.
        - A place chosen because it was bad improves by itself.
        - One count per period hides how restless the counts are; give sub-periods.

    Args:
        before: Counts of the sub-periods (months, weeks) before; None is a gap and stays one.
        after: The same after.
        exposure_before: Length of each sub-period before, for example days; 1 each when left out.
        exposure_after: The same after.
        level: Coverage of the interval.

    Returns:
        The ratio of rates. Over-dispersion that the sub-periods show widens the interval; otherwise it
        is the exact one. A ratio is None when nothing happened before; a bound is None when unbounded.

    Raises:
        TooFew: If a period has no data, or nothing happened in either.
        BadValue: If a count, an exposure or the level lies outside its range.
        LengthMismatch: If counts and exposures differ in length.

    Oracle:
        scipy's Clopper-Pearson interval, converted to a ratio of rates; coverage of the ratio in counts four times as
        restless as chance (`test_compare.py`).

    Cost:
        Time and memory of the number of sub-periods.

    Not for:
        The effect of a measure (use a displacement difference with a control area), or seasons that differ.

    Source:
        Exact interval: Przyborowski and Wilenski, Biometrika 31 (1940), through the binomial of Clopper
        and Pearson 1934. Quasi-Poisson: McCullagh and Nelder, Generalized Linear Models, chapter 6.
    """
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.95")
    first, time_first = _period("before", before, exposure_before)
    second, time_second = _period("after", after, exposure_after)
    n_first, n_second = int(first.sum()), int(second.sum())
    if n_first + n_second == 0:
        raise TooFew("events in both periods together", 0, 1)
    per_first, per_second = float(time_first.sum()), float(time_second.sum())
    dispersion = _dispersion(((first, time_first), (second, time_second)))
    freedom = len(first) + len(second) - 2
    widened = dispersion is not None and dispersion > 1 and min(n_first, n_second) > 0
    low: float
    high: float | None
    if widened and dispersion is not None:
        low, high = _quasi(n_first, n_second, per_second / per_first, dispersion, freedom, level)
    else:
        low, high = rate_ratio_interval(n_first, n_second, per_first, per_second, level)
    cautions = [NOT_CAUSE, REGRESSION]
    if dispersion is None:
        cautions.append(DISPERSION_UNKNOWN)
    elif widened:
        cautions.append(Sentence(OVERDISPERSED.code, OVERDISPERSED.template, {"factor": f"{dispersion:.1f}"}))
    method = QUASI_METHOD if widened else EXACT_METHOD
    return PeriodChange(
        ratio=Estimate(
            value=(n_second / per_second) / (n_first / per_first) if n_first else None,
            low=low,
            high=high,
            level=level,
            n=n_first + n_second,
        ),
        n_before=n_first,
        n_after=n_second,
        exposure_before=per_first,
        exposure_after=per_second,
        dispersion=dispersion,
        n_gaps=sum(count is None for count in (*before, *after)),
        method=Sentence(method.code, method.template, {"level": f"{level:.0%}"}),
        cautions=tuple(cautions),
    )


def _period(
    name: str, counts: Sequence[int | None], exposure: Sequence[float] | None
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    times = [1.0] * len(counts) if exposure is None else list(exposure)
    if len(times) != len(counts):
        raise LengthMismatch({name: len(counts), f"exposure_{name}": len(times)})
    known = [(count, time) for count, time in zip(counts, times, strict=True) if count is not None]
    if not known:
        raise TooFew(f"sub-periods with data {name}", 0, 1)
    for count, time in known:
        if count < 0 or count != int(count):
            raise BadValue(f"count {name}", count, "give whole counts of 0 or more, None for a gap")
        if not time > 0:
            raise BadValue(f"exposure_{name}", time, "give lengths above 0")
    return np.array([k[0] for k in known], dtype=np.float64), np.array(
        [k[1] for k in known], dtype=np.float64
    )


def _dispersion(
    periods: tuple[
        tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]], ...
    ],
) -> float | None:
    freedom, pearson = 0, 0.0
    for counts, times in periods:
        expected = times * counts.sum() / times.sum()
        if counts.sum() > 0:
            pearson += float((((counts - expected) ** 2) / expected).sum())
        freedom += len(counts) - 1
    return pearson / freedom if freedom > 0 else None


def _quasi(
    n_first: int, n_second: int, time_ratio: float, dispersion: float, freedom: int, level: float
) -> tuple[float, float]:
    error = np.sqrt(dispersion * (1 / n_first + 1 / n_second))
    reach = float(stats.t.ppf((1 + level) / 2, freedom) * error)
    log_ratio = float(np.log(n_second / n_first / time_ratio))
    return float(np.exp(log_ratio - reach)), float(np.exp(log_ratio + reach))


def rate_ratio_interval(
    n_before: int, n_after: int, exposure_before: float, exposure_after: float, level: float
) -> tuple[float, float | None]:
    """This function will return the exact interval of the ratio of two Poisson rates.

    Args:
        n_before: Events before.
        n_after: Events after; at least one event in all.
        exposure_before: Exposure before, above 0.
        exposure_after: Exposure after, above 0.
        level: Coverage.

    Returns:
        Lower bound, and upper bound or None when it is infinite.
    """
    total, tail = n_before + n_after, (1 - level) / 2
    low_share = float(stats.beta.ppf(tail, n_after, total - n_after + 1)) if n_after else 0.0
    high_share = float(stats.beta.ppf(1 - tail, n_after + 1, total - n_after)) if n_before else 1.0
    time_ratio = exposure_before / exposure_after
    low = low_share / (1 - low_share) * time_ratio
    return low, (high_share / (1 - high_share) * time_ratio if n_before else None)
