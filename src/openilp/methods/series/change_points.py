"""When the rate of events changed, by how much, and how sure the date is."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from openilp.methods.arrays import FloatArray, freeze
from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence
from openilp.methods.series.compare import compare_periods
from openilp.methods.series.counts import CYCLE, Counts, Unit, count_periods
from openilp.methods.series.left_out import LeftOut
from openilp.methods.series.pelt import largest_gain, pelt, segment_cost
from openilp.methods.series.stl import decompose

# Two segments of the least length and as much again to tell unrest from a change.
LEAST_PERIODS = 8
LEAST_SEGMENT = 2
SIMULATED = 999
NO_CHANGE = Sentence("no_change", "No change of rate stands out from the usual unrest.")
NOT_CAUSE = Sentence(
    "change_not_cause",
    "A change of rate has many causes: recording rules, reporting, police presence, or the measure in question.",
)
AUTOCORRELATED = Sentence(
    "change_autocorrelated",
    "Neighbouring %(unit)ss resemble each other even between the changes (correlation %(r)s), so some changes may be "
    "slow waves.",
)
NO_SEASON = Sentence(
    "change_no_season",
    "Fewer than two full cycles of data: a season is not taken out and may appear as changes.",
)
SEASON_OUT = Sentence(
    "change_season_out",
    "The season was estimated from the same data and taken out first; its own error is not part of the intervals.",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of rate.

    Attributes:
        period: Period with which the new rate begins, most likely.
        earliest: First period of the set that holds the true one with the stated probability.
        latest: Last period of that set.
        ratio: New rate over the old one, between the neighbouring changes.
    """

    period: str
    earliest: str
    latest: str
    ratio: Estimate


