"""Forecasts that learn from the past how the past has told the future: two regressions on lagged features."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.random import Generator
from scipy.ndimage import uniform_filter

from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.errors import TooFew
from openilp.methods.forecast.history import History
from openilp.methods.forecast.kernels import kernel_forecast, shrunken_counts
from openilp.methods.forecast.lattice import Lattice

T = TypeVar("T")

# How far back the lagged counts look, in days.
LAGS_DAYS = (14, 60, 180, 365)
# (bandwidth in metres, half-life in days) of the smoothed features.
KERNELS = ((100.0, math.inf), (250.0, math.inf), (600.0, math.inf), (150.0, 365.0), (400.0, 60.0))
# (half-life in days, strength in days) of the shrunken counts.
SHRUNKEN = ((730.0, 300.0), (math.inf, 1000.0))
# Past dates at which a forecast could have been made, the newest first.
LESSONS = 8
# Between two such dates: a month, or as many months as the horizon needs, so that all horizons share dates.
STRIDE_DAYS = 31
# Days of history that a replayed date needs before it: a year, or a third of a shorter record.
MEMORY_DAYS = 365
MEMORY_SHARE = 3
# Of a lesson's cells without an event, the likeliest are kept, and a sample stands for the others.
LIKELY_CELLS = 3000
SAMPLED_CELLS = 6000
FEWEST_TARGETS = 30


@dataclass(frozen=True, slots=True)
class Lessons:
    """Rows of cells at past dates, with what happened next.

    Attributes:
        features: (r, f) what was known.
        target: (r,) events a day in the time that followed.
        weight: (r,) cells that the row stands for, times the days that followed.
    """

    features: FloatArray
    target: FloatArray
    weight: FloatArray


class Replay:
    """A record that can be looked at as it was on earlier days; what is computed once is kept.

    Attributes:
        history: The whole record.
        lattice: The cells.
        days: Length of the forecasts.
        stride: Days between the dates that are replayed.
    """

    def __init__(self, history: History, lattice: Lattice, *, days: int) -> None:
        self.history, self.lattice, self.days = history, lattice, days
        self.stride = STRIDE_DAYS * math.ceil(days / STRIDE_DAYS)
        self._kept: dict[tuple[str, int, int], Any] = {}

    def ahead(self, days: int) -> "Replay":
        """This function will return the same record for another horizon, sharing what is computed.

        Args:
            days: Length of the forecasts.
        """
        other = Replay(self.history, self.lattice, days=days)
        other._kept = self._kept
        return other

    def kept(self, name: str, end: int, make: Callable[[], T], *, by_stride: bool = False) -> T:
        """This function will return what was computed for a day, or compute and keep it.

        Args:
            name: What it is.
            end: The day.
            make: How it is computed.
            by_stride: Whether it depends on the time that follows a lesson.
        """
        key = (name, end, self.stride if by_stride else 0)
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    def past(self, start: int) -> History:
        """This function will return what was known when a day began.

        Args:
            start: Days since 1970-01-01.
        """
        return self.history.before(start)

    def features(self, start: int) -> FloatArray:
        """This function will return the features of the study area's cells as they were on a day.

        Args:
            start: Days since 1970-01-01.
        """
        return self.kept("features", start, lambda: lagged_features(self.past(start), self.lattice))

    def starts(self, end: int, most: int) -> list[int]:
        """This function will return dates to replay before a day, the newest first.

        Args:
            end: Nothing after this day may be known.
            most: Dates at most.
        """
        dates = [end - self.stride * (k + 1) for k in range(most)]
        memory = min(MEMORY_DAYS, self.history.days // MEMORY_SHARE)
        return [start for start in dates if start - self.history.first_day >= memory]

    def lessons(self, end: int, rng: Generator) -> Lessons:
        """This function will put together what could be learnt by a day.

        Args:
            end: Nothing after this day may be known.
            rng: Random generator that draws the cells without events.

        Returns:
            Rows of up to eight dates.

        Raises:
            TooFew: If fewer than 30 events followed those dates.
        """
        parts = [self._lesson(start, rng) for start in self.starts(end, LESSONS)]
        seen = sum(float(part.target @ part.weight) for part in parts)
        if seen < FEWEST_TARGETS:
            raise TooFew("events at the dates to learn from", round(seen), FEWEST_TARGETS)
        columns = zip(*((part.features, part.target, part.weight) for part in parts), strict=True)
        return Lessons(*(np.concatenate(column) for column in columns))

    def _lesson(self, start: int, rng: Generator) -> Lessons:
        features = self.features(start)
        followed = self.lattice.counts(*self.history.within(start, self.stride))[self.lattice.inside]
        rows, weight = _kept(features[:, -1], followed, rng)
        return Lessons(features[rows], followed[rows] / self.stride, weight * self.stride)


def lagged_features(history: History, lattice: Lattice) -> FloatArray:
    """Describe each cell of the study area by its past, at several scales of space and time.

    Args:
        history: What is known when the forecast begins.
        lattice: The cells.

    Returns:
        (n, f) logarithms of yearly rates (plus a thousandth): lagged counts of the cell and of the nine
        cells around it, the whole record, the same season a year ago, five kernels, two shrunken counts.
    """
    columns: list[FloatArray] = []
    for lag in LAGS_DAYS:
        recent = history.day >= history.end_day - lag
        counts = lattice.counts(history.x[recent], history.y[recent]) / lag
        columns += [counts, _nine(counts, lattice)]
    columns.append(lattice.counts(history.x, history.y) / max(history.days, 1))
    year_ago = history.within(history.end_day - 365 - STRIDE_DAYS, 3 * STRIDE_DAYS)
    columns.append(_nine(lattice.counts(*year_ago), lattice) / (3 * STRIDE_DAYS))
    for bandwidth, half_life in KERNELS:
        columns.append(
            kernel_forecast(history, lattice, days=1, bandwidth_m=bandwidth, half_life_days=half_life)
        )
    for half_life, strength in SHRUNKEN:
        columns.append(
            shrunken_counts(history, lattice, days=1, half_life_days=half_life, strength_days=strength)
        )
    table = np.stack([column[lattice.inside] for column in columns], axis=1)
    # The floor is an event per cell and thousand years: below it all cells are equally quiet.
    logs: FloatArray = np.log(table * 365 + 1e-3)
    return logs


def _nine(counts: FloatArray, lattice: Lattice) -> FloatArray:
    mean: FloatArray = uniform_filter(counts.reshape(lattice.ny, lattice.nx), 3, mode="constant").ravel()
    return mean


def _kept(likely: FloatArray, followed: FloatArray, rng: Generator) -> tuple[IntArray, FloatArray]:
    """Return the rows to learn from, and how many cells each stands for."""
    order = np.argsort(-likely, kind="stable")
    certain = np.union1d(order[:LIKELY_CELLS], np.flatnonzero(followed > 0))
    others = np.setdiff1d(order, certain)
    drawn = rng.choice(others, SAMPLED_CELLS, replace=False) if others.size > SAMPLED_CELLS else others
    weight = np.ones(certain.size + drawn.size)
    weight[certain.size :] = others.size / max(drawn.size, 1)
    return np.concatenate([certain, drawn]), weight


def poisson_regression(
    replay: Replay, *, end: int | None = None, rng: Generator, penalty: float = 1e-3
) -> FloatArray:
    """This function will expect events by a penalised Poisson regression on lagged features.

    Question:
        Which mixture of a cell's own past, its surroundings, and recent weeks has told the next events best?

    Assumptions:
        Rates multiply: the logarithm of the rate is linear in the logarithms of the features.

    Traps:
        It learns what was recorded, so patrols that record more teach it to come back (see fairness).
        A year of history is needed before the first date that can be replayed.

    Args:
        replay: The record, its cells and the length of the forecast.
        end: The day on which the forecast begins; the end of the record when left out.
        rng: Random generator that draws the cells without events.
        penalty: Weight of the squared coefficients (features are standardised).

    Returns:
        (ny nx,) expected events.

    Raises:
        TooFew: If the dates to learn from hold fewer than 30 events.

    Oracle:
        `test_forecast_learning.py`: recovers a planted surface; the total over the dates it learnt from is theirs.

    Cost:
        Eight replays of the features; seconds for 100,000 cells.

    Not for:
        New areas or records shorter than about two years.

    Source:
        scikit-learn `PoissonRegressor`; features after Mohler and Porter, "Rotational grid, PAI-maximizing
        crime forecasts", Statistical Analysis and Data Mining 11 (2018).
    """
    from sklearn.linear_model import PoissonRegressor
    from sklearn.preprocessing import StandardScaler

    end = replay.history.end_day if end is None else end
    taught = replay.lessons(end, rng)
    scaler = StandardScaler().fit(taught.features, sample_weight=taught.weight)
    model = PoissonRegressor(alpha=penalty, max_iter=500)
    model.fit(scaler.transform(taught.features), taught.target, sample_weight=taught.weight)
    return _spread(model.predict(scaler.transform(replay.features(end))), replay)


def gradient_boosting(replay: Replay, *, end: int | None = None, rng: Generator) -> FloatArray:
    """This function will expect events by gradient-boosted trees on lagged features.

    Question:
        How many events has each cell to expect, where the effects of its past bend and interact?

    Assumptions:
        The replayed dates are like the coming ones.

    Traps:
        With few events it learns noise: the trees are kept small, and the ensemble decides by its past
        forecasts how much weight it deserves. It learns what was recorded (see fairness).

    Args:
        replay: The record, its cells and the length of the forecast.
        end: The day on which the forecast begins; the end of the record when left out.
        rng: Random generator that draws the cells without events.

    Returns:
        (ny nx,) expected events.

    Raises:
        TooFew: If the dates to learn from hold fewer than 30 events.

    Oracle:
        `test_forecast_learning.py`: recovers a planted surface with an interaction.

    Cost:
        Eight replays of the features and 80 small trees; seconds for 100,000 cells.

    Not for:
        A reason why a cell was chosen: the regression's coefficients say more.

    Source:
        scikit-learn `HistGradientBoostingRegressor` with Poisson loss.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    end = replay.history.end_day if end is None else end
    taught = replay.lessons(end, rng)
    model = HistGradientBoostingRegressor(
        loss="poisson",
        learning_rate=0.05,
        max_iter=80,
        max_leaf_nodes=8,
        min_samples_leaf=100,
        max_bins=64,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=int(rng.integers(2**31)),
    )
    # On a busy machine the threads wait for each other: one is four times faster than two.
    with threadpool_limits(1, user_api="openmp"):
        model.fit(taught.features, taught.target, sample_weight=taught.weight)
        return _spread(model.predict(replay.features(end)), replay)


def _spread(rates: FloatArray, replay: Replay) -> FloatArray:
    values = np.zeros(replay.lattice.inside.size)
    values[replay.lattice.inside] = rates * replay.days
    return values
