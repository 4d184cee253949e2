"""Difference in differences of counts, with starts at different times and few treated areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from openilp.methods.arrays import BoolArray, FloatArray, IntArray
from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.impact.panel import counts_table, multiplicative
from openilp.methods.impact.picture import interval, or_nan
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

# A start later than any period: never.
_NEVER = np.iinfo(np.int64).max
# The ends of the interval are found to a third of a per cent of the ratio.
_STEPS = 9
_FARTHEST = 4.0
_LEAST_DRAWS = 99
SAME_FACTORS = Sentence(
    "same_factors",
    "Without the measure every area is assumed to have changed by the same factor from period to period.",
)
FEW_ASSIGNMENTS = Sentence(
    "few_assignments",
    "The starts can be dealt to the areas in %(n)s ways only: no p-value below %(least)s can occur, whatever happened.",
)
PRE_TREND = Sentence(
    "pre_trend",
    "Already before the start the treated areas differed from the others (p = %(p)s): the comparison is not sound.",
)
NO_INTERVAL = Sentence(
    "no_interval",
    "There are too few areas to bound the effect at this level: an end of the interval is open.",
)
DROPPED = Sentence(
    "dropped", "%(n)s counts could not be compared, because no untouched area has events in their period."
)


@dataclass(frozen=True, slots=True)
class AfterStart:
    """All treated areas, some periods after their own start.

    Attributes:
        periods: Since the start; negative is before it.
        ratio: Observed over expected, with an interval from the spread under dealt-out starts.
        observed: Events.
        expected: Events expected without the measure.
    """

    periods: int
    ratio: Estimate
    observed: float
    expected: float


@dataclass(frozen=True, slots=True)
class DifferenceInDifferences(Result):
    """What treated areas changed beyond the others.

    Attributes:
        ratio: Observed over expected events since the starts.
        probability: Two-sided p-value by dealing the starts to other areas.
        prevented: Expected minus observed events, with the interval of the ratio.
        by_period: The ratio by periods since the start, from the earliest to the latest.
        before_ratio: The same in the periods just before the starts, where there should be no effect.
        before_probability: Its p-value; None with too few periods before.
        nearby_ratio: The same in areas next to treated ones, which are no controls; None without any.
        n_treated: Areas with the measure.
        n_controls: Areas without it.
        n: Events in all cells.
        method: How it was computed.
        cautions: What the reader must know.
    """

    ratio: Estimate
    probability: float
    prevented: Estimate
    by_period: tuple[AfterStart, ...]
    before_ratio: float | None
    before_probability: float | None
    nearby_ratio: float | None
    n_treated: int
    n_controls: int
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say by which factor the treated areas changed beyond the others."""
        facts = {
            "ratio": interval(self.ratio),
            "p": f"{self.probability:.3g}",
            "prevented": interval(self.prevented, 1),
        }
        return Sentence(
            "difference_in_differences",
            "Since the start the treated areas had %(ratio)s times the events that the others let expect "
            "(p = %(p)s); prevented: %(prevented)s.",
            facts,
        )

    def plot(self) -> Plot:
        """This function will draw the ratio by periods since the start."""
        return lines(
            "Observed over expected events",
            [float(row.periods) for row in self.by_period],
            (
                Line(
                    "treated areas",
                    [or_nan(row.ratio.value) for row in self.by_period],
                    [or_nan(row.ratio.low) for row in self.by_period],
                    [or_nan(row.ratio.high) for row in self.by_period],
                ),
                Line("no effect", [1.0] * len(self.by_period), dashed=True),
            ),
            x_name="periods since the start",
            y_name="ratio",
        )