@dataclass(frozen=True, slots=True)
class ChangePoints(Result):
    """Counts by period with the rates between the changes.

    Attributes:
        periods: (n,) names of the periods.
        counts: (n,) events; NaN in gaps.
        expected: (n,) events that the fitted rate and season give; NaN in gaps.
        changes: The changes in order of time.
        dispersion: Variance over that of chance, from neighbouring periods; 1 or more.
        penalty: Gain that a change must bring, on the scale of twice the log-likelihood.
        false_alarm: Probability of any change in a steady series; None when the penalty was given.
        seasonal: Whether a season was taken out.
        n: Events.
        unit: `day`, `week` or `month`.
        n_periods: Periods with data.
        left_out: Rows that did not enter, with the reason.
        method: How it was computed.
        cautions: What the reader must know.
    """

    periods: tuple[str, ...]
    counts: FloatArray
    expected: FloatArray
    changes: tuple[Change, ...]
    dispersion: float
    penalty: float
    false_alarm: float | None
    seasonal: bool
    n: int
    unit: str
    n_periods: int
    left_out: tuple[LeftOut, ...]
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will list the changes with the dates between which each may lie."""
        if not self.changes:
            return NO_CHANGE
        described = "; ".join(
            f"{change.period} ({change.earliest} to {change.latest}) to {_times(change.ratio)}"
            for change in self.changes
        )
        return Sentence(
            "changes",
            "Changes of rate: %(n)s. From %(changes)s.",
            {"n": str(len(self.changes)), "changes": described},
        )

    def plot(self) -> Plot:
        """This function will draw the counts and the fitted rate."""
        return lines(
            f"Events a {self.unit} and changes of their rate",
            self.periods,
            [Line("counts", self.counts), Line("fitted rate", self.expected, dashed=True)],
            x_name=self.unit,
            y_name="events",
        )


def change_points(
    times: Any,
    *,
    unit: Unit = "week",
    false_alarm: float = 0.05,
    penalty: float | None = None,
    seasonal: bool = True,
    level: float = 0.95,
    first: str | None = None,
    last: str | None = None,
    gaps: Iterable[str] = (),
    now: np.datetime64 | None = None,
    rng: Generator,
) -> ChangePoints:
    """This function will find when the rate of events changed.

    Question:
        When did the level of this crime change, by how much, and between which dates may the change lie?

    Assumptions:
        - The rate is constant between changes, apart from the season.
        - Counts vary around it independently, by a constant factor more than chance (over-dispersion).
        - The data cover every period that is not declared a gap.

    Traps:
        - A slow trend is cut into steps; look at `season` or the trend beside it.
        - A month without a delivery of data is a change unless it is declared a gap.
        - Ignoring over-dispersion finds changes everywhere; it is estimated from neighbouring periods, so that
          the changes themselves do not inflate it.
        - The date found is not the day of the cause.

    Args:
        times: (n,) local times, dates or months.
        unit: `day`, `week` or `month`.
        false_alarm: Probability of finding any change in a steady series of this length and unrest.
        penalty: Gain that a change must bring, instead of the one that `false_alarm` gives.
        seasonal: Whether to take a season out when there are two full cycles.
        level: Coverage of the set of dates and of the ratio.
        first: First day that the data cover, as in `count_periods`.
        last: Last day that they cover.
        gaps: Periods without data.
        now: Later events are left out and named.
        rng: Random generator for the steady series behind `false_alarm`; the caller owns the seed.

    Returns:
        The changes with their ratio of rates and the dates between which each may lie.

    Raises:
        TooFew: If fewer than eight periods have data.
        BadValue: If a probability or the penalty lies outside its range.
        GapHasEvents: If a gap holds events.

    Oracle:
        Optimal partitioning without pruning (naive twin); planted changes are recovered; a steady over-dispersed series
        shows a change as often as `false_alarm` says (`test_change_points.py`).

    Cost:
        About linear in the number of periods, n² at worst; 999 steady series of that length for the penalty.

    Not for:
        The effect of a measure (use interrupted time series or a comparison area); gradual trends.

    Source:
        Killick, Fearnhead and Eckley, Journal of the American Statistical Association 107 (2012); the cost
        divided by the dispersion as in quasi-likelihood, McCullagh and Nelder, chapter 9.
    """
    for name, share in (("false_alarm", false_alarm), ("level", level)):
        if not 0 < share < 1:
            raise BadValue(name, share, "use a probability between 0 and 1")
    if penalty is not None and not penalty > 0:
        raise BadValue("penalty", penalty, "give a number above 0, or leave it out")
    counts = count_periods(times, unit=unit, first=first, last=last, gaps=gaps, now=now)
    present = counts.present
    if int(present.sum()) < LEAST_PERIODS:
        raise TooFew(f"{unit}s with data", int(present.sum()), LEAST_PERIODS)
    factor = _season_factor(counts) if seasonal else None
    exposure = (counts.days * (1.0 if factor is None else factor))[present]
    events = counts.events[present].astype(np.float64)
    dispersion = max(1.0, neighbour_dispersion(events, exposure))
    bar = steady_penalty(events, exposure, dispersion, false_alarm, rng) if penalty is None else penalty
    starts = pelt(events / dispersion, exposure, bar, least=LEAST_SEGMENT)
    names = tuple(label for label, there in zip(counts.labels, present, strict=True) if there)
    segments = list(zip((0, *starts), (*starts, len(events)), strict=True))
    changes = tuple(
        _change(events, exposure, dispersion, names, before, after, level)
        for before, after in itertools.pairwise(segments)
    )
    fitted = np.concatenate([exposure[a:b] * events[a:b].sum() / exposure[a:b].sum() for a, b in segments])
    shown, expected = np.full(len(counts), np.nan), np.full(len(counts), np.nan)
    shown[present], expected[present] = events, fitted
    freeze(shown, expected)
    return ChangePoints(
        periods=counts.labels,
        counts=shown,
        expected=expected,
        changes=changes,
        dispersion=dispersion,
        penalty=bar,
        false_alarm=false_alarm if penalty is None else None,
        seasonal=factor is not None,
        n=int(events.sum()),
        unit=unit,
        n_periods=len(events),
        left_out=counts.left_out,
        method=Sentence(
            "pelt_counts",
            "PELT with a Poisson cost divided by the dispersion %(dispersion)s%(season)s; %(bar)s; %(n)s events in "
            "%(periods)s %(unit)ss.",
            {
                "dispersion": f"{dispersion:.2f}",
                "season": ", season taken out" if factor is not None else "",
                "bar": f"a steady series shows a change in {false_alarm:.0%} of cases"
                if penalty is None
                else f"penalty {penalty:g}",
                "n": str(int(events.sum())),
                "periods": str(len(events)),
                "unit": unit,
            },
        ),
        cautions=(
            *counts.cautions,
            NOT_CAUSE,
            *((SEASON_OUT if factor is not None else NO_SEASON,) if seasonal else ()),
            *_autocorrelation(events, fitted, unit),
        ),
    )


def neighbour_dispersion(events: FloatArray, exposure: FloatArray) -> float:
    """This function will estimate over-dispersion from neighbours, which a change hardly touches.

    Args:
        events: (n,) counts.
        exposure: (n,) above 0.

    Returns:
        Mean over neighbours of the Pearson statistic (one degree of freedom) of their common rate; 1 is chance.
    """
    together = events[:-1] + events[1:]
    share = exposure[:-1] / (exposure[:-1] + exposure[1:])
    some = together > 0
    if not some.any():
        return 1.0
    expected = together[some] * share[some]
    variance = expected * (1 - share[some])
    return float(np.mean((events[:-1][some] - expected) ** 2 / variance))


def steady_penalty(
    events: FloatArray, exposure: FloatArray, dispersion: float, false_alarm: float, rng: Generator
) -> float:
    """This function will find the gain that a steady series exceeds only so often.

    Args:
        events: (n,) counts.
        exposure: (n,) above 0.
        dispersion: Variance over mean of a count, 1 or more.
        false_alarm: Probability of exceeding it.
        rng: Random generator.

    Returns:
        The quantile of the largest gain of one change over 999 simulated series of the mean rate.
    """
    mean = np.maximum(exposure * events.sum() / exposure.sum(), 1e-9)
    size = (SIMULATED, len(events))
    if dispersion <= 1:
        drawn = rng.poisson(mean, size)
    else:
        drawn = rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion, size)
    gains = largest_gain(drawn / dispersion, exposure, least=LEAST_SEGMENT)
    return float(np.quantile(gains, 1 - false_alarm))


def _season_factor(counts: Counts) -> FloatArray | None:
    cycle, present = CYCLE[counts.unit], counts.present
    if int(present.sum()) < 2 * cycle or len(counts) < 2 * cycle:
        return None
    rate = np.full(len(counts), np.nan)
    rate[present] = counts.events[present] / counts.days[present]
    parts = decompose(rate, cycle, robust=True, seasonal=35)
    level = np.maximum(parts.trend, float(np.nanmean(rate)) / 10)
    # A season that empties a period altogether would make any event there infinitely surprising.
    return np.maximum((level + parts.seasonal) / level, 0.05)


def _change(
    events: FloatArray,
    exposure: FloatArray,
    dispersion: float,
    names: tuple[str, ...],
    before: tuple[int, int],
    after: tuple[int, int],
    level: float,
) -> Change:
    begin, at, end = before[0], before[1], after[1]
    possible = np.arange(begin + 1, end)
    sums, lengths = np.cumsum(events[begin:end]) / dispersion, np.cumsum(exposure[begin:end])
    here = possible - begin - 1
    cost = segment_cost(sums[here], lengths[here]) + segment_cost(
        sums[-1] - sums[here], lengths[-1] - lengths[here]
    )
    weight = np.exp(-(cost - cost.min()) / 2)
    order = np.argsort(-weight)
    reach = np.cumsum(weight[order]) / weight.sum()
    chosen = possible[order[: int(np.searchsorted(reach, level)) + 1]]
    ratio = compare_periods(
        [int(n) for n in events[begin:at]],
        [int(n) for n in events[at:end]],
        exposure_before=[float(e) for e in exposure[begin:at]],
        exposure_after=[float(e) for e in exposure[at:end]],
        level=level,
    ).ratio
    return Change(names[at], names[int(chosen.min())], names[int(chosen.max())], ratio)


def _autocorrelation(events: FloatArray, fitted: FloatArray, unit: Unit) -> tuple[Sentence, ...]:
    residual = (events - fitted) / np.sqrt(np.maximum(fitted, 1e-9))
    power = float((residual**2).mean())
    r = float((residual[1:] * residual[:-1]).mean()) / power if power > 0 else 0.0
    # Twice the standard error of a correlation of noise, at least 0.2.
    if r <= max(0.2, 2 / np.sqrt(len(events))):
        return ()
    return (Sentence(AUTOCORRELATED.code, AUTOCORRELATED.template, {"unit": unit, "r": f"{r:.2f}"}),)


def _times(ratio: Estimate) -> str:
    return "a rate from nothing" if ratio.value is None else f"{ratio.value:.2f} times the rate before"