def difference_in_differences(
    counts: Any,
    starts: Sequence[int | None],
    *,
    rng: np.random.Generator,
    names: Sequence[str] | None = None,
    nearby: Sequence[int | None] | None = None,
    leads: int = 3,
    draws: int = 499,
    level: float = 0.95,
) -> DifferenceInDifferences:
    """This function will compare areas with a measure, each since its own start, with the areas still without it.

    Question:
        Did areas change beyond the others once the measure reached them, when it reached them at different times?

    Assumptions:
        - Without the measure all areas would have changed by the same factor from one period to the next.
        - Which areas got which start could as well have been dealt otherwise: that is what the p-value deals.
        - Areas without the measure, other than those named as nearby, were not touched by it.

    Traps:
        - A regression with area and period effects weighs areas that already have the measure as controls, and can
          turn the sign of the effect; here expectations rest on untouched cells only.
        - With one treated area of ten, no p-value below 0.1 exists.
        - Areas chosen because they were at their worst improve by themselves; the periods before show it.

    Args:
        counts: One series of counts for each area, all with the same periods; None or NaN is a gap.
        starts: Position of the first period with the measure for each area; None is never.
        rng: Source of chance for dealing the starts.
        names: Of the areas, for messages.
        nearby: For areas that are no controls because crime may move there: the first period in which it may;
            None for all others. They count as untouched before it.
        leads: Periods before the start in which there should be no effect yet; 0 tests none.
        draws: How often the starts are dealt, 99 or more.
        level: Coverage of the intervals.

    Returns:
        The ratio of observed to expected events with p-value and interval by test inversion, over time since the
        start, before the start, and nearby.

    Raises:
        TooFew: Without a treated area, with fewer than two controls, or where nothing could be expected.
        BadValue: If a count, a start, the leads, the draws or the level lies outside its range.

    Oracle:
        Recovery of planted effects that grow under staggered starts, where the two-way regression errs; the fit
        against Poisson regression with dummies; size under the null with two treated areas
        (`test_difference.py`).

    Cost:
        Areas times periods times draws, about twenty times for the interval.

    Not for:
        One treated area with a long history (`synthetic_control`), or effects on rare events in few areas: see
        `power_before_starting`.

    Source:
        Imputation from untouched cells: Borusyak, Jaravel and Spiess, Review of Economic Studies 91 (2024), in the
        multiplicative form of Wooldridge, Econometrics Journal 26 (2023). Inference with few treated areas by
        dealt-out, studentised starts: MacKinnon and Webb, Journal of Econometrics 218 (2020).
    """
    table = counts_table(names or [f"area {place + 1}" for place in range(len(counts))], counts)
    panel = _Panel.of(table, starts, nearby)
    _check(panel, leads, draws, level)
    dealt = panel.dealt(rng, draws)
    effect = panel.effect(panel.counts, panel.starts)
    if not np.isfinite(effect.log_ratio):
        raise TooFew("events, both observed and expected, since the starts", 0, 1)
    probability = panel.probability(1.0, dealt, effect)
    low, high = (panel.end(dealt, effect, sign, 1 - level) for sign in (-1, 1))
    n_ways = panel.ways()
    before_ratio, before_probability = panel.before(leads, dealt)
    ratio = Estimate(float(np.exp(effect.log_ratio)), low, high, level, int(effect.observed))
    facts_p = {"p": f"{before_probability:.2g}"} if before_probability is not None else {}
    cautions = [SAME_FACTORS]
    if 1 / n_ways > 1 - level:
        facts = {"n": f"{n_ways:,.0f}", "least": f"{1 / n_ways:.2g}"}
        cautions.append(Sentence(FEW_ASSIGNMENTS.code, FEW_ASSIGNMENTS.template, facts))
    if before_probability is not None and before_probability <= 0.1:
        cautions.append(Sentence(PRE_TREND.code, PRE_TREND.template, facts_p))
    if None in (low, high):
        cautions.append(NO_INTERVAL)
    if effect.dropped:
        cautions.append(Sentence(DROPPED.code, DROPPED.template, {"n": str(effect.dropped)}))
    return DifferenceInDifferences(
        ratio=ratio,
        probability=probability,
        prevented=_prevented(effect, ratio),
        by_period=panel.by_period(dealt, leads, level),
        before_ratio=before_ratio,
        before_probability=before_probability,
        nearby_ratio=panel.nearby_ratio(),
        n_treated=int((panel.starts < _NEVER).sum()),
        n_controls=int(panel.controls.sum()),
        n=int(np.nansum(table)),
        method=Sentence(
            "difference_in_differences",
            "Poisson imputation from untouched cells; p-value and interval at %(level)s from %(draws)s dealings of "
            "the starts.",
            {"level": f"{level:.0%}", "draws": str(draws)},
        ),
        cautions=tuple(cautions),
    )


def _check(panel: "_Panel", leads: int, draws: int, level: float) -> None:
    if not (panel.starts < _NEVER).any():
        raise TooFew("treated areas", 0, 1)
    if (n := int(panel.controls.sum())) < 2:
        raise TooFew("areas without the measure and not near it", n, 2)
    if leads < 0:
        raise BadValue("leads", leads, "give 0 or more periods")
    if draws < _LEAST_DRAWS:
        raise BadValue("draws", draws, f"give {_LEAST_DRAWS} or more")
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.95")


def _starts(name: str, values: Sequence[int | None], shape: tuple[int, ...], least: int) -> IntArray:
    if len(values) != shape[0]:
        raise BadValue(
            name, f"{len(values)} values", f"give one for each of {shape[0]} areas, None for never"
        )
    for place, value in enumerate(values):
        if value is not None and not (value == int(value) and least <= value < shape[1]):
            raise BadValue(
                f"{name} of row {place + 1}",
                value,
                f"give a position from {least} to {shape[1] - 1}, None for never",
            )
    return np.array([_NEVER if value is None else int(value) for value in values], dtype=np.int64)


def _prevented(effect: "_Effect", ratio: Estimate) -> Estimate:
    """Return expected minus observed, with the ends that follow from those of the ratio."""
    low = None if ratio.low in (None, 0) else effect.observed * (1 / (ratio.low or 1) - 1)
    high = None if ratio.high is None else effect.observed * (1 / ratio.high - 1)
    return Estimate(effect.expected - effect.observed, high, low, ratio.level, ratio.n)


@dataclass(frozen=True, slots=True)
class _Effect:
    log_ratio: Any
    z: Any
    observed: Any
    expected: Any
    dropped: Any


@dataclass(frozen=True, slots=True)
class _Panel:
    """Areas by periods; `pool` are those among which starts may be dealt."""

    counts: FloatArray
    starts: IntArray
    nearby: IntArray

    @classmethod
    def of(
        cls, table: FloatArray, starts: Sequence[int | None], nearby: Sequence[int | None] | None
    ) -> "_Panel":
        shape = table.shape
        near = _starts("nearby", nearby if nearby is not None else [None] * shape[0], shape, 0)
        first = _starts("starts", starts, shape, 1)
        both = np.flatnonzero((first < _NEVER) & (near < _NEVER))
        if both.size:
            raise BadValue(
                f"nearby of row {both[0] + 1}", int(near[both[0]]), "a treated area is not nearby itself"
            )
        return cls(table, first, near)

    @property
    def controls(self) -> BoolArray:
        """Areas that nothing ever touches."""
        return np.asarray((self.starts == _NEVER) & (self.nearby == _NEVER))

    def ways(self) -> float:
        """Count the different dealings of the starts."""
        pool = self.starts[self.nearby == _NEVER]
        _, repeats = np.unique(pool, return_counts=True)
        logs = [float(v) for v in np.cumsum(np.log(np.arange(1, len(pool) + 1)))]
        return float(np.exp(min(logs[-1] - sum(logs[n - 1] for n in repeats), 700.0)))

    def dealt(self, rng: np.random.Generator, draws: int) -> IntArray:
        """Deal the starts anew among all areas that are not nearby."""
        pool = np.flatnonzero(self.nearby == _NEVER)
        dealt = np.tile(self.starts, (draws, 1))
        dealt[:, pool] = rng.permuted(dealt[:, pool], axis=1)
        return dealt

    def untouched(self, starts: IntArray) -> BoolArray:
        """Return the cells that neither a measure nor its neighbourhood reaches."""
        period = np.arange(self.counts.shape[1])
        return (period < np.minimum(starts, self.nearby)[..., None]) & ~np.isnan(self.counts)

    def effect(self, counts: FloatArray, starts: IntArray, within: int | None = None) -> _Effect:
        """Compare treated cells with what untouched ones let expect; only the first periods if asked."""
        period = np.arange(counts.shape[-1])
        since = period - np.minimum(starts, 2 * counts.shape[-1])[..., None]
        treated = (since >= 0) & ~np.isnan(counts)
        if within is not None:
            treated &= since < within
        expected = multiplicative(counts, self.untouched(starts))
        usable = treated & np.isfinite(expected)
        seen = np.where(usable, counts, 0.0).sum(axis=(-2, -1))
        due = np.where(usable, expected, 0.0).sum(axis=(-2, -1))
        with np.errstate(divide="ignore", invalid="ignore"):
            log_ratio = np.log(seen / due)
            z = log_ratio / np.sqrt(1 / seen + 1 / due)
        return _Effect(log_ratio, z, seen, due, (treated & ~usable).sum(axis=(-2, -1)))

    def probability(self, ratio: float, dealt: IntArray, effect: _Effect) -> float:
        """Return the p-value of a ratio: treated counts are divided by it, then starts are dealt."""
        period = np.arange(self.counts.shape[1])
        without = np.where(period >= self.starts[:, None], self.counts / ratio, self.counts)
        observed = self.effect(without, self.starts).z
        drawn = self.effect(np.broadcast_to(without, (len(dealt), *without.shape)), dealt).z
        drawn = drawn[np.isfinite(drawn)]
        return float((1 + (np.abs(drawn) >= abs(observed) * (1 - 1e-9)).sum()) / (1 + len(drawn)))

    def end(self, dealt: IntArray, effect: _Effect, sign: int, alpha: float) -> float | None:
        """Bisect for the last ratio that is not rejected on one side; None where none is."""
        inner, outer = float(effect.log_ratio), float(effect.log_ratio) + sign * _FARTHEST
        if self.probability(float(np.exp(outer)), dealt, effect) > alpha:
            return None
        for _ in range(_STEPS):
            middle = (inner + outer) / 2
            if self.probability(float(np.exp(middle)), dealt, effect) > alpha:
                inner = middle
            else:
                outer = middle
        return float(np.exp(outer))

    def before(self, leads: int, dealt: IntArray) -> tuple[float | None, float | None]:
        """Pretend that every start was some periods earlier, and look at those periods only."""
        treated = self.starts < _NEVER
        if leads == 0 or self.starts[treated].min() - leads < 1:
            return None, None
        earlier = np.where(treated, self.starts - leads, _NEVER)
        dealt_earlier = np.where(dealt < _NEVER, dealt - leads, _NEVER)
        effect = self.effect(self.counts, earlier, within=leads)
        if not np.isfinite(effect.z):
            return None, None
        counts = np.broadcast_to(self.counts, (len(dealt), *self.counts.shape))
        drawn = self.effect(counts, dealt_earlier, within=leads).z
        drawn = drawn[np.isfinite(drawn)]
        extreme = (np.abs(drawn) >= abs(effect.z) * (1 - 1e-9)).sum()
        return float(np.exp(effect.log_ratio)), float((1 + extreme) / (1 + len(drawn)))

    def by_period(self, dealt: IntArray, leads: int, level: float) -> tuple[AfterStart, ...]:
        """Return the ratio by periods since the start, with the spread of dealt-out starts around it."""
        counts = np.broadcast_to(self.counts, (len(dealt), *self.counts.shape))
        own = self._by_period(self.counts, self.starts, leads)
        drawn = self._by_period(counts, dealt, leads)
        quantile = float(stats.norm.ppf((1 + level) / 2))
        rows = []
        for periods, (seen, due) in own.items():
            if due <= 0:
                continue
            with np.errstate(divide="ignore", invalid="ignore"):
                logs = np.log(drawn[periods][0] / drawn[periods][1])
            logs = logs[np.isfinite(logs)]
            spread = float(np.sqrt((logs**2).mean())) if len(logs) > _LEAST_DRAWS // 2 and seen > 0 else None
            reach = None if spread is None else float(np.exp(quantile * spread))
            ratio = float(seen / due)
            low, high = (None, None) if reach is None else (ratio / reach, ratio * reach)
            rows.append(
                AfterStart(periods, Estimate(ratio, low, high, level, int(seen)), float(seen), float(due))
            )
        return tuple(rows)

    def _by_period(self, counts: FloatArray, starts: IntArray, leads: int) -> dict[int, tuple[Any, Any]]:
        # The periods before are expected from those before them, or they would expect themselves.
        earlier = np.where(starts < _NEVER, starts - leads, _NEVER)
        before = multiplicative(counts, self.untouched(earlier))
        after = multiplicative(counts, self.untouched(starts))
        period = np.arange(counts.shape[-1])
        since = period - np.minimum(starts, 3 * counts.shape[-1])[..., None]
        longest = int(counts.shape[-1] - self.starts.min())
        found = {}
        for periods in range(-leads, longest):
            expected = after if periods >= 0 else before
            cells = (since == periods) & np.isfinite(expected) & ~np.isnan(counts)
            found[periods] = (
                np.where(cells, counts, 0.0).sum(axis=(-2, -1)),
                np.where(cells, expected, 0.0).sum(axis=(-2, -1)),
            )
        return found

    def nearby_ratio(self) -> float | None:
        """Return observed over expected in the areas near treated ones."""
        period = np.arange(self.counts.shape[1])
        expected = multiplicative(self.counts, self.untouched(self.starts))
        cells = (period >= self.nearby[:, None]) & np.isfinite(expected) & ~np.isnan(self.counts)
        due = float(np.where(cells, expected, 0.0).sum())
        return float(np.where(cells, self.counts, 0.0).sum()) / due if due > 0 else None
